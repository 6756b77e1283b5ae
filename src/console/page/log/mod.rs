//! The Log: what limescope did and met, the newest first.

mod view;

pub(in crate::console) use view::draw;
