//! Changing the servers of a configuration without touching anything else.
//!
//! [`Document`] holds a text. `toml_edit` says where its parts are (`layout`);
//! a change is a few bytes put in the place of others (`splice`), never the
//! whole document printed anew: printing would turn CRLF into LF. So what was
//! not changed keeps every byte: comments, order, blank lines, line ends, the
//! byte order mark.

mod block;
mod document;
mod error;
mod format;
mod layout;
mod legacy;
mod list;
mod scalar;
mod splice;

pub use document::{Document, EntryPlace};
pub use error::EditError;

#[cfg(test)]
mod tests;
