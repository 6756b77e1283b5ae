//! Jumps: nouns for the palette.

use super::{Argument, Command, Reason, read_given};
use crate::console::command::Values;
use crate::console::filter::Filter;
use crate::console::state::{AgentColumn, PageId, Sort, State, none};
use crate::console::view_string::View;

pub(super) const COMMANDS: &[Command] = &[
    read_given(
        "go.agents",
        "Go to the agents that a filter shows, or to all of them",
        Argument::optional("FILTER", Values::Filter),
        agents,
    )
    .named(&["agents"]),
    read_given(
        "go.agent",
        "Show one agent: what each group says of it, and why",
        Argument::needed("ID", Values::Agent),
        agent,
    )
    .named(&["agent"]),
    read_given(
        "go.group",
        "Show every address of a group, and why it is used or not",
        Argument::needed("NAME", Values::Group),
        group,
    )
    .named(&["group"]),
    read_given(
        "sort.by",
        "Sort the agents by a column; - before it turns the order around",
        Argument::needed("COLUMN", Values::Column),
        sort,
    )
    .named(&["sort"]),
];

fn agents(state: &mut State, text: &str) -> Result<(), Reason> {
    let filter: Filter = text.parse().map_err(|error| Reason::new(format!("{error}")))?;
    state.agents.set_filter(filter);
    state.show(PageId::Agents);
    Ok(())
}

fn agent(state: &mut State, text: &str) -> Result<(), Reason> {
    let found = state.snapshot.agents.iter().find(|agent| agent.shown.as_str() == text);
    let id = found.map(|agent| agent.id.clone()).ok_or_else(|| state.no_agent(text))?;
    state.go_to(&View::Agent { id })
}

fn group(state: &mut State, text: &str) -> Result<(), Reason> {
    state.go_to(&View::Group { name: text.to_owned() })
}

fn sort(state: &mut State, text: &str) -> Result<(), Reason> {
    let (name, is_reversed) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let Some(key) = AgentColumn::from_name(name) else {
        return Err(none("column", name, AgentColumn::ALL.map(AgentColumn::name)));
    };
    state.agents.set_sort(Sort { key, is_reversed });
    state.show(PageId::Agents);
    Ok(())
}
