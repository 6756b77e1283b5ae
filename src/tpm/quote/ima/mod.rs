//! The measurement list of Linux IMA, replayed to PCR 10.
//!
//! Agents send it as the kernel's ASCII list, one entry a line, in parts: each
//! attestation starts where the verifier had checked the list to (`starting
//! offset`). [`ImaLog::join`] puts the parts together again; [`replay_ima`]
//! extends them entry by entry and looks for the value that the quote signs.
//!
//! The list is read after the quote was made, so entries may follow that it
//! does not cover yet: the value must be reached at *some* entry, as Keylime
//! has it, and what follows is said to be uncovered.

mod entry;
mod join;
mod replay;

pub use entry::MAX_IMA_LINE;
pub use join::{ImaLog, ImaPart, Joining};
pub use replay::replay_ima;
