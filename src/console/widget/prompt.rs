//! The line in which a filter is written, and under it what is wrong with it.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::styled::StyledLine;
use crate::console::state::FilterLine;
use crate::console::theme::Role;

/// The sign before the text.
const SIGN: &str = "/";

/// The line itself. What is being written stays in sight: the start of a long
/// line gives way.
pub fn line(line: &FilterLine, columns: usize) -> StyledLine {
    let (before, after) = line.parts();
    let mut rest = after.chars();
    let under: String = rest.next().unwrap_or(' ').into();
    let hidden = hidden(before, columns);
    StyledLine::new()
        .with(Role::Key, SIGN)
        .with(Role::Text, before.chars().skip(hidden).collect::<String>())
        .with(Role::Selection, under)
        .with(Role::Text, rest.collect::<String>())
}

/// Carets under the mistake, with its words after them, or before them where
/// there is no room. None without a mistake.
pub fn mistake(line: &FilterLine, columns: usize) -> Option<StyledLine> {
    let error = line.error()?;
    let words = error.to_string();
    let (start, carets) = place(line, &error.place, columns);
    let needed = words.width();
    let carets_text = "^".repeat(carets);
    let under = StyledLine::new();
    Some(if start + carets + 1 + needed <= columns {
        under.with(Role::Text, " ".repeat(start)).with(Role::Problem, format!("{carets_text} {words}"))
    } else if needed < start {
        let gap = " ".repeat(start - needed - 1);
        under.with(Role::Problem, format!("{words} {gap}{carets_text}"))
    } else {
        under.with(Role::Problem, words)
    })
}

/// Where the characters stand on the screen: the column of the first, and how
/// many columns they take.
fn place(line: &FilterLine, characters: &Range<usize>, columns: usize) -> (usize, usize) {
    let (before, _) = line.parts();
    let hidden = hidden(before, columns);
    let text = line.text();
    let width = |range: Range<usize>| -> usize {
        text.chars().skip(range.start).take(range.len()).filter_map(UnicodeWidthChar::width).sum()
    };
    let start = characters.start.max(hidden);
    let from = (SIGN.width() + width(hidden..start)).min(columns.saturating_sub(1));
    let carets = width(start..characters.end.max(start)).clamp(1, columns.saturating_sub(from).max(1));
    (from, carets)
}

/// Characters at the start that have no room.
fn hidden(before: &str, columns: usize) -> usize {
    let room = columns.saturating_sub(4).max(1);
    let mut taken = 0;
    let shown = before.chars().rev().take_while(|character| {
        taken += character.width().unwrap_or(0);
        taken <= room
    });
    before.chars().count() - shown.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> FilterLine {
        let mut line = FilterLine::default();
        line.put(text);
        line
    }

    fn text(line: &StyledLine) -> String {
        line.parts().map(|(_, text)| text).collect()
    }

    fn both(typed: &str, columns: usize) -> (String, String) {
        let typed = written(typed);
        (text(&line(&typed, columns)), mistake(&typed, columns).as_ref().map(text).unwrap_or_default())
    }

    #[test]
    fn carets_stand_under_the_mistake() {
        assert_eq!(
            both("東 age>x b", 80),
            (
                "/東 age>x b ".to_owned(),
                "    ^^^^^ x is no age: write a number with s, m, h or d: 90s, 5m".to_owned()
            )
        );
        assert_eq!(both("node", 80).1, "");
    }

    #[test]
    fn words_without_room_after_the_carets_stand_before_them_or_alone() {
        let (line, mistake) = both("group=a-name-that-is-longer-than-the-words age>", 60);
        assert_eq!(line.find("age>"), mistake.find("^^^^"), "{line}\n{mistake}");
        assert!(mistake.starts_with("write a value after age>"), "{mistake}");
        assert_eq!(both("verdict=fai", 30).1, "there is no verdict fai; did you mean failed?");
    }
}
