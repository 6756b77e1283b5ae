//! The filter language: which agents a table shows.
//!
//! Terms stand side by side and all have to hold; `!` before a term turns it
//! around. A term is a text that is looked for in what the row shows, or a
//! field: `verdict=failed,stale`, `group=eu-west`, `flag=latched`, `id=node-1`,
//! `age>5m`, `keylime=FAIL`, `event=ima`, `split`; or a regular expression:
//! `~^node-[0-3]`, `/with a space/`. A text with spaces or signs of this
//! language in it stands in double quotes.

mod events;
mod kind;
mod matcher;
mod parse;
mod pattern;
mod print;
#[cfg(test)]
pub(in crate::console) mod strategy;
mod words;

pub use events::EventMatcher;
pub use kind::EventKind;
pub use matcher::Matcher;
pub use parse::{FIELDS, FORMS, FilterError};
pub use pattern::Pattern;

use crate::fleet::{Flag, Verdict};

/// A filter; an empty one shows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The terms; all of them have to hold.
    pub terms: Vec<Term>,
}

/// One term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether it has to fail instead of hold.
    pub negated: bool,
    /// What is asked.
    pub test: Test,
}

/// What a term asks. Lists are never empty; one of the list is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// A text somewhere in the row; ASCII letters in either case.
    Text(String),
    /// A text in the id.
    Id(Vec<String>),
    /// A group: its whole name, else a part of its name.
    Group(Vec<String>),
    /// A verdict: of the groups that `group=` names, else of the row.
    Verdict(Vec<Verdict>),
    /// A flag.
    Flag(Vec<Flag>),
    /// What an event tells of; no agent has one.
    Kind(Vec<EventKind>),
    /// A regular expression somewhere in the row.
    Expression(Pattern),
    /// How long ago the last success is.
    Age(Age),
    /// A text in Keylime's attestation status or in its name of the state.
    Keylime(Vec<String>),
    /// A text in the id of the last event.
    Event(Vec<String>),
    /// Two groups differ.
    Split,
}

/// What `age>5m` asks. Without any success there is no age, and it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// Whether older ones are meant, else younger ones.
    pub is_older: bool,
    /// Seconds; the age itself is neither older nor younger.
    pub seconds: u64,
}

impl Filter {
    /// Whether it shows everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The filter that shows the agents of one group.
    pub fn of_group(name: &str) -> Self {
        Self { terms: vec![Term { negated: false, test: Test::Group(vec![name.to_owned()]) }] }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::strategy::filter;
    use super::*;

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same(
            filter in filter()
        ) {
            let printed = filter.to_string();
            prop_assert_eq!(printed.parse::<Filter>(), Ok(filter), "{}", printed);
        }

        #[test]
        fn nothing_typed_can_panic(typed in any::<String>()) {
            let _ = typed.parse::<Filter>();
        }
    }
}
