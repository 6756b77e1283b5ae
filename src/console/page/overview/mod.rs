//! The Overview: the fleet in a few lines, then every group, the worst first.

mod group;
mod order;
mod tiles;
mod view;

pub use group::{Told, age_step, lines, problems, troubles};
pub use order::worst_first;
pub use tiles::age;
pub(super) use tiles::warning;
pub(in crate::console) use view::draw;
