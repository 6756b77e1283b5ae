//! limescope against real Keylime 7.14.3 servers (installed by `make keylime`).
//!
//! One stack of three groups serves all tests here; each holds the groups that it uses (`Stack::hold`), so that
//! nobody counts servers while another test kills one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod agents;
mod check;
mod console;
mod contract;
mod evidence;
mod harness;
mod identities;
mod keys;
mod outages;
mod policies;
mod secrets;
mod servers;
mod tpm_key;
mod verdicts;
