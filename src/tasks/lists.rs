//! The ids of a group's last good answers.
//!
//! Verifier and registrar send the same ids again with every answer. Each id is
//! kept in memory once: answers take over the copy that is already known.

use crate::text::RemoteText;

/// The ids of the last good answers, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    /// At the registrar.
    pub registered: Vec<RemoteText>,
    /// At the verifier.
    pub enrolled: Vec<RemoteText>,
}

impl Lists {
    /// Takes in a verifier's answer, in order of its ids.
    pub(super) fn enrol<T>(&mut self, records: &mut [(RemoteText, T)]) {
        adopt(&self.enrolled, records.iter_mut().map(|(id, _)| id));
        adopt(&self.registered, records.iter_mut().map(|(id, _)| id));
        self.enrolled = records.iter().map(|(id, _)| id.clone()).collect();
    }

    /// Takes in a registrar's answer, in order.
    pub(super) fn register(&mut self, ids: &mut [RemoteText]) {
        adopt(&self.registered, ids.iter_mut());
        adopt(&self.enrolled, ids.iter_mut());
        self.registered = ids.to_vec();
    }
}

/// Puts the known copy in the place of every new one. Both are in order.
fn adopt<'a>(known: &[RemoteText], new: impl Iterator<Item = &'a mut RemoteText>) {
    let mut known = known.iter().peekable();
    for id in new {
        while known.next_if(|known| *known < id).is_some() {}
        if let Some(known) = known.next_if(|known| *known == id) {
            *id = known.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> Vec<RemoteText> {
        texts.iter().map(|text| RemoteText::from(*text)).collect()
    }

    #[test]
    fn an_id_is_kept_once_whoever_sends_it() {
        let mut lists = Lists::default();
        lists.register(&mut ids(&["a", "c", "d"]));
        let mut records: Vec<_> = ids(&["b", "c", "d", "e"]).into_iter().map(|id| (id, ())).collect();
        lists.enrol(&mut records);
        assert_eq!(lists.enrolled, ids(&["b", "c", "d", "e"]));
        let mut again = ids(&["b", "c", "e", "f"]);
        lists.register(&mut again);
        assert_eq!(lists.registered, ids(&["b", "c", "e", "f"]));
        let is_same = |one: &RemoteText, other: &RemoteText| std::ptr::eq(one.raw(), other.raw());
        assert!(is_same(&lists.registered[0], &records[0].0));
        assert!(is_same(&lists.registered[1], &records[1].0));
        assert!(is_same(&lists.registered[2], &records[3].0));
        assert!(is_same(&again[0], &lists.enrolled[0]));
    }
}
