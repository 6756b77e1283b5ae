//! Why nothing was written.

use crate::policy::evidence::Digest;

/// A demand could not be written. Fit to be shown; places are bytes of the policy's own text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequireError {
    /// Neither a digest nor a check was named.
    #[error("nothing is demanded: name a digest, and the log's proof or an identity")]
    Nothing,
    /// `digest_metadata` cannot take an entry.
    #[error("`digest_metadata` is no object; correct it first")]
    NotAnObject {
        /// Where it stands.
        offset: usize,
    },
    /// What the policy says of the digest can take no check.
    #[error("what `digest_metadata` says of {digest} is {found}; correct it first")]
    Entry {
        /// The digest.
        digest: Digest,
        /// What it is, in words.
        found: String,
        /// Where it stands.
        offset: usize,
    },
    /// A check says something else.
    #[error("{digest}: `{check}` {found}; it is replaced only where that is asked for")]
    Conflict {
        /// The digest.
        digest: Digest,
        /// The check.
        check: &'static str,
        /// What it says, in words.
        found: String,
        /// Where its value stands.
        offset: usize,
    },
    /// The policy names as many identities as it may.
    #[error("{digest} has {most} identities already, which is the limit")]
    TooManyIdentities {
        /// The digest.
        digest: Digest,
        /// The limit.
        most: usize,
    },
    /// The policy's text has no place for it: no object, or not one that was read.
    #[error("the text is no policy that anything can be written into")]
    NoPlace,
}

impl RequireError {
    /// The byte that it is about, if it is about one.
    #[must_use]
    pub const fn offset(&self) -> Option<usize> {
        match self {
            Self::NotAnObject { offset } | Self::Entry { offset, .. } | Self::Conflict { offset, .. } => {
                Some(*offset)
            }
            Self::Nothing | Self::TooManyIdentities { .. } | Self::NoPlace => None,
        }
    }
}
