//! What orders the agents.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{AgentColumn, IdentityPicture};
use crate::console::page::agents::row;
use crate::fleet::{AgentInGroup, AgentView, Flag, Reason, Snapshot};

/// How the agents are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By which column; ties are in order of the ids.
    pub key: AgentColumn,
    /// Whether the order is turned around.
    pub is_reversed: bool,
}

impl Sort {
    /// By the next column, in its own direction.
    #[must_use]
    pub fn next(self) -> Self {
        let place = AgentColumn::ALL.iter().position(|column| *column == self.key).unwrap_or(0);
        // By what few have to see is ordered only by name.
        let mut next =
            AgentColumn::ALL.into_iter().cycle().skip(place + 1).filter(|column| column.is_usual());
        let key = next.next().unwrap_or_default();
        Self { key, is_reversed: false }
    }

    /// The order in words.
    pub fn words(self) -> &'static str {
        match (self.key, self.is_reversed) {
            (AgentColumn::Verdict, false) => "worst first",
            (AgentColumn::Verdict, true) => "best first",
            (AgentColumn::Agent, false) => "by id",
            (AgentColumn::Agent, true) => "by id, last first",
            (AgentColumn::Groups, false) => "by group",
            (AgentColumn::Groups, true) => "by group, last first",
            (AgentColumn::Coverage, false) => "least covered first",
            (AgentColumn::Coverage, true) => "best covered first",
            (AgentColumn::Keylime, false) => "by Keylime's words",
            (AgentColumn::Keylime, true) => "by Keylime's words, last first",
            (AgentColumn::Age, false) => "oldest first",
            (AgentColumn::Age, true) => "newest first",
            (AgentColumn::Flags, false) => "flagged first",
            (AgentColumn::Flags, true) => "without flags first",
            (AgentColumn::Reason, false) => "by reason",
            (AgentColumn::Reason, true) => "by reason, last first",
            (AgentColumn::Identity, false) => "worst identity first",
            (AgentColumn::Identity, true) => "best identity first",
        }
    }
}

/// What comes first by a column, as a number for each agent: texts are ranked
/// once for a whole picture, so that comparing two rows is comparing numbers.
pub(super) struct Ranks {
    key: AgentColumn,
    /// What the last audit of identities found.
    identities: Option<Arc<IdentityPicture>>,
    /// The rank of each group by its name.
    groups: Vec<u64>,
    /// The ids of events that reasons tell, in their order.
    events: Vec<String>,
}

impl Ranks {
    /// The ranks of a picture's agents.
    pub(super) fn new(
        key: AgentColumn,
        snapshot: &Snapshot,
        identities: Option<Arc<IdentityPicture>>,
    ) -> Self {
        let groups = match key {
            AgentColumn::Groups => group_ranks(snapshot),
            _ => Vec::new(),
        };
        let events = match key {
            AgentColumn::Reason => {
                let inside = snapshot.agents.iter().filter_map(|agent| row::deciding(agent));
                let events: BTreeSet<&str> = inside.filter_map(|inside| told_event(inside)).collect();
                events.into_iter().map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Self { key, identities, groups, events }
    }

    /// Whether the order is that of the ids, which a picture has already.
    pub(super) fn are_by_id(&self) -> bool {
        self.key == AgentColumn::Agent
    }

    /// What comes first has the smallest one.
    pub(super) fn of(&self, agent: &AgentView) -> u64 {
        match self.key {
            AgentColumn::Agent => 0,
            AgentColumn::Verdict => agent.verdict as u64,
            AgentColumn::Groups => match agent.groups.as_slice() {
                [only] => self.groups.get(only.group).copied().unwrap_or(0),
                // The row tells how many they are.
                several => (1 << 32) + count(several.len()),
            },
            AgentColumn::Coverage => u64::from(agent.coverage.have),
            AgentColumn::Keylime => row::deciding(agent).map_or(u64::MAX, |inside| keylime(inside)),
            // Without an age last: there is nothing to be old.
            AgentColumn::Age => age(agent).map_or(u64::MAX, |age| u64::MAX - 1 - age),
            AgentColumn::Flags => u64::MAX - flags(agent),
            AgentColumn::Reason => row::deciding(agent).map_or(u64::MAX, |inside| self.reason(inside)),
            AgentColumn::Identity => {
                let found = self.identities.as_ref().and_then(|found| found.of(&agent.id));
                found.map_or(4, |worst| worst.map_or(3, |worst| 2 - worst as u64))
            }
        }
    }

    /// Equal reasons stand together, the oldest of them first.
    fn reason(&self, inside: &AgentInGroup) -> u64 {
        let event = told_event(inside).map_or(0, |event| {
            self.events.binary_search_by(|other| other.as_str().cmp(event)).map_or(0, |place| place + 1)
        });
        let age = inside.judgement.age.map_or(0, |age| age.min(u64::from(u32::MAX) - 1) + 1);
        (kind(inside.judgement.reason) << 56)
            | (count(event).min(0xff_ffff) << 32)
            | (u64::from(u32::MAX) - age)
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn age(agent: &AgentView) -> Option<u64> {
    // As it is shown: what only jitters moves no row.
    row::deciding(agent).and_then(|inside| row::shown_age(inside)).map(|age| age.seconds)
}

fn group_ranks(snapshot: &Snapshot) -> Vec<u64> {
    let mut by_name: Vec<_> = snapshot.groups.iter().map(|group| &group.name).collect();
    by_name.sort();
    let place = |name| by_name.binary_search(&name).unwrap_or(0);
    snapshot.groups.iter().map(|group| count(place(&group.name))).collect()
}

/// The flags as the row tells them: that groups differ, then the contract's
/// order, the first one weighing most.
fn flags(agent: &AgentView) -> u64 {
    let bits = [agent.split].into_iter().chain(Flag::ALL.into_iter().map(|flag| agent.flags.has(flag)));
    bits.fold(0, |bits, is_set| bits << 1 | u64::from(is_set))
}

/// The first letters of the status, which tell all of Keylime's apart, then the
/// state. Without a record last.
fn keylime(inside: &AgentInGroup) -> u64 {
    let Some(record) = &inside.record else { return u64::MAX };
    let status = record.attestation_status.as_ref().map(|status| status.raw().as_bytes()).unwrap_or_default();
    let letters = (0..7).fold(0, |letters, place| {
        letters << 8 | u64::from(status.get(place).copied().unwrap_or(0).to_ascii_uppercase())
    });
    let state = record.operational_state.filter(|_| !record.is_push());
    letters << 8 | state.and_then(|state| u8::try_from(state).ok()).map_or(u64::from(u8::MAX), u64::from)
}

/// The event that the words of the reason tell.
fn told_event(inside: &AgentInGroup) -> Option<&str> {
    match inside.judgement.reason {
        Reason::GaveUp | Reason::InvalidQuote => {
            inside.record.as_ref()?.last_event_id.as_ref().map(crate::text::RemoteText::raw)
        }
        _ => None,
    }
}

/// Reasons of the same kind stand together, what needs a hand first.
fn kind(reason: Reason) -> u64 {
    match reason {
        Reason::InvalidQuote => 0,
        Reason::GaveUp => 1,
        Reason::PushFailed => 2,
        Reason::Stopped => 3,
        Reason::PushTimeout => 4,
        Reason::SilentBeforeTimeout => 5,
        Reason::TooOld => 6,
        Reason::NothingProven { push: false } => 7,
        Reason::NothingProven { push: true } => 8,
        Reason::Removing => 9,
        Reason::OnlyRegistered => 10,
        Reason::NoVerifierConfigured => 11,
        Reason::NoAnswer => 12,
        Reason::Fresh => 13,
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::Arrange;
    use super::*;
    use crate::console::filter::Filter;
    use crate::console::test_fleet::{ids, snapshot};

    fn ordered(key: AgentColumn, is_reversed: bool) -> Vec<String> {
        let snapshot = snapshot();
        let wish = Arrange {
            generation: 1,
            snapshot,
            filter: Filter::default(),
            sort: Sort { key, is_reversed },
            identities: None,
        };
        let arrangement = wish.carry_out(|| false).unwrap();
        ids((0..arrangement.len()).filter_map(|row| arrangement.row(row)))
    }

    #[test]
    fn every_column_orders_all_agents_and_its_reverse_turns_them_around() {
        for key in AgentColumn::ALL {
            let mut turned = ordered(key, true);
            turned.reverse();
            let straight = ordered(key, false);
            assert_eq!(turned, straight, "{key:?}");
            assert_eq!(straight.len(), snapshot().agents.len(), "{key:?}");
        }
    }

    #[test]
    fn what_a_column_says_comes_in_its_order() {
        let first = |key, count| ordered(key, false).into_iter().take(count).collect::<Vec<_>>();
        let last = |key| ordered(key, true).into_iter().next().unwrap();
        assert_eq!(first(AgentColumn::Groups, 2), ["node-10", "node-11"], "eu-south before eu-west");
        assert_eq!(last(AgentColumn::Groups), "node-12", "two groups");
        assert_eq!(first(AgentColumn::Age, 2), ["node-02", "node-03"]);
        assert_eq!(first(AgentColumn::Keylime, 3), ["node-12", "node-02", "node-10"], "FAIL 7, 9, 10");
        assert_eq!(last(AgentColumn::Keylime), "node-05", "no record");
        assert_eq!(first(AgentColumn::Flags, 1), ["node-12"], "its groups differ");
        assert_eq!(first(AgentColumn::Reason, 3), ["node-02", "node-12", "node-10"]);
    }

    #[test]
    fn the_next_column_comes_around() {
        let all = (0..8).fold(Sort::default(), |sort, _| sort.next());
        assert_eq!(all, Sort::default());
        assert_eq!(Sort { is_reversed: true, ..all }.next().key, AgentColumn::Agent);
    }
}
