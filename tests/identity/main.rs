//! Identities: keys and certificates of our own making, and those of real agents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod captured;
#[path = "../support/captures.rs"]
#[allow(dead_code)]
mod captures;
mod certificates;
mod keys;
mod makers;
mod vendor_folder;
