//! Policies that a verifier stores: their names, and the text of one.
//!
//! A text may be a hundred million bytes long and arrives escaped inside of a
//! JSON envelope. [`Coming::text`] takes it out of there while it arrives
//! (`envelope`), into one buffer that is never copied, and sums it up on the
//! way. Which names can be asked for at all is said by [`askable`]: Keylime
//! takes a part of the path as it stands, without decoding it.
//!
//! Nothing here writes: policies are read only.

mod ask;
mod envelope;
mod kind;
mod name;
mod names;
mod sink;

pub use ask::{Answered, Coming, PolicyAnswer};
pub use kind::PolicyKind;
pub use name::{MAX_POLICY_NAME, Unaskable, askable};
pub use names::MAX_POLICIES;
pub use sink::StoredPolicy;
