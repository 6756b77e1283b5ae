//! Looking for something in the help, in a list of policies, or in a policy.

use super::{Command, Reason, read};
use crate::console::state::{Overlay, State};

pub(super) const COMMANDS: &[Command] = &[
    read("search.open", "Show only what holds a text", Some("look for"), some_help, |state| {
        state.write_search(true);
    }),
    read("search.keep", "Keep what is looked for", Some("keep"), some_help, |state| {
        state.write_search(false);
    }),
    read("search.clear", "Show all of it again", Some("clear"), some_help, State::clear_search),
];

fn some_help(state: &State) -> Result<(), Reason> {
    match state.overlay {
        Some(Overlay::Help(_)) => Ok(()),
        _ if state.can_seek() => Ok(()),
        _ => Err(Reason::new("nothing can be looked for here")),
    }
}
