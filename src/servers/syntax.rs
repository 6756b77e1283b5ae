//! TOML as a tree with places, and what is said when a text is none.

use std::ops::Range;

use toml::de::DeTable;

use crate::text::sanitise_to;

use super::fault::quoted;

/// A text up to this size is read on after a syntax error, to find more of
/// them. Beyond it one error is enough: the parser keeps each in memory.
const MAX_RECOVERED_BYTES: usize = 256 * 1024;

/// Syntax errors that are reported at most.
const MAX_SYNTAX_ERRORS: usize = 20;

/// What could be read of a text.
pub(crate) struct Parsed<'s> {
    /// The tree; none where the errors make it say what nobody wrote.
    pub(crate) table: Option<DeTable<'s>>,
    /// Errors in the order of the text, one per line.
    pub(crate) faults: Vec<SyntaxFault>,
}

/// A place where the text is no TOML.
pub(crate) struct SyntaxFault {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

/// Reads a text as TOML, as far as it is.
pub(crate) fn parse(text: &str) -> Parsed<'_> {
    let first = match DeTable::parse(text) {
        Ok(table) => return Parsed { table: Some(table.into_inner()), faults: Vec::new() },
        Err(first) => first,
    };
    let (table, mut errors) = if text.len() <= MAX_RECOVERED_BYTES {
        let (table, errors) = DeTable::parse_recoverable(text);
        (Some(table.into_inner()), errors)
    } else {
        (None, vec![first])
    };
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    // In a list or string that is never closed, everything below is at fault.
    let unclosed = errors.iter().any(|error| error.message().starts_with("unclosed"));
    let mut headers_fine = true;
    let mut last: Option<usize> = None;
    let mut faults = Vec::new();
    for error in errors.into_iter().take(if unclosed { 1 } else { usize::MAX }) {
        let span = error.span().unwrap_or(0..0);
        // Looks back to the last error only, so that many on one line stay cheap.
        let between = text.get(last.unwrap_or_default()..span.start).unwrap_or_default();
        let new_line = between.rfind('\n').map(|at| last.unwrap_or_default() + at + 1);
        let line_start = match (new_line, last) {
            (Some(start), _) => start,
            (None, None) => 0,
            (None, Some(_)) => continue,
        };
        if faults.len() == MAX_SYNTAX_ERRORS {
            break;
        }
        last = Some(span.start);
        headers_fine &=
            !text.get(line_start..).unwrap_or_default().trim_start_matches([' ', '\t']).starts_with('[');
        let (message, hint) = words(error.message(), text.get(span.clone()).unwrap_or_default());
        faults.push(SyntaxFault { span, message, hint });
    }
    // Below a broken header the keys seem to belong to another table, and what
    // would be said about them would be wrong.
    Parsed { table: table.filter(|_| headers_fine && !unclosed), faults }
}

/// The parser's words about `part` of the text, plainer where that is possible.
fn words(message: &str, part: &str) -> (String, Option<String>) {
    if message == "duplicate key" {
        let name = quoted(part.trim_matches(['"', '\'']));
        return (format!("{name} was given before in this table"), Some("keep one of the two".to_owned()));
    }
    if message.starts_with("string values must be quoted") {
        return if part.trim().is_empty() {
            ("there is no value after the equals sign".to_owned(), None)
        } else {
            ("a string needs quotation marks".to_owned(), Some("write \"…\"".to_owned()))
        };
    }
    (format!("no valid TOML: {}", sanitise_to(message, 300)), None)
}
