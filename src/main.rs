//! limescope
fn main() {}
