//! What can be wrong with a trust store and with changes of it.

use crate::policy::signature::MaterialError;
use crate::text::sanitise_to;

/// Why a trust store is not read or not changed. Fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The text is no TOML, or has members that are not known: a wrong name
    /// for `groups` would widen the trust.
    #[error("the trust store cannot be read: {0}")]
    Syntax(String),
    /// One entry is wrong.
    #[error("entry {number} of the trust store ({label}): {reason}")]
    Entry {
        /// Its place, from 1.
        number: usize,
        /// Its label.
        label: String,
        /// What is wrong.
        reason: String,
    },
    /// A change of the history cannot be read.
    #[error("history entry {number} of the trust store: {reason}")]
    History {
        /// Its place, from 1.
        number: usize,
        /// What is wrong.
        reason: String,
    },
    /// There are more entries than are read.
    #[error("the trust store has more than {0} entries")]
    TooMany(usize),
    /// The same key or certificate is there already.
    #[error("{fingerprint} is in the trust store already, as {label}")]
    Known {
        /// Of the key or certificate.
        fingerprint: String,
        /// The label that it has.
        label: String,
    },
    /// A label has to tell one entry from the others.
    #[error("the label {0} is taken; choose another")]
    LabelTaken(String),
    /// A label is empty or too long.
    #[error("a label has 1 to {0} characters, none of them a control character")]
    Label(usize),
    /// The key is too weak or of a kind that is not verified.
    #[error("{0}")]
    Refused(String),
    /// No entry has this label or fingerprint.
    #[error("nothing in the trust store is called {0} or has a fingerprint that begins so")]
    Unknown(String),
    /// Several fingerprints begin so.
    #[error("{0} fits several entries; give more of the fingerprint")]
    Ambiguous(String),
    /// A key or certificate of a PEM file cannot be used.
    #[error(transparent)]
    Material(#[from] MaterialError),
}

impl TrustError {
    /// What is wrong with a text that is no TOML, or no store, in one line.
    pub(super) fn syntax(text: &str, at: Option<std::ops::Range<usize>>, message: &str) -> Self {
        let message = sanitise_to(&message.replace('\n', "; "), 300);
        let before = at.and_then(|at| text.get(..at.start));
        Self::Syntax(match before {
            None => message.into_string(),
            Some(before) => {
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                format!("line {line}, column {column}: {message}")
            }
        })
    }
}
