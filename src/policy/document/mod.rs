//! A runtime policy over its own bytes.
//!
//! [`read`] goes through the text once, with the strict reader of
//! [`crate::policy::json`], and judges it by the schema of today's verifier
//! (keylime 7.14.3, `ima.py`) and by the rules for `digest_metadata`; what is
//! wrong is a finding with one of [`codes`]. Nothing of the text is copied: a
//! [`Policy`] keeps the bytes and, for a path, four bytes for its place, eight
//! for finding it by name and eight for each of its digests. A policy with
//! errors is given too, to be shown.
//!
//! What the verifier takes and should not is not judged here but in `lint`.

pub mod codes;
mod digest;
mod digests;
mod findings;
mod integer;
pub mod metadata;
mod parts;
mod policy;
mod read;
mod search;
mod table;

#[cfg(test)]
mod tests;

pub use digest::{known_algorithm, query as digest_query};
pub use integer::{Integer, integer};
pub use policy::{Policy, UnknownMember};
pub use read::{Reading, read};
pub use search::PathSearch;
pub use table::{DigestMap, Digests, Entry};
