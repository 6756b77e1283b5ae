//! Single values and their lines.

use super::layout::{Key, Layout};
use super::splice::{Splice, bom, indentation, line_end, line_start, newline};

/// A key in its section gets a value; a key that is not there yet comes after
/// the others, and before every table: what follows a `[[servers]]` belongs to
/// that block.
pub(super) fn set(text: &str, layout: &Layout, name: &str, value: &str) -> Vec<Splice> {
    let found: Vec<_> = keys(layout).filter(|key| key.name == name).collect();
    if !found.is_empty() {
        return found.into_iter().map(|key| Splice::replace(key.value.clone(), value)).collect();
    }
    vec![add(text, layout, name, value)]
}

fn add(text: &str, layout: &Layout, name: &str, value: &str) -> Splice {
    let newline = newline(text);
    let (keys, header) = match &layout.agent {
        Some(agent) => (&agent.keys, Some(agent.header.end)),
        None => (&layout.root, None),
    };
    if let Some(after) = keys.last().map(|key| key.range.end).or(header) {
        let indent = keys.last().map_or("", |key| indentation(text, key.range.start));
        return after_line(text, after, &format!("{indent}{name} = {value}"));
    }
    match layout.headers.first() {
        Some(header) => {
            let start = layout.chunk_start(text, *header);
            Splice::insert(start, format!("{name} = {value}{newline}{newline}"))
        }
        None if text.len() == bom(text) => Splice::insert(text.len(), format!("{name} = {value}{newline}")),
        None => after_line(text, text.len(), &format!("{name} = {value}")),
    }
}

/// A line after the one of a place, which may be the last and not ended.
pub(super) fn after_line(text: &str, at: usize, line: &str) -> Splice {
    let newline = newline(text);
    let end = line_end(text, at);
    let is_ended = text.get(..end).is_some_and(|before| before.ends_with('\n')) || end == bom(text);
    match is_ended {
        true => Splice::insert(end, format!("{line}{newline}")),
        false => Splice::insert(end, format!("{newline}{line}{newline}")),
    }
}

/// A key less. A comment on its line stays, on a line of its own.
pub(super) fn remove(text: &str, key: &Key) -> Splice {
    let (start, end) = (line_start(text, key.range.start), line_end(text, key.range.end));
    let rest = text.get(key.range.end..end).unwrap_or_default().trim_start_matches([' ', '\t']);
    let kept = if rest.starts_with('#') { rest } else { "" };
    Splice::replace(start..end, kept)
}

/// Keys at the root and in `[agent]`.
pub(super) fn keys(layout: &Layout) -> impl Iterator<Item = &Key> {
    let agent = layout.agent.iter().flat_map(|agent| &agent.keys);
    layout.root.iter().chain(agent)
}
