//! The TPM of this host, played by swtpm: keys, the anchor of the trust store, and all that can go wrong with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod anchor;
mod command;
mod console;
mod device;
#[path = "../policy/python.rs"]
mod python;
mod signing;
mod tls;
