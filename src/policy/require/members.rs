//! What stands in an object or array, and the white space that its author puts between.

use crate::policy::json::{Span, Walk};

use super::layout::{Around, Layout, New};

/// A member or an element: its first byte and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub start: usize,
    pub value: Span,
}

/// The white space that stands directly before a byte.
pub(super) fn space_before(text: &[u8], at: usize) -> &[u8] {
    let before = text.get(..at).unwrap_or(text);
    let length = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    before.get(before.len() - length..).unwrap_or_default()
}

/// What stands behind the last line end.
pub(super) fn last_line(space: &[u8]) -> &[u8] {
    let start = memchr::memrchr2(b'\n', b'\r', space).map_or(0, |at| at + 1);
    space.get(start..).unwrap_or_default()
}

/// The indentation of the line that a byte stands on.
pub(super) fn indent_at(text: &[u8], at: usize) -> Vec<u8> {
    let line = last_line(text.get(..at).unwrap_or(text));
    line.iter().copied().take_while(|byte| matches!(byte, b' ' | b'\t')).collect()
}

/// The white space between a comma and the next item, as it stands before the last of some items.
pub(super) fn lead<'a>(text: &'a [u8], last: usize, layout: &'a Layout) -> &'a [u8] {
    let space = space_before(text, last);
    let before = last - space.len();
    let follows_a_comma = before.checked_sub(1).and_then(|at| text.get(at)) == Some(&b',');
    if follows_a_comma || Layout::newline_of(space).is_some() { space } else { &layout.gap }
}

/// Whether an object or array that holds something has it on several lines; `None` for anything else, which says
/// nothing of how objects are written here.
pub(super) fn is_open(text: &[u8], value: Span) -> Option<bool> {
    let walk = Walk::new(text);
    let is_container = matches!(walk.byte(value.start()), Some(b'{' | b'['));
    walk.first_in(value.start()).filter(|_| is_container)?;
    Some(Layout::newline_of(value.of(text)).is_some())
}

/// Writes items behind the last one that is there.
pub(super) fn after(
    text: &[u8],
    last: Item,
    layout: &Layout,
    written: impl Iterator<Item = impl FnOnce(&mut Vec<u8>, &Around)>,
) -> Vec<u8> {
    let lead = lead(text, last.start, layout);
    let has_lines = Layout::newline_of(lead).is_some();
    let indent = if has_lines { last_line(lead).to_vec() } else { indent_at(text, last.start) };
    let open = is_open(text, last.value).unwrap_or(has_lines);
    let around = Around { indent, open };
    let mut out = Vec::new();
    for write in written {
        out.push(b',');
        out.extend_from_slice(lead);
        write(&mut out, &around);
    }
    out
}

/// Writes members into an object without any, to be inserted behind its opening bracket.
pub(super) fn into_empty<'a>(
    text: &[u8],
    object: Span,
    layout: &Layout,
    members: impl Iterator<Item = (&'a str, New<'a>)>,
) -> Vec<u8> {
    let inside = text.get(object.start() + 1..object.end().saturating_sub(1)).unwrap_or_default();
    let outer = layout.newline.map(|_| indent_at(text, object.start())).unwrap_or_default();
    let around = Around { indent: [outer.as_slice(), &layout.unit].concat(), open: layout.newline.is_some() };
    let mut out = Vec::new();
    for (number, (name, value)) in members.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        match layout.newline {
            Some(newline) => {
                out.extend_from_slice(newline.as_bytes());
                out.extend_from_slice(&around.indent);
            }
            None if number > 0 => out.extend_from_slice(&layout.gap),
            None => {}
        }
        layout.member(&mut out, name, &value, &around);
    }
    // The closing bracket may stand on a line of its own already.
    if let Some(newline) = layout.newline.filter(|_| Layout::newline_of(inside).is_none()) {
        out.extend_from_slice(newline.as_bytes());
        out.extend_from_slice(&outer);
    }
    out
}
