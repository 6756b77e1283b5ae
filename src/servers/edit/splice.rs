//! Bytes put in the place of others.

use std::ops::Range;

/// New text for a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Splice {
    /// Bytes of the old text.
    pub(super) range: Range<usize>,
    /// What takes their place.
    pub(super) text: String,
}

impl Splice {
    /// Something new at a place.
    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { range: at..at, text: text.into() }
    }

    /// Nothing in the place of something.
    pub(super) fn remove(range: Range<usize>) -> Self {
        Self { range, text: String::new() }
    }

    /// Something in the place of something.
    pub(super) fn replace(range: Range<usize>, text: impl Into<String>) -> Self {
        Self { range, text: text.into() }
    }
}

/// A text with its splices carried out; they do not overlap, and are in any
/// order.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|splice| splice.range.start);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for splice in splices {
        out.push_str(text.get(done..splice.range.start).unwrap_or_default());
        out.push_str(&splice.text);
        done = done.max(splice.range.end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Where the line of a place begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or_else(|| bom(text), |newline| newline + 1)
}

/// Where the next line begins; the end of the text on the last one.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

/// Bytes of the byte order mark.
pub(super) fn bom(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// How the text ends its lines: as its first line does.
pub(super) fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// Blanks and tabs before the first other character of a line.
pub(super) fn indentation(text: &str, at: usize) -> &str {
    let line = text.get(line_start(text, at)..).unwrap_or_default();
    let end = line.find(|character| !matches!(character, ' ' | '\t')).unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}
