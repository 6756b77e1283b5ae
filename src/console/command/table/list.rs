//! Moving in whatever list is on top.

use super::{Command, always, read};
use crate::console::command::Motion;

pub(super) const COMMANDS: &[Command] = &[
    read("list.down", "Go down", None, always, |state| state.go(Motion::Lines(1))),
    read("list.up", "Go up", None, always, |state| state.go(Motion::Lines(-1))),
    read("list.half-down", "Go down half a screen", None, always, |state| state.go(Motion::Halves(1))),
    read("list.half-up", "Go up half a screen", None, always, |state| state.go(Motion::Halves(-1))),
    read("list.page-down", "Go down a screen", None, always, |state| state.go(Motion::Pages(1))),
    read("list.page-up", "Go up a screen", None, always, |state| state.go(Motion::Pages(-1))),
    read("list.first", "Go to the first", None, always, |state| state.go(Motion::First)),
    read("list.last", "Go to the last", None, always, |state| state.go(Motion::Last)),
];
