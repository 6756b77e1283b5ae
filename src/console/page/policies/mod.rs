//! The Policies: what the groups' verifiers hold, and files that were opened.
//!
//! One table of all of them, with what was learned when they were looked at:
//! shape, signature, size, and whether the groups hold the same.

mod columns;
mod row;
mod view;

pub(in crate::console) use view::draw;
