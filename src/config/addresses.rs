//! A list of addresses in a block.

use std::ops::Range;

use toml::de::DeValue;

use crate::servers::{Address, AddressError, AddressNotice, Role, parse_address, parse_admin_address};

use super::findings::Findings;
use super::values::{Value, inside};

/// Entries of one list at most.
const MAX_ENTRIES: usize = 4_096;

/// A longer list works, but was hardly meant.
const MANY_ENTRIES: usize = 64;

/// What the entries of a list are.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Role(Role),
    RegistrarAdmin,
}

/// Which list this is.
pub(super) struct List<'l> {
    /// The block as messages name it.
    pub(super) title: &'l str,
    /// The list's key.
    pub(super) name: &'l str,
    pub(super) kind: Kind,
}

/// One entry that could be read, with the place of its value.
pub(super) type Entry = (Address, Range<usize>);

/// A list as far as it could be read.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) entries: Vec<Entry>,
    /// How many entries were written, readable or not.
    pub(super) written: usize,
    pub(super) span: Range<usize>,
}

/// Reads a list of addresses.
pub(super) fn read(findings: &mut Findings<'_>, list: &List<'_>, value: &Value<'_>) -> Listed {
    let List { title, name, kind } = list;
    let span = value.span();
    let DeValue::Array(items) = value.get_ref() else {
        findings.wrong_type(&format!("{title}: {name}"), "a list of strings", value);
        // Something was meant to be there.
        return Listed { entries: Vec::new(), written: 1, span };
    };
    let written = items.len();
    if written > MAX_ENTRIES {
        let message = format!("{title}: {name} has {written} entries; at most {MAX_ENTRIES} are read");
        findings.error("too-many-addresses", span.clone(), message, None);
    } else if written > MANY_ENTRIES {
        let message = format!("{title}: {name} has {written} entries, which share one backend");
        findings.warning("many-addresses", span.clone(), message, Some("is this one list?".to_owned()));
    }
    let mut entries = Vec::new();
    for (position, item) in items.iter().enumerate().take(MAX_ENTRIES) {
        let what = format!("{title}: {name} entry {}", position + 1);
        let Some(text) = findings.string(&what, item) else { continue };
        let result = match kind {
            Kind::Role(role) => parse_address(text, *role),
            Kind::RegistrarAdmin => parse_admin_address(text),
        };
        match result {
            Ok((address, notices)) => {
                for AddressNotice { severity, code, message, span, hint } in notices {
                    let place = inside(findings.source(), item, text, span);
                    findings.note(severity, code, place, format!("{what}: {message}"), hint);
                }
                entries.push((address, item.span()));
            }
            Err(AddressError { code, message, span, hint }) => {
                let place = inside(findings.source(), item, text, span);
                findings.error(code, place, format!("{what}: {message}"), hint);
            }
        }
    }
    Listed { entries, written, span }
}
