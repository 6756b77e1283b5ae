//! The command line, on the embedded fleet: names, exit codes and JSON of the
//! contract, and what is said when something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod check;
mod configuration;
mod credentials;
mod demo;
mod deployed;
mod documents;
mod evidence;
mod identity;
#[path = "../../benches/performance/evidence/instance.rs"]
#[allow(dead_code, reason = "the benchmark takes its parts one by one")]
mod instance;
mod pins;
mod policies;
mod policy;
mod servers;
mod servers_write;
mod status;
mod vendor_roots;
