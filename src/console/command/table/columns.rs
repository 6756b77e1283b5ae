//! Columns of the agents' table, and marks on its rows.

use super::{Command, Reason, always, read};
use crate::console::command::Motion;
use crate::console::state::{Overlay, PageId, State};

pub(super) const COMMANDS: &[Command] = &[
    read("column.right", "Go to the column on the right", None, some_table, |state| state.go_column(true)),
    read("column.left", "Go to the column on the left", None, some_table, |state| state.go_column(false)),
    read(
        "column.sort",
        "Sort by the column of the cursor; again: turn the order around",
        None,
        some_table,
        State::sort_by_cursor,
    ),
    read("columns.open", "Choose columns: show, hide, move", None, always, State::open_columns)
        .named(&["columns"]),
    read("columns.turn", "Show the column, or hide it", Some("show or hide"), some_list, State::turn_column),
    read("columns.later", "Move the column to the right", Some("move"), some_list, |state| {
        state.shift_column(true);
    }),
    read("columns.earlier", "Move the column to the left", None, some_list, |state| {
        state.shift_column(false);
    }),
    read(
        "columns.reset",
        "Show the usual columns in their own order",
        Some("reset"),
        always,
        State::reset_columns,
    ),
    read("mark.turn", "Mark the row, or take its mark away, and go down", None, some_row, |state| {
        state.turn_mark();
        state.go(Motion::Lines(1));
    })
    .named(&["mark"]),
    read(
        "mark.range",
        "Mark every row from the one marked last to this one",
        None,
        some_range,
        State::mark_range,
    ),
    read("mark.clear", "Take all marks away", None, some_marks, State::clear_marks).named(&["unmark"]),
];

fn some_table(state: &State) -> Result<(), Reason> {
    match state.page {
        PageId::Agents => Ok(()),
        _ => Err(Reason::new("only the agents have columns to go through")),
    }
}

fn some_list(state: &State) -> Result<(), Reason> {
    match state.overlay {
        Some(Overlay::Columns { .. }) => Ok(()),
        _ => Err(Reason::new("the list of columns is not open")),
    }
}

fn some_row(state: &State) -> Result<(), Reason> {
    if state.has_open_policy() {
        return match state.has_digest_to_mark() {
            true => Ok(()),
            false => Err(Reason::new("no digest is selected")),
        };
    }
    match (state.page, state.agents.place()) {
        (PageId::Agents, Some(_)) => Ok(()),
        (PageId::Policies, _) if state.policies.table().selected().is_some() => Ok(()),
        (PageId::Policies, _) => Err(Reason::new("no policy is selected")),
        _ => Err(Reason::new("no agent is selected")),
    }
}

fn some_range(state: &State) -> Result<(), Reason> {
    some_row(state)?;
    match state.page == PageId::Agents && state.has_range() {
        true => Ok(()),
        false => Err(Reason::new("mark a row first: the range goes from there to here")),
    }
}

fn some_marks(state: &State) -> Result<(), Reason> {
    let digests = state.policies.inspection().map(|inspection| inspection.marks().len());
    let marked = match (state.page, digests) {
        (_, Some(digests)) if state.has_open_policy() => digests,
        (PageId::Policies, _) => state.policies.table().marks().len(),
        _ => state.agents.marks().len(),
    };
    if marked == 0 { Err(Reason::new("nothing is marked")) } else { Ok(()) }
}
