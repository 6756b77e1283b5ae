//! What we say of a text, never one boolean.

/// What the signature of a text proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureVerdict {
    /// It verifies with a key that the operator trusts.
    Valid,
    /// It does not verify with a trusted key, or the pinned certificate was
    /// not valid at the time that it was judged at.
    Invalid,
    /// No trust was given, or only the certificate in the text vouches.
    Untrusted,
    /// The text carries no signature.
    Unsigned,
    /// The text was refused before anything could be said of a signature.
    Rejected,
}

impl SignatureVerdict {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Untrusted => "untrusted",
            Self::Unsigned => "unsigned",
            Self::Rejected => "rejected",
        }
    }

    /// Whether the policy inside is read at all: never from bytes whose
    /// signature is wrong.
    #[must_use]
    pub const fn lets_the_policy_be_read(self) -> bool {
        matches!(self, Self::Valid | Self::Untrusted | Self::Unsigned)
    }
}

/// What we say of the policy that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyVerdict {
    /// A runtime policy that a verifier would take, without errors of ours.
    Valid,
    /// It cannot be read, or it has errors.
    Invalid,
    /// It was not looked at, because of its signature or its shape.
    NotEvaluated,
}

impl PolicyVerdict {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::NotEvaluated => "not-evaluated",
        }
    }
}
