//! The Agents: every agent of the fleet, filtered and ordered, one row each.

mod columns;
pub mod detail;
pub(in crate::console) mod keylime;
pub mod row;
mod view;

pub(in crate::console) use view::{draw, draw_detail};
