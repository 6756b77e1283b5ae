//! The Agents: every agent of the fleet, filtered and ordered, one row each.

mod chooser;
mod columns;
pub mod detail;
mod evidence;
mod fields;
pub(in crate::console) mod keylime;
pub mod raw;
pub mod row;
mod view;

pub(in crate::console) use chooser::draw_chooser;
pub(in crate::console) use view::{draw, draw_detail, in_sight};
