//! Jumps: nouns for the palette.

use super::{Argument, Command, Reason, read_given};
use crate::console::command::Values;
use crate::console::filter::Filter;
use crate::console::state::{PageId, Sort, SortKey, State};
use crate::text::nearest::nearest;
use crate::text::sanitise_to;

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
    let Some(id) = found.map(|agent| agent.id.clone()) else {
        return Err(none("agent", text, state.snapshot.agents.iter().map(|agent| agent.shown.as_str())));
    };
    state.show(PageId::Agents);
    state.select_agent(&id);
    state.open_agent();
    Ok(())
}

fn group(state: &mut State, text: &str) -> Result<(), Reason> {
    let Some(place) = state.snapshot.groups.iter().position(|group| *group.name == *text) else {
        return Err(none("group", text, state.snapshot.groups.iter().map(|group| &*group.name)));
    };
    state.overview.choose(place);
    state.show(PageId::Overview);
    state.open_group();
    Ok(())
}

fn sort(state: &mut State, text: &str) -> Result<(), Reason> {
    let (name, is_reversed) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let Some(key) = SortKey::ALL.into_iter().find(|key| key.name() == name) else {
        return Err(none("column", name, SortKey::ALL.map(SortKey::name)));
    };
    state.agents.set_sort(Sort { key, is_reversed });
    state.show(PageId::Agents);
    Ok(())
}

/// There is nothing of that name; what it may have meant is told.
pub(super) fn none<'a>(what: &str, text: &str, known: impl IntoIterator<Item = &'a str>) -> Reason {
    // Nearness of very many names takes longer than a key may.
    let hint = nearest(text, known.into_iter().take(5_000));
    let hint = hint.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    Reason::new(format!("there is no {what} {}{hint}", sanitise_to(text, 60)))
}
