//! Old allow-lists as the policies that they mean, to be judged by the same
//! rules (`keylime_convert_runtime_policy`, `convert_runtime_policy.py`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::policy::envelope::Format;
use crate::policy::json::{Limits, Span, Value};
use crate::policy::{Finding, Severity};
use crate::text::{count, sanitise_to};

/// The prefix of a path that stands for a keyring.
const KEYRING: &str = "%keyring:";

/// The text of the policy that an allow-list means, and what is to be said of
/// the list; no text where the list cannot be read.
pub(super) fn policy(file: &[u8], format: Format, limits: &Limits) -> (Option<String>, Vec<Finding>) {
    let result = match format {
        Format::LegacyFlat => flat(file),
        _ => json(file, limits).map(|text| (text, Vec::new())),
    };
    match result {
        Ok((text, findings)) => (Some(text), findings),
        Err(finding) => (None, vec![*finding]),
    }
}

fn flat(file: &[u8]) -> Result<(String, Vec<Finding>), Box<Finding>> {
    let text = std::str::from_utf8(file).map_err(|fault| {
        let message = "the allow-list is not UTF-8";
        Box::new(Finding::new(Severity::Error, "not-utf8", message).at(fault.valid_up_to()))
    })?;
    let mut digests: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut keyrings: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut skipped = Vec::new();
    for line in text.lines() {
        let mut words = line.trim_start().splitn(2, char::is_whitespace);
        let digest = words.next().unwrap_or_default();
        let path = words.next().unwrap_or_default().trim_start();
        match path.strip_prefix(KEYRING) {
            _ if path.is_empty() => {
                if !digest.is_empty() {
                    skipped.push(line);
                }
            }
            Some(name) => keyrings.entry(name).or_default().push(digest),
            None => digests.entry(path).or_default().push(digest),
        }
    }
    let mut findings = Vec::new();
    if let Some(first) = skipped.first() {
        let message = format!(
            "{} without a path, which Keylime skips too; the first is {}",
            count::some(skipped.len(), "line", "lines"),
            sanitise_to(first, 60)
        );
        findings.push(Finding::new(Severity::Warning, "legacy-line-skipped", message));
    }
    let parts = Parts { digests: object(&digests), keyrings: object(&keyrings), ..Parts::default() };
    Ok((parts.text(), findings))
}

fn object(entries: &BTreeMap<&str, Vec<&str>>) -> String {
    let mut text = String::from("{");
    for (number, (name, digests)) in entries.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let digests: Vec<_> = digests.iter().map(|digest| quoted(digest)).collect();
        let _ = write!(text, "{comma}{}:[{}]", quoted(name), digests.join(","));
    }
    text.push('}');
    text
}

fn json(file: &[u8], limits: &Limits) -> Result<String, Box<Finding>> {
    let refused = |refusal: crate::policy::json::Refusal| Box::new(Finding::from(refusal));
    let mut reader = crate::policy::json::Reader::new(file, limits).map_err(refused)?;
    let mut parts = Parts::default();
    reader.next().map_err(refused)?;
    while let Some(crate::policy::json::Event::Key(name)) = reader.next().map_err(refused)? {
        let span = reader.skip().map_err(refused)?;
        let raw = || String::from_utf8_lossy(span.of(file)).into_owned();
        match name.value().as_ref() {
            "hashes" => parts.digests = raw(),
            "keyrings" => parts.keyrings = raw(),
            "ima-buf" => parts.buffers = raw(),
            "release" => parts.release = raw(),
            "ima" => parts.ima = ima(file, span, limits).unwrap_or_else(raw),
            "digest_metadata" => parts.metadata = Some(raw()),
            _ => {}
        }
    }
    Ok(parts.text())
}

/// `ima` with the members that old lists did not have.
fn ima(file: &[u8], span: Span, limits: &Limits) -> Option<String> {
    let text = span.of(file);
    let value = Value::read(text, limits).ok()?;
    let mut members: Vec<String> = Vec::new();
    for member in value.members()? {
        let whole = Span::new(member.name.offset, member.value.span.end());
        members.push(String::from_utf8_lossy(whole.of(text)).into_owned());
    }
    for (name, usual) in [("ignored_keyrings", "[]"), ("log_hash_alg", "\"sha1\""), ("dm_policy", "null")] {
        if value.get(name).is_none() {
            members.push(format!("\"{name}\":{usual}"));
        }
    }
    Some(format!("{{{}}}", members.join(",")))
}

struct Parts {
    digests: String,
    keyrings: String,
    buffers: String,
    ima: String,
    release: String,
    metadata: Option<String>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            digests: "{}".to_owned(),
            keyrings: "{}".to_owned(),
            buffers: "{}".to_owned(),
            ima: r#"{"ignored_keyrings":[],"log_hash_alg":"sha1","dm_policy":null}"#.to_owned(),
            release: "0".to_owned(),
            metadata: None,
        }
    }
}

impl Parts {
    fn text(&self) -> String {
        let metadata =
            self.metadata.as_ref().map(|text| format!(",\"digest_metadata\":{text}")).unwrap_or_default();
        format!(
            "{{\"meta\":{{\"version\":1,\"generator\":3}},\"release\":{},\"digests\":{},\"excludes\":[],\
             \"keyrings\":{},\"ima\":{},\"ima-buf\":{},\"verification-keys\":\"\"{metadata}}}",
            self.release, self.digests, self.keyrings, self.ima, self.buffers
        )
    }
}
