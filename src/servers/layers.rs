//! Which of an agent's files a value comes from (rust-keylime
//! `config/file_config.rs`, `config/base.rs`, `config/env.rs`).
//!
//! Built-in defaults, then files in a fixed order ([`FOLDERS`]), then the
//! environment. Tables merge key by key; a scalar and a list are replaced
//! whole by the later file. Nothing is read here: the caller brings the texts.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::text::{nearest::nearest, sanitise_to};

use super::conceal::promises_secret;
use super::document::{AGENT_KEYS, DUPLICATION, LEGACY_KEYS, SERVERS};
use super::fault::{Severity, quoted};
use super::mask::mask_userinfo;
use super::syntax;

/// Folders with `agent.conf` and `agent.conf.d`, the first read first, so that
/// the host's win over the distribution's.
pub const FOLDERS: [&str; 2] = ["/usr/etc/keylime", "/etc/keylime"];

/// The variable that names the one file to read instead of all others.
pub const ONLY_FILE: &str = "KEYLIME_AGENT_CONFIG";

/// What the variables begin with that give one key each.
pub const VARIABLES: &str = "KEYLIME_AGENT_";

/// The variable that beats `keylime_dir`.
const FOLDER_VARIABLE: &str = "KEYLIME_DIR";

/// Characters of a value that are shown at most.
const SHOWN_CHARS: usize = 80;

/// Built-in values of the keys that matter for servers.
const DEFAULTS: [(&str, &str); 26] = [
    ("registrar_ip", "\"127.0.0.1\""),
    ("registrar_port", "8890"),
    ("registrar_tls_port", "8891"),
    ("registrar_tls_enabled", "false"),
    ("registrar_tls_ca_cert", "\"default\""),
    ("registrar_api_versions", "\"default\""),
    ("verifier_url", "\"https://localhost:8881\""),
    ("verifier_tls_ca_cert", "\"default\""),
    ("tls_accept_invalid_certs", "false"),
    ("tls_accept_invalid_hostnames", "false"),
    ("attestation_interval_seconds", "60"),
    ("exponential_backoff_initial_delay", "10000"),
    ("exponential_backoff_max_retries", "5"),
    ("exponential_backoff_max_delay", "300000"),
    ("certification_keys_server_identifier", "\"ak\""),
    ("uefi_logs_evidence_version", "\"2.1\""),
    ("ip", "\"127.0.0.1\""),
    ("port", "9002"),
    ("contact_ip", "\"127.0.0.1\""),
    ("contact_port", "9002"),
    ("enable_agent_mtls", "true"),
    ("trusted_client_ca", "\"default\""),
    ("api_versions", "\"default\""),
    ("keylime_dir", "\"/var/lib/keylime\""),
    ("version", "\"2.0\""),
    (DUPLICATION, "1"),
];

/// One file, in the order of reading.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its name, fit to be shown.
    pub name: String,
    /// Whether it lies in a drop-in folder, of which every file is read.
    pub drop_in: bool,
    /// What a look at it gave.
    pub content: Content,
}

/// What a look at a file gave.
#[derive(Clone)]
pub enum Content {
    /// Its text.
    Text(String),
    /// It cannot be read, or is no UTF-8: the agent goes on without it, and
    /// says nothing. The words say why.
    Unreadable(String),
    /// The one file that was named is not there: the agent does not start.
    Missing(String),
}

/// Without the text, which may hold secrets.
impl fmt::Debug for Content {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(out, "Text({} bytes)", text.len()),
            Self::Unreadable(why) => write!(out, "Unreadable({why})"),
            Self::Missing(why) => write!(out, "Missing({why})"),
        }
    }
}

/// All that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// By key, the keys of the servers first.
    pub settings: Vec<Setting>,
    /// What is wrong or worth knowing.
    pub problems: Vec<Problem>,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key under `[agent]`, or `servers` and `verification_duplication`.
    pub key: String,
    /// The value in force.
    pub value: Given,
    /// What it overrides, the last first; the built-in value is not named.
    pub overridden: Vec<Given>,
}

/// A value and where it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// As written, fit to be shown: secrets read `***`.
    pub shown: String,
    /// Where.
    pub origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Built into the agent.
    Default,
    /// A file.
    File {
        /// Position among the layers.
        layer: usize,
        /// Line, from 1.
        line: usize,
    },
    /// An environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
}

/// Something about the layers as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `Error`: the agent does not start.
    pub severity: Severity,
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// What, and where; fit to be shown.
    pub message: String,
}

/// Merges the layers and the environment as the agent does.
pub fn effective(layers: &[Layer], environment: &[(String, String)]) -> Effective {
    let mut merge = Merge { layers, given: BTreeMap::new(), problems: Vec::new() };
    for (position, layer) in layers.iter().enumerate() {
        merge.layer(position, layer);
    }
    for (variable, value) in environment {
        merge.variable(variable, value);
    }
    merge.finish()
}

/// Whether a file of a drop-in folder was hardly meant as configuration.
pub fn is_left_over(name: &str) -> bool {
    let ends =
        [".bak", ".orig", ".old", ".rpmsave", ".rpmnew", ".dpkg-old", ".dpkg-dist", ".swp", ".tmp", "~"];
    name.starts_with('.') || name.eq_ignore_ascii_case("readme") || ends.iter().any(|end| name.ends_with(end))
}

struct Merge<'l> {
    layers: &'l [Layer],
    /// Key → all that was given, the last wins.
    given: BTreeMap<String, Vec<Given>>,
    problems: Vec<Problem>,
}

impl Merge<'_> {
    fn problem(&mut self, severity: Severity, code: &'static str, message: String) {
        self.problems.push(Problem { severity, code, message });
    }

    fn layer(&mut self, position: usize, layer: &Layer) {
        let name = &layer.name;
        let file = name.rsplit('/').next().unwrap_or_default();
        if layer.drop_in && is_left_over(file) {
            let message =
                format!("{name}: every file of the folder is read, this one too; move it elsewhere");
            self.problem(Severity::Warning, "left-over", message);
        }
        let text = match &layer.content {
            Content::Text(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Content::Unreadable(why) => {
                let message = format!("{why}; an agent goes on without it and says nothing");
                return self.problem(Severity::Warning, "unreadable", message);
            }
            Content::Missing(why) => {
                return self.problem(Severity::Error, "missing", format!("{why}; the agent does not start"));
            }
        };
        let parsed = syntax::parse(text);
        if let Some(fault) = parsed.faults.first() {
            let line = line(text, fault.span.start);
            let message = format!("{name}:{line}: {}; the agent does not start", fault.message);
            self.problem(Severity::Error, "syntax", message);
        }
        let Some(root) = parsed.table else { return };
        for key in [SERVERS, DUPLICATION] {
            if let Some((at, value)) = root.get_key_value(key) {
                self.put(position, text, key, &at.span(), value.get_ref(), value.span());
            }
        }
        let agent: Option<&DeTable<'_>> = root.get("agent").and_then(|value| value.get_ref().as_table());
        for (key, value) in agent.into_iter().flatten() {
            self.put(position, text, key.get_ref(), &key.span(), value.get_ref(), value.span());
        }
        for (key, _) in &root {
            let key: &str = key.get_ref().as_ref();
            if AGENT_KEYS.contains(&key) {
                let message = format!("{name}: {} does nothing outside [agent]", quoted(key));
                self.problem(Severity::Warning, "key-outside-agent", message);
            }
        }
    }

    fn put(
        &mut self,
        layer: usize,
        text: &str,
        key: &str,
        at: &Range<usize>,
        value: &DeValue<'_>,
        span: Range<usize>,
    ) {
        let shown = match value {
            DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                match items.len() {
                    1 => "1 block".to_owned(),
                    count => format!("{count} blocks"),
                }
            }
            DeValue::String(value) => shown(key, &format!("\"{value}\"")),
            _ => shown(key, text.get(span).unwrap_or_default()),
        };
        let origin = Origin::File { layer, line: line(text, at.start) };
        let key = sanitise_to(&mask_userinfo(key), SHOWN_CHARS).into_string();
        self.given.entry(key).or_default().push(Given { shown, origin });
    }

    fn variable(&mut self, variable: &str, value: &str) {
        let key = if variable == FOLDER_VARIABLE {
            "keylime_dir".to_owned()
        } else if let Some(key) = variable.strip_prefix(VARIABLES).filter(|_| variable != ONLY_FILE) {
            key.to_lowercase()
        } else {
            return;
        };
        if key == SERVERS {
            let message = format!("{variable}: the environment cannot hold lists; it is ignored");
            return self.problem(Severity::Warning, "list-in-environment", message);
        }
        if !AGENT_KEYS.contains(&key.as_str()) && key != DUPLICATION {
            let near = nearest(&key, AGENT_KEYS.iter().copied().chain([DUPLICATION]));
            let hint = near
                .map(|near| format!("; did you mean {VARIABLES}{}?", near.to_uppercase()))
                .unwrap_or_default();
            let message = format!("{}: no key of the agent is called so{hint}", quoted(variable));
            return self.problem(Severity::Warning, "unknown-variable", message);
        }
        // An empty value counts too.
        let given = Given {
            shown: shown(&key, &format!("\"{value}\"")),
            origin: Origin::Environment { variable: variable.to_owned() },
        };
        let all = self.given.entry(key).or_default();
        // KEYLIME_DIR beats KEYLIME_AGENT_KEYLIME_DIR, whatever their order.
        match all.last() {
            Some(Given { origin: Origin::Environment { variable: other }, .. })
                if other == FOLDER_VARIABLE =>
            {
                all.insert(all.len() - 1, given);
            }
            _ => all.push(given),
        }
    }

    fn finish(mut self) -> Effective {
        self.across();
        for (key, value) in DEFAULTS {
            self.given
                .entry(key.to_owned())
                .or_insert_with(|| vec![Given { shown: value.to_owned(), origin: Origin::Default }]);
        }
        let mut settings: Vec<_> = self
            .given
            .into_iter()
            .filter_map(|(key, mut all)| {
                let value = all.pop()?;
                all.reverse();
                Some(Setting { key, value, overridden: all })
            })
            .collect();
        let ours = |key: &str| key == SERVERS || key == DUPLICATION;
        settings.sort_by_key(|setting| {
            (!ours(&setting.key), !LEGACY_KEYS.contains(&setting.key.as_str()), setting.key.clone())
        });
        Effective { settings, problems: self.problems }
    }

    /// What only shows when all layers are seen together.
    fn across(&mut self) {
        let Some(blocks) = self.given.get(SERVERS).cloned() else { return };
        if let [earlier @ .., last] = blocks.as_slice()
            && !earlier.is_empty()
        {
            let places: Vec<_> = earlier.iter().map(|given| self.place(&given.origin)).collect();
            let message = format!(
                "{SERVERS} of {} replaces that of {} whole: lists are not merged",
                self.place(&last.origin),
                places.join(", ")
            );
            self.problem(Severity::Warning, "servers-replaced", message);
        }
        let legacy: Vec<_> =
            LEGACY_KEYS.iter().filter(|key| self.given.contains_key(**key)).copied().collect();
        if !legacy.is_empty() {
            let message = format!("both {SERVERS} and {} are given; [[{SERVERS}]] wins", legacy.join(", "));
            self.problem(Severity::Warning, "legacy-and-servers", message);
        }
    }

    fn place(&self, origin: &Origin) -> String {
        place(self.layers, origin)
    }
}

/// Where a value was given, in words.
pub fn place(layers: &[Layer], origin: &Origin) -> String {
    match origin {
        Origin::Default => "built in".to_owned(),
        Origin::File { layer, line } => match layers.get(*layer) {
            Some(layer) => format!("{}:{line}", layer.name),
            None => format!("line {line}"),
        },
        Origin::Environment { variable } => variable.clone(),
    }
}

fn shown(key: &str, value: &str) -> String {
    if promises_secret(key) && !matches!(value, "\"\"" | "''") {
        return "***".to_owned();
    }
    sanitise_to(&mask_userinfo(value), SHOWN_CHARS).into_string()
}

fn line(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests;
