//! The model against what real servers said: every agent record among the
//! recordings gets the verdict and the flags that contract §2 demands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod captured;

mod groups;

mod rules;
#[path = "../support/mod.rs"]
mod support;
