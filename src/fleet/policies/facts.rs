//! What has to be known of a stored text to compare it.

use jiff::Timestamp;

use crate::policy::envelope::Format;
use crate::policy::{PolicyVerdict, SignatureVerdict};
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
    /// may be read, above all where its signature is wrong: a payload that
    /// nobody signed like this is not the policy of anybody.
    ///
    /// Where no trusted key vouches (`untrusted`) the payload counts: a verifier
    /// takes it, too. Without a certificate in the text a wrong signature cannot
    /// even be told from a good one then; so it is said
    /// ([`PolicyFacts::is_unverified`]).
    pub payload: Option<Checksum>,
    /// Whether a signature stands around the policy.
    pub is_signed: bool,
    /// `meta.generator`; a verifier takes a policy with 0 or 1 for none.
    pub generator: Option<u64>,
    /// Whether the policy lists nothing at all: no digest, no key, no exclude.
    pub is_empty: bool,
    /// What was found in a runtime policy; none for the other kind, and where
    /// `null` is stored.
    pub judged: Option<Box<Judged>>,
}

/// What an examination found, in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The text's shape.
    pub format: Format,
    /// What its signatures prove, with the keys that are trusted for this
    /// policy in this group.
    pub signature: SignatureVerdict,
    /// What its policy is worth.
    pub policy: PolicyVerdict,
    /// How much is in it; none where it was not read.
    pub counts: Option<Counts>,
    /// Errors that were found.
    pub errors: usize,
    /// Warnings that were found.
    pub warnings: usize,
    /// Why there is no sum of the policy inside, in words that are fit to be
    /// shown; none where there is one.
    pub fault: Option<String>,
    /// The time at which certificates and trust were judged.
    pub at: Timestamp,
}

/// How much is in a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Paths.
    pub paths: usize,
    /// Digests of all paths together.
    pub digests: usize,
    /// Exclude patterns.
    pub excludes: usize,
    /// Digests with metadata.
    pub metadata: usize,
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

    /// Why this text is compared by its bytes alone, in words.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.judged.as_ref().and_then(|judged| judged.fault.as_deref())
    }

    /// Whether a signature stands there that no trusted key vouches for: it may
    /// be anybody's, or wrong.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| judged.signature == SignatureVerdict::Untrusted)
    }
}

/// How two stored texts stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same bytes.
    Same,
    /// Other bytes around the same policy, as far as is known: see
    /// [`PolicyFacts::is_unverified`].
    ReSigned,
    /// Another policy, or one whose signature is wrong.
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
            judged: None,
        }
    }

    /// The same, with this verdict on its signature.
    pub fn signed(text: u8, payload: u8, signature: SignatureVerdict) -> PolicyFacts {
        let may_be_read = signature.lets_the_policy_be_read();
        let judged = Judged {
            format: Format::Dsse,
            signature,
            policy: if may_be_read { PolicyVerdict::Valid } else { PolicyVerdict::NotEvaluated },
            counts: None,
            errors: usize::from(!may_be_read),
            warnings: 0,
            fault: (!may_be_read).then(|| "its signature is invalid".to_owned()),
            at: Timestamp::UNIX_EPOCH,
        };
        let payload = may_be_read.then(|| Checksum::new([payload; 32]));
        PolicyFacts { payload, is_signed: true, judged: Some(Box::new(judged)), ..facts(text, text) }
    }

    #[test]
    fn a_wrong_signature_is_never_another_signature() {
        use SignatureVerdict::{Invalid, Untrusted, Valid};
        let good = signed(1, 9, Valid);
        assert_eq!(relation(&good, &signed(2, 9, Valid)), Relation::ReSigned);
        assert_eq!(relation(&good, &signed(2, 9, Invalid)), Relation::Drift);
        assert_eq!(relation(&signed(3, 9, Invalid), &signed(2, 9, Invalid)), Relation::Drift);
        let unverified = signed(2, 9, Untrusted);
        assert_eq!(relation(&good, &unverified), Relation::ReSigned);
        assert!(unverified.is_unverified() && !good.is_unverified());
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
