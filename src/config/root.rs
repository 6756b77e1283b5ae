//! The whole file.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use crate::servers::document::CONSOLE_ROOT;
use crate::servers::syntax::{self, Parsed, SyntaxFault};
use crate::text::nearest::nearest;

use super::MAX_BYTES;
use super::across;
use super::block::{self, Block};
use super::diagnostic::{ConfigErrors, Diagnostic};
use super::findings::Findings;
use super::model::{Anchor, Config, TlsConfig};
use super::names::{Table, unknown_key};
use super::paths::Base;
use super::values::{Key, Value, quoted};

/// Blocks at most.
const MAX_BLOCKS: usize = 1_024;

/// Reads a configuration. `origin` is the file's name: it stands in messages,
/// and relative paths resolve against its folder. `home` is what `~/` means.
///
/// # Errors
/// Every fault that can be found in one pass; warnings stand beside them. Where
/// there is none, the warnings and remarks come with the configuration.
pub fn parse(
    text: &str,
    origin: &Path,
    home: Option<&Path>,
) -> Result<(Config, Vec<Diagnostic>), ConfigErrors> {
    // Editors hide the mark and count without it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut findings = Findings::new(text);
    if text.len() as u64 > MAX_BYTES {
        findings.missing(
            "too-large",
            format!("the configuration has {} bytes; at most {MAX_BYTES} are read", text.len()),
            "is this the right file?".to_owned(),
        );
        return Err(findings.into_errors(origin));
    }
    let base = Base { folder: origin.parent().unwrap_or(Path::new("")), home };
    let parsed = syntax::parse(text);
    let config = match parsed.table {
        Some(table) if parsed.faults.is_empty() => root(&mut findings, &table, base),
        table => {
            syntax(&mut findings, Parsed { table, faults: parsed.faults }, base);
            Config::with_groups(Vec::new())
        }
    };
    if findings.has_errors() {
        return Err(findings.into_errors(origin));
    }
    Ok((config, findings.finish().0))
}

/// The TLS settings of one block, from 0, as far as they can be read: whatever
/// else is wrong with the text does not matter, and what cannot be read counts
/// as not written. `origin` and `home` as in [`parse`].
pub fn tls_of_block(text: &str, origin: &Path, home: Option<&Path>, block: usize) -> TlsConfig {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() as u64 > MAX_BYTES {
        return TlsConfig::default();
    }
    let base = Base { folder: origin.parent().unwrap_or(Path::new("")), home };
    let mut unheard = Findings::new(text);
    let Some(table) = syntax::parse(text).table else { return TlsConfig::default() };
    let blocks = table.get("servers").map(|value| servers(&mut unheard, value, base, None));
    let mut blocks = blocks.unwrap_or_default().into_iter();
    blocks.find(|found| found.index == block + 1).map(|found| found.into_group().tls).unwrap_or_default()
}

/// Reports the syntax errors, and what else can be said in spite of them.
fn syntax(findings: &mut Findings<'_>, parsed: Parsed<'_>, base: Base<'_>) {
    findings.set_broken();
    for SyntaxFault { span, message, hint } in parsed.faults {
        findings.error("syntax", span, message, hint);
    }
    if let Some(table) = parsed.table {
        let mut more = Findings::new(findings.source());
        root(&mut more, &table, base);
        findings.absorb(more);
    }
}

fn root(findings: &mut Findings<'_>, table: &DeTable<'_>, base: Base<'_>) -> Config {
    let mut config = Config::with_groups(Vec::new());
    let mut blocks = Vec::new();
    let mut duplication = None;
    let first_table = first_table(findings.source(), table);
    for (key, value) in table {
        let name: &str = key.get_ref().as_ref();
        match name {
            "verification_duplication" => {
                let number = findings.integer(name, value);
                duplication = number.map(|(written, number)| (written, number, value.span()));
            }
            "poll_interval_s" => {
                config.poll_interval = findings.seconds(name, value).unwrap_or(config.poll_interval);
            }
            "stale_after_s" => {
                config.stale_after = findings.seconds(name, value).unwrap_or(config.stale_after);
            }
            "read_only" => config.read_only = findings.flag(name, value).unwrap_or_default(),
            "anchor" => {
                let words = [("warn", Anchor::Warn), ("required", Anchor::Required)];
                config.anchor = findings.word(name, &words, value).unwrap_or_default();
            }
            "vendor_roots" => config.vendor_roots = base.folder(findings, name, value),
            "theme" => config.theme = theme(findings, value),
            "keys" => config.keys = keys(findings, value, first_table),
            "servers" => blocks = servers(findings, value, base, first_table),
            _ => unknown_key(findings, Table::Root, key, first_table),
        }
    }
    let meant = |key: &Key<'_>| nearest(key.get_ref(), ["servers"]).is_some();
    if !table.keys().any(meant) {
        findings.missing(
            "no-servers",
            "there is no [[servers]] block: nothing to watch".to_owned(),
            "add one with registrars = [\"…\"] and verifiers = [\"…\"]; `limescope print config` prints a sample"
                .to_owned(),
        );
    }
    if let Some((written, number, span)) = duplication {
        across::duplication(findings, &written, number, span, &blocks);
        config.verification_duplication = u32::try_from(number).unwrap_or(1);
    }
    across::names(findings, &blocks);
    across::addresses(findings, config.verification_duplication, &mut blocks);
    config.groups = blocks.into_iter().map(Block::into_group).collect();
    config
}

/// Where the first table header stands; keys of the root must stand above it.
fn first_table(source: &str, table: &DeTable<'_>) -> Option<usize> {
    let starts = table.values().filter_map(|value| match value.get_ref() {
        DeValue::Table(_) => Some(value.span().start),
        DeValue::Array(list) => {
            list.iter().find(|item| item.get_ref().is_table()).map(|item| item.span().start)
        }
        _ => None,
    });
    // An inline table has no header: what follows it is not below it.
    starts.filter(|start| source.get(*start..).is_some_and(|text| text.starts_with('['))).min()
}

fn servers(
    findings: &mut Findings<'_>,
    value: &Value<'_>,
    base: Base<'_>,
    first_table: Option<usize>,
) -> Vec<Block> {
    let list = match value.get_ref() {
        DeValue::Array(list) => list,
        DeValue::Table(table) => {
            let message = "[servers] is a single table, but there may be several blocks".to_owned();
            let hint = Some("write [[servers]], with double brackets".to_owned());
            findings.error("single-brackets", value.span(), message, hint);
            return vec![block::read(findings, table, value.span(), 1, base, first_table)];
        }
        _ => {
            findings.wrong_type("servers", "a list of tables", value);
            return Vec::new();
        }
    };
    if list.is_empty() {
        let message = "servers is an empty list: nothing to watch".to_owned();
        findings.error("no-servers", value.span(), message, Some("add a [[servers]] block".to_owned()));
    }
    if list.len() > MAX_BLOCKS {
        let message = format!("{} blocks; at most {MAX_BLOCKS} are read", list.len());
        findings.error("too-many-blocks", value.span(), message, None);
    }
    let mut blocks = Vec::new();
    for (position, item) in list.iter().enumerate().take(MAX_BLOCKS) {
        let index = position + 1;
        if let Some(table) = findings.table(&format!("servers entry {index}"), item) {
            blocks.push(block::read(findings, table, item.span(), index, base, first_table));
        }
    }
    blocks
}

fn theme(findings: &mut Findings<'_>, value: &Value<'_>) -> Option<String> {
    let text = findings.string("theme", value)?;
    if text.trim().is_empty() {
        let hint = Some("write a theme's name, or remove the key".to_owned());
        findings.error("empty-name", value.span(), "theme is empty".to_owned(), hint);
        return None;
    }
    Some(text.to_owned())
}

fn keys(
    findings: &mut Findings<'_>,
    value: &Value<'_>,
    first_table: Option<usize>,
) -> BTreeMap<String, Vec<String>> {
    let mut keys = BTreeMap::new();
    let Some(table) = findings.table("keys", value) else { return keys };
    for (command, value) in table {
        let name: &str = command.get_ref().as_ref();
        if CONSOLE_ROOT.contains(&name) {
            unknown_key(findings, Table::Keys, command, first_table);
            continue;
        }
        let what = format!("the key of command {}", quoted(name));
        let written = match value.get_ref() {
            DeValue::Array(list) => list
                .iter()
                .filter_map(|item| findings.string(&format!("each key of command {}", quoted(name)), item))
                .map(str::to_owned)
                .collect(),
            _ => findings.string(&what, value).map(str::to_owned).into_iter().collect(),
        };
        keys.insert(name.to_owned(), written);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{HostnameCheck, KeySource};

    #[test]
    fn the_tls_settings_of_a_block_are_read_whatever_else_is_wrong() {
        let text = "verification_duplication = 9\n[[servers]]\nregistrars = [\"a b\"]\n[[servers]]\nverifiers = \"v\"\n\
                    [servers.tls]\nca = \"ca.crt\"\ncert = \"~/c.pem\"\nkey = 7\nhostname = \"chain-only\"\nodd = 1\n";
        assert!(parse(text, Path::new("/etc/x.toml"), None).is_err());
        let read = |block| tls_of_block(text, Path::new("/etc/x.toml"), Some(Path::new("/home/o")), block);
        let tls = read(1);
        assert_eq!(tls.ca.as_deref(), Some(Path::new("/etc/ca.crt")));
        assert_eq!(tls.cert.as_deref(), Some(Path::new("/home/o/c.pem")));
        assert_eq!((&tls.key, tls.hostname), (&None::<KeySource>, HostnameCheck::ChainOnly));
        assert_eq!(read(0), TlsConfig::default());
        assert_eq!(read(2), TlsConfig::default());
    }
}
