//! Text that came from somewhere else, and the one way it may be shown.
//!
//! Agents choose their own ids, servers choose their names and their error
//! texts. [`RemoteText`] carries such text from the wire. It cannot be printed:
//! it becomes [`Shown`] through the one sanitiser ([`sanitise`]), which makes
//! every control, direction, invisible and piled-up combining character
//! visible. The raw form goes back to the API and nowhere else.
//!
//! Beside it stand the helpers that every room needs to speak plainly:
//! [`caret`] (a source line with a caret under the fault), [`nearest`] (the
//! nearest right name), [`csv`] (fields that a spreadsheet cannot execute),
//! [`duration`] (ages in words), [`count`] (numbers with what they count),
//! [`Checksum`] (SHA-256 sums) and [`Secret`] (text that is never shown).

pub mod caret;
mod checksum;
pub mod count;
pub mod csv;
pub mod duration;
pub mod nearest;
mod remote;
mod sanitise;
mod secret;

pub use checksum::Checksum;
pub use remote::RemoteText;
pub use sanitise::{MAX_SHOWN_CHARS, Shown, ShownTo, sanitise, sanitise_to, shown_to};
pub use secret::Secret;
