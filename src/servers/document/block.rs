//! One block.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::servers::fault::quoted;
use crate::text::nearest::nearest;

use super::findings::Finding;
use super::model::{Block, List};
use super::names::{
    AGENT_BLOCK, AGENT_KEYS, CONSOLE_BLOCK, CONSOLE_ROOT, CONSOLE_TLS, DUPLICATION, REGISTRAR_ADMIN,
    REGISTRARS, SERVERS, VERIFIERS,
};
use super::root::{Holds, Reader};
use super::values::{Key, Value};
use super::{fixes, list};

/// Reads the block number `index`, which begins at `span`.
pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    span: Range<usize>,
    index: usize,
    holds: &Holds<'_, '_>,
) -> Block {
    let name = table.get("name").and_then(|value| value.get_ref().as_str()).filter(|_| reader.is_console());
    let name = name.map(|name| quoted(name).trim_matches('"').to_owned());
    let title = match &name {
        Some(name) => format!("block {index} (\"{name}\")"),
        None => format!("block {index}"),
    };
    let mut block = Block {
        index,
        span: span.clone(),
        name,
        registrars: List::default(),
        verifiers: List::default(),
        registrar_admin: List::default(),
    };
    let mut unknown = false;
    for (key, value) in table {
        let name: &str = key.get_ref().as_ref();
        let console = reader.is_console();
        match name {
            REGISTRARS => block.registrars = list::read(reader, &title, key, name, value),
            VERIFIERS => block.verifiers = list::read(reader, &title, key, name, value),
            REGISTRAR_ADMIN if console => {
                block.registrar_admin = list::read(reader, &title, key, name, value)
            }
            "name" if console => {}
            "tls" if console => tls(reader, value, &title, holds),
            _ if console => {
                unknown = true;
                console_key(reader, table, (key, value), &title, holds);
            }
            _ => agent_key(reader, table, (key, value), &title, holds),
        }
    }
    if !(unknown && reader.is_console()) {
        emptiness(reader, &block, &title);
    }
    block
}

fn emptiness(reader: &mut Reader<'_>, block: &Block, title: &str) {
    if block.registrars.is_written() || block.registrar_admin.is_written() {
        return;
    }
    let finding = if block.verifiers.is_written() {
        let written = block.registrars.key.is_some();
        let place = if written { block.registrars.span.clone() } else { block.span.clone() };
        let message = format!("{title} has no registrars: an agent can be verified only where it registered");
        Finding::error("no-registrars", place, message).hint("add registrars = [\"…\"]")
    } else if block.registrars.key.is_some() {
        let message = format!("{title} has no registrars: no agent can register with it");
        Finding::error("no-registrars", block.registrars.span.clone(), message)
            .hint("add an address, or remove the block")
    } else {
        Finding::error("empty-block", block.span.clone(), format!("{title} names no server"))
            .hint("add registrars = [\"…\"] and verifiers = [\"…\"], or remove the block")
    };
    reader.findings.push(finding);
}

type Pair<'p, 'i> = (&'p Key<'i>, &'p Value<'i>);

/// A key that TOML gives to the block because it stands below its header.
fn trapped(
    reader: &mut Reader<'_>,
    (key, value): Pair<'_, '_>,
    title: &str,
    home: &str,
    holds: &Holds<'_, '_>,
) {
    let name: &str = key.get_ref().as_ref();
    let message = format!(
        "{} was moved into {title} by the rules of TOML, which give a key to the header above it; there it does nothing",
        quoted(name)
    );
    let hint = match reader.layout.first_block() {
        Some(header) => {
            format!(
                "put it above the first [[{SERVERS}]] (line {}), {home}",
                reader.layout.line_number(header)
            )
        }
        None => format!("put it {home}"),
    };
    let fix = reader.move_out(key, value, holds);
    reader.findings.push(Finding::error("key-in-wrong-table", key.span(), message).hint(hint).fix(fix));
}

fn agent_key(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    pair: Pair<'_, '_>,
    title: &str,
    holds: &Holds<'_, '_>,
) {
    let (key, _) = pair;
    let name: &str = key.get_ref().as_ref();
    if name == DUPLICATION {
        return trapped(reader, pair, title, "at the root or under [agent]", holds);
    }
    if AGENT_KEYS.contains(&name) {
        return trapped(reader, pair, title, "under [agent]", holds);
    }
    let shown = quoted(name);
    if let Some(right) = AGENT_BLOCK.iter().find(|right| right.eq_ignore_ascii_case(name)) {
        let fix =
            free(table, right).then(|| fixes::rename(reader.source(), &key.span(), name, right)).flatten();
        let message = format!(
            "{title}: {shown} is not {right}: names in TOML are case-sensitive, so an agent ignores it"
        );
        let finding =
            Finding::warning("wrong-case", key.span(), message).hint(format!("write {right}")).fix(fix);
        return reader.findings.push(finding);
    }
    let message = format!("{title}: unknown key {shown}, which an agent ignores");
    let near = nearest(name, AGENT_BLOCK.iter().copied().chain([DUPLICATION]));
    let hint = match near {
        Some(near) => format!("did you mean {near}?"),
        None if CONSOLE_BLOCK.contains(&name) => {
            format!("{name} belongs into limescope.toml: see --mode console")
        }
        None => format!("a block knows {}", AGENT_BLOCK.join(" and ")),
    };
    let fix = near
        .filter(|near| free(table, near))
        .and_then(|near| fixes::rename(reader.source(), &key.span(), name, near));
    reader.findings.push(Finding::warning("unknown-key", key.span(), message).hint(hint).fix(fix));
}

fn console_key(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    pair: Pair<'_, '_>,
    title: &str,
    holds: &Holds<'_, '_>,
) {
    let (key, _) = pair;
    let name: &str = key.get_ref().as_ref();
    if CONSOLE_ROOT.contains(&name) {
        return trapped(reader, pair, title, "before every other header", holds);
    }
    if CONSOLE_TLS.contains(&name) {
        let message = format!("{} has no meaning in {title}", quoted(name));
        let hint = "it belongs under [servers.tls], after the lists of its block";
        return reader.findings.push(Finding::error("key-in-wrong-table", key.span(), message).hint(hint));
    }
    misspelt(reader, table, key, title, CONSOLE_BLOCK);
}

fn tls(reader: &mut Reader<'_>, value: &Value<'_>, title: &str, holds: &Holds<'_, '_>) {
    let DeValue::Table(table) = value.get_ref() else { return };
    let title = format!("[servers.tls] of {title}");
    for (key, value) in table {
        let name: &str = key.get_ref().as_ref();
        if CONSOLE_ROOT.contains(&name) {
            trapped(reader, (key, value), &title, "before every other header", holds);
        } else if CONSOLE_BLOCK.contains(&name) {
            let message = format!("{} has no meaning in {title}", quoted(name));
            let hint = "it belongs to the block: move it above [servers.tls]";
            reader.findings.push(Finding::error("key-in-wrong-table", key.span(), message).hint(hint));
        } else if !CONSOLE_TLS.contains(&name) {
            misspelt(reader, table, key, &title, CONSOLE_TLS);
        }
    }
}

fn misspelt(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &Key<'_>, title: &str, right: &[&str]) {
    let name: &str = key.get_ref().as_ref();
    let near = nearest(name, right.iter().copied());
    let hint = match near {
        Some(near) => format!("did you mean {near}?"),
        None => format!("{title} knows {}", right.join(", ")),
    };
    let fix = near
        .filter(|near| free(table, near))
        .and_then(|near| fixes::rename(reader.source(), &key.span(), name, near));
    let message = format!("unknown key {} in {title}", quoted(name));
    reader.findings.push(Finding::error("unknown-key", key.span(), message).hint(hint).fix(fix));
}

fn free(table: &DeTable<'_>, name: &str) -> bool {
    !table.contains_key(name)
}
