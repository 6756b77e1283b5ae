//! What has to be known of a stored text to compare it.

use crate::text::Checksum;

/// Small facts about one stored text. Whoever reads texts makes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFacts {
    /// Bytes of the stored text; none where `null` is stored.
    pub bytes: Option<u64>,
    /// SHA-256 of the stored text.
    pub text: Checksum,
    /// SHA-256 of the policy itself: of the payload that was signed, or of the
    /// text where that is the policy. None where the text holds no policy that
    /// may be read.
    pub payload: Option<Checksum>,
    /// Whether a signature stands around the policy.
    pub is_signed: bool,
    /// `meta.generator`; a verifier takes a policy with 0 or 1 for none.
    pub generator: Option<u64>,
    /// Whether the policy lists nothing at all: no digest, no key, no exclude.
    pub is_empty: bool,
}

impl PolicyFacts {
    /// Whether this is what Keylime stores for an agent that is enrolled without
    /// a policy (`keylime/ima/ima.py`, `EMPTY_RUNTIME_POLICY`; `null` for
    /// measured boot).
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        let of_runtime =
            self.is_empty && !self.is_signed && self.generator.is_some_and(|generator| generator <= 1);
        self.bytes.is_none() || of_runtime
    }

    /// Whether a verifier counts an agent with this policy as one without
    /// (`has_runtime_policy` 0), though something is stored.
    #[must_use]
    pub fn counts_as_none(&self) -> bool {
        !self.is_empty && self.generator.is_some_and(|generator| generator <= 1)
    }
}

/// How two stored texts stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same bytes.
    Same,
    /// Other bytes around the same policy.
    ReSigned,
    /// Another policy.
    Drift,
}

impl Relation {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::ReSigned => "re-signed",
            Self::Drift => "drift",
        }
    }
}

/// How two stored texts stand to each other.
#[must_use]
pub fn relation(one: &PolicyFacts, other: &PolicyFacts) -> Relation {
    if one.text == other.text && one.bytes.is_some() == other.bytes.is_some() {
        Relation::Same
    } else if one.payload.is_some() && one.payload == other.payload {
        Relation::ReSigned
    } else {
        Relation::Drift
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn facts(text: u8, payload: u8) -> PolicyFacts {
        PolicyFacts {
            bytes: Some(100),
            text: Checksum::new([text; 32]),
            payload: Some(Checksum::new([payload; 32])),
            is_signed: text != payload,
            generator: Some(3),
            is_empty: false,
        }
    }

    #[test]
    fn two_sums_decide() {
        assert_eq!(relation(&facts(1, 1), &facts(1, 1)), Relation::Same);
        assert_eq!(relation(&facts(1, 9), &facts(2, 9)), Relation::ReSigned);
        assert_eq!(relation(&facts(9, 9), &facts(2, 9)), Relation::ReSigned, "signed there, bare here");
        assert_eq!(relation(&facts(1, 8), &facts(2, 9)), Relation::Drift);
        let unreadable = |text| PolicyFacts { payload: None, ..facts(text, text) };
        assert_eq!(
            relation(&unreadable(1), &unreadable(2)),
            Relation::Drift,
            "what is not read is not equal"
        );
        assert_eq!(relation(&unreadable(1), &unreadable(1)), Relation::Same);
    }

    #[test]
    fn only_what_keylime_makes_is_a_placeholder() {
        let made = PolicyFacts { generator: Some(1), is_empty: true, ..facts(1, 1) };
        assert!(made.is_placeholder());
        assert!(PolicyFacts { generator: Some(0), ..made.clone() }.is_placeholder());
        assert!(PolicyFacts { bytes: None, ..facts(1, 1) }.is_placeholder(), "null");
        for other in [
            PolicyFacts { generator: Some(2), ..made.clone() },
            PolicyFacts { generator: None, ..made.clone() },
            PolicyFacts { is_empty: false, ..made.clone() },
            PolicyFacts { is_signed: true, ..made.clone() },
        ] {
            assert!(!other.is_placeholder(), "{other:?}");
        }
        assert!(PolicyFacts { is_empty: false, ..made.clone() }.counts_as_none());
        assert!(!made.counts_as_none());
    }
}
