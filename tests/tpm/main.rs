//! The TPM of this host, played by swtpm: keys, the anchor of the trust store, and all that can go wrong with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod command;
mod device;
mod tls;
