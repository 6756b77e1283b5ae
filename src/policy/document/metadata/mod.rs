//! `digest_metadata`: what Enhancement 86 lets a policy demand of the files
//! with a digest, beyond the digest itself.
//!
//! The enhancement names one check, `transparency_log_inclusion_proof`;
//! `signer_identity`, `public_key` and `signature` are names of this console.
//! All others are kept byte for byte, shown, and never count as passed. No
//! verifier of today enforces any of it.

mod check;
mod identity;
mod judge;
mod key;
mod read;
mod table;

pub use check::{Check, CheckKind};
pub use identity::{Identity, IdentityError, MAX_IDENTITIES};
pub use key::{KeyFault, public_key};
pub(super) use table::MetadataTable;
pub use table::{DigestMetadata, Metadata};
