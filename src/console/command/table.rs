//! The table of commands. Its order is the order of the footer and the help.

use super::{Command, Effect, Motion, Reason};
use crate::console::Outcome;
use crate::console::state::{FilterLine, PageId, State};

const fn read(
    id: &'static str,
    doc: &'static str,
    hint: Option<&'static str>,
    enabled: fn(&State) -> Result<(), Reason>,
    run: fn(&mut State),
) -> Command {
    Command { id, doc, hint, effect: Effect::Read, enabled, run }
}

fn always(_: &State) -> Result<(), Reason> {
    Ok(())
}

fn some_agent(state: &State) -> Result<(), Reason> {
    match state.agents.selected_row(&state.snapshot) {
        Some(_) => Ok(()),
        None => Err(Reason::new("no agent is selected")),
    }
}

fn some_group(state: &State) -> Result<(), Reason> {
    match state.snapshot.groups.is_empty() {
        true => Err(Reason::new("no group is configured")),
        false => Ok(()),
    }
}

fn something_to_take(state: &State) -> Result<(), Reason> {
    match state.has_something_to_take() {
        true => Ok(()),
        false => Err(Reason::new("nothing is selected that could be copied or read")),
    }
}

fn some_layer(state: &State) -> Result<(), Reason> {
    // Who presses esc once too often is not to be lectured.
    if state.has_layer() { Ok(()) } else { Err(Reason::silent()) }
}

fn some_history(state: &State) -> Result<(), Reason> {
    if state.history.entries().is_empty() { Err(Reason::new("no filter was kept yet")) } else { Ok(()) }
}

fn readable_filter(state: &State) -> Result<(), Reason> {
    match state.line.as_ref().and_then(FilterLine::error) {
        Some(error) => Err(Reason::new(error.to_string())),
        None => Ok(()),
    }
}

/// Every command.
pub const TABLE: &[Command] = &[
    read("help.open", "Show this help", Some("help"), always, State::open_help),
    read("quit", "Quit", Some("quit"), always, |state| state.outcome = Some(Outcome::Quit)),
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
    read("filter.open", "Filter the agents while you write", Some("filter"), always, State::open_filter),
    read("filter.keep", "Keep the filter", Some("keep"), readable_filter, State::keep_filter),
    read("filter.older", "Call back the filter before", Some("older"), some_history, |state| {
        state.recall_filter(true);
    }),
    read("filter.newer", "Call back the filter after", None, always, |state| state.recall_filter(false)),
    read("filter.clear", "Clear the filter", Some("clear"), always, State::clear_filter),
    read("sort.next", "Sort by the next column", Some("sort"), always, |state| {
        state.agents.sort_by_next();
    }),
    read("sort.reverse", "Turn the order around", Some("reverse"), always, |state| {
        state.agents.reverse_sort();
    }),
    read("copy.name", "Copy the id or name", Some("copy"), something_to_take, State::copy_name),
    read("copy.whole", "Copy all that is known of it as JSON", None, something_to_take, State::copy_whole),
    read(
        "pager.open",
        "Read all that is known of it as JSON in $PAGER",
        None,
        something_to_take,
        State::page_whole,
    ),
    read("filter.edit", "Write the filter in $VISUAL or $EDITOR", None, always, State::edit_filter_elsewhere),
    read("data.freeze", "Let the data stand still, or go on", None, always, State::toggle_freeze),
    read("data.refresh", "Ask every group now, as far as that is polite", None, always, State::refresh),
    read("page.next", "Go to the next page", Some("next page"), always, |state| {
        state.show(state.page.next());
    }),
    read("page.previous", "Go to the page before", None, always, |state| state.show(state.page.previous())),
    read("page.overview", "Go to the Overview", None, always, |state| state.show(PageId::Overview)),
    read("page.agents", "Go to the Agents", None, always, |state| state.show(PageId::Agents)),
    read(
        "layer.close",
        "Close what lies on top, else clear the filter",
        Some("close"),
        some_layer,
        |state| {
            state.close_layer();
        },
    ),
    read("list.down", "Go down", None, always, |state| state.go(Motion::Lines(1))),
    read("list.up", "Go up", None, always, |state| state.go(Motion::Lines(-1))),
    read("list.half-down", "Go down half a screen", None, always, |state| state.go(Motion::Halves(1))),
    read("list.half-up", "Go up half a screen", None, always, |state| state.go(Motion::Halves(-1))),
    read("list.page-down", "Go down a screen", None, always, |state| state.go(Motion::Pages(1))),
    read("list.page-up", "Go up a screen", None, always, |state| state.go(Motion::Pages(-1))),
    read("list.first", "Go to the first", None, always, |state| state.go(Motion::First)),
    read("list.last", "Go to the last", None, always, |state| state.go(Motion::Last)),
    read("text.left", "Go one character left", None, always, |state| state.edit(FilterLine::left)),
    read("text.right", "Go one character right", None, always, |state| state.edit(FilterLine::right)),
    read("text.start", "Go to the start of the line", None, always, |state| state.edit(FilterLine::start)),
    read("text.end", "Go to the end of the line", None, always, |state| state.edit(FilterLine::end)),
    read("text.delete-back", "Delete the character before", None, always, |state| {
        state.edit(FilterLine::delete_back);
    }),
    read("text.delete", "Delete the character under the cursor", None, always, |state| {
        state.edit(FilterLine::delete);
    }),
    read("text.delete-word", "Delete the word before", None, always, |state| {
        state.edit(FilterLine::delete_word)
    }),
    read("text.clear", "Delete the whole line", None, always, |state| state.edit(FilterLine::clear)),
];
