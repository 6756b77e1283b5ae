//! A configuration's server blocks and `verification_duplication`, read from
//! its text and judged (Keylime Enhancement 119 §"Design Details").
//!
//! [`read`] takes an agent's configuration or `limescope.toml` and gives a
//! [`Document`]: the blocks with the place of each entry, the duplication,
//! and every finding as a [`Diagnostic`] with its span and, where one exists,
//! a [`Fix`] over the bytes of the text. The text is first taken apart, the
//! same for every mode (`root` → `block` → `list`, and `legacy` for the keys
//! that the blocks replace), then judged once for each [`Mode`] (`judge`),
//! because the same text may be right for one kind of agent and wrong for
//! another. `fixes` makes the replacement texts; applying one removes its
//! diagnostic. Nothing is ever coerced or merged silently. What lookups and
//! servers tell of the blocks is added by [`learned`].
//!
//! Choices that the enhancement leaves open: [`SERVERS`] and [`DUPLICATION`]
//! are provisional names there and stand here once; only its third stage,
//! blocks, is designed, so its first two are read as one block and as the
//! duplication; its empty sections (stories, upgrade) define nothing.

mod across;
mod block;
mod diagnostic;
mod findings;
mod fixes;
mod judge;
mod legacy;
mod list;
mod live;
mod model;
mod names;
mod place;
mod root;
#[cfg(test)]
mod tests;
mod values;

pub use diagnostic::{Diagnostic, Edit, Fix};
pub use live::{Alike, Learned, learned};
pub use model::{Block, Document, Duplication, Entry, List, Mode, Origin, Reading};
pub use names::{AGENT_KEYS, CONSOLE_BLOCK, CONSOLE_ROOT, CONSOLE_TLS, DUPLICATION, LEGACY_KEYS, SERVERS};
pub use root::read;
pub(super) use root::read_closely;
pub(crate) use values::type_words;

/// Bytes of a text at most.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Blocks at most.
pub const MAX_BLOCKS: usize = 1_024;

/// Addresses at most: in an agent's whole configuration, and in each list of
/// the console's.
pub const MAX_ADDRESSES: usize = 4_096;

/// A longer list works, but was hardly meant.
pub const MANY_ADDRESSES: usize = 64;
