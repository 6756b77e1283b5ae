//! A filter as text.

use std::fmt::{self, Write};

use super::{EventKind, Filter, Term, Test};
use crate::fleet::{Flag, Verdict};

impl fmt::Display for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, term) in self.terms.iter().enumerate() {
            if number > 0 {
                out.write_char(' ')?;
            }
            write!(out, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            out.write_char('!')?;
        }
        match &self.test {
            Test::Text(text) if text == "split" => out.write_str("\"split\""),
            Test::Text(text) => quoted(out, text),
            Test::Id(texts) => field(out, "id", texts.iter().map(String::as_str)),
            Test::Group(names) => field(out, "group", names.iter().map(String::as_str)),
            Test::Verdict(verdicts) => field(out, "verdict", verdicts.iter().map(|one| Verdict::word(*one))),
            Test::Expression(pattern) => {
                out.write_char('~')?;
                quoted(out, pattern.text())
            }
            Test::Age(age) => {
                write!(out, "age{}{}", if age.is_older { '>' } else { '<' }, with_unit(age.seconds))
            }
            Test::Split => out.write_str("split"),
            Test::Keylime(words) => field(out, "keylime", words.iter().map(String::as_str)),
            Test::Event(words) => field(out, "event", words.iter().map(String::as_str)),
            Test::Flag(flags) => field(out, "flag", flags.iter().map(|flag| Flag::word(*flag))),
            Test::Kind(kinds) => field(out, "kind", kinds.iter().map(|kind| EventKind::word(*kind))),
        }
    }
}

fn field<'a>(out: &mut fmt::Formatter<'_>, name: &str, values: impl Iterator<Item = &'a str>) -> fmt::Result {
    write!(out, "{name}=")?;
    for (number, value) in values.enumerate() {
        if number > 0 {
            out.write_char(',')?;
        }
        quoted(out, value)?;
    }
    Ok(())
}

fn quoted(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let special =
        |character: char| character.is_whitespace() || matches!(character, '"' | '=' | ',' | '!' | '<' | '>');
    // At the beginning these would mean an expression.
    let is_plain = !text.starts_with(['~', '/']) && !text.contains(special);
    if !text.is_empty() && is_plain {
        return out.write_str(text);
    }
    out.write_char('"')?;
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.write_char('\\')?;
        }
        out.write_char(character)?;
    }
    out.write_char('"')
}

/// Seconds in the largest unit that tells them without a rest.
fn with_unit(seconds: u64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    match units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit)) {
        Some((unit, sign)) => format!("{}{sign}", seconds / unit),
        None => format!("{seconds}s"),
    }
}
