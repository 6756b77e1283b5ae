//! How what the pages say is put into cells. Nothing here knows a page.

pub mod footer;
mod painter;
pub mod prompt;
pub mod spark;
pub mod styled;
pub mod table;

pub use painter::Painter;
