//! The palette itself, and the question before a command that writes.

use super::{Command, always, read};
use crate::console::command::confirm;
use crate::console::state::State;

pub(super) const COMMANDS: &[Command] = &[
    read("palette.open", "Write a command", Some("command"), always, |state| state.open_palette("")),
    read("palette.run", "Run what is written", Some("run"), always, State::run_palette),
    read("palette.close", "Close the palette", Some("close"), always, |state| state.palette = None),
    read("palette.next", "Take the next completion", Some("complete"), always, |state| {
        state.complete(1);
    }),
    read("palette.previous", "Take the completion before", None, always, |state| state.complete(-1)),
    read("palette.older", "Go to the command before in the history", Some("history"), always, |state| {
        state.recall(1);
    }),
    read("palette.newer", "Go to the next command in the history", None, always, |state| state.recall(-1)),
    read("confirm.yes", "Do what is asked about", Some("yes"), confirm::is_agreed, confirm::agree),
    read("confirm.no", "Leave everything as it is", Some("no"), always, |state| state.confirmation = None),
];
