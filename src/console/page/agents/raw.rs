//! A verifier's record as JSON, made again from what we hold of it. The payload
//! share `v` is in no record that we hold, so it cannot be here.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::keylime::AgentRecord;
use crate::text::RemoteText;

/// Characters of one text at most; whoever sends more is told so.
const LIMIT: usize = 20_000;

/// The record as lines of JSON in nothing but printable ASCII: safe on a screen
/// and still JSON.
pub fn lines(record: &AgentRecord) -> Vec<String> {
    pretty(&value(record))
}

/// Any value as lines of JSON in nothing but printable ASCII.
pub(in crate::console) fn pretty(value: &Value) -> Vec<String> {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    pretty.lines().map(ascii).collect()
}

/// Keylime's own names. Fields that it did not send read null.
pub(in crate::console) fn value(record: &AgentRecord) -> Value {
    json!({
        "operational_state": record.operational_state,
        "attestation_status": text(record.attestation_status.as_ref()),
        "attestation_count": record.attestation_count,
        "last_successful_attestation": record.last_successful_attestation,
        "last_received_quote": record.last_received_quote,
        "attestation_period": text(record.settings.attestation_period.as_ref()),
        "maximum_attestation_interval": text(record.settings.maximum_attestation_interval.as_ref()),
        "last_event_id": text(record.last_event_id.as_ref()),
        "severity_level": record.severity_level,
        "ip": text(record.ip.as_ref()),
        "port": record.port,
        "tpm_policy": text(record.settings.tpm_policy.as_ref()),
        "has_runtime_policy": record.settings.has_runtime_policy,
        "has_mb_refstate": record.settings.has_measured_boot_policy,
        "accept_tpm_hash_algs": list(record.settings.accepted_hash_algorithms.as_ref()),
        "accept_tpm_encryption_algs": list(record.settings.accepted_encryption_algorithms.as_ref()),
        "accept_tpm_signing_algs": list(record.settings.accepted_signing_algorithms.as_ref()),
        "hash_alg": text(record.settings.hash_algorithm.as_ref()),
        "enc_alg": text(record.settings.encryption_algorithm.as_ref()),
        "sign_alg": text(record.settings.signing_algorithm.as_ref()),
        "verifier_id": text(record.settings.verifier_id.as_ref()),
        "verifier_ip": text(record.settings.verifier_ip.as_ref()),
        "verifier_port": record.settings.verifier_port,
        "meta_data": text(record.settings.meta_data.as_ref()),
    })
}

fn text(text: Option<&RemoteText>) -> Value {
    let Some(text) = text.map(RemoteText::raw) else { return Value::Null };
    match text.char_indices().nth(LIMIT) {
        None => text.into(),
        Some((end, _)) => {
            let (kept, left) = text.split_at_checked(end).unwrap_or((text, ""));
            format!("{kept}... ({} characters more)", left.chars().count()).into()
        }
    }
}

/// The record holds them joined.
fn list(joined: Option<&RemoteText>) -> Value {
    match joined.map(RemoteText::raw) {
        None => Value::Null,
        Some("") => json!([]),
        Some(joined) => joined.split(", ").collect(),
    }
}

/// JSON's own escapes for whatever is not printable ASCII.
fn ascii(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for character in line.chars() {
        if matches!(character, ' '..='~') {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// A line in pieces of so many columns; its indentation stays.
pub(super) fn pieces(line: &str, columns: usize) -> Vec<String> {
    let characters: Vec<_> = line.chars().collect();
    characters.chunks(columns.max(1)).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keylime::AgentSettings;

    #[test]
    fn hostile_texts_stay_json_and_become_plain() {
        let hostile = "\u{202e}\u{1b}[2J\"東😀\u{7f}\n";
        let settings = AgentSettings {
            meta_data: Some(hostile.into()),
            accepted_hash_algorithms: Some("sha1, sha256".into()),
            ..AgentSettings::default()
        };
        let record = AgentRecord { settings: settings.into(), ..AgentRecord::default() };
        let lines = lines(&record);
        assert!(lines.iter().all(|line| line.chars().all(|one| matches!(one, ' '..='~'))), "{lines:?}");
        let read: Value = serde_json::from_str(&lines.join("\n")).unwrap();
        assert_eq!(read["meta_data"], hostile);
        assert_eq!(read["accept_tpm_hash_algs"], json!(["sha1", "sha256"]));
        assert_eq!(read["operational_state"], Value::Null);
        assert!(read.get("v").is_none());
    }

    #[test]
    fn what_is_too_long_says_so() {
        let settings =
            AgentSettings { meta_data: Some("é".repeat(LIMIT + 7).into()), ..AgentSettings::default() };
        let record = AgentRecord { settings: settings.into(), ..AgentRecord::default() };
        assert!(lines(&record).concat().contains("... (7 characters more)"));
    }
}
