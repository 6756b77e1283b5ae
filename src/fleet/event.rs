//! Events: what changed, when, and why.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::verdict::Verdict;
use crate::text::RemoteText;

/// Events kept; older ones are forgotten.
pub const MAX_EVENTS: usize = 5_000;

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Grows by one with every event.
    pub number: u64,
    /// When we learned of it, by our clock.
    pub at: Timestamp,
    /// The group's name.
    pub group: Arc<str>,
    /// The agent, where it concerns one.
    pub agent: Option<RemoteText>,
    /// What happened.
    pub change: Change,
    /// Why, in words that are fit to be shown.
    pub why: String,
}

/// What kind of change an event tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An agent's verdict in that group.
    Verdict {
        /// Before; none for an agent that was not there.
        from: Option<Verdict>,
        /// Now.
        to: Verdict,
    },
    /// An agent vanished from both lists.
    Gone {
        /// What we said last.
        from: Verdict,
    },
    /// An agent attests more rarely than the limit allows; its flapping is not
    /// told any more.
    IntervalMismatch,
    /// The group stopped answering; its agents read `unknown`.
    GroupLost {
        /// How many agents that concerns.
        agents: usize,
    },
    /// The group answers again.
    GroupBack,
    /// An address changed its state.
    Address {
        /// `scheme://host:port`.
        address: Arc<str>,
        /// Whether somebody may be posing as the server.
        warning: bool,
        /// Whether it is up now.
        up: bool,
    },
}

/// The newest events.
#[derive(Debug, Default)]
pub(super) struct EventLog {
    events: VecDeque<Arc<Event>>,
    next: u64,
    frozen: Option<Arc<[Arc<Event>]>>,
}

impl EventLog {
    pub(super) fn push(
        &mut self,
        at: Timestamp,
        group: &Arc<str>,
        agent: Option<RemoteText>,
        change: Change,
        why: String,
    ) {
        if self.events.len() == MAX_EVENTS {
            self.events.pop_front();
        }
        let event = Event { number: self.next, at, group: Arc::clone(group), agent, change, why };
        self.next += 1;
        self.events.push_back(Arc::new(event));
        self.frozen = None;
    }

    /// The events as a picture; the same one as long as none was added.
    pub(super) fn picture(&mut self) -> Arc<[Arc<Event>]> {
        self.frozen.get_or_insert_with(|| self.events.iter().cloned().collect()).clone()
    }
}
