//! A filter from text.

use std::ops::Range;
use std::str::FromStr;

use super::words::{self, Content, Piece};
use super::{Age, EventKind, Filter, Pattern, Term, Test};
use crate::fleet::{Flag, Verdict};
use crate::text::nearest::nearest;
use crate::text::sanitise_to;

/// The fields and what they are for, for the help.
pub const FIELDS: [(&str, &str); 7] = [
    ("verdict", "our verdict; with group= the verdict in that group"),
    ("group", "a group's name, or a part of it"),
    ("flag", "a flag beside the verdict"),
    ("id", "a part of the agent's id"),
    ("keylime", "a part of Keylime's own words: attestation status or state"),
    ("event", "a part of the id of Keylime's last event"),
    ("kind", "events: verdict, new, gone, interval, group or address"),
];

/// The other forms of a term and what they are for, for the help.
pub const FORMS: [(&str, &str); 3] = [
    ("age>5m", "the last success is longer ago; also age<; units s, m, h, d"),
    ("split", "two groups differ"),
    ("~expression", "a regular expression; also /expression/, which may hold spaces"),
];

/// Why a text is not a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct FilterError {
    words: String,
    /// The characters of the text that are meant, counted from 0.
    pub place: Range<usize>,
}

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
        let mut characters = text.chars().enumerate().peekable();
        let mut terms = Vec::new();
        let mut mistake = None;
        while let Some(word) = words::next(&mut characters) {
            let test = match word.content {
                Content::Pieces(pieces) => test(&pieces),
                Content::Expression(text) => expression(&text),
                Content::Broken(words) => Err(words.to_owned()),
            };
            match test {
                Ok(test) => terms.push(Term { negated: word.is_negated, test }),
                Err(words) => mistake = mistake.or(Some(FilterError { words, place: word.place })),
            }
        }
        (Self { terms }, mistake)
    }
}

fn test(word: &[Piece]) -> Result<Test, String> {
    if let [('~', false), rest @ ..] = word {
        return expression(&text(rest));
    }
    let operator = word.iter().position(|piece| matches!(piece, ('=' | '<' | '>', false)));
    let Some((name, (operator, values))) = operator
        .and_then(|at| word.split_at_checked(at))
        .and_then(|(name, rest)| Some((text(name), rest.split_first()?)))
    else {
        return match text(word) {
            text if text.is_empty() => Err("write something after ! or between the quotes".to_owned()),
            text if text == "split" && word.iter().all(|(_, is_quoted)| !is_quoted) => Ok(Test::Split),
            text => Ok(Test::Text(text)),
        };
    };
    let values: Vec<_> = values.split(|piece| *piece == (',', false)).map(text).collect();
    if values.iter().any(String::is_empty) {
        return Err(format!("write a value after {}{}", shown(&name), operator.0));
    }
    match (name.as_str(), operator.0) {
        ("age", '=') => Err("ages are compared: write age>5m or age<30s".to_owned()),
        ("age", operator) => age(operator == '>', &values.join(",")),
        (name, operator @ ('<' | '>')) => Err(format!(
            "only age is compared with {operator}, not {}; put a text with {operator} in it into quotes",
            shown(name)
        )),
        (name, _) => field(name, values),
    }
}

fn field(name: &str, values: Vec<String>) -> Result<Test, String> {
    match name {
        "id" => Ok(Test::Id(values)),
        "group" => Ok(Test::Group(values)),
        "keylime" => Ok(Test::Keylime(values)),
        "event" => Ok(Test::Event(values)),
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
            Err(format!("{}; put a text with = in it into quotes", no("field", other, &names)))
        }
    }
}

fn expression(text: &str) -> Result<Test, String> {
    match text {
        "" => Err("write a regular expression after ~ or between the slashes".to_owned()),
        text => Pattern::new(text).map(Test::Expression),
    }
}

fn age(is_older: bool, value: &str) -> Result<Test, String> {
    let digits = value.trim_end_matches(|character: char| !character.is_ascii_digit());
    let unit = match value.get(digits.len()..) {
        Some("" | "s") => Some(1),
        Some("m") => Some(60),
        Some("h") => Some(3_600),
        Some("d") => Some(86_400),
        _ => None,
    };
    let seconds = digits.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    let seconds = seconds
        .ok_or_else(|| format!("{} is no age: write a number with s, m, h or d: 90s, 5m", shown(value)))?;
    Ok(Test::Age(Age { is_older, seconds }))
}

fn text(pieces: &[Piece]) -> String {
    pieces.iter().map(|(character, _)| character).collect()
}

fn no(kind: &str, value: &str, words: &[&'static str]) -> String {
    let beginning = words.iter().copied().find(|word| !value.is_empty() && word.starts_with(value));
    match beginning.or_else(|| nearest(value, words.iter().copied())) {
        Some(near) => format!("there is no {kind} {}; did you mean {near}?", shown(value)),
        None => format!("there is no {kind} {}; there are {}", shown(value), words.join(", ")),
    }
}

fn shown(text: &str) -> String {
    sanitise_to(text, 32).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> FilterError {
        text.parse::<Filter>().unwrap_err()
    }

    fn words_of(text: &str) -> String {
        error_of(text).to_string()
    }

    fn tests_of(text: &str) -> Vec<(bool, Test)> {
        let filter: Filter = text.parse().unwrap();
        filter.terms.into_iter().map(|term| (term.negated, term.test)).collect()
    }

    #[test]
    fn terms_are_read() {
        assert_eq!(
            tests_of(r#"  node !verdict=failed,stale group="eu west" "a=b" "#),
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
    fn expressions_ages_and_words_of_keylime_are_read() {
        let pattern = |text| Test::Expression(Pattern::new(text).unwrap());
        assert_eq!(
            tests_of(r#"~node-\d+ !/a b\/c/ age>5m age<90 !split "split" keylime=FAIL event=ima,pcr"#),
            [
                (false, pattern(r"node-\d+")),
                (true, pattern("a b/c")),
                (false, Test::Age(Age { is_older: true, seconds: 300 })),
                (false, Test::Age(Age { is_older: false, seconds: 90 })),
                (true, Test::Split),
                (false, Test::Text("split".into())),
                (false, Test::Keylime(vec!["FAIL".into()])),
                (false, Test::Event(vec!["ima".into(), "pcr".into()])),
            ]
        );
    }

    #[test]
    fn what_can_be_read_of_an_unfinished_filter_is_kept() {
        let (filter, mistake) = Filter::of_readable_terms("node verdict=fai group=eu");
        assert_eq!(filter.to_string(), "node group=eu");
        assert_eq!(mistake.map(|mistake| mistake.place), Some(5..16));
    }

    #[test]
    fn mistakes_are_told_in_words() {
        assert_eq!(words_of("verdict=fialed"), "there is no verdict fialed; did you mean failed?");
        assert_eq!(words_of("verdict=fa"), "there is no verdict fa; did you mean failed?");
        assert_eq!(words_of("verdict="), "write a value after verdict=");
        assert_eq!(words_of("!"), "write something after ! or between the quotes");
        assert_eq!(words_of("\"abc"), "the closing quote \" is missing");
        assert_eq!(words_of("/abc"), "the closing slash / is missing");
        assert_eq!(words_of("~"), "write a regular expression after ~ or between the slashes");
        assert_eq!(words_of("age>5x"), "5x is no age: write a number with s, m, h or d: 90s, 5m");
        assert_eq!(words_of("age=5m"), "ages are compared: write age>5m or age<30s");
        assert_eq!(
            words_of("a<b"),
            "only age is compared with <, not a; put a text with < in it into quotes"
        );
        assert_eq!(
            words_of("state=x"),
            "there is no field state; there are verdict, group, flag, id, keylime, event, kind; \
             put a text with = in it into quotes"
        );
    }

    #[test]
    fn mistakes_have_a_place() {
        assert_eq!(error_of("é !verdict=x b").place, 2..12);
        assert_eq!(error_of("a /b c").place, 2..6);
        assert_eq!(error_of("a \"b\\").place, 2..5);
    }
}
