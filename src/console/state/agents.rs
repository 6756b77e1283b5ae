//! The state of the Agents page: filter, order, selection, scrolling.

use std::sync::Arc;

use super::order::order;
use super::sort::Sort;
use crate::console::command::Motion;
use crate::console::filter::Filter;
use crate::fleet::{AgentView, Snapshot};
use crate::text::RemoteText;

/// The state of the Agents page.
///
/// The selection is an id: it stays with its agent through new pictures, other
/// orders and filters. While that agent is not shown, what took its place is
/// selected; when it comes back, so does the selection.
#[derive(Clone, Debug, Default)]
pub struct AgentsState {
    filter: Filter,
    sort: Sort,
    order: Vec<u32>,
    /// The agent that the operator went to.
    chosen: Option<RemoteText>,
    /// The agent that is selected.
    current: Option<RemoteText>,
    place: usize,
    offset: usize,
    longest_id: usize,
    is_settled: bool,
}

impl AgentsState {
    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The order.
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// How many agents the filter shows.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether the filter shows no agent.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Rows above the first one in sight.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The row that is selected; none without rows.
    pub fn place(&self) -> Option<usize> {
        (!self.order.is_empty()).then_some(self.place)
    }

    /// Columns that the longest shown id may need (at most: bytes count).
    pub fn longest_id(&self) -> usize {
        self.longest_id
    }

    /// The agent in a row.
    pub fn row<'a>(&self, snapshot: &'a Snapshot, row: usize) -> Option<&'a Arc<AgentView>> {
        let index = usize::try_from(*self.order.get(row)?).ok()?;
        snapshot.agents.get(index)
    }

    /// The selected agent.
    pub fn selected_row<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Arc<AgentView>> {
        self.row(snapshot, self.place()?)
    }

    /// Filters otherwise.
    pub(in crate::console) fn set_filter(&mut self, filter: Filter) {
        if self.filter != filter {
            self.filter = filter;
            self.is_settled = false;
        }
    }

    /// Orders by the next column, in its own direction.
    pub(in crate::console) fn sort_by_next(&mut self) {
        self.sort = Sort { key: self.sort.key.next(), is_reversed: false };
        self.is_settled = false;
    }

    /// Turns the order around.
    pub(in crate::console) fn reverse_sort(&mut self) {
        self.sort.is_reversed = !self.sort.is_reversed;
        self.is_settled = false;
    }

    /// Orders otherwise.
    pub(in crate::console) fn set_sort(&mut self, sort: Sort) {
        self.sort = sort;
        self.is_settled = false;
    }

    /// Goes to an agent as soon as it is shown.
    pub(super) fn choose(&mut self, id: &RemoteText) {
        self.chosen = Some(id.clone());
        self.is_settled = false;
    }

    /// The agents are others than before.
    pub(super) fn outdate(&mut self) {
        self.is_settled = false;
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        self.place = motion.from(self.place, self.order.len(), height);
        // The ids of the new place are read when the state settles.
        self.chosen = None;
        self.current = None;
    }

    /// What is selected is what the operator wants.
    pub(super) fn choose_current(&mut self) {
        self.chosen.clone_from(&self.current);
    }

    /// Filters and orders if something changed, finds the selected agent again
    /// and keeps it in sight.
    pub(super) fn settle(&mut self, snapshot: &Snapshot, height: usize) {
        if !self.is_settled {
            self.is_settled = true;
            self.order = order(snapshot, &self.filter, self.sort);
            self.longest_id =
                snapshot.agents.iter().map(|agent| agent.shown.as_str().len()).max().unwrap_or(0);
            let place = self.place_of(self.chosen.as_ref(), snapshot);
            if let Some(place) = place.or_else(|| self.place_of(self.current.as_ref(), snapshot)) {
                self.place = place;
            }
        }
        self.place = self.place.min(self.order.len().saturating_sub(1));
        self.current = self.row(snapshot, self.place).map(|agent| agent.id.clone());
        if self.chosen.is_none() {
            self.choose_current();
        }
        let last_offset = self.order.len().saturating_sub(height);
        let lowest = (self.place + 1).saturating_sub(height.max(1));
        self.offset = self.offset.min(last_offset).clamp(lowest, self.place.max(lowest));
    }

    fn place_of(&self, id: Option<&RemoteText>, snapshot: &Snapshot) -> Option<usize> {
        let id = id?;
        let index = snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).ok()?;
        let index = u32::try_from(index).ok()?;
        self.order.iter().position(|other| *other == index)
    }
}
