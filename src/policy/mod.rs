//! Signed policies and `digest_metadata`: Enhancement 86, and what verifiers
//! do with policies today.
//!
//! A text comes in as bytes. [`json`] is the one strict reader that everything
//! goes through; `envelope` says which shape the text has and what in
//! it was signed; the signature is judged with keys that the operator trusts,
//! never with one that the text brings; only then is the policy read, from the
//! very bytes that were verified. What is wrong or dangerous is a
//! [`Finding`] with a stable code and its place. No part does any I/O, and
//! whoever judges a certificate is given the time.

pub mod convert;
pub mod diff;
pub mod document;
pub mod envelope;
pub mod evidence;
pub mod examination;
pub mod exclude;
mod finding;
pub mod json;
pub mod lint;
pub mod require;
pub mod sign;
pub mod signature;
pub mod trust;
mod verdict;
pub mod verifier;

pub use finding::{Finding, Severity};
pub use verdict::{PolicyVerdict, SignatureVerdict};
