//! Changes of the text that put a finding right.

use std::ops::Range;

use crate::servers::grammar::Reading;
use crate::servers::mask::userinfo;

use super::diagnostic::{Edit, Fix};
use super::names::{AGENT, DUPLICATION};
use super::place::{Layout, Table};

/// Moves a key out of a block to where it was meant to stand: the duplication
/// above the first block, any other key of the agent into `[agent]`, a key of
/// the console above the first header. `taken` says whether the root and
/// `[agent]` hold the key already.
pub(super) fn move_out(
    layout: &Layout<'_>,
    name: &str,
    (key, value): (&Range<usize>, &Range<usize>),
    console: bool,
    taken: [bool; 2],
) -> Option<Fix> {
    let lines = layout.lines_of(key, value)?;
    let end = layout.line_end();
    let mut text = layout.source().get(lines.clone())?.to_owned();
    if !text.ends_with('\n') {
        text.push_str(end);
    }
    let block = layout.first_block()?;
    let (at, text, table) = match layout.above(block) {
        _ if console => (layout.over(layout.first()?), text, Table::Root),
        Table::Agent => (layout.over(block), text, Table::Agent),
        Table::Root if name == DUPLICATION => (layout.over(block), text, Table::Root),
        _ if name == DUPLICATION => (layout.over(layout.first()?), text, Table::Root),
        _ => match layout.agent() {
            Some(header) => (layout.line(header).end, text, Table::Agent),
            None => (layout.over(block), format!("[{AGENT}]{end}{text}{end}"), Table::Agent),
        },
    };
    let [root, agent] = taken;
    let occupied = match table {
        Table::Root => root || (agent && !console && name == DUPLICATION),
        _ => agent || (root && name == DUPLICATION),
    };
    if occupied {
        return None;
    }
    // The header of [agent] may be the last line and have no end.
    let unended = at > 0 && !layout.source().get(..at)?.ends_with('\n');
    let text = if unended { format!("{end}{text}") } else { text };
    let insert = Edit { range: at..at, text };
    let remove = Edit { range: lines, text: String::new() };
    let mut edits = vec![insert, remove];
    edits.sort_by_key(|edit| edit.range.start);
    Some(Fix { title: format!("move {name} out of the block"), edits })
}

/// Removes a key with its lines.
pub(super) fn remove_key(layout: &Layout<'_>, key: &Range<usize>, value: &Range<usize>) -> Option<Fix> {
    let lines = layout.lines_of(key, value)?;
    Some(Fix::one("remove this line", lines, ""))
}

/// Renames a key where it stands plain, without quotation marks.
pub(super) fn rename(source: &str, key: &Range<usize>, old: &str, new: &str) -> Option<Fix> {
    (source.get(key.clone()) == Some(old)).then(|| Fix::one(format!("write {new}"), key.clone(), new))
}

/// Removes one item of a list with its comma.
pub(super) fn remove_item(source: &str, item: &Range<usize>) -> Option<Fix> {
    let after = source.get(item.end..)?;
    let blank = after.len() - after.trim_start().len();
    if after.trim_start().starts_with(',') {
        let comma = item.end + blank + 1;
        let more = source.get(comma..)?;
        // The blanks up to the next item on the same line go too.
        let end = comma + (more.len() - more.trim_start_matches([' ', '\t']).len());
        return Some(Fix::one("remove this entry", item.start..end, ""));
    }
    let before = source.get(..item.start)?;
    let start = before.trim_end().strip_suffix(',').map_or(item.start, str::len);
    Some(Fix::one("remove this entry", start..item.end, ""))
}

/// What an entry should read so that the finding `code` about its bytes `span`
/// goes away; none where nobody can know.
pub(super) fn entry(code: &str, text: &str, span: &Range<usize>, reading: Reading) -> Option<String> {
    let part = text.get(span.clone())?;
    let before = text.get(..span.start)?;
    let after = text.get(span.end..)?;
    let candidate = match code {
        "blanks-around" => text.trim_matches(' ').to_owned(),
        "lower-cased" => text.to_lowercase(),
        "trailing-slash" | "trailing-dot" => format!("{before}{after}"),
        "bracketed-ipv4" => format!("{before}{}{after}", part.trim_matches(['[', ']'])),
        "userinfo" => {
            let (start, end) = userinfo(text)?;
            format!("{}{}", text.get(..start)?, text.get(end..)?)
        }
        "ambiguous-ipv6" => bracketed(part)?,
        "ipv6-needs-brackets" => {
            let whole = part.parse::<std::net::Ipv6Addr>().is_ok();
            let inside = if whole { format!("[{part}]") } else { bracketed(part)? };
            format!("{before}{inside}{after}")
        }
        "unknown-scheme" => {
            let near = crate::text::nearest::nearest(part, ["https", "http"])?;
            format!("{before}{near}{after}")
        }
        "http-verifier" | "http-registrar-admin" => format!("{before}https{after}"),
        "malformed-scheme" => {
            let (scheme, rest) = text.split_once(':')?;
            format!("{scheme}://{}", rest.trim_start_matches('/'))
        }
        "empty-scheme" => after.to_owned(),
        "path" | "query" | "fragment" => before.to_owned(),
        "international-name" => idna::domain_to_ascii_cow(part.as_bytes(), idna::AsciiDenyList::EMPTY)
            .ok()
            .map(|ascii| format!("{before}{ascii}{after}"))?,
        _ => return None,
    };
    // Only what really helps is offered.
    let helps = match reading.read(&candidate) {
        Ok((_, notices)) => notices.iter().all(|notice| notice.code != code),
        Err(error) => error.code != code,
    };
    (helps && candidate != text).then_some(candidate)
}

/// `2001:db8::5:8890` → `[2001:db8::5]:8890`.
fn bracketed(text: &str) -> Option<String> {
    let (address, port) = text.rsplit_once(':')?;
    address.parse::<std::net::Ipv6Addr>().ok()?;
    Some(format!("[{address}]:{port}"))
}
