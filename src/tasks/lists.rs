//! The ids of a group's last good answers.
//!
//! Verifier and registrar send the same ids again with every answer. Each id is
//! kept in memory once: answers take over the copy that is already known.

use std::sync::Arc;

use crate::keylime::AgentRecord;
use crate::text::RemoteText;

/// The ids of the last good answers, in order. A list that did not change is
/// the same allocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    /// At the registrar.
    pub registered: Arc<[RemoteText]>,
    /// At the verifier.
    pub enrolled: Arc<[RemoteText]>,
    /// Those at the verifier that never attested.
    pub unproven: Arc<[RemoteText]>,
    /// Whether a verifier has answered at all.
    pub is_enrolment_known: bool,
}

impl Lists {
    /// Takes in a verifier's answer, in order of its ids.
    pub(super) fn enrol(&mut self, records: &mut [(RemoteText, Arc<AgentRecord>)]) {
        adopt(&self.enrolled, records.iter_mut().map(|(id, _)| id));
        adopt(&self.registered, records.iter_mut().map(|(id, _)| id));
        renew(&mut self.enrolled, records.iter().map(|(id, _)| id));
        let unproven = records.iter().filter(|(_, record)| record.attestation_count.unwrap_or(0) <= 0);
        renew(&mut self.unproven, unproven.map(|(id, _)| id));
        self.is_enrolment_known = true;
    }

    /// Takes in a registrar's answer, in order.
    pub(super) fn register(&mut self, ids: &mut [RemoteText]) {
        adopt(&self.registered, ids.iter_mut());
        adopt(&self.enrolled, ids.iter_mut());
        renew(&mut self.registered, ids.iter());
    }

    /// Whether nothing changed between the two.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.registered, &other.registered)
            && Arc::ptr_eq(&self.enrolled, &other.enrolled)
            && Arc::ptr_eq(&self.unproven, &other.unproven)
            && self.is_enrolment_known == other.is_enrolment_known
    }
}

/// Puts the new list in the place of the old one, if it is another.
fn renew<'a>(list: &mut Arc<[RemoteText]>, new: impl Iterator<Item = &'a RemoteText> + Clone) {
    if !list.iter().eq(new.clone()) {
        *list = new.cloned().collect();
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

    fn records(texts: &[&str], proven: bool) -> Vec<(RemoteText, Arc<AgentRecord>)> {
        let record = AgentRecord { attestation_count: Some(i64::from(proven)), ..AgentRecord::default() };
        let record = Arc::new(record);
        ids(texts).into_iter().map(|id| (id, Arc::clone(&record))).collect()
    }

    #[test]
    fn an_id_is_kept_once_whoever_sends_it() {
        let mut lists = Lists::default();
        lists.register(&mut ids(&["a", "c", "d"]));
        let mut records = records(&["b", "c", "d", "e"], true);
        lists.enrol(&mut records);
        assert_eq!(*lists.enrolled, ids(&["b", "c", "d", "e"]));
        let mut again = ids(&["b", "c", "e", "f"]);
        lists.register(&mut again);
        assert_eq!(*lists.registered, ids(&["b", "c", "e", "f"]));
        let is_same = |one: &RemoteText, other: &RemoteText| std::ptr::eq(one.raw(), other.raw());
        assert!(is_same(&lists.registered[0], &records[0].0));
        assert!(is_same(&lists.registered[1], &records[1].0));
        assert!(is_same(&lists.registered[2], &records[3].0));
        assert!(is_same(&again[0], &lists.enrolled[0]));
    }

    #[test]
    fn lists_are_new_only_where_they_changed() {
        let mut lists = Lists::default();
        lists.register(&mut ids(&["a", "b"]));
        lists.enrol(&mut records(&["a", "b"], false));
        assert_eq!(*lists.unproven, ids(&["a", "b"]));
        let before = lists.clone();
        lists.register(&mut ids(&["a", "b"]));
        lists.enrol(&mut records(&["a", "b"], false));
        assert!(lists.is(&before));
        lists.enrol(&mut records(&["a", "b"], true));
        assert!(!lists.is(&before));
        assert!(Arc::ptr_eq(&lists.enrolled, &before.enrolled));
        assert!(lists.unproven.is_empty());
    }
}
