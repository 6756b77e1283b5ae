//! How what the pages say is put into cells. Nothing here knows a page.

pub mod footer;
mod painter;
pub mod prompt;
pub mod spark;
pub mod styled;
pub mod table;
mod target;

pub use painter::Painter;
pub use target::{Target, Targets};
