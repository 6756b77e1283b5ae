//! The names that may stand in the file, and what a wrong one was meant to be.

use crate::servers::document::{CONSOLE_BLOCK, CONSOLE_ROOT, CONSOLE_TLS};
use crate::text::nearest::nearest;

use super::findings::Findings;
use super::values::{Key, quoted};

/// Keys of the agent's configuration that name servers in other ways.
const AGENT: [&str; 6] = [
    "registrar_ip",
    "registrar_port",
    "registrar_tls_port",
    "registrar_tls_enabled",
    "verifier_url",
    "registrar_tls_ca_cert",
];

/// The table that a key stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Root,
    Keys,
    /// A block, by its number.
    Block(usize),
    /// The `[servers.tls]` of a block.
    Tls(usize),
}

/// Reports a key that has no meaning where it stands.
///
/// `first_table` is where the first table header stands: what belongs to the
/// root must stand above it.
pub(super) fn unknown_key(
    findings: &mut Findings<'_>,
    table: Table,
    key: &Key<'_>,
    first_table: Option<usize>,
) {
    let name: &str = key.get_ref().as_ref();
    findings.count_unknown();
    let shown = quoted(name);
    let home = home(table);
    let known = |names: &[&str]| names.contains(&name);
    // TOML gives every key below a header to that header's table.
    if table != Table::Root && known(CONSOLE_ROOT) {
        let message = format!("{shown} belongs to {home} here, by the rules of TOML");
        let hint = match first_table.map(|start| findings.line(start)) {
            Some(line) => format!("move it above line {line}, before the first table"),
            None => "move it to the root of the file".to_owned(),
        };
        findings.error("key-in-wrong-table", key.span(), message, Some(hint));
        return;
    }
    let elsewhere = match table {
        Table::Root if known(CONSOLE_BLOCK) => Some("it belongs into a block: write [[servers]] above it"),
        Table::Root | Table::Block(_) if known(CONSOLE_TLS) => {
            Some("it belongs under [servers.tls], after the lists of its block")
        }
        Table::Tls(_) if known(CONSOLE_BLOCK) => Some("it belongs to the block: move it above [servers.tls]"),
        _ => None,
    };
    if let Some(hint) = elsewhere {
        let message = format!("{shown} has no meaning in {home}");
        findings.error("key-in-wrong-table", key.span(), message, Some(hint.to_owned()));
        return;
    }
    let candidates: &[&str] = match table {
        Table::Root => CONSOLE_ROOT,
        Table::Block(_) => CONSOLE_BLOCK,
        Table::Tls(_) => CONSOLE_TLS,
        Table::Keys => &[],
    };
    let hint = if is_passphrase(name) {
        "a passphrase is never written here: use key_passphrase_file or key_passphrase_env in [servers.tls]"
            .to_owned()
    } else if let Some(near) = nearest(name, candidates.iter().copied()) {
        format!("did you mean {near}?")
    } else if known(&AGENT) {
        "this is a key of the agent's configuration: write registrars = [...] and verifiers = [...] in a \
         [[servers]] block"
            .to_owned()
    } else {
        format!("{home} knows {}", candidates.join(", "))
    };
    findings.error("unknown-key", key.span(), format!("unknown key {shown} in {home}"), Some(hint));
}

fn is_passphrase(name: &str) -> bool {
    let name = name.to_lowercase();
    (name.contains("pass") || name.contains("secret")) && !name.contains("file") && !name.contains("env")
}

fn home(table: Table) -> String {
    match table {
        Table::Root => "the root of the file".to_owned(),
        Table::Keys => "[keys]".to_owned(),
        Table::Block(index) => format!("[[servers]] block {index}"),
        Table::Tls(index) => format!("[servers.tls] of block {index}"),
    }
}
