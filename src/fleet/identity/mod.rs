//! Identities of the whole fleet: what one record alone cannot tell.
//!
//! [`across`] compares the keys of all agents in all groups: one key under two
//! ids, one id with different keys. [`Pins`] remember the keys with which an id
//! was first seen, and tell when they have changed; single ones are found and
//! forgotten as [`Meant`] says. Pure: no I/O, and the time is given.

mod across;
mod forget;
mod pins;
#[cfg(test)]
mod test_agent;

pub use across::{Seen, across};
pub use forget::{Forget, Forgotten, Meant, NextAudit, NotPinned};
pub use pins::{MAX_PINS, Pin, Pins, UnreadablePins};
