//! The state of the Agents page: filter, order, selection, scrolling.

use std::sync::Arc;

use super::feed::scrolled;
use super::order::{Arrange, Arrangement};
use super::sort::Sort;
use super::{AgentColumn, Columns, IdentityPicture, Marks};
use crate::console::command::Motion;
use crate::console::filter::Filter;
use crate::fleet::{AgentView, Snapshot};
use crate::text::RemoteText;

/// The state of the Agents page.
///
/// The selection is an id: it stays with its agent through new pictures, other
/// orders and filters. While that agent is not shown, what took its place is
/// selected; when it comes back, so does the selection.
///
/// The rows are those of the newest [`Arrangement`] that came. Until the one
/// that is wished for comes, they are of an older wish or an older picture.
#[derive(Clone, Debug, Default)]
pub struct AgentsState {
    filter: Filter,
    sort: Sort,
    columns: Columns,
    /// The column that the operator went to.
    cursor: Option<AgentColumn>,
    marks: Marks,
    /// What is shown; none before the page is shown.
    arranged: Option<Arc<Arrangement>>,
    /// What the loop has to have arranged.
    wish: Option<Arrange>,
    /// Of the newest wish.
    generation: u64,
    /// Of the newest wish whose answer is of no use: it came, or something came
    /// between.
    past: u64,
    /// The newest wish will not be answered.
    has_failed: bool,
    /// The operator has waited so long for the wish that it is worth a word.
    is_slow: bool,
    /// What is selected when the wish is answered is what the operator wants.
    chooses_next: bool,
    /// The agent that the operator went to.
    chosen: Option<RemoteText>,
    /// The agent that is selected.
    current: Option<RemoteText>,
    place: usize,
    offset: usize,
    is_settled: bool,
    identities: Option<Arc<IdentityPicture>>,
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

    /// Which columns are shown.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The column that the operator went to.
    pub fn cursor(&self) -> Option<AgentColumn> {
        self.cursor
    }

    /// The rows that are marked.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    pub(super) fn marks_mut(&mut self) -> &mut Marks {
        &mut self.marks
    }

    /// What is shown; none before the page is shown, and for a moment after.
    pub fn arranged(&self) -> Option<&Arc<Arrangement>> {
        self.arranged.as_ref()
    }

    /// How many agents are shown.
    pub fn len(&self) -> usize {
        self.arranged.as_ref().map_or(0, |arranged| arranged.len())
    }

    /// Whether no agent is shown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the rows are not those of the filter and the order yet.
    pub fn is_waiting(&self) -> bool {
        let is_answered =
            self.arranged.as_ref().is_some_and(|arranged| arranged.answers(&self.filter, self.sort));
        !is_answered && !self.has_failed
    }

    /// Whether nothing can be said of the agents until the first rows come.
    pub fn is_opening(&self, snapshot: &Snapshot) -> bool {
        let total = self.arranged.as_ref().map_or(0, |arranged| arranged.total());
        self.arranged.is_none() || (total == 0 && !snapshot.agents.is_empty())
    }

    /// The generation of the newest wish.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether it has been waiting for so long that it is worth a word.
    pub fn is_slow(&self) -> bool {
        self.is_slow
    }

    /// Rows above the first one in sight.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The row that is selected; none without rows.
    pub fn place(&self) -> Option<usize> {
        (!self.is_empty()).then_some(self.place)
    }

    /// Columns that the longest id may need (at most: bytes count).
    pub fn longest_id(&self) -> usize {
        self.arranged.as_ref().map_or(0, |arranged| arranged.longest_id())
    }

    /// The agent in a row.
    pub fn row(&self, row: usize) -> Option<&Arc<AgentView>> {
        self.arranged.as_ref()?.row(row)
    }

    /// The selected agent.
    pub fn selected_row(&self) -> Option<&Arc<AgentView>> {
        self.row(self.place()?)
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
        self.sort = self.sort.next();
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

    /// Goes to a column.
    pub(in crate::console) fn set_cursor(&mut self, column: Option<AgentColumn>) {
        self.cursor = column;
    }

    /// Shows other columns.
    pub(in crate::console) fn set_columns(&mut self, columns: Columns) {
        self.columns = columns;
    }

    /// Goes to an agent as soon as it is shown.
    pub(super) fn choose(&mut self, id: &RemoteText) {
        self.chosen = Some(id.clone());
        self.chooses_next = false;
        self.find_again();
    }

    /// The agents are others than before. Where nobody sees the rows they are
    /// let go of: they would keep the old picture in memory.
    pub(super) fn outdate(&mut self, is_shown: bool) {
        self.is_settled = false;
        if !is_shown {
            self.arranged = None;
            self.past = self.generation;
        }
    }

    /// What the last audit of identities found; none: there was none.
    pub fn identities(&self) -> Option<&Arc<IdentityPicture>> {
        self.identities.as_ref()
    }

    /// Takes what an audit found; rows that are ordered by it are ordered anew.
    pub(super) fn take_identities(&mut self, found: Arc<IdentityPicture>) {
        self.identities = Some(found);
        if self.sort.key == AgentColumn::Identity {
            self.is_settled = false;
        }
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        if self.is_empty() {
            return;
        }
        self.place = motion.from(self.place, self.len(), height);
        // The ids of the new place are read when the state settles.
        self.chosen = None;
        self.current = None;
    }

    /// Scrolls by lines; the selection stays in sight.
    pub(super) fn scroll(&mut self, by: i64, height: usize) {
        let place;
        (self.offset, place) = scrolled(self.offset, self.place, by, self.len(), height);
        if place != self.place {
            self.go(Motion::Row(place + 1), height);
        }
    }

    /// What is selected is what the operator wants.
    pub(super) fn choose_current(&mut self) {
        self.chooses_next = self.is_waiting();
        if !self.chooses_next {
            self.chosen.clone_from(&self.current);
        }
    }

    /// Hands out what is to be arranged.
    pub(in crate::console) fn take_wish(&mut self) -> Option<Arrange> {
        self.wish.take()
    }

    /// Shows what was arranged, unless something newer is shown or it is not
    /// what is wished for any more.
    pub(in crate::console) fn take(&mut self, arrangement: Arc<Arrangement>) {
        let generation = arrangement.wish().generation;
        let is_in_time = (self.past + 1..=self.generation).contains(&generation);
        if !is_in_time || !arrangement.answers(&self.filter, self.sort) {
            return;
        }
        self.past = generation;
        self.arranged = Some(arrangement);
        self.is_slow = false;
        self.find_again();
    }

    /// The operator is waiting.
    pub(in crate::console) fn say_slow(&mut self) {
        self.is_slow = self.is_waiting();
    }

    /// There will be no answer to this wish.
    pub(in crate::console) fn fail(&mut self, generation: u64) {
        if generation == self.generation {
            self.has_failed = true;
            self.is_slow = false;
        }
    }

    /// Wishes for what the filter and the order say if something changed, and
    /// keeps the selected agent in sight.
    pub(super) fn settle(&mut self, snapshot: &Arc<Snapshot>, height: usize) {
        if !self.is_settled {
            self.is_settled = true;
            self.has_failed = false;
            self.generation += 1;
            let wish = Arrange {
                generation: self.generation,
                snapshot: Arc::clone(snapshot),
                filter: self.filter.clone(),
                sort: self.sort,
                identities: self.identities.clone(),
            };
            if wish.is_large() {
                self.wish = Some(wish);
            } else {
                self.wish = None;
                wish.carry_out(|| false).into_iter().for_each(|arrangement| self.take(Arc::new(arrangement)));
            }
        }
        let Some(arranged) = &self.arranged else { return };
        let length = arranged.len();
        self.place = self.place.min(length.saturating_sub(1));
        let current = arranged.row(self.place).map(|agent| &agent.id);
        if self.current.as_ref() != current {
            self.current = current.cloned();
        }
        if self.chosen.is_none() || (self.chooses_next && !self.is_waiting()) {
            self.chosen.clone_from(&self.current);
            self.chooses_next = false;
        }
        let last_offset = length.saturating_sub(height);
        let lowest = (self.place + 1).saturating_sub(height.max(1));
        self.offset = self.offset.min(last_offset).clamp(lowest, self.place.max(lowest));
    }

    /// Goes to where the wanted agent is now, else to where the selected one is.
    fn find_again(&mut self) {
        let Some(arranged) = &self.arranged else { return };
        let row_of = |id: &Option<RemoteText>| id.as_ref().and_then(|id| arranged.row_of(id));
        if let Some(place) = row_of(&self.chosen).or_else(|| row_of(&self.current)) {
            self.place = place;
        }
    }
}
