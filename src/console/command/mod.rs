//! Commands: the only way to act.
//!
//! Keys name them, the help and the footer are made from them, and whether one
//! may run is decided in one place ([`dispatch`]).

mod argument;
mod complete;
mod complete_path;
mod complete_view;
mod confirm;
mod dispatch;
mod motion;
mod table;

use std::borrow::Cow;
use std::fmt;

pub use argument::{Argument, Values};
pub use complete::{Choice, choices};
pub use complete_path::{FolderNames, MAX_NAMES, PathKind, SoughtPath};
pub use confirm::Confirmation;
pub use dispatch::{check, dispatch, may_run, submit, why_not};
pub use motion::Motion;
pub use table::all;

use super::keymap::Context;
use super::state::State;

/// One command.
#[derive(Clone, Copy)]
pub struct Command {
    /// Its name: `list.down`.
    pub id: &'static str,
    /// Shorter names for the palette, the best one first.
    pub names: &'static [&'static str],
    /// What it does, in one sentence without a full stop.
    pub doc: &'static str,
    /// One or two words for the footer; none: not shown there.
    pub hint: Option<&'static str>,
    /// What it does to the fleet.
    pub effect: Effect,
    /// Whether it makes sense now, or why not.
    pub enabled: fn(&State) -> Result<(), Reason>,
    /// Does it.
    pub run: Run,
}

/// How a command is done.
#[derive(Clone, Copy)]
pub enum Run {
    /// Without an argument.
    Plain(fn(&mut State)),
    /// With an argument, which may turn out to be wrong.
    Given(Argument, fn(&mut State, &str) -> Result<(), Reason>),
}

impl Command {
    /// With shorter names for the palette.
    const fn named(mut self, names: &'static [&'static str]) -> Self {
        self.names = names;
        self
    }

    /// What the palette calls it.
    pub fn name(&self) -> &'static str {
        // An id that is one word already is the name that people look for.
        if self.id.contains('.') { self.names.first().copied().unwrap_or(self.id) } else { self.id }
    }

    /// What it wants to be given.
    pub fn argument(&self) -> Option<Argument> {
        match self.run {
            Run::Plain(_) => None,
            Run::Given(argument, _) => Some(argument),
        }
    }

    /// Whether it only makes sense while a line is being written or a question
    /// answered; the palette does not offer these.
    pub fn is_for_lines(&self) -> bool {
        ["text.", "palette.", "confirm.", "search."].iter().any(|start| self.id.starts_with(start))
    }
}

impl Command {
    /// Whether the footer leaves it out where it would not run: it makes sense
    /// in one part of a page only.
    pub fn is_hinted_where_it_runs(&self) -> bool {
        self.id.starts_with("evidence.")
    }

    /// Whether the footer of a place has no room for it, where others matter
    /// more; the help has it.
    pub fn is_hinted_elsewhere(&self, context: Context) -> bool {
        context == Context::Policy && self.id.starts_with("sort.")
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.id)
    }
}

impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
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
pub struct Reason(pub Cow<'static, str>);

impl Reason {
    /// A reason in words.
    pub fn new(words: impl Into<Cow<'static, str>>) -> Self {
        Self(words.into())
    }

    /// A reason that goes without saying.
    pub fn silent() -> Self {
        Self(Cow::Borrowed(""))
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
    #[error("{0}")]
    Unknown(String),
    /// The run is read-only.
    #[error("{0}: refused, because this console is read-only")]
    ReadOnly(&'static str),
    /// It makes no sense now, or not with this argument.
    #[error("{0}")]
    Disabled(Reason),
    /// It was given too much or too little.
    #[error("{0}")]
    Argument(String),
}

/// The command of that id or shorter name.
pub fn find(name: &str) -> Option<&'static Command> {
    all().find(|command| command.id == name || command.names.contains(&name))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_and_names_are_unique() {
        let mut seen = HashSet::new();
        for command in all() {
            for name in command.names.iter().chain([&command.id]) {
                assert!(seen.insert(*name), "{name} names two commands");
            }
        }
    }
}
