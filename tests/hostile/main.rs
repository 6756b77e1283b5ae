//! limescope against servers that misbehave.
//!
//! A case is a group of its own with one verifier and one registrar (`case`): what they say is a script
//! (`script`, `server`), mostly the same for both. All cases stand in one configuration beside a healthy embedded
//! fleet (`together`), so that a case that holds up another one is seen at once. What needs shorter deadlines, more
//! memory or several polls has a file of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

#[allow(dead_code, reason = "shared with the tests of quotes")]
#[path = "../quote/sample.rs"]
mod sample;

mod answers;
mod authority;
mod case;
mod output;
mod script;
mod server;

mod bodies;
mod certificates;
mod connections;
mod heads;
mod kept;
mod shapes;
mod statuses;
mod texts;

mod agent_face;
mod evidence;
mod fields;
mod healthy;
mod memory;
mod patience;
mod policies;
mod polite;
mod redirect;
mod secret;
mod together;
