//! Views: going to one, keeping it, and back and forth through them.
//!
//! Keeping a view is allowed in a read-only console: that mode is about the
//! servers, where it changes nothing, and `views.toml` is the operator's own.

use super::{Argument, Command, Reason, always, read, read_given};
use crate::console::command::Values;
use crate::console::state::State;

pub(super) const COMMANDS: &[Command] = &[
    read("view.back", "Go back to what was looked at before", None, some_place_before, |state| {
        state.step_trail(true);
    })
    .named(&["back"]),
    read("view.forward", "Go forward again to what was looked at after", None, some_place_after, |state| {
        state.step_trail(false);
    })
    .named(&["forward"]),
    read_given(
        "view.go",
        "Go to a view by its string, or to a saved one by its name",
        Argument::needed("VIEW", Values::View),
        go,
    )
    .named(&["view"]),
    read_given(
        "view.save",
        "Keep what is looked at under a name, in views.toml; servers are not asked",
        Argument::needed("NAME", Values::SavedView),
        |state, name| state.save_view(name),
    )
    .named(&["save-view"]),
    read_given(
        "view.forget",
        "Forget a saved view",
        Argument::needed("NAME", Values::SavedView),
        |state, name| state.forget_view(name),
    )
    .named(&["forget-view"]),
    read("view.copy", "Copy the string of what is looked at", None, always, State::copy_view)
        .named(&["copy-view"]),
];

fn some_place_before(state: &State) -> Result<(), Reason> {
    match state.trail.has_back() {
        true => Ok(()),
        false => Err(Reason::new("nothing was looked at before")),
    }
}

fn some_place_after(state: &State) -> Result<(), Reason> {
    match state.trail.has_forth() {
        true => Ok(()),
        false => Err(Reason::new("nothing was looked at after this")),
    }
}

fn go(state: &mut State, text: &str) -> Result<(), Reason> {
    let view = state.saved.find(text).map_err(|error| Reason::new(error.to_string()))?;
    state.go_to(&view)
}
