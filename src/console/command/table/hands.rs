//! Taking things out of the console, and how the data comes in.

use super::{Command, Reason, always, read};
use crate::console::state::State;

pub(super) const COMMANDS: &[Command] = &[
    read("copy.name", "Copy the id or name", Some("copy"), something_to_take, State::copy_name)
        .named(&["copy"]),
    read("copy.whole", "Copy all that is known of it as JSON", None, something_to_take, State::copy_whole)
        .named(&["copy-json"]),
    read(
        "pager.open",
        "Read all that is known of it as JSON in $PAGER",
        None,
        something_to_take,
        State::page_whole,
    )
    .named(&["pager"]),
    read("data.freeze", "Let the data stand still, or go on", None, always, State::toggle_freeze)
        .named(&["freeze"]),
    read("data.refresh", "Ask every group now, as far as that is polite", None, always, State::refresh)
        .named(&["refresh"]),
];

fn something_to_take(state: &State) -> Result<(), Reason> {
    match state.has_something_to_take() {
        true => Ok(()),
        false => Err(Reason::new("nothing is selected that could be copied or read")),
    }
}
