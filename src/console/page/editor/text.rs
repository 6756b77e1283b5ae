//! The text of the file, with the place of the selected row, and the caret
//! where the form has its own.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::console::state::Editor;
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, cut};
use crate::servers::conceal::conceal;
use crate::text::{caret, sanitise_to};

/// Characters of a line that are looked at, at most.
const MAX_CHARS: usize = 1_000;

/// Lines around the selected row's, so many that the area is full; userinfo is
/// masked.
pub(super) fn lines(editor: &Editor, columns: usize, height: usize) -> Vec<StyledLine> {
    // Masking keeps the lines as they are: their numbers stay right.
    let concealed = conceal(editor.text(), &[], false);
    let span = editor.row().and_then(|row| editor.form().span(row));
    let here = span.as_ref().map(|span| caret::place(editor.text(), span.start).line);
    let shown = span.map(|span| {
        let caret = caret_in(editor, &span).map(|caret| concealed.position(caret));
        (concealed.position(span.start)..concealed.position(span.end), caret)
    });
    let total = concealed.text.lines().count();
    let first = here.unwrap_or(1).saturating_sub(height / 2).min(total.saturating_sub(height) + 1).max(1);
    let digits = total.max(1).to_string().len();
    let room = columns.saturating_sub(digits + 2);
    let mut start = 0;
    let numbered = (1..).zip(concealed.text.split_inclusive('\n')).map(|(number, line)| {
        start += line.len();
        (number, start - line.len(), line.trim_end_matches(['\n', '\r']))
    });
    let in_sight = numbered.skip(first - 1).take(height);
    in_sight
        .map(|(number, start, line)| {
            let numbered = StyledLine::new().with(Role::Dim, format!("{number:>digits$}  "));
            match &shown {
                Some((span, caret)) if Some(number) == here => {
                    let within = |at: usize| at.saturating_sub(start).min(line.len());
                    let marked = within(span.start)..within(span.end);
                    numbered.then(marked_line(line, marked, caret.map(within), room))
                }
                _ => {
                    let role = if line.trim_start().starts_with('#') { Role::Dim } else { Role::Text };
                    numbered.with(role, cut(&plain(line), room).into_owned())
                }
            }
        })
        .collect()
}

/// Where the caret of the value that is being written stands in the text, as
/// long as it stands there as it is written.
fn caret_in(editor: &Editor, span: &Range<usize>) -> Option<usize> {
    let (before, _) = editor.field()?.line.parts();
    let value = editor.text().get(span.clone())?;
    let quote = usize::from(value.starts_with(['"', '\'']));
    value.get(quote..)?.starts_with(before).then_some(span.start + quote + before.len())
}

/// A line with a part of it marked, which stays in sight.
fn marked_line(line: &str, marked: Range<usize>, caret: Option<usize>, room: usize) -> StyledLine {
    let part = |range: Range<usize>| line.get(range).map(plain).unwrap_or_default();
    let mut before = part(0..marked.start);
    let mut parts = Vec::new();
    match caret.filter(|caret| marked.contains(caret) || *caret == marked.end) {
        Some(caret) => {
            let under = line.get(caret..).and_then(|rest| rest.chars().next());
            let after = caret + under.map_or(0, char::len_utf8);
            // The caret has the look of what is chosen.
            parts.push((Role::Strong, part(marked.start..caret)));
            parts.push((Role::Selection, under.map_or(" ".to_owned(), |under| plain(&under.to_string()))));
            parts.push((Role::Strong, part(after.min(marked.end)..marked.end)));
            parts.push((Role::Text, part(after.max(marked.end)..line.len())));
        }
        None => {
            parts.push((Role::Choice, part(marked.clone())));
            parts.push((Role::Text, part(marked.end..line.len())));
        }
    }
    // A long line gives way at its beginning.
    let needed: usize = parts.iter().take(2).map(|(_, text)| text.width()).sum::<usize>().min(room);
    if before.width() + needed > room {
        let keep = room - needed;
        let skipped = before.chars().count().saturating_sub(keep.saturating_sub(1));
        before = "…".chars().take(keep).chain(before.chars().skip(skipped)).collect();
    }
    let mut left = room;
    let mut shown = StyledLine::new();
    for (role, text) in std::iter::once((Role::Text, before)).chain(parts) {
        let text = cut(&text, left).into_owned();
        left = left.saturating_sub(text.width());
        shown = shown.with(role, text);
    }
    shown
}

fn plain(text: &str) -> String {
    sanitise_to(&text.replace('\t', "    "), MAX_CHARS).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &StyledLine) -> Vec<(Role, String)> {
        line.parts()
            .filter(|(_, text)| !text.is_empty())
            .map(|(role, text)| (role, text.to_owned()))
            .collect()
    }

    fn owned(parts: &[(Role, &str)]) -> Vec<(Role, String)> {
        parts.iter().map(|(role, text)| (*role, (*text).to_owned())).collect()
    }

    #[test]
    fn the_marked_part_and_the_caret_stand_where_they_are_written() {
        let line = "registrars = [\"reg1\"] # ours";
        let marked = marked_line(line, 14..20, None, 80);
        let expected = [(Role::Text, "registrars = ["), (Role::Choice, "\"reg1\""), (Role::Text, "] # ours")];
        assert_eq!(parts(&marked), owned(&expected));
        let written = marked_line(line, 14..20, Some(17), 80);
        let expected = [
            (Role::Text, "registrars = ["),
            (Role::Strong, "\"re"),
            (Role::Selection, "g"),
            (Role::Strong, "1\""),
            (Role::Text, "] # ours"),
        ];
        assert_eq!(parts(&written), owned(&expected));
    }

    #[test]
    fn a_long_line_gives_way_so_that_the_marked_part_stays_in_sight() {
        let line = format!("registrars = [{}\"reg1\"]", "\"other\", ".repeat(40));
        let at = line.find("\"reg1\"").unwrap();
        for room in [1, 5, 10, 30] {
            let shown = marked_line(&line, at..at + 6, None, room);
            assert!(shown.width() <= room, "{room}: {shown:?}");
        }
        let shown = marked_line(&line, at..at + 6, None, 30);
        assert!(parts(&shown).contains(&(Role::Choice, "\"reg1\"".to_owned())), "{shown:?}");
        assert!(parts(&shown)[0].1.starts_with('…'));
    }
}
