//! Files of this machine: bounded reading, where ours are, and the log.
//!
//! [`bounded`] reads a whole file, but never more than a given size, and
//! refuses what is no file (a folder, a pipe, a device) in its own words: a
//! read of those may never end. [`places`] knows the folders of the XDG base
//! directory specification. [`log`] keeps what happened: a rotated file that
//! only its owner can read, and a ring of the last records for the screen.

pub mod bounded;
pub mod log;
pub mod places;
pub mod saving;
