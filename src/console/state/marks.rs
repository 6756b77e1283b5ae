//! Rows that the operator marked.

use std::collections::BTreeSet;

use super::{AgentsState, PageId, State};
use crate::fleet::{AgentView, Snapshot};
use crate::text::RemoteText;

/// Agents that are marked, by their ids: a mark stays with its agent through
/// new pictures, other orders and filters. One that is in no list any more
/// loses its mark, because nothing can be done with it.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    ids: BTreeSet<RemoteText>,
    /// The one that was marked last: a range begins there.
    last: Option<RemoteText>,
}

impl Marks {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nothing is marked.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether an agent is marked.
    pub fn has(&self, agent: &AgentView) -> bool {
        self.ids.contains(&agent.id)
    }

    /// The marked agents in the order of their ids.
    pub fn agents<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a AgentView> {
        self.ids.iter().filter_map(|id| {
            let place = snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).ok()?;
            snapshot.agents.get(place).map(AsRef::as_ref)
        })
    }

    /// The one that was marked last, while it is.
    pub fn last(&self) -> Option<&RemoteText> {
        self.last.as_ref().filter(|id| self.ids.contains(*id))
    }

    fn turn(&mut self, agent: &AgentView) {
        if self.ids.remove(&agent.id) {
            return;
        }
        self.mark(agent);
    }

    fn mark(&mut self, agent: &AgentView) {
        self.ids.insert(agent.id.clone());
        self.last = Some(agent.id.clone());
    }

    /// Forgets those that are in no list any more.
    pub(super) fn keep_known(&mut self, snapshot: &Snapshot) {
        let is_known = |id: &RemoteText| snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).is_ok();
        self.ids.retain(is_known);
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl AgentsState {
    /// The rows from the one that was marked last to the selected one.
    fn range(&self) -> Option<(usize, usize)> {
        let from = self.arranged()?.row_of(self.marks().last()?)?;
        let to = self.place()?;
        Some((from.min(to), from.max(to)))
    }
}

impl State {
    /// Marks the selected row or takes the mark away.
    pub(in crate::console) fn turn_mark(&mut self) {
        if self.has_open_policy() {
            self.turn_digest_mark();
            return;
        }
        if self.page == PageId::Policies {
            self.mark_policy();
            return;
        }
        if let Some(agent) = self.agents.selected_row().cloned() {
            self.agents.marks_mut().turn(&agent);
        }
    }

    /// Whether there is a marked row in sight of the filter, from which a range
    /// could go.
    pub(in crate::console) fn has_range(&self) -> bool {
        self.agents.range().is_some()
    }

    /// Marks every row from the one that was marked last to the selected one.
    pub(in crate::console) fn mark_range(&mut self) {
        let Some((first, last)) = self.agents.range() else { return };
        let rows: Vec<_> = (first..=last).filter_map(|row| self.agents.row(row).cloned()).collect();
        for agent in &rows {
            self.agents.marks_mut().mark(agent);
        }
        if let Some(agent) = self.agents.selected_row().cloned() {
            self.agents.marks_mut().mark(&agent);
        }
    }

    /// Takes all marks away.
    pub(in crate::console) fn clear_marks(&mut self) {
        if self.has_open_policy() {
            self.clear_digest_marks();
            return;
        }
        if self.page == PageId::Policies {
            self.clear_policy_marks();
            return;
        }
        self.agents.marks_mut().clear();
    }
}

#[cfg(test)]
mod tests {
    use crate::console::outside::Request;
    use crate::console::state::State;
    use crate::console::test_fleet::{self, agents, fleet, later, press};
    use crate::console::{Message, Options, update};

    fn marked(state: &State) -> Vec<String> {
        state.agents.marks().agents(&state.snapshot).map(|agent| agent.shown.as_str().to_owned()).collect()
    }

    #[test]
    fn marks_follow_their_agents() {
        let mut state = test_fleet::state(Options::default());
        press(&mut state, "2 / i d = n o d e - 0 enter s g g space space S");
        assert_eq!(marked(&state), ["node-00", "node-01"]);
        press(&mut state, "/ ctrl-u enter s s");
        assert_eq!(marked(&state), ["node-00", "node-01"]);
        // eu-west loses node-01 from its lists and keeps the others.
        let mut fleet = fleet();
        let left = serde_json::json!({ "node-00": test_fleet::record(serde_json::json!({})) });
        fleet.apply(0, agents(0, left, 0.01), later(5));
        fleet.apply(0, test_fleet::registered(2, &["node-00"]), later(5));
        let snapshot = std::sync::Arc::new(fleet.snapshot());
        update(&mut state, Message::Snapshot { snapshot, now: later(5) });
        assert_eq!(marked(&state), ["node-00"]);
        press(&mut state, "u");
        assert_eq!(marked(&state), [""; 0]);
    }

    #[test]
    fn a_range_goes_from_the_last_mark_to_the_row() {
        let mut state = test_fleet::state(Options::default());
        press(&mut state, "2 s g g V");
        assert_eq!(marked(&state), [""; 0], "nothing is marked yet");
        press(&mut state, "space j j V");
        let ids: Vec<_> =
            state.snapshot.agents.iter().map(|agent| agent.shown.as_str().to_owned()).take(4).collect();
        assert_eq!(marked(&state), ids);
        press(&mut state, "g g space");
        assert_eq!(marked(&state).len(), 3, "a second time takes the mark away");
    }

    #[test]
    fn copies_take_all_that_is_marked() {
        let mut state = test_fleet::state(Options::default());
        press(&mut state, "2 / i d = n o d e - 0 enter s g g space space");
        let mut requests = |key: &str| update(&mut state, Message::Key(key.parse().unwrap())).requests;
        let what = "the ids of 2 marked agents".to_owned();
        assert_eq!(requests("y"), [Request::Copy { text: "node-00\nnode-01".to_owned(), what }]);
        let [Request::Copy { text, .. }] = &requests("Y")[..] else { panic!() };
        let whole: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(whole.as_array().unwrap().len(), 2);
        assert_eq!(whole[1]["id"], "node-01");
    }
}
