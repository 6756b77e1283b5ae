//! The model of the whole fleet. Pure: no I/O, and the time is given.
//!
//! [`Fleet`] is told what was learned about a group ([`Input`]) and holds, per
//! group, what its servers said. [`judge()`] turns one record into one
//! [`Judgement`] by the rules of the contract; every change of a verdict
//! becomes an [`Event`]. [`Fleet::snapshot`] gives the immutable picture that
//! screens and commands show: one row per agent over all groups. [`look_alikes`]
//! finds groups that seem to be one backend; [`policies`] compares what the
//! groups store.

mod address;
mod alike;
mod confusable;
mod event;
mod flags;
mod group;
pub mod identity;
mod input;
mod judge;
mod model;
pub mod policies;
mod reason;
mod rows;
mod snapshot;
mod steady;
mod transitions;
mod verdict;

pub use alike::{LookAlike, look_alikes};
pub use event::{Change, Event, MAX_EVENTS};
pub use flags::{Flag, Flags};
pub use input::{Answer, Input};
pub use judge::{Circumstances, Judgement, judge};
pub use model::{Fleet, GroupPlan};
pub use reason::{Reason, rough};
pub use snapshot::{
    AddressView, AgentInGroup, AgentView, Coverage, Duplication, GroupMode, GroupView, Reachability,
    ReasonWords, SLOWEST_STEP, Snapshot,
};
pub use steady::share_rank;
pub use verdict::{Counts, Verdict};
