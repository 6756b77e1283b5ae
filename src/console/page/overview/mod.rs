//! The Overview: the fleet in two lines, then every group, the worst first.

mod group;
mod order;
mod view;

pub use group::{age_step, lines};
pub use order::worst_first;
pub(in crate::console) use view::draw;
