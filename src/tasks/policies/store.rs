//! What was read, for as long as there is room.

use std::collections::HashMap;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::fleet::policies::PolicyFacts;
use crate::keylime::EntityTag;
use crate::keylime::policies::PolicyKind;
use crate::text::{Checksum, RemoteText};

/// Texts that are kept, in bytes of all together. One that is longer is not.
const MAX_KEPT: usize = 256 * 1024 * 1024;

/// Policies of which the facts are kept.
const MAX_KNOWN: usize = 20_000;

/// How long a verdict on a signature holds: certificates expire.
const JUDGED_FOR: SignedDuration = SignedDuration::from_mins(15);

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
    /// Which trust it was judged with ([`super::Trusted`]).
    pub trust: u64,
}

impl Known {
    /// Whether the verdict on its signature holds at this time, with this trust.
    /// Trust and time change nothing in a text that carries none.
    pub(super) fn is_judged_by(&self, trust: u64, now: Timestamp) -> bool {
        let Some(judged) = self.facts.judged.as_ref().filter(|_| self.facts.is_signed) else { return true };
        let age = now.duration_since(judged.at);
        self.trust == trust && !age.is_negative() && age <= JUDGED_FOR
    }
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

    /// Whether a text of this length would be kept.
    pub(super) const fn has_room_for(&self, length: usize) -> bool {
        length <= self.most
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
        if !self.has_room_for(text.len()) {
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
    use crate::fleet::policies::Judged;
    use crate::policy::envelope::Format;
    use crate::policy::{PolicyVerdict, SignatureVerdict};

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
            judged: None,
        };
        Known { facts, etag: None, trust: 0 }
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
    fn a_verdict_on_a_signature_holds_for_a_while_and_for_one_trust() {
        let at = Timestamp::UNIX_EPOCH;
        let later = |minutes| at + SignedDuration::from_mins(minutes);
        let bare = known(1);
        assert!(bare.is_judged_by(7, later(1000)), "nothing is signed there");
        let judged = Judged {
            format: Format::Dsse,
            signature: SignatureVerdict::Valid,
            policy: PolicyVerdict::Valid,
            counts: None,
            errors: 0,
            warnings: 0,
            fault: None,
            at,
        };
        let facts = PolicyFacts { is_signed: true, judged: Some(Box::new(judged)), ..bare.facts };
        let signed = Known { facts, etag: None, trust: 3 };
        assert!(signed.is_judged_by(3, later(15)));
        assert!(!signed.is_judged_by(3, later(16)) && !signed.is_judged_by(4, at));
        assert!(!signed.is_judged_by(3, later(-1)), "the clock was set back");
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
