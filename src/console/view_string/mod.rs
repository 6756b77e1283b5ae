//! A view as a string: `agents?verdict=failed&sort=-age`, `group/eu-west`.
//!
//! Whatever can be looked at has such a string, and only one: history, saved
//! views, `--view`, the palette and copies all use it. It begins with the page;
//! after `?` stand parameters with `&` between them. `sort=`, `columns=` and
//! `level=` are the table's; a filter's field stands as it does in the filter
//! language, `verdict=failed,stale`, and every other term in `filter=`. What
//! has a meaning in addresses is percent-encoded, and so is all that is not
//! plain ASCII: a view's string is always fit to be shown and to be copied.

mod parse;
mod percent;
mod print;
mod saved;

pub use parse::{PAGES, PARAMETERS, ViewError};
pub use saved::{NotKept, SavedViews, check_name, with, without};

use super::filter::Filter;
use super::state::{Columns, Level, Sort};
use crate::text::RemoteText;

/// What can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The groups.
    Overview,
    /// The agents.
    Agents {
        /// Which of them.
        filter: Filter,
        /// In which order.
        sort: Sort,
        /// With which columns.
        columns: Columns,
    },
    /// The events.
    Events {
        /// Which of them.
        filter: Filter,
    },
    /// The log.
    Log {
        /// Which records.
        level: Level,
    },
    /// One group.
    Group {
        /// Its name.
        name: String,
    },
    /// One agent.
    Agent {
        /// Its id.
        id: RemoteText,
    },
    /// The editor of server blocks.
    Servers,
    /// The policies of all groups.
    Policies,
    /// One policy.
    Policy {
        /// A file, or `group:NAME/POLICY`.
        source: String,
    },
    /// The keys and certificates that are trusted.
    Trust,
    /// What an audit of identities found.
    Identities,
    /// The help.
    Help,
}

impl View {
    /// All agents, as the page shows them at the start.
    pub fn agents() -> Self {
        Self::Agents { filter: Filter::default(), sort: Sort::default(), columns: Columns::default() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::console::filter::strategy::filter;
    use crate::console::state::AgentColumn;

    fn columns() -> impl Strategy<Value = Columns> {
        let all = Just(AgentColumn::ALL.to_vec()).prop_shuffle();
        (all, 0usize..8).prop_map(|(mut all, kept)| {
            let mut number = 0;
            all.retain(|column| {
                number += 1;
                column.is_needed() || number <= kept
            });
            Columns::new(all).unwrap()
        })
    }

    fn view() -> impl Strategy<Value = View> {
        let sort = (prop::sample::select(AgentColumn::ALL.to_vec()), any::<bool>())
            .prop_map(|(key, is_reversed)| Sort { key, is_reversed });
        let levels = vec![Level::Everything, Level::Warnings, Level::Errors];
        prop_oneof![
            Just(View::Overview),
            Just(View::Help),
            Just(View::Servers),
            Just(View::Policies),
            Just(View::Trust),
            Just(View::Identities),
            any::<String>()
                .prop_filter("a source", |source| !source.is_empty())
                .prop_map(|source| View::Policy { source }),
            (filter(), sort, columns()).prop_map(|(filter, sort, columns)| View::Agents {
                filter,
                sort,
                columns
            }),
            filter().prop_map(|filter| View::Events { filter }),
            prop::sample::select(levels).prop_map(|level| View::Log { level }),
            any::<String>()
                .prop_filter("a name", |name| !name.is_empty())
                .prop_map(|name| View::Group { name }),
            any::<String>()
                .prop_filter("an id", |id| !id.is_empty())
                .prop_map(|id| View::Agent { id: id.into() }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same(view in view()) {
            let printed = view.to_string();
            prop_assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()), "{}", printed);
            prop_assert_eq!(printed.parse::<View>(), Ok(view), "{}", printed);
        }

        #[test]
        fn nothing_written_can_panic(
            written in prop_oneof![any::<String>(), "(agents|events|log|group/)[?&=%a-f0-9é!,\"~/ ]{0,30}"]
        ) {
            match written.parse::<View>() {
                Ok(view) => prop_assert_eq!(view.to_string().parse::<View>(), Ok(view)),
                Err(error) => {
                    prop_assert!(error.place.start <= error.place.end);
                    prop_assert!(error.place.end <= written.chars().count());
                    error.excerpt(&written);
                }
            }
        }
    }
}
