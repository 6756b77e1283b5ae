//! Files of this machine: bounded reading, and where ours are.
//!
//! [`bounded`] reads a whole file, but never more than a given size, and
//! refuses what is no file (a folder, a pipe, a device) in its own words: a
//! read of those may never end. [`places`] knows the folders of the XDG base
//! directory specification.

pub mod bounded;
pub mod places;
