//! What a command wants to be given.

use super::PathKind;

/// What a command wants to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name in capitals: `COLUMN`.
    pub name: &'static str,
    /// What it may be; the palette offers these.
    pub values: Values,
    /// Whether the command also works without it.
    pub is_optional: bool,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// The id of an agent.
    Agent,
    /// The name of a group.
    Group,
    /// A column to sort by; `-` before it turns the order around.
    Column,
    /// The terms of a filter.
    Filter,
    /// The name of a theme.
    Theme,
    /// The string of a view, or the name of a saved one.
    View,
    /// A whole number from 1.
    Number,
    /// A path of this machine, which is the whole of it: a space needs no quotes.
    Path(PathKind),
    /// Words, of which the first ones are paths; quotes hold a space.
    Paths(&'static [PathKind]),
    /// The name of a saved view.
    SavedView,
    /// A policy: a file, or one of a group.
    Policy,
    /// Two of them.
    Policies,
    /// A part of a policy.
    Part,
    /// What came of a digest with metadata.
    Outcome,
    /// What is to be demanded of digests, and a new file.
    Requirement,
}

impl Argument {
    /// One that has to be given.
    pub const fn needed(name: &'static str, values: Values) -> Self {
        Self { name, values, is_optional: false }
    }

    /// One that may be left out.
    pub const fn optional(name: &'static str, values: Values) -> Self {
        Self { name, values, is_optional: true }
    }

    /// Whether some of it may be a path, which is completed in the palette.
    pub fn takes_path(self) -> bool {
        matches!(
            self.values,
            Values::Path(_) | Values::Paths(_) | Values::Policy | Values::Policies | Values::Requirement
        )
    }

    /// How the documentation writes it: `COLUMN`, `[FILTER]`.
    pub fn shown(self) -> String {
        if self.is_optional { format!("[{}]", self.name) } else { self.name.to_owned() }
    }
}
