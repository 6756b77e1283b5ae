//! Elements of an array: put in, taken out, as the others are written.

use super::layout::List;
use super::splice::{Splice, indentation, line_end, line_start};

/// A new element before the one that has this place, or after the last.
pub(super) fn insert(text: &str, list: &List, place: usize, element: &str) -> Vec<Splice> {
    let newline = super::splice::newline(text);
    if let Some(next) = list.elements.get(place) {
        return vec![match stands_alone(text, list, place) {
            true => {
                let start = line_start(text, next.start);
                Splice::insert(start, format!("{}{element},{newline}", indentation(text, next.start)))
            }
            false => Splice::insert(next.start, format!("{element}, ")),
        }];
    }
    let Some(last) = list.elements.last() else {
        // Comments inside stay behind it.
        return vec![Splice::insert(list.range.start + 1, element)];
    };
    let comma = comma_after(text, list, last.end);
    if !stands_alone(text, list, list.elements.len() - 1) {
        return vec![match comma {
            Some(comma) => Splice::insert(comma + 1, format!(" {element}")),
            None => Splice::insert(last.end, format!(", {element}")),
        }];
    }
    let indent = indentation(text, last.start);
    let after = line_end(text, comma.unwrap_or(last.end));
    // Without a comma it must come to stand before a comment of that line.
    let missing = comma.is_none().then(|| Splice::insert(last.end, ","));
    let mine = if comma.is_some() { "," } else { "" };
    missing.into_iter().chain([Splice::insert(after, format!("{indent}{element}{mine}{newline}"))]).collect()
}

/// An element less; one that has lines for itself takes them along.
pub(super) fn remove(text: &str, list: &List, place: usize) -> Vec<Splice> {
    let Some(element) = list.elements.get(place) else { return Vec::new() };
    let comma = comma_after(text, list, element.end);
    if stands_alone(text, list, place) {
        let lines = line_start(text, element.start)..line_end(text, comma.unwrap_or(element.end));
        // The one before may keep its comma: TOML allows it.
        return vec![Splice::remove(lines)];
    }
    let next = list.elements.get(place + 1);
    match (next, comma) {
        (Some(next), Some(comma)) if is_blank(text, comma + 1, next.start) => {
            vec![Splice::remove(element.start..next.start)]
        }
        (_, Some(comma)) => vec![Splice::remove(element.start..comma + 1)],
        (_, None) => {
            let before = place.checked_sub(1).and_then(|before| list.elements.get(before));
            match before.and_then(|before| comma_after(text, list, before.end)) {
                Some(comma) if is_blank(text, comma + 1, element.start) => {
                    vec![Splice::remove(comma..element.end)]
                }
                Some(comma) => vec![Splice::remove(comma..comma + 1), Splice::remove(element.clone())],
                None => vec![Splice::remove(element.clone())],
            }
        }
    }
}

/// Whether the lines of an element hold nothing else but its comma and a comment.
fn stands_alone(text: &str, list: &List, place: usize) -> bool {
    let Some(element) = list.elements.get(place) else { return false };
    let start = line_start(text, element.start);
    let before = start > list.range.start && is_blank(text, start, element.start);
    let after = comma_after(text, list, element.end).map_or(element.end, |comma| comma + 1);
    let rest = text.get(after..line_end(text, after)).unwrap_or_default().trim();
    before && (rest.is_empty() || rest.starts_with('#'))
}

/// The comma behind an element: between are only blanks, line ends and comments.
fn comma_after(text: &str, list: &List, end: usize) -> Option<usize> {
    let mut in_comment = false;
    for (at, byte) in text.as_bytes().iter().enumerate().take(list.range.end).skip(end) {
        match byte {
            b'\n' => in_comment = false,
            _ if in_comment => {}
            b'#' => in_comment = true,
            b',' => return Some(at),
            b' ' | b'\t' | b'\r' => {}
            _ => return None,
        }
    }
    None
}

fn is_blank(text: &str, start: usize, end: usize) -> bool {
    text.get(start..end).is_some_and(|between| between.bytes().all(|byte| matches!(byte, b' ' | b'\t')))
}
