//! A view as text.

use std::fmt;

use super::View;
use super::percent::encode;
use crate::console::filter::{Filter, Term, Test};
use crate::console::state::{Columns, Level, Sort};

impl fmt::Display for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        match self {
            Self::Overview => text.push_str("overview"),
            Self::Help => text.push_str("help"),
            Self::Servers => text.push_str("servers"),
            Self::Policies => text.push_str("policies"),
            Self::Trust => text.push_str("trust"),
            Self::Identities => text.push_str("identities"),
            Self::Policy { source } => {
                text.push_str("policy/");
                encode(&mut text, source);
            }
            Self::Agents { filter, sort, columns } => {
                text.push_str("agents");
                let mut parameters = of_filter(filter);
                parameters.extend(of_sort(*sort));
                parameters.extend(of_columns(columns));
                add(&mut text, &parameters);
            }
            Self::Events { filter } => {
                text.push_str("events");
                add(&mut text, &of_filter(filter));
            }
            Self::Log { level } => {
                text.push_str("log");
                let level = match level {
                    Level::Everything => None,
                    level => Some(("level=", level.name().to_owned())),
                };
                add(&mut text, &level.into_iter().collect::<Vec<_>>());
            }
            Self::Group { name } => {
                text.push_str("group/");
                encode(&mut text, name);
            }
            Self::Agent { id } => {
                text.push_str("agent/");
                encode(&mut text, id.raw());
            }
        }
        out.write_str(&text)
    }
}

/// A name with `=` behind it, or nothing, and what stands after it.
type Parameter = (&'static str, String);

fn add(text: &mut String, parameters: &[Parameter]) {
    for (number, (name, value)) in parameters.iter().enumerate() {
        text.push(if number == 0 { '?' } else { '&' });
        text.push_str(name);
        encode(text, value);
    }
}

/// Fields as they are, all other terms in `filter=`; neighbours share one.
fn of_filter(filter: &Filter) -> Vec<Parameter> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for term in &filter.terms {
        match parameters.last_mut() {
            _ if is_field(term) => parameters.push(("", term.to_string())),
            Some(("filter=", terms)) => *terms = format!("{terms} {term}"),
            _ => parameters.push(("filter=", term.to_string())),
        }
    }
    parameters
}

fn is_field(term: &Term) -> bool {
    let is_field = match term.test {
        Test::Id(_)
        | Test::Group(_)
        | Test::Verdict(_)
        | Test::Flag(_)
        | Test::Kind(_)
        | Test::Keylime(_)
        | Test::Event(_) => true,
        Test::Text(_) | Test::Expression(_) | Test::Age(_) | Test::Split => false,
    };
    is_field && !term.negated
}

fn of_sort(sort: Sort) -> Option<Parameter> {
    let sign = if sort.is_reversed { "-" } else { "" };
    (sort != Sort::default()).then(|| ("sort=", format!("{sign}{}", sort.key.name())))
}

fn of_columns(columns: &Columns) -> Option<Parameter> {
    let names = || columns.shown().iter().map(|column| column.name()).collect::<Vec<_>>().join(",");
    (*columns != Columns::default()).then(|| ("columns=", names()))
}
