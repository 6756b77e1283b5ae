//! Which agents the filter shows, in which order.

use super::sort::{Sort, SortKey, rank};
use crate::console::filter::{Filter, Matcher};
use crate::fleet::Snapshot;

/// The places, in the snapshot, of the agents that pass the filter, in the
/// order of the rows.
pub(super) fn order(snapshot: &Snapshot, filter: &Filter, sort: Sort) -> Vec<u32> {
    let matcher = Matcher::new(filter, &snapshot.groups);
    let shown =
        (0u32..).zip(snapshot.agents.iter()).filter(|(_, agent)| filter.is_empty() || matcher.matches(agent));
    let mut order: Vec<_> = if sort.key == SortKey::Agent {
        shown.map(|(index, _)| index).collect()
    } else {
        let mut keyed: Vec<_> = shown.map(|(index, agent)| (rank(sort.key, agent), index)).collect();
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, index)| index).collect()
    };
    if sort.is_reversed {
        order.reverse();
    }
    order
}
