//! The state of the Events page.

use std::sync::Arc;

use super::Feed;
use crate::console::command::Motion;
use crate::console::filter::{EventMatcher, Filter};
use crate::fleet::{Event, Snapshot};

/// The state of the Events page.
#[derive(Clone, Debug, Default)]
pub struct EventsState {
    filter: Filter,
    feed: Feed,
    is_settled: bool,
}

impl EventsState {
    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// What is shown, by the events' numbers.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The event in a row.
    pub fn row<'a>(&self, snapshot: &'a Snapshot, row: usize) -> Option<&'a Arc<Event>> {
        let number = self.feed.number(row)?;
        let place = snapshot.events.binary_search_by(|event| event.number.cmp(&number)).ok()?;
        snapshot.events.get(place)
    }

    /// The selected event.
    pub fn selected<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Arc<Event>> {
        self.row(snapshot, self.feed.place()?)
    }

    pub(in crate::console) fn set_filter(&mut self, filter: Filter) {
        if self.filter != filter {
            self.filter = filter;
            self.is_settled = false;
        }
    }

    /// There may be others than before.
    pub(super) fn outdate(&mut self) {
        self.is_settled = false;
    }

    /// Goes to an entry, by its number.
    pub(super) fn choose(&mut self, number: u64) {
        self.feed.choose(number);
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        self.feed.go(motion, height);
    }

    pub(super) fn settle(&mut self, snapshot: &Snapshot, height: usize) {
        if !self.is_settled {
            self.is_settled = true;
            let matcher = EventMatcher(&self.filter);
            let shown = snapshot.events.iter().rev().filter(|event| matcher.matches(event));
            self.feed.take(shown.map(|event| event.number).collect());
        }
        self.feed.settle(height);
    }
}
