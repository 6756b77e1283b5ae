//! The explanation of a verdict as a report: JSON that a reviewer can keep and
//! check, with its own SHA-256.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::digest::{hex, sha256};
use super::judge::{Examination, Judge};
use super::outcome::{BundleName, Outcome, Status};
use super::sigstore::LIBRARY;
use super::step::Step;

/// A report and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// JSON in printable ASCII and newlines: everything else in it is escaped,
    /// so that it can be shown anywhere as it is.
    pub text: String,
    /// SHA-256 of that text, in hexadecimal digits.
    pub sha256: String,
}

/// Makes the report of one digest. `paths` are the paths of the policy that
/// the digest stands for.
#[must_use]
pub fn report(
    judge: &Judge<'_>,
    outcome: &Outcome,
    examinations: &[Examination],
    paths: &[String],
) -> Report {
    let root = judge.root();
    let value = json!({
        "report": "limescope evidence 1",
        "digest": outcome.digest,
        "paths": paths,
        "status": outcome.status().map(Status::word),
        "judged_at": judge.at().to_string(),
        "judged_with": LIBRARY,
        "trusted_root": {
            "sha256": root.sha256(),
            "instance": root.instance().raw(),
            "organisation": root.organisation().raw(),
            "logs": root.log_count(),
            "newest_key": root.newest_key().map(|time: Timestamp| time.to_string()),
        },
        "bundle": outcome.bundle.as_ref().map(bundle),
        "candidates": outcome.candidates,
        "checks": outcome.checks_json(),
        "bundles": examinations.iter().map(examination).collect::<Vec<_>>(),
    });
    let mut text = ascii(&serde_json::to_string_pretty(&value).unwrap_or_default());
    text.push('\n');
    Report { sha256: hex(&sha256(text.as_bytes())), text }
}

fn bundle(bundle: &BundleName) -> Value {
    json!({ "name": bundle.name, "sha256": bundle.sha256 })
}

fn examination(examination: &Examination) -> Value {
    json!({
        "bundle": bundle(&examination.bundle),
        "steps": examination.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    let facts: Map<_, _> = step.facts.iter().map(|fact| (fact.name.to_owned(), fact.value.clone())).collect();
    json!({
        "step": step.code,
        "title": step.title,
        "result": step.result.word(),
        "said": step.said,
        "values": facts,
    })
}

/// JSON with everything but printable ASCII escaped. Outside of strings JSON
/// is ASCII anyway.
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, ' '..='~' | '\n') {
            plain.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                plain.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_json_says_the_same() {
        let value = json!({ "a\u{202e}": "\u{1b}[31m\u{9b}\u{1f600}\u{7f}\n“x”" });
        let text = ascii(&serde_json::to_string(&value).unwrap());
        assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
