//! The one entrance: bytes and trust in, everything we say out.
//!
//! [`examine`] finds the shape of a text, judges its signatures with the keys
//! that are trusted (`judge`), and only then reads the policy, from the very
//! bytes that were verified. What comes out is an [`Examination`]: verdicts,
//! findings with their places, signers, the policy itself, and what a verifier
//! of today would do (`rules` is the one place where those are asked).
//! [`json`] is its form for programs; where evidence was given, [`evidence`]
//! says which.

pub mod evidence;
mod examine;
pub mod json;
mod judge;
mod place;
mod rules;
mod signer;

pub use examine::{Examination, Options, Step, examine};
pub use place::Placed;
pub use signer::Signer;
