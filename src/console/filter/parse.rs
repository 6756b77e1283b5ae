//! A filter from text.

use std::str::FromStr;

use super::{EventKind, Filter, Term, Test};
use crate::fleet::{Flag, Verdict};
use crate::text::nearest::nearest;
use crate::text::sanitise_to;

/// The fields and what they are for, for the help.
pub const FIELDS: [(&str, &str); 5] = [
    ("verdict", "our verdict; with group= the verdict in that group"),
    ("group", "a group's name, or a part of it"),
    ("flag", "a flag beside the verdict"),
    ("id", "a part of the agent's id"),
    ("kind", "events: verdict, new, gone, interval, group or address"),
];

/// Why a text is not a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(String);

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        match Self::of_readable_terms(text) {
            (filter, None) => Ok(filter),
            (_, Some(error)) => Err(error),
        }
    }
}

impl Filter {
    /// The terms that can be read, and what is wrong with the first of the
    /// others: for a filter that is still being written.
    pub fn of_readable_terms(text: &str) -> (Self, Option<FilterError>) {
        let mut terms = Vec::new();
        let mut mistake = None;
        let mut rest = text.chars().peekable();
        loop {
            while rest.next_if(|character| character.is_whitespace()).is_some() {}
            if rest.peek().is_none() {
                return (Self { terms }, mistake);
            }
            let negated = rest.next_if_eq(&'!').is_some();
            match word(&mut rest).and_then(|word| test(&word)) {
                Ok(test) => terms.push(Term { negated, test }),
                Err(error) => mistake = mistake.or(Some(error)),
            }
        }
    }
}

/// One character, and whether it stood in quotes.
type Piece = (char, bool);

/// Everything up to the next space outside quotes.
fn word(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Vec<Piece>, FilterError> {
    let mut pieces = Vec::new();
    let mut in_quotes = false;
    while let Some(character) = rest.next_if(|character| in_quotes || !character.is_whitespace()) {
        match character {
            '"' => in_quotes = !in_quotes,
            '\\' if in_quotes => match rest.next() {
                Some(escaped) => pieces.push((escaped, true)),
                None => break,
            },
            character => pieces.push((character, in_quotes)),
        }
    }
    if in_quotes { Err(error("the closing quote \" is missing")) } else { Ok(pieces) }
}

fn test(word: &[Piece]) -> Result<Test, FilterError> {
    let mut sides = word.splitn(2, |piece| *piece == ('=', false));
    let (Some(name), Some(values)) = (sides.next(), sides.next()) else {
        return match text(word) {
            text if text.is_empty() => Err(error("write something after ! or between the quotes")),
            text => Ok(Test::Text(text)),
        };
    };
    let name = text(name);
    let values: Vec<_> = values.split(|piece| *piece == (',', false)).map(text).collect();
    if values.iter().any(String::is_empty) {
        return Err(error(format!("write a value after {}=", shown(&name))));
    }
    match name.as_str() {
        "id" => Ok(Test::Id(values)),
        "group" => Ok(Test::Group(values)),
        "verdict" => {
            let words = Verdict::ALL.map(Verdict::word);
            let find = |value: &String| Verdict::from_word(value).ok_or_else(|| no("verdict", value, &words));
            Ok(Test::Verdict(values.iter().map(find).collect::<Result<_, _>>()?))
        }
        "flag" => {
            let words = Flag::ALL.map(Flag::word);
            let find = |value: &String| {
                let flag = Flag::ALL.into_iter().find(|flag| flag.word() == value);
                flag.ok_or_else(|| no("flag", value, &words))
            };
            Ok(Test::Flag(values.iter().map(find).collect::<Result<_, _>>()?))
        }
        "kind" => {
            let words = EventKind::ALL.map(EventKind::word);
            let find = |value: &String| {
                let kind = EventKind::ALL.into_iter().find(|kind| kind.word() == value);
                kind.ok_or_else(|| no("kind", value, &words))
            };
            Ok(Test::Kind(values.iter().map(find).collect::<Result<_, _>>()?))
        }
        other => {
            let names = FIELDS.map(|(name, _)| name);
            let FilterError(words) = no("field", other, &names);
            Err(error(format!("{words}; put a text with = in it into quotes")))
        }
    }
}

fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(|(character, _)| character).collect()
}

fn no(kind: &str, value: &str, words: &[&'static str]) -> FilterError {
    let beginning = words.iter().copied().find(|word| !value.is_empty() && word.starts_with(value));
    match beginning.or_else(|| nearest(value, words.iter().copied())) {
        Some(near) => error(format!("there is no {kind} {}; did you mean {near}?", shown(value))),
        None => error(format!("there is no {kind} {}; there are {}", shown(value), words.join(", "))),
    }
}

fn shown(text: &str) -> String {
    sanitise_to(text, 32).into_string()
}

fn error(words: impl Into<String>) -> FilterError {
    FilterError(words.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(text: &str) -> String {
        text.parse::<Filter>().unwrap_err().to_string()
    }

    #[test]
    fn terms_are_read() {
        let filter: Filter = r#"  node !verdict=failed,stale group="eu west" "a=b" "#.parse().unwrap();
        let tests: Vec<_> = filter.terms.iter().map(|term| (term.negated, term.test.clone())).collect();
        assert_eq!(
            tests,
            [
                (false, Test::Text("node".into())),
                (true, Test::Verdict(vec![Verdict::Failed, Verdict::Stale])),
                (false, Test::Group(vec!["eu west".into()])),
                (false, Test::Text("a=b".into())),
            ]
        );
        assert!("   ".parse::<Filter>().unwrap().is_empty());
    }

    #[test]
    fn what_can_be_read_of_an_unfinished_filter_is_kept() {
        let (filter, mistake) = Filter::of_readable_terms("node verdict=fai group=eu");
        assert_eq!(filter.to_string(), "node group=eu");
        assert!(mistake.is_some());
    }

    #[test]
    fn mistakes_are_told_in_words() {
        assert_eq!(words_of("verdict=fialed"), "there is no verdict fialed; did you mean failed?");
        assert_eq!(words_of("verdict=fa"), "there is no verdict fa; did you mean failed?");
        assert_eq!(words_of("verdict="), "write a value after verdict=");
        assert_eq!(words_of("!"), "write something after ! or between the quotes");
        assert_eq!(words_of("\"abc"), "the closing quote \" is missing");
        assert_eq!(
            words_of("state=x"),
            "there is no field state; there are verdict, group, flag, id, kind; put a text with = in it into quotes"
        );
    }
}
