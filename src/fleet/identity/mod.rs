//! Identities of the whole fleet: what one record alone cannot tell.
//!
//! [`across`] compares the keys of all agents in all groups: one key under two
//! ids, one id with different keys. [`Pins`] remember the keys with which an id
//! was first seen, and tell when they have changed. Pure: no I/O, and the time
//! is given.

mod across;
mod pins;

pub use across::{Seen, across};
pub use pins::{MAX_PINS, Pin, Pins, UnreadablePins};
