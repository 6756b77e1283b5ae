//! The Overview: the fleet in a few lines, then every group, the worst first.

mod group;
mod order;
mod tiles;
mod view;

pub use group::{age_step, lines};
pub use order::worst_first;
pub use tiles::age;
pub(in crate::console) use view::draw;
