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

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z=!,\"\\\\ ~/<>]{1,8}",
            Just("split".to_owned()),
            any::<String>().prop_filter("not empty", |text| !text.is_empty())
        ]
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(text(), 1..4)
    }

    fn test() -> impl Strategy<Value = Test> {
        let verdict = prop::sample::select(Verdict::ALL.to_vec());
        let flag = prop::sample::select(Flag::ALL.to_vec());
        let kind = prop::sample::select(EventKind::ALL.to_vec());
        prop_oneof![
            text().prop_map(Test::Text),
            texts().prop_map(Test::Id),
            texts().prop_map(Test::Group),
            prop::collection::vec(verdict, 1..4).prop_map(Test::Verdict),
            prop::collection::vec(flag, 1..4).prop_map(Test::Flag),
            prop::collection::vec(kind, 1..4).prop_map(Test::Kind),
            prop_oneof![r#"[a-z.^$"=! /~]{1,9}"#, r"\\[dws/]"]
                .prop_filter_map("an expression", |text: String| Pattern::new(&text).ok())
                .prop_map(Test::Expression),
            (any::<bool>(), prop_oneof![0u64..200_000, any::<u64>()])
                .prop_map(|(is_older, seconds)| Test::Age(Age { is_older, seconds })),
            texts().prop_map(Test::Keylime),
            texts().prop_map(Test::Event),
            Just(Test::Split),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same(
            terms in prop::collection::vec((any::<bool>(), test()), 0..5)
        ) {
            let terms = terms.into_iter().map(|(negated, test)| Term { negated, test }).collect();
            let filter = Filter { terms };
            let printed = filter.to_string();
            prop_assert_eq!(printed.parse::<Filter>(), Ok(filter), "{}", printed);
        }

        #[test]
        fn nothing_typed_can_panic(typed in any::<String>()) {
            let _ = typed.parse::<Filter>();
        }
    }
}
