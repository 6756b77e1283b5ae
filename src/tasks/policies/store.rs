//! What was read, for as long as there is room.

use std::collections::HashMap;

use bytes::Bytes;

use crate::fleet::policies::PolicyFacts;
use crate::keylime::EntityTag;
use crate::keylime::policies::PolicyKind;
use crate::text::{Checksum, RemoteText};

/// Texts that are kept, in bytes of all together. One that is longer is not.
const MAX_KEPT: usize = 256 * 1024 * 1024;

/// Policies of which the facts are kept.
const MAX_KNOWN: usize = 20_000;

/// A policy of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Of the group's desk.
    pub desk: usize,
    pub kind: PolicyKind,
    pub name: RemoteText,
}

/// What is known of a policy since it was read last.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub facts: PolicyFacts,
    pub etag: Option<EntityTag>,
}

/// Facts by policy, and texts by their sum.
#[derive(Debug)]
pub(super) struct Store {
    most: usize,
    known: HashMap<Key, Known>,
    texts: HashMap<Checksum, Kept>,
    bytes: usize,
    clock: u64,
}

#[derive(Debug)]
struct Kept {
    text: Bytes,
    used: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self::with_room_for(MAX_KEPT)
    }
}

impl Store {
    fn with_room_for(most: usize) -> Self {
        Self { most, known: HashMap::new(), texts: HashMap::new(), bytes: 0, clock: 0 }
    }

    /// What is known of a policy.
    pub(super) fn known(&self, key: &Key) -> Option<Known> {
        self.known.get(key).cloned()
    }

    /// The text with this sum, if it is still there.
    pub(super) fn text(&mut self, sum: &Checksum) -> Option<Bytes> {
        self.clock += 1;
        let kept = self.texts.get_mut(sum)?;
        kept.used = self.clock;
        Some(kept.text.clone())
    }

    /// Keeps what was read.
    pub(super) fn learn(&mut self, key: Key, known: Known, text: Option<&Bytes>) {
        if let Some(text) = text {
            self.keep(known.facts.text, text);
        }
        if self.known.len() >= MAX_KNOWN && !self.known.contains_key(&key) {
            // They come back with the next reading, at the price of their texts.
            self.known.clear();
        }
        self.known.insert(key, known);
    }

    /// Forgets a policy that is no longer there.
    pub(super) fn forget(&mut self, key: &Key) {
        self.known.remove(key);
    }

    /// Forgets the policies of other desks.
    pub(super) fn keep_only(&mut self, is_kept: impl Fn(usize) -> bool) {
        self.known.retain(|key, _| is_kept(key.desk));
    }

    fn keep(&mut self, sum: Checksum, text: &Bytes) {
        self.clock += 1;
        if let Some(kept) = self.texts.get_mut(&sum) {
            kept.used = self.clock;
            return;
        }
        if text.len() > self.most {
            return;
        }
        while self.bytes + text.len() > self.most {
            let oldest = self.texts.iter().min_by_key(|(_, kept)| kept.used).map(|(sum, _)| *sum);
            match oldest.and_then(|sum| self.texts.remove(&sum)) {
                Some(gone) => self.bytes -= gone.text.len(),
                None => return,
            }
        }
        self.bytes += text.len();
        self.texts.insert(sum, Kept { text: text.clone(), used: self.clock });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(desk: usize, name: &str) -> Key {
        Key { desk, kind: PolicyKind::Runtime, name: name.into() }
    }

    fn known(text: u8) -> Known {
        let facts = PolicyFacts {
            bytes: Some(10),
            text: Checksum::new([text; 32]),
            payload: None,
            is_signed: false,
            generator: None,
            is_empty: false,
        };
        Known { facts, etag: None }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut store = Store::with_room_for(25);
        let text = |letter: u8| Bytes::from(vec![letter; 10]);
        store.learn(key(0, "a"), known(1), Some(&text(1)));
        store.learn(key(0, "b"), known(2), Some(&text(2)));
        store.learn(key(1, "b"), known(2), Some(&text(2)));
        assert_eq!(store.bytes, 20, "one text in two groups is kept once");
        assert!(store.text(&Checksum::new([1; 32])).is_some());
        store.learn(key(0, "c"), known(3), Some(&text(3)));
        assert_eq!((store.bytes, store.texts.len()), (20, 2));
        assert!(store.text(&Checksum::new([2; 32])).is_none(), "b was used before a");
        assert!(store.known(&key(0, "b")).is_some(), "its facts stay");
        store.learn(key(0, "d"), known(4), Some(&Bytes::from(vec![4; 26])));
        assert_eq!(store.bytes, 20, "one that is too long is not kept and drives nobody out");
    }

    #[test]
    fn what_belongs_to_other_groups_is_forgotten() {
        let mut store = Store::default();
        store.learn(key(0, "a"), known(1), None);
        store.learn(key(1, "a"), known(1), None);
        store.keep_only(|desk| desk == 1);
        assert!(store.known(&key(0, "a")).is_none() && store.known(&key(1, "a")).is_some());
        store.forget(&key(1, "a"));
        assert!(store.known(&key(1, "a")).is_none());
    }
}
