//! Lines of text in roles, before anything knows where they go.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::console::theme::Role;

/// A line of text in roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledLine {
    parts: Vec<(Role, Cow<'static, str>)>,
}

impl StyledLine {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a text added.
    #[must_use]
    pub fn with(mut self, role: Role, text: impl Into<Cow<'static, str>>) -> Self {
        self.parts.push((role, text.into()));
        self
    }

    /// With a text added in a field of so many columns: cut with `…`, or
    /// filled up with spaces.
    #[must_use]
    pub fn field(self, role: Role, text: &str, columns: usize) -> Self {
        self.with(role, fill(text, columns))
    }

    /// With a text added at the right of a field of so many columns.
    #[must_use]
    pub fn field_right(self, role: Role, text: &str, columns: usize) -> Self {
        let cut = cut(text, columns);
        let gap = columns.saturating_sub(cut.width());
        self.with(role, format!("{}{cut}", " ".repeat(gap)))
    }

    /// With another line's text added.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// The parts in their order.
    pub fn parts(&self) -> impl Iterator<Item = (Role, &str)> {
        self.parts.iter().map(|(role, text)| (*role, text.as_ref()))
    }

    /// Columns that the line takes.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }
}

/// The text in exactly so many columns.
fn fill(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let gap = columns.saturating_sub(cut.width());
    format!("{cut}{}", " ".repeat(gap))
}

/// The text in at most so many columns; where something is cut off, `…` says so.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    match kept(text, columns) {
        None => Cow::Borrowed(text),
        Some(kept) => Cow::Owned(format!("{kept}{}", if columns > 0 { "…" } else { "" })),
    }
}

/// What is kept of a text that takes more columns than these, with room for a
/// sign behind it; none where all of it fits.
pub fn kept(text: &str, columns: usize) -> Option<&str> {
    if text.width() <= columns {
        return None;
    }
    let mut width = 0;
    let end = text.char_indices().find(|(_, character)| {
        width += character.width().unwrap_or(0);
        width >= columns
    });
    let mut kept = text.get(..end.map_or(text.len(), |(at, _)| at))?;
    // Characters may take more columns side by side than each alone: a digit
    // and the sign that makes an emoji of it.
    while kept.width() >= columns.max(1) {
        let last = kept.chars().next_back()?.len_utf8();
        kept = kept.get(..kept.len() - last)?;
    }
    Some(kept)
}

/// The text in lines of at most so many columns, broken between words, and
/// inside a word only where it is longer than a line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for character in word.chars() {
            if line.width() + character.width().unwrap_or(0) > columns && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Pieces side by side, in as many lines of at most so many columns as needed;
/// no piece is broken.
pub fn flow(pieces: Vec<StyledLine>, gap: usize, columns: usize) -> Vec<StyledLine> {
    let mut lines: Vec<StyledLine> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if line.width() + gap + piece.width() <= columns => {
                *line = std::mem::take(line).with(Role::Text, " ".repeat(gap)).then(piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

/// A label in its field, and beside it a text wrapped in its own columns.
pub fn labelled(label: StyledLine, indent: usize, role: Role, text: &str, columns: usize) -> Vec<StyledLine> {
    let mut label = Some(label);
    wrap(text, columns.saturating_sub(indent))
        .into_iter()
        .map(|line| {
            let start = label.take().unwrap_or_default();
            let gap = indent.saturating_sub(start.width());
            start.with(Role::Text, " ".repeat(gap)).with(role, line)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cut_is_never_silent() {
        assert_eq!(cut("attested", 8), "attested");
        assert_eq!(cut("attested", 5), "atte…");
        assert_eq!(cut("東京駅", 5), "東京…");
        assert_eq!(cut("東京駅", 4), "東…");
        assert_eq!(cut("ab", 1), "…");
        assert_eq!(cut("ab", 0), "");
    }

    #[test]
    fn words_are_kept_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), [""]);
    }

    proptest! {
        #[test]
        fn fields_have_their_width(text in any::<String>(), columns in 0usize..30) {
            prop_assume!(!text.chars().any(char::is_control));
            let line = StyledLine::new().field(Role::Text, &text, columns);
            // Some scripts join characters; then a field may come out narrower.
            prop_assert!(line.width() <= columns);
            if text.is_ascii() {
                prop_assert_eq!(line.width(), columns);
            }
        }

        #[test]
        fn wrapped_lines_fit(text in "[a-z東 ]{0,60}", columns in 2usize..20) {
            for line in wrap(&text, columns) {
                prop_assert!(line.width() <= columns);
            }
        }
    }
}
