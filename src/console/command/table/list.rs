//! Moving in whatever list is on top.

use super::{Argument, Command, Reason, always, read, read_given};
use crate::console::command::{Motion, Values};
use crate::console::state::State;
use crate::text::sanitise_to;

pub(super) const COMMANDS: &[Command] = &[
    read("list.down", "Go down", None, always, |state| state.go(Motion::Lines(1))),
    read("list.up", "Go up", None, always, |state| state.go(Motion::Lines(-1))),
    read("list.half-down", "Go down half a screen", None, always, |state| state.go(Motion::Halves(1))),
    read("list.half-up", "Go up half a screen", None, always, |state| state.go(Motion::Halves(-1))),
    read("list.page-down", "Go down a screen", None, always, |state| state.go(Motion::Pages(1))),
    read("list.page-up", "Go up a screen", None, always, |state| state.go(Motion::Pages(-1))),
    read("list.first", "Go to the first", None, always, |state| state.go(Motion::First)),
    read("list.last", "Go to the last", None, always, |state| state.go(Motion::Last)),
    read_given(
        "list.row",
        "Go to the row of a number; a number alone does the same",
        Argument::needed("NUMBER", Values::Number),
        row,
    )
    .named(&["row"]),
];

fn row(state: &mut State, text: &str) -> Result<(), Reason> {
    let number =
        text.parse().map_err(|_error| Reason::new(format!("{} is no number", sanitise_to(text, 40))))?;
    state.go(Motion::Row(number));
    Ok(())
}
