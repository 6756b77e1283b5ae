//! The state of the Agents page: filter, order, selection, scrolling.

use std::sync::Arc;

use crate::console::command::Motion;
use crate::console::filter::{Filter, Matcher};
use crate::console::page::agents::row;
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

/// How the agents are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By which column.
    pub key: SortKey,
    /// Whether the order is turned around.
    pub is_reversed: bool,
}

/// A column that orders the agents; ties are in order of the ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// The worst first.
    #[default]
    Verdict,
    /// By id.
    Agent,
    /// The oldest success first.
    Age,
    /// The fewest attesting groups first.
    Coverage,
}

impl SortKey {
    /// All columns that order.
    pub const ALL: [Self; 4] = [Self::Verdict, Self::Agent, Self::Age, Self::Coverage];

    /// Its name in a command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Agent => "agent",
            Self::Age => "age",
            Self::Coverage => "coverage",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Verdict => Self::Agent,
            Self::Agent => Self::Age,
            Self::Age => Self::Coverage,
            Self::Coverage => Self::Verdict,
        }
    }

    /// The order in words.
    pub fn words(self, is_reversed: bool) -> &'static str {
        match (self, is_reversed) {
            (Self::Verdict, false) => "worst first",
            (Self::Verdict, true) => "best first",
            (Self::Agent, false) => "by id",
            (Self::Agent, true) => "by id, last first",
            (Self::Age, false) => "oldest first",
            (Self::Age, true) => "newest first",
            (Self::Coverage, false) => "least covered first",
            (Self::Coverage, true) => "best covered first",
        }
    }
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
            self.put_in_order(snapshot);
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

    fn put_in_order(&mut self, snapshot: &Snapshot) {
        let matcher = Matcher::new(&self.filter, &snapshot.groups);
        let shown = (0u32..)
            .zip(snapshot.agents.iter())
            .filter(|(_, agent)| self.filter.is_empty() || matcher.matches(agent));
        let key = self.sort.key;
        if key == SortKey::Agent {
            self.order = shown.map(|(index, _)| index).collect();
        } else {
            let mut keyed: Vec<_> = shown.map(|(index, agent)| (sort_value(key, agent), index)).collect();
            keyed.sort_unstable();
            self.order = keyed.into_iter().map(|(_, index)| index).collect();
        }
        if self.sort.is_reversed {
            self.order.reverse();
        }
    }

    fn place_of(&self, id: Option<&RemoteText>, snapshot: &Snapshot) -> Option<usize> {
        let id = id?;
        let index = snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).ok()?;
        let index = u32::try_from(index).ok()?;
        self.order.iter().position(|other| *other == index)
    }
}

fn sort_value(key: SortKey, agent: &AgentView) -> u64 {
    match key {
        SortKey::Agent => 0,
        SortKey::Verdict => agent.verdict as u64,
        SortKey::Age => {
            let age = row::deciding(agent).and_then(|inside| inside.judgement.age);
            // Without an age last: there is nothing to be old.
            age.map_or(u64::MAX, |age| u64::MAX - 1 - age)
        }
        SortKey::Coverage => u64::from(agent.coverage.have),
    }
}
