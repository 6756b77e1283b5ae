//! The whole text: what stands where.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::servers::fault::quoted;
use crate::servers::syntax::{self, SyntaxFault};
use crate::text::nearest::nearest;

use super::diagnostic::{Edit, Fix};
use super::findings::{Finding, Findings, MAX_KEPT};
use super::model::{Block, Document, Duplication, Mode, Origin};
use super::names::{
    AGENT, AGENT_KEYS, CONSOLE_BLOCK, CONSOLE_ROOT, CONSOLE_TLS, DUPLICATION, LEGACY_KEYS, SERVERS,
};
use super::place::Layout;
use super::values::{Key, Value, integer, type_words};
use super::{MAX_ADDRESSES, MAX_BLOCKS, MAX_BYTES, across, block, fixes, judge, legacy};

/// Reads a text and judges it in each of these modes; in both of an agent's
/// where none is given. [`Mode::Console`] reads `limescope.toml` and stands
/// alone. What `limescope.toml` holds beside its blocks is not judged here.
pub fn read(text: &str, modes: &[Mode]) -> Document {
    read_keeping(text, modes, MAX_KEPT)
}

/// As [`read`], with more findings than anybody would look at: for a machine
/// that is to put them right.
pub(crate) fn read_closely(text: &str, modes: &[Mode]) -> Document {
    read_keeping(text, modes, 8 * MAX_ADDRESSES)
}

fn read_keeping(text: &str, modes: &[Mode], kept: usize) -> Document {
    let modes = match modes {
        modes if modes.contains(&Mode::Console) => vec![Mode::Console],
        [] => vec![Mode::Pull, Mode::Push],
        modes => modes.to_vec(),
    };
    // Editors hide the mark and count without it.
    let source = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - source.len();
    let mut findings = Findings::new(&modes, kept);
    let mut parts = Parts::default();
    let mut broken = false;
    if text.len() > MAX_BYTES {
        let message = format!("the text has {} bytes; at most {MAX_BYTES} are read", text.len());
        findings.push(Finding::error("too-large", 0..0, message).hint("is this the right file?"));
    } else {
        let parsed = syntax::parse(source);
        broken = !parsed.faults.is_empty();
        for SyntaxFault { span, message, hint } in parsed.faults {
            findings.push(Finding::error("syntax", span, message).maybe_hint(hint));
        }
        findings.mute_lines_of_errors(source);
        if let Some(table) = parsed.table {
            let layout = Layout::new(source, &table);
            let mut reader = Reader {
                layout,
                findings,
                console: modes == [Mode::Console],
                broken,
                addresses: 0,
                said_too_many: false,
            };
            parts = reader.root(&table);
            findings = reader.findings;
        }
    }
    let Parts { origin, mut blocks, duplication } = parts;
    across::find(&mut findings, &modes, source, &blocks, duplication.requested.unwrap_or(1));
    let readings = judge::judge(&mut findings, &modes, origin, &blocks, &duplication);
    let (mut diagnostics, omitted) = findings.finish(source, shift);
    if broken {
        // What a text means that is no TOML is a guess: too little to change it.
        diagnostics.iter_mut().for_each(|found| found.fix = None);
    }
    for block in &mut blocks {
        block.shift(shift);
    }
    let span = duplication.span.map(|span| span.start + shift..span.end + shift);
    let duplication = Duplication { span, ..duplication };
    Document { modes, origin, blocks, duplication, diagnostics, omitted, readings, broken }
}

struct Parts {
    origin: Origin,
    blocks: Vec<Block>,
    duplication: Duplication,
}

impl Default for Parts {
    fn default() -> Self {
        let duplication = Duplication { requested: Some(1), span: None };
        Self { origin: Origin::Nothing, blocks: Vec::new(), duplication }
    }
}

/// What the parts of the text are read with.
pub(super) struct Reader<'s> {
    pub(super) layout: Layout<'s>,
    pub(super) findings: Findings,
    console: bool,
    broken: bool,
    /// Addresses read so far.
    addresses: usize,
    /// Whether it was said that there are too many in all.
    said_too_many: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn source(&self) -> &'s str {
        self.layout.source()
    }

    pub(super) fn is_console(&self) -> bool {
        self.console
    }

    /// How many entries the next list may have.
    pub(super) fn addresses_left(&self) -> usize {
        if self.console { MAX_ADDRESSES } else { MAX_ADDRESSES.saturating_sub(self.addresses) }
    }

    /// Whether too many addresses are yet to be reported: once for an agent's
    /// configuration, where all count together.
    pub(super) fn is_first_excess(&mut self) -> bool {
        !std::mem::replace(&mut self.said_too_many, true) || self.console
    }

    pub(super) fn count_addresses(&mut self, count: usize) {
        self.addresses += count;
    }

    /// The fix that moves a key out of a block to where it belongs.
    pub(super) fn move_out(&self, key: &Key<'_>, value: &Value<'_>, holds: &Holds<'_, '_>) -> Option<Fix> {
        if holds.root.contains_key(AGENT) && self.layout.agent().is_none() {
            // It is there without a header, and may not get one.
            return None;
        }
        let holds = holds.key(key.get_ref());
        fixes::move_out(&self.layout, key.get_ref(), (&key.span(), &value.span()), self.console, holds)
    }

    fn root(&mut self, table: &DeTable<'_>) -> Parts {
        if self.console { self.console_root(table) } else { self.agent_root(table) }
    }

    fn agent_root(&mut self, table: &DeTable<'_>) -> Parts {
        let agent = table.get_key_value(AGENT).and_then(|(_, value)| match value.get_ref() {
            DeValue::Table(agent) => Some(agent),
            other => {
                let message = format!("{AGENT} must be a table, not {}", type_words(other));
                let finding = Finding::error("wrong-type", value.span(), message);
                self.findings.push(finding.hint("write [agent], once, with single brackets"));
                None
            }
        });
        let holds = Holds { root: table, agent };
        self.agent_names(table, agent);
        let root = table.get_key_value(SERVERS);
        let below = agent.and_then(|agent| agent.get_key_value(SERVERS));
        if let (Some((first, _)), Some((second, _))) = (root, below) {
            let message = format!(
                "{SERVERS} is given at the root (line {}) and under [{AGENT}]: which one an agent takes is not defined",
                self.layout.line_number(first.span().start)
            );
            self.findings.push(
                Finding::error("servers-twice", second.span(), message).hint("keep the one at the root"),
            );
        }
        let duplication = self.duplications(table, agent);
        let legacy: Vec<_> = agent
            .into_iter()
            .flatten()
            .filter(|(key, _)| LEGACY_KEYS.contains(&key.get_ref().as_ref()))
            .collect();
        let (origin, blocks) = match (root, below) {
            (Some((key, value)), _) => (Origin::Root, self.servers(key, value, &holds)),
            (None, Some((key, value))) => (Origin::Agent, self.servers(key, value, &holds)),
            (None, None) if self.broken => (Origin::Nothing, Vec::new()),
            (None, None) => legacy::block(self, &legacy),
        };
        let from_servers = matches!(origin, Origin::Root | Origin::Agent);
        let mut legacy = legacy;
        legacy.sort_by_key(|(key, _)| key.span().start);
        if let (true, Some((first, _))) = (from_servers, legacy.first()) {
            let names: Vec<_> = legacy.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
            let message = format!("both {SERVERS} and {} are given; [[{SERVERS}]] wins", names.join(", "));
            let hint = "an agent that knows no [[servers]] yet uses the others: keep them the same as block 1, or remove them";
            self.findings.push(Finding::warning("legacy-and-servers", first.span(), message).hint(hint));
        }
        Parts { origin, blocks, duplication }
    }

    /// Names at the root and under `[agent]` that look like ours but are not.
    fn agent_names(&mut self, table: &DeTable<'_>, agent: Option<&DeTable<'_>>) {
        for (key, value) in table {
            let name: &str = key.get_ref().as_ref();
            if [SERVERS, DUPLICATION, AGENT].contains(&name) {
                continue;
            }
            if AGENT_KEYS.contains(&name) {
                let message = format!("{} does nothing outside [{AGENT}]", quoted(name));
                let hint = "move it below the line [agent]";
                self.findings.push(Finding::warning("key-outside-agent", key.span(), message).hint(hint));
            } else {
                self.misspelt(table, key, value, &[SERVERS, DUPLICATION, AGENT], "the root");
            }
        }
        for (key, value) in agent.into_iter().flatten() {
            let name: &str = key.get_ref().as_ref();
            if ![SERVERS, DUPLICATION].contains(&name) && !AGENT_KEYS.contains(&name) {
                let ours: Vec<&str> = [SERVERS, DUPLICATION].into_iter().chain(LEGACY_KEYS).collect();
                self.misspelt(agent.unwrap_or(table), key, value, &ours, "[agent]");
            }
        }
    }

    /// Warns of a key of an agent's configuration that is nearly one of
    /// `right`. Any other unknown key is not ours to judge.
    fn misspelt(
        &mut self,
        table: &DeTable<'_>,
        key: &Key<'_>,
        value: &Value<'_>,
        right: &[&str],
        home: &str,
    ) {
        let name: &str = key.get_ref().as_ref();
        let Some(near) = nearest(name, right.iter().copied()) else { return };
        let case = name.eq_ignore_ascii_case(near);
        let code = if case { "wrong-case" } else { "unknown-key" };
        let message = if case {
            format!(
                "{} at {home} is not {near}: names in TOML are case-sensitive, so an agent ignores it",
                quoted(name)
            )
        } else {
            format!("unknown key {} at {home}: an agent ignores it", quoted(name))
        };
        let fix = (!table.contains_key(near)).then(|| self.rename_all(key, value, near)).flatten();
        let finding = Finding::warning(code, key.span(), message).hint(format!("did you mean {near}?"));
        self.findings.push(finding.fix(fix));
    }

    /// Renames a key, in all headers of an array of tables.
    fn rename_all(&self, key: &Key<'_>, value: &Value<'_>, new: &str) -> Option<Fix> {
        let old: &str = key.get_ref().as_ref();
        let mut fix = fixes::rename(self.source(), &key.span(), old, new)?;
        let mut headers = Vec::new();
        headers_of(self.source(), value, &mut headers);
        if !headers.is_empty() {
            headers.sort_by_key(|header| header.start);
            headers.dedup();
            fix.edits.clear();
            for header in headers {
                let at = header.start + self.source().get(header)?.find(old)?;
                fix.edits.push(Edit { range: at..at + old.len(), text: new.to_owned() });
            }
        }
        Some(fix)
    }

    fn duplications(&mut self, root: &DeTable<'_>, agent: Option<&DeTable<'_>>) -> Duplication {
        let first = root.get_key_value(DUPLICATION);
        let second = agent.and_then(|agent| agent.get_key_value(DUPLICATION));
        if let (Some((key, one)), Some((below, other))) = (first, second) {
            let line = self.layout.line_number(key.span().start);
            let same = match (one.get_ref(), other.get_ref()) {
                (DeValue::Integer(one), DeValue::Integer(other)) => integer(one) == integer(other),
                _ => false,
            };
            let finding = if same {
                let message = format!("{DUPLICATION} is given at the root (line {line}) and under [{AGENT}]");
                Finding::warning("duplication-twice", below.span(), message)
            } else {
                let message = format!(
                    "{DUPLICATION} is given at the root (line {line}) and under [{AGENT}], with different values"
                );
                Finding::error("duplication-twice", below.span(), message)
            };
            let fix = fixes::remove_key(&self.layout, &below.span(), &other.span());
            self.findings.push(finding.hint("keep one of the two").fix(fix));
        }
        match first.or(second) {
            Some((_, value)) => self.duplication(value),
            None => Parts::default().duplication,
        }
    }

    fn duplication(&mut self, value: &Value<'_>) -> Duplication {
        let span = value.span();
        let requested = match value.get_ref() {
            DeValue::Integer(written) => {
                let number = integer(written);
                if number.is_none() {
                    let message = format!(
                        "{DUPLICATION} is {}, which no number in TOML can be: it has 64 bits",
                        quoted(&written.to_string()).trim_matches('"')
                    );
                    let hint = "write the number of blocks that are to verify the agent";
                    self.findings.push(Finding::error("duplication", span.clone(), message).hint(hint));
                }
                number
            }
            other => {
                let message = format!("{DUPLICATION} must be a whole number, not {}", type_words(other));
                let plain = match other {
                    DeValue::String(text) => text.parse::<u32>().ok(),
                    DeValue::Float(float) => {
                        float.as_str().strip_suffix(".0").and_then(|text| text.parse().ok())
                    }
                    _ => None,
                };
                let fix =
                    plain.map(|number| Fix::one(format!("write {number}"), span.clone(), number.to_string()));
                self.findings.push(Finding::error("wrong-type", span.clone(), message).fix(fix));
                None
            }
        };
        Duplication { requested, span: Some(span) }
    }

    fn servers(&mut self, key: &Key<'_>, value: &Value<'_>, holds: &Holds<'_, '_>) -> Vec<Block> {
        let list = match value.get_ref() {
            DeValue::Array(list) => list,
            DeValue::Table(table) => {
                let written = self.source().get(value.span()).unwrap_or_default();
                let message = format!("{SERVERS} is a single table, but there may be several blocks");
                let finding = Finding::error("single-brackets", value.span(), message);
                let mut below = Vec::new();
                table.values().for_each(|value| headers_of(self.source(), value, &mut below));
                // A header of an array cannot follow one of a table within it.
                let late = below.iter().any(|header| header.start < value.span().start);
                let (hint, fix) = if late {
                    (format!("write [[{SERVERS}]] above [{SERVERS}.…]"), None)
                } else if written.starts_with('[') {
                    let text = format!("[{written}]");
                    (
                        format!("write [[{SERVERS}]], with double brackets"),
                        Some(Fix::one("write double brackets", value.span(), text)),
                    )
                } else if written.starts_with('{') {
                    (
                        "put brackets around it: [ {…} ]".to_owned(),
                        Some(Fix::one("put brackets around it", value.span(), format!("[{written}]"))),
                    )
                } else {
                    (format!("write a block [[{SERVERS}]] with these keys"), None)
                };
                self.findings.push(finding.hint(hint).fix(fix));
                return vec![block::read(self, table, value.span(), 1, holds)];
            }
            other => {
                let message = format!("{SERVERS} must be a list of tables, not {}", type_words(other));
                let finding = Finding::error("wrong-type", value.span(), message);
                self.findings
                    .push(finding.hint(format!("write a block [[{SERVERS}]] with registrars = [\"…\"]")));
                return Vec::new();
            }
        };
        if list.is_empty() {
            let message = format!("{SERVERS} is an empty list: there is no server to use");
            self.findings.push(
                Finding::error("no-servers", key.span(), message).hint(format!("add a [[{SERVERS}]] block")),
            );
        }
        if list.len() > MAX_BLOCKS {
            let message = format!("{} blocks; at most {MAX_BLOCKS} are read", list.len());
            let place = list.get(MAX_BLOCKS).map_or(value.span(), |item| item.span());
            self.findings
                .push(Finding::error("too-many-blocks", place, message).hint("is this the right file?"));
        }
        let mut blocks = Vec::new();
        for (position, item) in list.iter().enumerate().take(MAX_BLOCKS) {
            let index = position + 1;
            match item.get_ref() {
                DeValue::Table(table) => blocks.push(block::read(self, table, item.span(), index, holds)),
                other => {
                    let message =
                        format!("{SERVERS} entry {index} must be a table, not {}", type_words(other));
                    let finding = Finding::error("wrong-type", item.span(), message);
                    self.findings.push(finding.hint("write { registrars = [\"…\"] }"));
                }
            }
        }
        blocks
    }

    fn console_root(&mut self, table: &DeTable<'_>) -> Parts {
        let holds = Holds { root: table, agent: None };
        for (key, value) in table {
            let name: &str = key.get_ref().as_ref();
            if CONSOLE_ROOT.contains(&name) {
                continue;
            }
            if CONSOLE_BLOCK.contains(&name) || CONSOLE_TLS.contains(&name) {
                let message = format!("{} has no meaning at the root of the file", quoted(name));
                let hint = format!("it belongs into a block: write [[{SERVERS}]] above it");
                self.findings.push(Finding::error("key-in-wrong-table", key.span(), message).hint(hint));
                continue;
            }
            let near = nearest(name, CONSOLE_ROOT.iter().copied());
            let fix = near
                .filter(|near| !table.contains_key(*near))
                .and_then(|near| self.rename_all(key, value, near));
            let hint = match near {
                Some(near) => format!("did you mean {near}?"),
                None => format!("the root of the file knows {}", CONSOLE_ROOT.join(", ")),
            };
            let message = format!("unknown key {} at the root of the file", quoted(name));
            self.findings.push(Finding::error("unknown-key", key.span(), message).hint(hint).fix(fix));
        }
        let duplication = self.duplications(table, None);
        let Some((key, value)) = table.get_key_value(SERVERS) else {
            let meant = table.keys().any(|key| nearest(key.get_ref(), [SERVERS]).is_some());
            if !meant && !self.broken {
                let message = format!("there is no [[{SERVERS}]] block: nothing to watch");
                let hint = "add one with registrars = [\"…\"] and verifiers = [\"…\"]";
                self.findings.push(Finding::error("no-servers", 0..0, message).hint(hint));
            }
            return Parts { duplication, ..Parts::default() };
        };
        Parts { origin: Origin::Root, blocks: self.servers(key, value, &holds), duplication }
    }
}

/// The headers of a table or an array of tables, and of all below it.
fn headers_of(source: &str, value: &Value<'_>, found: &mut Vec<Range<usize>>) {
    match value.get_ref() {
        DeValue::Table(table) => {
            if source.get(value.span().start..).is_some_and(|text| text.starts_with('[')) {
                found.push(value.span());
            }
            table.values().for_each(|value| headers_of(source, value, found));
        }
        DeValue::Array(items) => {
            items
                .iter()
                .filter(|item| item.get_ref().is_table())
                .for_each(|item| headers_of(source, item, found));
        }
        _ => {}
    }
}

/// The tables that a key of a block may have been meant for.
pub(super) struct Holds<'t, 'i> {
    root: &'t DeTable<'i>,
    agent: Option<&'t DeTable<'i>>,
}

impl Holds<'_, '_> {
    /// Whether the root, and `[agent]`, hold this key already.
    fn key(&self, name: &str) -> [bool; 2] {
        [self.root.contains_key(name), self.agent.is_some_and(|agent| agent.contains_key(name))]
    }
}
