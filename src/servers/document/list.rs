//! A list of addresses in a block.

use toml::de::DeValue;

use crate::servers::fault::quoted;
use crate::servers::grammar::Reading;
use crate::servers::{AddressError, AddressNotice, mask_userinfo};
use crate::text::sanitise_to;

use super::diagnostic::Fix;
use super::findings::Finding;
use super::model::{Entry, List};
use super::names::{REGISTRAR_ADMIN, VERIFIERS};
use super::root::Reader;
use super::values::{Key, Value, content, inside, type_words};
use super::{MANY_ADDRESSES, MAX_ADDRESSES, fixes};

/// Characters of an entry that are shown at most: a scheme, the longest name
/// (253) and a port have room.
const MAX_SHOWN_CHARS: usize = 280;

/// Reads the list `key` of the block that messages call `title`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    title: &str,
    key: &Key<'_>,
    name: &str,
    value: &Value<'_>,
) -> List {
    let reading = match name {
        VERIFIERS => Reading::Verifier,
        REGISTRAR_ADMIN => Reading::Operators,
        _ => Reading::Agents,
    };
    let mut list = List { key: Some(key.span()), span: value.span(), ..List::default() };
    let DeValue::Array(items) = value.get_ref() else {
        let written = reader.source().get(value.span()).unwrap_or_default();
        let found = type_words(value.get_ref());
        let mut finding = Finding::error(
            "wrong-type",
            value.span(),
            format!("{title}: {name} must be a list of strings, not {found}"),
        );
        if value.get_ref().is_str() {
            finding = finding.hint("put brackets around it: [\"…\"]").fix(Some(Fix::one(
                "put brackets around it",
                value.span(),
                format!("[{written}]"),
            )));
        }
        reader.findings.push(finding);
        list.other_type = true;
        return list;
    };
    let left = reader.addresses_left();
    if items.len() > left {
        let message = if reader.is_console() {
            format!("{title}: {name} has {} entries; at most {MAX_ADDRESSES} are read", items.len())
        } else {
            format!(
                "{title}: {name} has {} entries, with which the configuration has more than {MAX_ADDRESSES} \
                 addresses; that is the most that is read",
                items.len()
            )
        };
        let hint = "name only servers that this agent is to use";
        if reader.is_first_excess() {
            reader.findings.push(Finding::error("too-many-addresses", value.span(), message).hint(hint));
        }
        // Something is there, if only too much.
        list.other_type |= left == 0;
    } else if items.len() > MANY_ADDRESSES {
        let message = format!("{title}: {name} has {} entries, which share one backend", items.len());
        reader
            .findings
            .push(Finding::warning("many-addresses", value.span(), message).hint("is this one list?"));
    }
    for (position, item) in items.iter().enumerate().take(left) {
        let what = format!("{title}: {name} entry {}", position + 1);
        list.entries.push(entry(reader, &what, item, reading));
    }
    reader.count_addresses(list.entries.len());
    list
}

fn entry(reader: &mut Reader<'_>, what: &str, item: &Value<'_>, reading: Reading) -> Entry {
    let span = item.span();
    let DeValue::String(text) = item.get_ref() else {
        let found = type_words(item.get_ref());
        reader.findings.push(Finding::error(
            "wrong-type",
            span.clone(),
            format!("{what} must be a string, not {found}"),
        ));
        return Entry { span, shown: found.to_owned(), address: None, without_userinfo: None };
    };
    let source = reader.source();
    let place = |part| inside(source, span.clone(), text, part);
    let fix = |code: &'static str, part: &std::ops::Range<usize>| {
        let content = content(source, &span, text)?;
        let better = fixes::entry(code, text, part, reading)?;
        // What goes between quotation marks must need no escapes.
        let plain = !better.contains(['"', '\'', '\\']) && !better.chars().any(char::is_control);
        plain.then(|| Fix::one(format!("write {}", quoted(&better)), content, better))
    };
    let mut without_userinfo = None;
    let (address, found) = match reading.read(text) {
        Ok((address, notices)) => (Some(address), notices),
        Err(AddressError { code, message, span, hint }) => {
            if code == "userinfo" {
                let rest = fixes::entry(code, text, &span, reading);
                without_userinfo = rest.and_then(|rest| reading.read(&rest).ok()).map(|(address, _)| address);
            }
            let finding = Finding::error(code, place(span.clone()), format!("{what}: {message}"));
            reader.findings.push(finding.maybe_hint(hint).fix(fix(code, &span)));
            (None, Vec::new())
        }
    };
    for AddressNotice { severity, code, message, span, hint } in found {
        let finding = Finding::new(severity, code, place(span.clone()), format!("{what}: {message}"));
        reader.findings.push(finding.maybe_hint(hint).fix(fix(code, &span)));
    }
    let shown = sanitise_to(&mask_userinfo(text), MAX_SHOWN_CHARS).into_string();
    Entry { span: span.clone(), shown, address, without_userinfo }
}
