//! The one way from text to cells.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::styled::{StyledLine, kept};
use crate::console::theme::{Role, Theme};

/// Writes text into a buffer: never outside of it, never cut silently, and in
/// ASCII only where that was asked for.
pub struct Painter<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    ascii: bool,
    /// The one role that everything is drawn in.
    only: Option<Role>,
    scratch: String,
}

impl<'a> Painter<'a> {
    /// A painter for a buffer.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme, ascii: bool) -> Self {
        Self { buffer, theme, ascii, only: None, scratch: String::new() }
    }

    /// Whether only ASCII is drawn.
    pub fn ascii(&self) -> bool {
        self.ascii
    }

    /// The whole area.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes a text from `x` on into at most so many columns, and gives the
    /// column after it.
    pub fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
        let area = self.buffer.area;
        if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
            return x;
        }
        let columns = columns.min(area.right() - x);
        let text = if self.ascii { plain(text) } else { Cow::Borrowed(text) };
        let style = self.theme.style(self.only.unwrap_or(role));
        let room = usize::from(columns);
        let Some(kept) = kept(&text, room) else {
            return self.buffer.set_stringn(x, y, text, room, style).0;
        };
        let after = self.buffer.set_stringn(x, y, kept, room, style).0;
        let left = usize::from(columns.saturating_sub(after.saturating_sub(x)));
        self.buffer.set_stringn(after, y, if self.ascii { "~" } else { "…" }, left, style).0
    }

    /// A text to write into, empty. It is kept from cell to cell, so that it
    /// grows only once.
    pub(super) fn take_scratch(&mut self) -> String {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch
    }

    pub(super) fn put_scratch(&mut self, scratch: String) {
        self.scratch = scratch;
    }

    /// Writes a line from `x` on into at most so many columns, and gives the
    /// column after it.
    pub fn line(&mut self, x: u16, y: u16, columns: u16, line: &StyledLine) -> u16 {
        let end = x.saturating_add(columns);
        let mut at = x;
        for (role, text) in line.parts() {
            at = self.text(at, y, end.saturating_sub(at), text, role);
            if at >= end {
                break;
            }
        }
        at
    }

    /// Empties a stretch of a line of whatever was drawn there before.
    pub fn clear(&mut self, x: u16, y: u16, columns: u16) {
        let stretch = Rect { x, y, width: columns, height: 1 }.intersection(self.buffer.area);
        for position in stretch.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
                cell.set_style(self.theme.style(Role::Text));
            }
        }
    }

    /// Fills a stretch of a line with a sign.
    pub fn fill(&mut self, x: u16, y: u16, columns: u16, sign: &str, role: Role) {
        for at in x..x.saturating_add(columns) {
            self.text(at, y, 1, sign, role);
        }
    }

    /// Draws something as selected: all of its line is in one role, so that it
    /// shows without colour too.
    pub fn selected(&mut self, x: u16, y: u16, columns: u16, draw: impl FnOnce(&mut Self)) {
        self.in_role(Role::Selection, x, y, columns, draw);
    }

    /// Draws a line in one role, whatever its parts are for.
    pub fn in_role(&mut self, role: Role, x: u16, y: u16, columns: u16, draw: impl FnOnce(&mut Self)) {
        self.only = Some(role);
        self.fill(x, y, columns, " ", role);
        draw(self);
        self.only = None;
    }
}

/// The text in ASCII: our own signs by what they stand for, all others escaped
/// as the sanitiser escapes.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.width());
    for character in text.chars() {
        match character {
            '…' => plain.push_str("..."),
            '·' | '–' | '─' => plain.push('-'),
            '│' => plain.push('|'),
            '→' => plain.push_str("->"),
            character if character.is_ascii() => plain.push(character),
            character => plain.extend(character.escape_unicode()),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(width: u16, ascii: bool, text: &str) -> String {
        let theme = Theme::built_in(true).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
        Painter::new(&mut buffer, &theme, ascii).text(0, 0, 99, text, Role::Text);
        buffer.content.iter().map(|cell| cell.symbol()).collect()
    }

    #[test]
    fn text_is_cut_at_the_edge_and_says_so() {
        assert_eq!(painted(5, false, "attested"), "atte…");
        assert_eq!(painted(5, true, "attested"), "atte~");
    }

    #[test]
    fn ascii_shows_nothing_else() {
        assert_eq!(painted(20, true, "a…b – é"), "a...b - \\u{e9}      ");
    }

    #[test]
    fn nothing_is_written_outside() {
        let theme = Theme::built_in(true).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2, 2));
        let mut painter = Painter::new(&mut buffer, &theme, false);
        for (x, y) in [(0, 2), (2, 0), (u16::MAX, u16::MAX)] {
            assert_eq!(painter.text(x, y, 5, "x", Role::Text), x);
        }
        painter.fill(u16::MAX, 0, 5, "x", Role::Text);
        assert!(buffer.content.iter().all(|cell| cell.symbol() == " "));
    }
}
