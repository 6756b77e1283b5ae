//! The state of the Overview page.

use std::sync::Arc;

use jiff::Timestamp;

use crate::console::command::Motion;
use crate::console::page::overview::{age_step, worst_first};
use crate::fleet::{Counts, Event, GroupView, Snapshot, Verdict};

/// The state of the Overview page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverviewState {
    /// The group that the operator went to, by its place in the configuration:
    /// it stays selected wherever the order puts it.
    chosen: Option<usize>,
    /// The last steps of the attested share, the newest last.
    shares: Vec<u8>,
}

/// The highest step of the attested share: all of the agents.
pub const SHARE_STEPS: u8 = 8;

/// Steps that are remembered.
const REMEMBERED: usize = 16;

impl OverviewState {
    /// The last steps of the attested share, the newest last; one for every
    /// change, so that they stand still with it.
    pub fn shares(&self) -> &[u8] {
        &self.shares
    }

    /// Remembers the attested share of a picture.
    pub(super) fn remember(&mut self, counts: &Counts) {
        let attested = counts.get(Verdict::Attested) * u32::from(SHARE_STEPS);
        let Some(step) = attested.checked_div(counts.total()) else { return };
        let step = u8::try_from(step).unwrap_or(SHARE_STEPS);
        if self.shares.last() != Some(&step) {
            if self.shares.len() == REMEMBERED {
                self.shares.remove(0);
            }
            self.shares.push(step);
        }
    }

    /// The place of the selected group in the configuration: the worst one
    /// until the operator goes to another.
    pub fn selected_place(&self, snapshot: &Snapshot) -> Option<usize> {
        let chosen = self.chosen.filter(|place| *place < snapshot.groups.len());
        chosen.or_else(|| worst_first(&snapshot.groups).first().copied())
    }

    /// The selected group.
    pub fn selected<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Arc<GroupView>> {
        snapshot.groups.get(self.selected_place(snapshot)?)
    }

    /// The group that the operator went to, by its place in the configuration.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.chosen
    }

    /// Goes to a group, by its place in the configuration.
    pub(in crate::console) fn choose(&mut self, place: usize) {
        self.chosen = Some(place);
    }

    /// The group that the operator went to has another place, or is no more.
    pub(super) fn follow(&mut self, place: Option<usize>) {
        self.chosen = place;
    }

    /// The place of the selected group in the order of the page.
    pub(super) fn selected_row(&self, snapshot: &Snapshot) -> Option<usize> {
        let selected = self.selected_place(snapshot)?;
        worst_first(&snapshot.groups).iter().position(|group| *group == selected)
    }

    pub(super) fn go(&mut self, motion: Motion, snapshot: &Snapshot) {
        let order = worst_first(&snapshot.groups);
        let selected = self.selected_place(snapshot);
        let place = order.iter().position(|group| Some(*group) == selected).unwrap_or(0);
        // Groups take several lines; half a screen is about five of them.
        let place = motion.from(place, order.len(), 10);
        self.chosen = order.get(place).copied();
    }
}

/// When the words of the last change's age change next.
pub(super) fn next_age(events: &[Arc<Event>], now: Timestamp) -> Option<Timestamp> {
    let at = events.last()?.at;
    let age = now.duration_since(at).as_secs();
    let next = [60, 3_600, 86_400].into_iter().find(|bound| *bound > age)?;
    at.checked_add(jiff::SignedDuration::from_secs(next)).ok()
}

/// When the shown age of an overdue observation changes next.
pub(super) fn next_tick(groups: &[Arc<GroupView>], now: Timestamp) -> Option<Timestamp> {
    groups
        .iter()
        .filter(|group| group.overdue)
        .filter_map(|group| {
            let at = group.observed_at?;
            let (_, next) = age_step(group.observed_age(now)?);
            at.checked_add(jiff::SignedDuration::from_secs(i64::try_from(next).ok()?)).ok()
        })
        .min()
}

/// Whether some group has told nothing of its agents yet.
pub(in crate::console) fn is_asking(groups: &[Arc<GroupView>]) -> bool {
    groups.iter().any(|group| group.observed_at.is_none() && group.blind.is_none())
}
