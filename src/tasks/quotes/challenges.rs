//! The challenges that were seen: a verifier draws each anew.

use std::collections::{HashMap, VecDeque};

/// Challenges that are remembered; the oldest are forgotten.
const MAX: usize = 100_000;

/// Longest challenge that is remembered, in bytes; a TPM signs no longer one.
const LONGEST: usize = 66;

/// Whose attestation carried a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carrier {
    /// The group's name.
    pub group: String,
    /// The agent's id, as it was received.
    pub agent: String,
    /// The attestation's index.
    pub index: Option<u64>,
}

/// A bounded memory of challenges.
#[derive(Debug, Default)]
pub(super) struct Challenges {
    seen: HashMap<Vec<u8>, Carrier>,
    order: VecDeque<Vec<u8>>,
}

impl Challenges {
    /// Takes note of a challenge; gives who else carried it, if anybody did.
    pub(super) fn note(&mut self, challenge: &[u8], carrier: Carrier) -> Option<Carrier> {
        if challenge.is_empty() || challenge.len() > LONGEST {
            return None;
        }
        if let Some(known) = self.seen.get(challenge) {
            return (*known != carrier).then(|| known.clone());
        }
        if self.order.len() >= MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(challenge.to_vec());
        self.seen.insert(challenge.to_vec(), carrier);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier(agent: &str, index: u64) -> Carrier {
        Carrier { group: "g".to_owned(), agent: agent.to_owned(), index: Some(index) }
    }

    #[test]
    fn a_challenge_belongs_to_one_attestation() {
        let mut challenges = Challenges::default();
        assert_eq!(challenges.note(b"one", carrier("a", 1)), None);
        assert_eq!(challenges.note(b"one", carrier("a", 1)), None, "looked at again");
        assert_eq!(challenges.note(b"one", carrier("b", 1)), Some(carrier("a", 1)));
        assert_eq!(challenges.note(b"one", carrier("a", 2)), Some(carrier("a", 1)));
        assert_eq!(challenges.note(b"", carrier("a", 1)), None);
        assert_eq!(challenges.note(b"", carrier("b", 1)), None);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut challenges = Challenges::default();
        for number in 0..MAX + 10 {
            challenges.note(&number.to_be_bytes(), carrier("a", 0));
        }
        assert_eq!((challenges.seen.len(), challenges.order.len()), (MAX, MAX));
        assert_eq!(challenges.note(&0usize.to_be_bytes(), carrier("b", 0)), None);
        assert!(challenges.note(&(MAX + 9).to_be_bytes(), carrier("b", 0)).is_some());
    }
}
