//! Commands: the only way to act.
//!
//! Keys name them, the help and the footer are made from them, and whether one
//! may run is decided in one place ([`dispatch`]).

mod motion;
mod table;

use std::fmt;

pub use motion::Motion;
pub use table::TABLE;

use super::state::State;

/// One command.
#[derive(Clone, Copy)]
pub struct Command {
    /// Its name: `list.down`.
    pub id: &'static str,
    /// What it does, in one sentence without a full stop.
    pub doc: &'static str,
    /// One or two words for the footer; none: not shown there.
    pub hint: Option<&'static str>,
    /// What it does to the fleet.
    pub effect: Effect,
    /// Whether it makes sense now, or why not.
    pub enabled: fn(&State) -> Result<(), Reason>,
    /// Does it.
    pub run: fn(&mut State),
}

/// What a command does to the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Read,
    /// It changes something that can be changed back.
    Write,
    /// It changes something for good.
    Destroy,
}

/// Why a command does not make sense now; fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(pub String);

impl Reason {
    /// A reason in words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// A reason that goes without saying.
    pub fn silent() -> Self {
        Self(String::new())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Why a command did not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such command.
    #[error("there is no command {0}")]
    Unknown(String),
    /// The run is read-only.
    #[error("{0}: refused, because this console is read-only")]
    ReadOnly(&'static str),
    /// It makes no sense now.
    #[error("{0}")]
    Disabled(Reason),
}

/// The command of that name.
pub fn find(id: &str) -> Option<&'static Command> {
    TABLE.iter().find(|command| command.id == id)
}

/// Runs a command.
///
/// # Errors
/// Why it was refused.
pub fn dispatch(state: &mut State, id: &str) -> Result<(), Refusal> {
    let command = find(id).ok_or_else(|| Refusal::Unknown(id.to_owned()))?;
    may_run(state, command)?;
    (command.run)(state);
    Ok(())
}

/// Whether a command may run now. Read-only is decided here and nowhere else.
///
/// # Errors
/// Why not.
pub fn may_run(state: &State, command: &Command) -> Result<(), Refusal> {
    if state.read_only && command.effect != Effect::Read {
        return Err(Refusal::ReadOnly(command.id));
    }
    (command.enabled)(state).map_err(Refusal::Disabled)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::console::{Options, test_fleet};

    const DELETE: Command = Command {
        id: "agent.delete",
        doc: "made up",
        hint: None,
        effect: Effect::Destroy,
        enabled: |_| Ok(()),
        run: |_| {},
    };

    #[test]
    fn ids_are_unique() {
        let ids: HashSet<_> = TABLE.iter().map(|command| command.id).collect();
        assert_eq!(ids.len(), TABLE.len());
    }

    #[test]
    fn a_read_only_console_refuses_whatever_writes() {
        let read_only = test_fleet::state(Options { read_only: true, ..Options::default() });
        let other = test_fleet::state(Options::default());
        for effect in [Effect::Write, Effect::Destroy] {
            let command = Command { effect, ..DELETE };
            let refusal = may_run(&read_only, &command).unwrap_err();
            assert_eq!(refusal.to_string(), "agent.delete: refused, because this console is read-only");
            assert_eq!(may_run(&other, &command), Ok(()));
        }
        assert_eq!(may_run(&read_only, &Command { effect: Effect::Read, ..DELETE }), Ok(()));
    }

    #[test]
    fn an_unknown_command_is_refused() {
        let mut state = test_fleet::state(Options::default());
        assert_eq!(dispatch(&mut state, "nope"), Err(Refusal::Unknown("nope".to_owned())));
    }
}
