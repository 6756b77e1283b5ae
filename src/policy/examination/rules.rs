//! The one place where the rules of other parts are asked.

use crate::policy::Finding;

/// What a verifier does with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It stores it.
    Accepts,
    /// It answers with an error.
    Rejects,
}

impl Acceptance {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Rejects => "rejects",
        }
    }
}

/// What today's verifier will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// As it is installed.
    pub default: Acceptance,
    /// With `require_allow_list_signatures`.
    pub signatures_required: Acceptance,
    /// Why, in words.
    pub reason: String,
}
