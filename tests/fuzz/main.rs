//! Fuzz functions on the stable toolchain: a committed corpus and a fixed
//! number of seeded mutations; `LIMESCOPE_FUZZ=N` makes N of each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod address;
mod document;
mod edit;
mod envelope;
mod evidence;
mod json;
mod mutate;
mod policy;
mod rules;
mod wire;
