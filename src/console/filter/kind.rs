//! What an event tells of, as a word of the filter language.

use crate::fleet::{Change, Event};

/// What an event tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The verdict of an agent changed.
    Verdict,
    /// An agent was not there before.
    New,
    /// An agent is in no list any more.
    Gone,
    /// An agent attests more rarely than the limit allows.
    Interval,
    /// A group stopped or began to answer.
    Group,
    /// An address changed its state.
    Address,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Verdict, Self::New, Self::Gone, Self::Interval, Self::Group, Self::Address];

    /// Its word in a filter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::New => "new",
            Self::Gone => "gone",
            Self::Interval => "interval",
            Self::Group => "group",
            Self::Address => "address",
        }
    }

    /// The kind of an event.
    pub fn of(event: &Event) -> Self {
        match event.change {
            Change::Verdict { from: Some(_), .. } => Self::Verdict,
            Change::Verdict { from: None, .. } => Self::New,
            Change::Gone { .. } => Self::Gone,
            Change::IntervalMismatch => Self::Interval,
            Change::GroupLost { .. } | Change::GroupBack => Self::Group,
            Change::Address { .. } => Self::Address,
        }
    }
}
