//! Which agents the filter shows, in which order.
//!
//! For a large fleet this takes longer than a key may wait. So it is a job of
//! its own: [`Arrange`] holds all that it needs, and what comes of it is an
//! [`Arrangement`] that holds the picture it was made from, so that its rows
//! never mix two pictures. Nothing here knows where the job runs.

use std::fmt;
use std::sync::Arc;

use super::IdentityPicture;
use super::sort::{Ranks, Sort};
use crate::console::filter::{Filter, Matcher};
use crate::fleet::{AgentView, Snapshot};
use crate::text::RemoteText;

/// Agents up to which arranging costs less than handing it to somebody.
pub const AT_ONCE: usize = 2_000;

/// Agents that are looked at between two questions whether anybody still wants
/// the result.
const BETWEEN_LOOKS: usize = 1_024;

/// A row for agents that the filter does not show.
const NOWHERE: u32 = u32::MAX;

/// The wish to see the agents filtered and ordered.
#[derive(Clone)]
pub struct Arrange {
    /// Grows with every wish.
    pub generation: u64,
    /// The picture.
    pub snapshot: Arc<Snapshot>,
    /// Which agents.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// What the last audit of identities found.
    pub identities: Option<Arc<IdentityPicture>>,
}

/// The agents filtered and ordered.
pub struct Arrangement {
    wish: Arrange,
    /// Places in the picture, by row.
    order: Vec<u32>,
    /// Rows, by place in the picture; [`NOWHERE`] for those that are not shown.
    rows: Vec<u32>,
    longest_id: usize,
}

impl Arrange {
    /// Whether it is too much to be done between two keys.
    pub fn is_large(&self) -> bool {
        self.snapshot.agents.len() > AT_ONCE
    }

    /// Does it. None where `is_given_up` says so in the middle of it.
    pub fn carry_out(self, is_given_up: impl Fn() -> bool) -> Option<Arrangement> {
        let agents = &self.snapshot.agents;
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(agents.len());
        let mut longest_id = 0;
        let ranks = Ranks::new(self.sort.key, &self.snapshot, self.identities.clone());
        {
            let matcher = Matcher::new(&self.filter, &self.snapshot.groups);
            for (index, agent) in (0u32..).zip(agents.iter()) {
                if usize::try_from(index).is_ok_and(|index| index % BETWEEN_LOOKS == 0) && is_given_up() {
                    return None;
                }
                longest_id = longest_id.max(agent.shown.as_str().len());
                if self.filter.is_empty() || matcher.matches(agent) {
                    keyed.push((ranks.of(agent), index));
                }
            }
        }
        if !ranks.are_by_id() {
            keyed.sort_unstable();
        }
        if is_given_up() {
            return None;
        }
        let mut order: Vec<u32> = keyed.into_iter().map(|(_, index)| index).collect();
        if self.sort.is_reversed {
            order.reverse();
        }
        let mut rows = vec![NOWHERE; agents.len()];
        for (row, place) in (0u32..).zip(&order) {
            if let Some(known) = usize::try_from(*place).ok().and_then(|place| rows.get_mut(place)) {
                *known = row;
            }
        }
        Some(Arrangement { order, rows, longest_id, wish: self })
    }
}

impl Arrangement {
    /// The wish that it is the answer to.
    pub fn wish(&self) -> &Arrange {
        &self.wish
    }

    /// Whether it shows what is asked for, if perhaps of an older picture.
    pub fn answers(&self, filter: &Filter, sort: Sort) -> bool {
        self.wish.sort == sort && self.wish.filter == *filter
    }

    /// How many agents it shows.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether it shows none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Agents of its picture, shown or not.
    pub fn total(&self) -> usize {
        self.wish.snapshot.agents.len()
    }

    /// Bytes of the longest id as it is shown, of all agents.
    pub fn longest_id(&self) -> usize {
        self.longest_id
    }

    /// The agent in a row.
    pub fn row(&self, row: usize) -> Option<&Arc<AgentView>> {
        self.wish.snapshot.agents.get(usize::try_from(*self.order.get(row)?).ok()?)
    }

    /// The row of an agent; none where it is not shown.
    pub fn row_of(&self, id: &RemoteText) -> Option<usize> {
        let place = self.wish.snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).ok()?;
        let row = self.rows.get(place).copied().filter(|row| *row != NOWHERE)?;
        usize::try_from(row).ok()
    }
}

impl PartialEq for Arrange {
    fn eq(&self, other: &Self) -> bool {
        self.generation == other.generation
    }
}

impl Eq for Arrange {}

impl fmt::Debug for Arrange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Arrange({}, {:?}, {})", self.generation, self.sort, self.filter)
    }
}

impl fmt::Debug for Arrangement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Arrangement({:?}: {} of {})", self.wish, self.len(), self.total())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::console::state::AgentColumn;
    use crate::console::test_fleet::{self, ids, large, now, small_fleet};

    fn wish(snapshot: Arc<Snapshot>, filter: &str, sort: Sort) -> Arrange {
        Arrange { generation: 1, snapshot, filter: filter.parse().unwrap(), sort, identities: None }
    }

    #[test]
    fn rows_and_places_are_each_others_inverse() {
        let snapshot = test_fleet::snapshot();
        for key in AgentColumn::ALL {
            for is_reversed in [false, true] {
                let sort = Sort { key, is_reversed };
                let arrangement = wish(Arc::clone(&snapshot), "node", sort).carry_out(|| false).unwrap();
                assert_eq!((arrangement.len(), arrangement.total()), (11, 12));
                for row in 0..arrangement.len() {
                    assert_eq!(arrangement.row_of(&arrangement.row(row).unwrap().id), Some(row));
                }
                assert_eq!(arrangement.row_of(&test_fleet::HOSTILE.into()), None);
                assert!(arrangement.row(11).is_none());
            }
        }
    }

    #[test]
    fn ties_are_in_order_of_the_ids_and_reversed_is_the_reverse() {
        let sorted = |is_reversed| {
            let sort = Sort { key: AgentColumn::Verdict, is_reversed };
            let arrangement = wish(test_fleet::snapshot(), "", sort).carry_out(|| false).unwrap();
            ids((0..arrangement.len()).map(|row| arrangement.row(row).unwrap()))
        };
        let mut there = sorted(false);
        assert_eq!(there.first().map(String::as_str), Some("node-02"));
        there.reverse();
        assert_eq!(there, sorted(true));
    }

    #[test]
    fn what_nobody_wants_any_more_is_given_up_early() {
        let mut fleet = small_fleet();
        fleet.apply(0, large(10_000, 0), now());
        let asked = Cell::new(0);
        let wish = wish(Arc::new(fleet.snapshot()), "agent", Sort::default());
        let given_up = || {
            asked.set(asked.get() + 1);
            asked.get() > 2
        };
        assert!(wish.carry_out(given_up).is_none());
        assert_eq!(asked.get(), 3);
    }
}
