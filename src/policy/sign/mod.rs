//! Signing policies.
//!
//! [`dsse`] makes the envelope that verifiers take, [`signed`] the one of
//! Enhancement 86 (canonical JSON, as securesystemslib signs it). Both keep
//! the policy's bytes as they are, so no member is dropped, `digest_metadata`
//! least of all. Whoever can sign is a [`Signer`]: a key in a file
//! ([`FileKey`]) for now.

mod envelopes;
mod file_key;

pub use envelopes::{SignError, Signer, dsse, signed};
pub use file_key::{FileKey, FileKeyError};
