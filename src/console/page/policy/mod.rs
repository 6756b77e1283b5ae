//! One policy, part by part: what it is, what was found, every digest, what
//! leaves paths out, keyrings, metadata, its text, and how another differs.
//!
//! Parts that are texts are made once (`lines`); those that may hold a million
//! rows are drawn from what is in sight.

mod check;
mod evidence;
mod explanation;
mod lists;
mod metadata;
mod text;
mod view;

pub(in crate::console) use view::{draw, lines};
