//! One form for lists: `["a", "b"]` on one line where it fits, else one
//! element per line. No comment is lost.

use super::layout::{Form, Layout, List, Written};
use super::splice::{Splice, indentation, line_start, newline};

/// Characters of a line at most, up to the closing bracket.
const MAX_COLUMNS: usize = 100;

/// What an element of a list is indented by, beyond its key.
const INDENT: &str = "    ";

/// Every list of addresses in its one form; none that has it already.
pub(super) fn lists(text: &str, layout: &Layout) -> Vec<Splice> {
    let inline = matches!(layout.form, Some(Form::Inline(_)));
    let written = layout.blocks.iter().flat_map(|block| {
        [&block.registrars, &block.verifiers, &block.registrar_admin].into_iter().flatten()
    });
    let splices = written.filter_map(|Written { list, .. }| {
        let list = list.as_ref().ok()?;
        let new = form(text, list, inline)?;
        let old = text.get(list.range.clone())?;
        (new != old).then(|| Splice::replace(list.range.clone(), new))
    });
    splices.collect()
}

/// An element with the comments that belong to it.
#[derive(Default)]
struct Element<'t> {
    /// Comments on lines of their own above it.
    above: Vec<&'t str>,
    text: String,
    /// The comment on its line.
    beside: Option<&'t str>,
}

/// None: it is better left as it is.
fn form(text: &str, list: &List, inline: bool) -> Option<String> {
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut opening = None;
    let mut above = Vec::new();
    let mut from = list.range.start + 1;
    let last = list.range.end.checked_sub(1)?;
    let places = list.elements.iter().cloned().map(Some).chain([None]);
    for place in places {
        let gap = text.get(from..place.as_ref().map_or(last, |place| place.start))?;
        // Only the first line of a gap is the one of the element before it.
        for (number, line) in gap.split('\n').enumerate() {
            let Some(comment) = line.find('#').and_then(|at| line.get(at..)) else { continue };
            let comment = comment.trim_end();
            match elements.last_mut() {
                Some(element) if number == 0 => element.beside = Some(comment),
                None if number == 0 => opening = Some(comment),
                _ => above.push(comment),
            }
        }
        let Some(place) = place else { break };
        let element = element(text.get(place.clone())?)?;
        elements.push(Element { above: std::mem::take(&mut above), text: element, beside: None });
        from = place.end;
    }
    let has_comments = opening.is_some()
        || !above.is_empty()
        || elements.iter().any(|element| !element.above.is_empty() || element.beside.is_some());
    let texts: Vec<_> = elements.iter().map(|element| element.text.as_str()).collect();
    let line = format!("[{}]", texts.join(", "));
    if inline {
        // Lines of their own would make a table of several lines.
        return (!has_comments).then_some(line);
    }
    let before = text.get(line_start(text, list.range.start)..list.range.start)?;
    if !has_comments && (texts.is_empty() || before.chars().count() + line.chars().count() <= MAX_COLUMNS) {
        return Some(line);
    }
    let own = indentation(text, list.range.start);
    let newline = newline(text);
    let mut lines = vec![opening.map_or_else(|| "[".to_owned(), |comment| format!("[ {comment}"))];
    for Element { above, text, beside } in &elements {
        lines.extend(above.iter().map(|comment| format!("{own}{INDENT}{comment}")));
        let beside = beside.map(|comment| format!(" {comment}")).unwrap_or_default();
        lines.push(format!("{own}{INDENT}{text},{beside}"));
    }
    lines.extend(above.iter().map(|comment| format!("{own}{INDENT}{comment}")));
    lines.push(format!("{own}]"));
    Some(lines.join(newline))
}

/// An element in quotation marks where it can be; none: it has several lines.
fn element(text: &str) -> Option<String> {
    if text.contains('\n') || text.starts_with("'''") || text.starts_with("\"\"\"") {
        return None;
    }
    let inside = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    Some(match inside {
        Some(inside)
            if !inside
                .contains(|character: char| matches!(character, '"' | '\\') || character.is_control()) =>
        {
            format!("\"{inside}\"")
        }
        _ => text.to_owned(),
    })
}
