//! The Events: what changed, the newest first.

mod row;
mod view;

pub(in crate::console) use row::{change, when};
pub(in crate::console) use view::draw;
