//! A fault in a text, with its place and the line it stands in.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::sanitise::sanitise_to;

/// Characters of a source line that are shown at most.
const LINE_LIMIT: usize = 160;

/// A place in a text. Both count from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The place of a byte offset; an offset past the end is the end.
pub fn place(source: &str, offset: usize) -> Place {
    let before = source.get(..floor(source, offset)).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |position| position + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
    }
}

/// The source line of a span with carets under it, sanitised:
///
/// ```text
///   12 | registrar = ["reg1"]
///      | ^^^^^^^^^
/// ```
pub fn excerpt(source: &str, span: Range<usize>) -> String {
    let Place { line, .. } = place(source, span.start);
    excerpt_of_line(source, line, span)
}

/// [`excerpt`] where the line's number is known. Of a long line the part
/// around the fault is shown, so that the work does not grow with the line.
pub fn excerpt_of_line(source: &str, line: usize, span: Range<usize>) -> String {
    let start = floor(source, span.start);
    let line_start = source.get(..start).and_then(|text| text.rfind('\n')).map_or(0, |position| position + 1);
    // The window: a whole line where it is short.
    let far = start - line_start > LINE_LIMIT * 3 / 4;
    let from = if far { floor(source, start - LINE_LIMIT / 4) } else { line_start };
    let rest = source.get(from..floor(source, from.saturating_add(LINE_LIMIT * 8))).unwrap_or_default();
    let text = rest.lines().next().unwrap_or_default();
    let dots = if far { "…" } else { "" };
    let lead = shown(text.get(..(start - from).min(text.len())).unwrap_or_default());
    let end = floor(source, span.end.max(start)).saturating_sub(from).min(text.len());
    let marked = text.get((start - from).min(end)..end).unwrap_or_default();
    let carets = shown(marked).width().max(1);
    let number = line.to_string();
    let gutter = " ".repeat(number.len());
    let indent = " ".repeat(dots.width() + lead.width());
    format!("  {number} | {dots}{}\n  {gutter} | {indent}{}", shown(text), "^".repeat(carets))
}

fn shown(text: &str) -> String {
    sanitise_to(&text.replace('\t', "    "), LINE_LIMIT).into_string()
}

fn floor(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_fault() {
        let source = "a = 1\nregistrar = [\"é\"]\n";
        let start = source.find("registrar").unwrap();
        assert_eq!(place(source, start), Place { line: 2, column: 1 });
        assert_eq!(place(source, source.find(']').unwrap()), Place { line: 2, column: 17 });
        assert_eq!(excerpt(source, start..start + 9), "  2 | registrar = [\"é\"]\n    | ^^^^^^^^^");
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(place("ab", 99), Place { line: 1, column: 3 });
        assert_eq!(excerpt("ab", 99..120), "  1 | ab\n    |   ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_fault_is_shown() {
        let source = format!("a = 1\nb = [{}x{}]\n", "\"r\", ".repeat(1_000), ", \"s\"".repeat(1_000));
        let at = source.find('x').unwrap();
        let shown = excerpt(&source, at..at + 1);
        let (text, carets) = shown.split_once('\n').unwrap();
        assert!(text.starts_with("  2 | …") && text.chars().count() < 200, "{shown}");
        let column = carets.chars().position(|character| character == '^').unwrap();
        assert_eq!(text.chars().nth(column), Some('x'), "{shown}");
    }
}
