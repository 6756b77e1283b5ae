//! Whole blocks.

use super::document::quote;
use super::layout::{Form, Layout, name};
use super::list;
use super::splice::{Splice, bom, line_start, newline};
use crate::servers::Role;

/// A new block after the last.
pub(super) fn add(text: &str, layout: &Layout, registrars: &[String], verifiers: &[String]) -> Vec<Splice> {
    let newline = newline(text);
    let lists = [(Role::Registrar, registrars), (Role::Verifier, verifiers)];
    let lists = lists.into_iter().filter(|(_, entries)| !entries.is_empty()).map(|(role, entries)| {
        let entries: Vec<_> = entries.iter().map(|entry| quote(entry)).collect();
        format!("{} = [{}]", name(role), entries.join(", "))
    });
    let lists: Vec<_> = lists.collect();
    let header = match &layout.form {
        Some(Form::Inline(list)) => {
            let block = match lists.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{ {} }}", lists.join(", ")),
            };
            return list::insert(text, list, list.elements.len(), &block);
        }
        Some(Form::Headers(path)) => format!("[[{path}]]"),
        None => "[[servers]]".to_owned(),
    };
    let lines = [vec![header], lists].concat();
    let block = lines.iter().map(|line| format!("{line}{newline}")).collect::<String>();
    let end = match layout.blocks.last() {
        Some(last) => layout.chunk_end(text, last),
        None => text.len(),
    };
    let before = text.get(..end).unwrap_or_default();
    let gap = match before {
        before if before.len() == bom(text) => String::new(),
        before if before.ends_with('\n') => newline.to_owned(),
        _ => newline.repeat(2),
    };
    vec![Splice::insert(end, format!("{gap}{block}"))]
}

/// A block less, with the comments directly above it.
pub(super) fn remove(text: &str, layout: &Layout, index: usize) -> Vec<Splice> {
    if let Some(Form::Inline(list)) = &layout.form {
        return list::remove(text, list, index);
    }
    let Some(block) = layout.blocks.get(index) else { return Vec::new() };
    let mut start = layout.chunk_start(text, block.range.start);
    let mut end = layout.chunk_end(text, block);
    let rest = text.get(end..).unwrap_or_default();
    if rest.trim().is_empty() {
        // At the end the gap before it goes, so that the text ends as before.
        while start > bom(text) {
            let above = line_start(text, start - 1);
            if !text.get(above..start).unwrap_or_default().trim().is_empty() {
                break;
            }
            start = above;
        }
    } else {
        // Elsewhere the gap behind it goes.
        let lines = rest.split_inclusive('\n').take_while(|line| line.trim().is_empty());
        end += lines.map(str::len).sum::<usize>();
    }
    vec![Splice::remove(start..end)]
}

/// Two neighbours change places; what stands between them stays there.
pub(super) fn swap(text: &str, layout: &Layout, index: usize) -> Vec<Splice> {
    let (Some(one), Some(other)) = (layout.blocks.get(index), layout.blocks.get(index + 1)) else {
        return Vec::new();
    };
    let (one, other) = match &layout.form {
        Some(Form::Inline(_)) => (one.range.clone(), other.range.clone()),
        _ => {
            let range = |block: &super::layout::Block| {
                layout.chunk_start(text, block.range.start)..layout.chunk_end(text, block)
            };
            (range(one), range(other))
        }
    };
    let part = |range: &std::ops::Range<usize>| text.get(range.clone()).unwrap_or_default();
    let (mut first, mut second) = (part(&one).to_owned(), part(&other).to_owned());
    // The last line of a file may be without its end.
    if first.ends_with('\n') && !second.ends_with('\n') {
        second.push_str(newline(text));
        first.truncate(first.trim_end_matches(['\n', '\r']).len());
    }
    vec![Splice::replace(one, second), Splice::replace(other, first)]
}
