//! Policies: our library beside the real tools, and on texts that mean harm.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod authority;
mod canonical;
mod conversion;
mod hostile;
mod python;
mod require;
mod schema;
mod tools;
mod vectors;
mod verifier;
