//! Commands about groups, agents and their table.

use super::{Command, Effect, Reason, always, read};
use crate::console::state::{FilterLine, Judgement, Overlay, State, Tab};

pub(super) const COMMANDS: &[Command] = &[
    read(
        "group.open",
        "Show every address of the selected group, and why it is used or not",
        Some("group"),
        some_group,
        State::open_group,
    ),
    read(
        "group.agents",
        "Show the agents of the selected group",
        Some("its agents"),
        some_group,
        State::show_agents_of_group,
    ),
    read(
        "agent.open",
        "Show what each group says of the selected agent, and why",
        Some("details"),
        some_agent,
        State::open_agent,
    ),
    read(
        "agent.raw",
        "Turn between what the verifiers hold in words and as JSON",
        Some("JSON"),
        some_detail,
        State::turn_raw,
    ),
    read(
        "agent.evidence",
        "Check again what the agent attested, step by step, or go back to what the verifiers say",
        Some("evidence"),
        some_detail,
        State::turn_evidence,
    )
    .named(&["check-evidence"]),
    Command {
        effect: Effect::Write,
        ..read(
            "agent.ask",
            "Take a TPM quote, which resets PCR 16, of agent",
            None,
            some_pull_agent,
            State::ask_agent,
        )
    }
    .named(&["ask-quote"]),
    read(
        "filter.open",
        "Filter the agents or the events while you write",
        Some("filter"),
        some_filter,
        State::open_filter,
    ),
    read("filter.keep", "Keep the filter", Some("keep"), readable_filter, State::keep_filter),
    read("filter.older", "Call back the filter before", Some("older"), some_history, |state| {
        state.recall_filter(true);
    }),
    read("filter.newer", "Call back the filter after", None, some_history, |state| {
        state.recall_filter(false);
    }),
    read(
        "filter.edit",
        "Write the filter in $VISUAL or $EDITOR",
        None,
        some_filter,
        State::edit_filter_elsewhere,
    ),
    read("filter.clear", "Clear the filter", Some("clear"), always, State::clear_filter),
    read("sort.next", "Sort by the next column", Some("sort"), some_order, State::sort_by_next),
    read("sort.reverse", "Turn the order around", Some("reverse"), some_order, State::reverse_sort),
];

fn some_order(state: &State) -> Result<(), Reason> {
    if !state.has_open_policy() || state.sees_demands() {
        return Ok(());
    }
    let inspection = state.policies.inspection().filter(|inspection| inspection.tab() == Tab::Digests);
    match inspection.map(|inspection| inspection.judgement().map(Judgement::is_at_work)) {
        Some(Some(false)) => Ok(()),
        Some(Some(true)) => Err(Reason::new("paths are sorted as soon as all their digests are judged")),
        Some(None) => Err(Reason::new(
            "paths are sorted by what came of their digests: give evidence first, :evidence DIR",
        )),
        None => Err(Reason::new("only Digests and Metadata can be sorted")),
    }
}

fn some_agent(state: &State) -> Result<(), Reason> {
    match state.agents.selected_row() {
        Some(_) => Ok(()),
        None => Err(Reason::new("no agent is selected")),
    }
}

fn some_detail(state: &State) -> Result<(), Reason> {
    match state.overlay {
        Some(Overlay::Detail(_)) => Ok(()),
        _ => Err(Reason::new("no agent is open")),
    }
}

fn some_pull_agent(state: &State) -> Result<(), Reason> {
    some_detail(state)?;
    match state.examined_groups(true).is_empty() {
        false => Ok(()),
        true => Err(Reason::new("no verifier has this agent in pull mode: only those agents can be asked")),
    }
}

fn some_filter(state: &State) -> Result<(), Reason> {
    match state.filter() {
        Some(_) => Ok(()),
        None => Err(Reason::new("this page has no filter")),
    }
}

fn some_group(state: &State) -> Result<(), Reason> {
    match state.snapshot.groups.is_empty() {
        true => Err(Reason::new("no group is configured")),
        false => Ok(()),
    }
}

fn readable_filter(state: &State) -> Result<(), Reason> {
    match state.line.as_ref().and_then(FilterLine::error) {
        Some(error) => Err(Reason::new(error.to_string())),
        None => Ok(()),
    }
}

fn some_history(state: &State) -> Result<(), Reason> {
    if state.history.entries().is_empty() { Err(Reason::new("no filter was kept yet")) } else { Ok(()) }
}
