//! One line of text that is being written.

use super::history::{History, Recall};
use crate::console::filter::{Filter, FilterError};
use crate::text::sanitise;

/// Characters of the line at most.
const MAX_CHARACTERS: usize = 200;

/// The line in which a filter is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterLine {
    before: String,
    after: String,
    error: Option<FilterError>,
    recall: Option<Recall>,
}

impl FilterLine {
    /// A line that holds a filter, the cursor at its end.
    pub fn new(filter: &Filter) -> Self {
        let mut before = filter.to_string();
        if !before.is_empty() {
            before.push(' ');
        }
        Self { before, ..Self::default() }
    }

    /// The text before the cursor and the text from it on.
    pub fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// The whole text.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// What is wrong with the text as a filter.
    pub fn error(&self) -> Option<&FilterError> {
        self.error.as_ref()
    }

    /// Reads the text as a filter: the terms that can be read. What is wrong
    /// with the others is kept.
    pub fn read(&mut self) -> Filter {
        let (filter, mistake) = Filter::of_readable_terms(&self.text());
        self.error = mistake;
        filter
    }

    /// Writes a character. One that could not be shown as it is, is not taken:
    /// a paste may hold anything.
    pub fn insert(&mut self, character: char) {
        let is_plain = character == '\\' || sanitise(&character.to_string()).as_str().chars().eq([character]);
        if is_plain && self.before.chars().count() + self.after.chars().count() < MAX_CHARACTERS {
            self.before.push(character);
        }
    }

    /// Puts the filter before (or after) this one of the history in its place.
    pub(in crate::console) fn recall(&mut self, history: &History, is_back: bool) {
        if let Some((text, recall)) = history.step(self.recall.as_ref(), &self.text(), is_back) {
            self.clear();
            text.chars().for_each(|character| self.insert(character));
            self.recall = recall;
        }
    }

    /// One character left.
    pub fn left(&mut self) {
        if let Some(character) = self.before.pop() {
            self.after.insert(0, character);
        }
    }

    /// One character right.
    pub fn right(&mut self) {
        if !self.after.is_empty() {
            self.before.push(self.after.remove(0));
        }
    }

    /// To the start.
    pub fn start(&mut self) {
        self.after.insert_str(0, &std::mem::take(&mut self.before));
    }

    /// To the end.
    pub fn end(&mut self) {
        self.before.push_str(&std::mem::take(&mut self.after));
    }

    /// Deletes the character before the cursor.
    pub fn delete_back(&mut self) {
        self.before.pop();
    }

    /// Deletes the character under the cursor.
    pub fn delete(&mut self) {
        if !self.after.is_empty() {
            self.after.remove(0);
        }
    }

    /// Deletes the word before the cursor.
    pub fn delete_word(&mut self) {
        let kept =
            self.before.trim_end().trim_end_matches(|character: char| !character.is_whitespace()).len();
        self.before.truncate(kept);
    }

    /// Deletes everything.
    pub fn clear(&mut self) {
        self.before.clear();
        self.after.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> FilterLine {
        let mut line = FilterLine::default();
        text.chars().for_each(|character| line.insert(character));
        line
    }

    #[test]
    fn editing() {
        let mut line = line("group=eu verdict=failed");
        line.delete_word();
        assert_eq!(line.text(), "group=eu ");
        line.start();
        line.right();
        line.insert('é');
        assert_eq!(line.parts(), ("gé", "roup=eu "));
        line.delete();
        line.delete_back();
        line.left();
        line.delete_back();
        assert_eq!(line.parts(), ("", "goup=eu "));
        line.end();
        line.clear();
        line.delete();
        line.delete_back();
        line.left();
        line.right();
        assert_eq!(line.text(), "");
    }

    #[test]
    fn what_deceives_is_not_taken_and_the_length_is_bounded() {
        assert_eq!(line("a\u{202e}\u{7}\u{301}b\\").text(), "ab\\");
        assert_eq!(line(&"x".repeat(1_000)).text().len(), MAX_CHARACTERS);
    }
}
