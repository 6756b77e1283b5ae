//! The one strict reader of JSON that every policy and envelope goes through.
//!
//! Two programs that read one text must see one document, or a signature
//! proves nothing. So [`Reader`] refuses, with a [`Refusal`] at a byte, all
//! that readers of JSON disagree on: names that stand twice in one object
//! (escaped or not), byte order marks, what is no UTF-8, lone surrogates, NaN
//! and infinities, commas and documents too many; and it stops at [`Limits`].
//! It copies nothing: [`Text`] and [`Value`] point into the text, numbers keep
//! their spelling. [`canonical`] writes the form that TUF and securesystemslib
//! sign, [`place()`] turns a byte into line and column.

pub mod canonical;
mod escape;
mod keys;
mod limits;
mod place;
mod reader;
mod refusal;
mod scan;
mod text;
mod value;
mod walk;

pub use keys::KeyIndex;
pub(in crate::policy) use keys::keyed_hash;
pub use limits::Limits;
pub use place::place;
pub use reader::{Event, Kind, Reader};
pub use refusal::{Refusal, code};
pub use text::{Number, Span, Text};
pub use value::{Content, Member, Value};
pub(in crate::policy) use walk::Walk;

#[cfg(test)]
mod tests;
