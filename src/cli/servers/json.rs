//! What `servers check` prints for machines (contract §5).

use std::iter;

use serde_json::{Value, json};

use crate::config;
use crate::servers::document::{Block, Diagnostic, Document, Entry, List, Mode, Origin};
use crate::servers::{
    Address, Endpoint, registrar_admin_face, registrar_agent_face, registrar_operator_face, verifier_endpoint,
};

/// The whole answer. `others` are findings beside the blocks: about the file's
/// rights, and those of the console's own reader.
pub(super) fn answer(document: &Document, valid: bool, others: &[config::Diagnostic]) -> Value {
    let chief = document.chief_reading();
    let blocks: Vec<_> = document
        .blocks
        .iter()
        .zip(chief.map(|reading| reading.usable.as_slice()).unwrap_or_default())
        .map(|(block, usable)| self::block(document, block, *usable))
        .collect();
    let mut diagnostics: Vec<_> =
        document.diagnostics.iter().map(|found| (found.line, found.column, diagnostic(found))).collect();
    diagnostics.extend(others.iter().map(|found| (found.line, found.column, other(document, found))));
    diagnostics.sort_by_key(|(line, column, _)| (*line, *column));
    json!({
        "mode": mode(document),
        "valid": valid,
        "readings": document.readings.iter().map(|reading| json!({
            "mode": reading.mode.word(),
            "valid": reading.valid,
            "max": reading.max,
            "headroom": reading.headroom,
        })).collect::<Vec<_>>(),
        "source": match document.origin {
            Origin::Root => "servers",
            Origin::Agent => "agent.servers",
            Origin::Legacy => "legacy-keys",
            Origin::Defaults => "defaults",
            Origin::Nothing => "none",
        },
        "blocks": blocks,
        "duplication": {
            "requested": document.duplication.requested,
            "max": chief.map_or(0, |reading| reading.max),
            "headroom": chief.and_then(|reading| reading.headroom),
        },
        "diagnostics": diagnostics.into_iter().map(|(_, _, value)| value).collect::<Vec<_>>(),
        "omitted": document.omitted,
    })
}

/// The answer about bytes that are no text.
pub(super) fn unfit(modes: &[Mode], code: &str, message: &str, line: usize, column: usize) -> Value {
    let words: Vec<_> = modes.iter().map(|mode| mode.word()).collect();
    json!({
        "mode": single(modes),
        "valid": false,
        "blocks": [],
        "duplication": { "requested": null, "max": 0, "headroom": null },
        "diagnostics": [{
            "severity": "error", "code": code, "message": message, "line": line, "column": column,
            "hint": null, "modes": words,
        }],
    })
}

/// The one mode that was asked for; none where the text was read in several.
fn mode(document: &Document) -> Option<&'static str> {
    single(&document.modes)
}

fn single(modes: &[Mode]) -> Option<&'static str> {
    match modes {
        [mode] => Some(mode.word()),
        _ => None,
    }
}

fn block(document: &Document, block: &Block, usable: bool) -> Value {
    let registrars: Vec<_> = shown(&block.registrars)
        .map(|(entry, address)| {
            let admin = registrar_operator_face(address);
            registrar(&entry.shown, &registrar_agent_face(address), &admin)
        })
        .collect();
    let verifiers: Vec<_> = shown(&block.verifiers)
        .map(|(entry, address)| {
            let face = verifier_endpoint(address);
            let Endpoint { scheme, port, .. } = face;
            json!({
                "entry": entry.shown, "scheme": scheme.to_string(), "host": face.host_text(), "port": port,
                "url": face.to_string(),
            })
        })
        .collect();
    let usable_in: Vec<_> =
        document.modes.iter().filter(|mode| block.usable(**mode)).map(|mode| mode.word()).collect();
    let mut value = json!({
        "index": block.index,
        "name": block.name,
        "usable": usable,
        "usable_in": usable_in,
        "registrars": registrars,
        "verifiers": verifiers,
    });
    if let (Some(members), true) = (value.as_object_mut(), document.modes == [Mode::Console]) {
        let faces = |(entry, address): (&Entry, &Address)| json!({ "entry": entry.shown, "url": registrar_admin_face(address).to_string() });
        let admin: Vec<_> = block.registrar_admin.addresses().map(faces).collect();
        members.extend(iter::once(("registrar_admin".to_owned(), Value::from(admin))));
    }
    value
}

/// The entries whose host could be read. One with userinfo is among them: it is
/// an error and never used, but people look for it here.
fn shown(list: &List) -> impl Iterator<Item = (&Entry, &Address)> {
    let entries = list.entries.iter();
    entries.filter_map(|entry| Some((entry, entry.address.as_ref().or(entry.without_userinfo.as_ref())?)))
}

fn registrar(entry: &str, agents: &Endpoint, admin: &Endpoint) -> Value {
    json!({
        "entry": entry, "scheme": agents.scheme.to_string(), "host": agents.host_text(), "port": agents.port,
        "agent_url": agents.to_string(), "admin_url": admin.to_string(),
    })
}

fn diagnostic(found: &Diagnostic) -> Value {
    json!({
        "severity": found.severity.to_string(),
        "code": found.code,
        "message": found.message,
        "line": found.line,
        "column": found.column,
        "hint": found.hint,
        "modes": found.modes.iter().map(|mode| mode.word()).collect::<Vec<_>>(),
        "span": { "start": found.span.start, "end": found.span.end },
        "fix": found.fix.as_ref().map(|fix| &fix.title),
    })
}

fn other(document: &Document, found: &config::Diagnostic) -> Value {
    json!({
        "severity": found.severity.to_string(),
        "code": found.code,
        "message": found.message,
        "line": found.line,
        "column": found.column,
        "hint": found.hint,
        "modes": document.modes.iter().map(|mode| mode.word()).collect::<Vec<_>>(),
        "fix": null,
    })
}
