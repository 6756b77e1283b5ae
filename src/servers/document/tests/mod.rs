//! Every numbered point of the checklist 3A and every row of its table of
//! edges, each by its name; and that fixes fix.

mod edges;
mod fixes;
mod limits;
mod points;

use super::*;
use crate::servers::Severity;

pub(super) const EXAMPLES: [&str; 4] = [
    include_str!("../../../../tests/servers/example-1.toml"),
    include_str!("../../../../tests/servers/example-2.toml"),
    include_str!("../../../../tests/servers/example-3.toml"),
    include_str!("../../../../tests/servers/example-4.toml"),
];

pub(super) const AGENT_CONF: &str = include_str!("../../../../tests/servers/agent.conf");

/// Errors as `E code`, warnings as `W code`; without remarks.
pub(super) fn found(text: &str, mode: Mode) -> Vec<String> {
    letters(text, mode).into_iter().filter(|found| !found.starts_with('I')).collect()
}

/// All findings as `E code`, `W code`, `I code`; without `clear-text`, which
/// every registrar in clear text has.
pub(super) fn letters(text: &str, mode: Mode) -> Vec<String> {
    read(text, &[mode])
        .diagnostics
        .iter()
        .filter(|found| found.code != "clear-text")
        .map(|found| {
            let letter = match found.severity {
                Severity::Error => 'E',
                Severity::Warning => 'W',
                Severity::Info => 'I',
            };
            format!("{letter} {}", found.code)
        })
        .collect()
}

/// One finding with this code.
pub(super) fn one(text: &str, mode: Mode, code: &str) -> Diagnostic {
    let mut found = read(text, &[mode]).diagnostics;
    found.retain(|found| found.code == code);
    assert_eq!(found.len(), 1, "{code} in {text}");
    found.remove(0)
}

/// A block with these lists.
pub(super) fn block(registrars: &[&str], verifiers: &[&str]) -> String {
    format!("[[servers]]\nregistrars = {registrars:?}\nverifiers = {verifiers:?}\n")
}

/// Blocks of one registrar and one verifier each.
pub(super) fn blocks(count: usize) -> String {
    (1..=count).map(|number| block(&[&format!("reg{number}")], &[&format!("ver{number}")])).collect()
}
