//! Commands about events.

use super::{Command, Reason, read};
use crate::console::state::State;

pub(super) const COMMANDS: &[Command] = &[read(
    "event.open",
    "Show the agent or the group that the selected event is about",
    Some("details"),
    some_event,
    State::open_event,
)];

fn some_event(state: &State) -> Result<(), Reason> {
    let Some(event) = state.events.selected(&state.snapshot) else {
        return Err(Reason::new("no event is selected"));
    };
    match &event.agent {
        Some(id) if state.snapshot.agents.binary_search_by(|agent| agent.id.cmp(id)).is_err() => {
            Err(Reason::new("this agent is in no list any more"))
        }
        _ => Ok(()),
    }
}
