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
    read("list.scroll-down", "Scroll down a line", None, always, |state| state.scroll(1)),
    read("list.scroll-up", "Scroll up a line", None, always, |state| state.scroll(-1)),
    read_given("list.go", "Go to a row, counted from 1", Argument::needed("NUMBER", Values::Number), row)
        .named(&["row"]),
    read("list.first", "Go to the first", None, always, |state| state.go(Motion::First)),
    read("list.last", "Go to the last", None, always, |state| state.go(Motion::Last)),
];

fn row(state: &mut State, text: &str) -> Result<(), Reason> {
    match text.parse::<usize>() {
        Ok(number @ 1..) => {
            state.go(Motion::To(number - 1));
            Ok(())
        }
        _ => Err(Reason::new(format!("{} is no row: write a number from 1 on", sanitise_to(text, 20)))),
    }
}
