//! The filters that were kept, to be called back with the arrow keys.

/// Filters that are remembered at most.
pub const MAX_REMEMBERED: usize = 100;

/// The filters that were kept; each once, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    entries: Vec<String>,
}

/// Which one is called back, and what stood in the line before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recall {
    place: usize,
    draft: String,
}

impl History {
    /// A history of these, the newest last.
    pub fn new(entries: impl IntoIterator<Item = String>) -> Self {
        let mut history = Self::default();
        entries.into_iter().for_each(|entry| {
            history.remember(&entry);
        });
        history
    }

    /// The filters, the newest last.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Remembers one; whether that changed anything.
    pub(in crate::console) fn remember(&mut self, text: &str) -> bool {
        let text = text.trim();
        if text.is_empty() || self.entries.last().is_some_and(|last| last == text) {
            return false;
        }
        self.entries.retain(|entry| entry != text);
        self.entries.push(text.to_owned());
        let surplus = self.entries.len().saturating_sub(MAX_REMEMBERED);
        self.entries.drain(..surplus);
        true
    }

    /// The text of the one before (or after, back to what was being written),
    /// and the place then. None: there is no further one.
    pub(super) fn step(
        &self,
        recall: Option<&Recall>,
        text: &str,
        is_back: bool,
    ) -> Option<(String, Option<Recall>)> {
        let draft = recall.map_or(text, |recall| &recall.draft).to_owned();
        let place = recall.map_or(self.entries.len(), |recall| recall.place);
        let place = if is_back { place.checked_sub(1)? } else { place + 1 };
        match self.entries.get(place) {
            Some(entry) => Some((entry.clone(), Some(Recall { place, draft }))),
            // Down from the newest: what was being written; further down: nothing.
            None if recall.is_some() => Some((draft, None)),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_once_the_newest_last_and_bounded() {
        let mut history = History::new(["a".to_owned(), " b ".to_owned(), "a".to_owned(), String::new()]);
        assert_eq!(history.entries(), ["b", "a"]);
        assert!(!history.remember("a"));
        assert!((0..200).all(|number| history.remember(&number.to_string())));
        assert_eq!(history.entries().len(), MAX_REMEMBERED);
        assert_eq!(history.entries().last().map(String::as_str), Some("199"));
    }

    #[test]
    fn back_and_forth_ends_where_it_began() {
        let history = History::new(["a".to_owned(), "b".to_owned()]);
        let (text, one) = history.step(None, "draft", true).unwrap();
        assert_eq!(text, "b");
        let (text, two) = history.step(one.as_ref(), "b", true).unwrap();
        assert_eq!(text, "a");
        assert_eq!(history.step(two.as_ref(), "a", true), None);
        let (_, three) = history.step(two.as_ref(), "a", false).unwrap();
        assert_eq!(history.step(three.as_ref(), "b", false), Some(("draft".to_owned(), None)));
        assert_eq!(history.step(None, "draft", false), None);
    }
}
