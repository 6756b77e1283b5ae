//! How the console looks.

use super::{Argument, Command, Reason, read_given};
use crate::console::command::Values;
use crate::console::state::{State, none};

pub(super) const COMMANDS: &[Command] =
    &[Command { enabled: colour, ..read_given("theme.show", "Show everything in a theme", THEME, theme) }
        .named(&["theme"])];

const THEME: Argument = Argument::needed("NAME", Values::Theme);

fn colour(state: &State) -> Result<(), Reason> {
    match state.colour {
        true => Ok(()),
        false => Err(Reason::new("NO_COLOR is set: everything is shown in the theme mono")),
    }
}

fn theme(state: &mut State, name: &str) -> Result<(), Reason> {
    if !state.themes.iter().any(|known| known == name) {
        return Err(none("theme", name, state.themes.iter().map(String::as_str)));
    }
    name.clone_into(&mut state.theme);
    Ok(())
}
