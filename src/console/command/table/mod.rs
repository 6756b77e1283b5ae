//! The table of commands, a file per group. Its order is the order of the
//! footer and the help.

mod agents;
mod columns;
mod events;
mod evidence;
mod hands;
mod help;
mod identity;
mod jumps;
mod list;
mod look;
mod pages;
mod palette;
mod policies;
mod servers;
mod text;
mod views;

use super::{Argument, Command, Effect, Reason, Run};
use crate::console::Outcome;
use crate::console::state::State;

/// The groups of commands in their order.
const GROUPS: &[&[Command]] = &[
    GENERAL,
    agents::COMMANDS,
    help::COMMANDS,
    columns::COMMANDS,
    evidence::COMMANDS,
    policies::COMMANDS,
    identity::COMMANDS,
    events::COMMANDS,
    hands::COMMANDS,
    pages::COMMANDS,
    list::COMMANDS,
    servers::COMMANDS,
    text::COMMANDS,
    palette::COMMANDS,
    jumps::COMMANDS,
    views::COMMANDS,
    look::COMMANDS,
];

/// What holds everywhere.
const GENERAL: &[Command] = &[
    read("help.open", "Show this help", Some("help"), always, State::open_help).named(&["help"]),
    read("quit", "Quit", Some("quit"), always, |state| state.outcome = Some(Outcome::Quit))
        .named(&["q", "exit"]),
    read("suspend", "Go to the shell; its `fg` comes back", None, always, State::suspend),
];

/// Every command.
pub fn all() -> impl Iterator<Item = &'static Command> + Clone {
    GROUPS.iter().copied().flatten()
}

/// A command that changes nothing at any server and needs no argument.
const fn read(
    id: &'static str,
    doc: &'static str,
    hint: Option<&'static str>,
    enabled: fn(&State) -> Result<(), Reason>,
    run: fn(&mut State),
) -> Command {
    Command { id, names: &[], doc, hint, effect: Effect::Read, enabled, run: Run::Plain(run) }
}

/// A command that changes nothing at any server and is given an argument.
const fn read_given(
    id: &'static str,
    doc: &'static str,
    argument: Argument,
    run: fn(&mut State, &str) -> Result<(), Reason>,
) -> Command {
    let run = Run::Given(argument, run);
    Command { id, names: &[], doc, hint: None, effect: Effect::Read, enabled: always, run }
}

fn always(_: &State) -> Result<(), Reason> {
    Ok(())
}
