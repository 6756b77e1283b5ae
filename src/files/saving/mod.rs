//! Saving a file without ever losing one.
//!
//! [`Original::open`] reads a file and remembers what it was; [`Original::save`]
//! puts another text in its place, or leaves everything as it was and says why.
//!
//! The new text is written beside the file, with its owner, mode and extended
//! attributes, and reaches the disk before it gets the name (`replace`). Then
//! the two files change places in one step, and only if the one that came out is
//! the one that was read does the exchange stay; it becomes the backup. So
//! nobody's edit is lost, not even one of the same moment. Nothing of ours is
//! ever in a drop-in folder: whoever reads such a folder reads every file of it
//! (`place`).

mod attributes;
mod error;
mod original;
mod place;
mod replace;

pub use error::{OpenError, SaveError};
pub use original::{Links, Original, Saved};
