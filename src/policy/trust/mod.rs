//! Whom the operator trusts to sign policies.
//!
//! A [`Store`] holds pinned keys and certificates, each with a label, a scope
//! (groups, policy names) and a time in which it counts, and the history of
//! what was added and removed. Its text is TOML that the console owns:
//! [`Store::parse`] reads it strictly, [`edit`] changes it so that the
//! operator's comments stay. [`Trust`] is what counts for one run: a store
//! seen for one policy, or the keys given on the command line instead. Keys
//! found in an envelope are never part of it.

pub mod edit;
mod error;
mod model;
mod selection;
mod text;

pub use error::TrustError;
pub use model::{Action, Anchored, Change, Doubt, Entry, Pin, Scope, Store};
pub use selection::{Anchor, Source, Subject, Trust};
