//! An examination for programs: the JSON of `limescope policy verify`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use super::evidence::EvidenceReport;
use super::{Examination, Placed};
use crate::policy::Severity;
use crate::policy::document::Policy;
use crate::policy::document::metadata::CheckKind;
use crate::policy::evidence::Outcome;
use crate::text::sanitise;

/// Paths of one digest that are listed at most.
const MAX_PATHS: usize = 1000;

/// The whole object.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The name that the text was given under.
    pub file: String,
    /// SHA-256 of the whole text, in hex.
    pub sha256: String,
    /// The shape.
    pub format: &'static str,
    /// The signature's verdict.
    pub signature: &'static str,
    /// The policy's verdict.
    pub policy: &'static str,
    /// Codes of the warnings, each once.
    pub warnings: Vec<&'static str>,
    /// The errors.
    pub errors: Vec<Fault>,
    /// Every signature.
    pub signers: Vec<SignerReport>,
    /// What today's verifier does.
    pub verifier: VerifierReport,
    /// How large the policy is.
    pub counts: Counts,
    /// What is demanded of which digests.
    pub metadata: Vec<MetadataReport>,
    /// What the checks were judged with; not written where no evidence was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceReport>,
}

/// An error with its place.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    /// A stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column in characters, from 1.
    pub column: Option<usize>,
}

/// One signature.
#[derive(Debug, Clone, Serialize)]
pub struct SignerReport {
    /// The key id.
    pub key_id: String,
    /// The algorithm.
    pub algorithm: String,
    /// Whether a trusted key verifies it.
    pub trusted: bool,
    /// `trust-store`, `given` or `in-band`.
    pub source: &'static str,
    /// The label in the trust store.
    pub label: Option<String>,
}

/// What today's verifier does.
#[derive(Debug, Clone, Serialize)]
pub struct VerifierReport {
    /// `accepts` or `rejects`.
    pub default: &'static str,
    /// The same with `require_allow_list_signatures`.
    pub signatures_required: &'static str,
    /// Why.
    pub reason: String,
}

/// How large a policy is; all `null` where none was read.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Counts {
    /// Paths.
    pub paths: Option<usize>,
    /// Digests of all paths.
    pub digests: Option<usize>,
    /// Excludes.
    pub excludes: Option<usize>,
    /// Digests with metadata.
    pub metadata: Option<usize>,
}

/// What is demanded of one digest.
#[derive(Debug, Clone, Serialize)]
pub struct MetadataReport {
    /// The digest.
    pub digest: String,
    /// The paths that have it, a thousand at most.
    pub paths: Vec<String>,
    /// Its checks.
    pub checks: Vec<CheckReport>,
}

/// One check.
#[derive(Debug, Clone, Serialize)]
pub struct CheckReport {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: serde_json::Value,
    /// `passed`, `failed` or `not-evaluated`.
    pub status: &'static str,
    /// Why.
    pub reason: Cow<'static, str>,
}

impl Report {
    /// Puts in what came of the checks, in the order of the policy's metadata.
    pub fn judged(&mut self, outcomes: &[Outcome]) {
        for (entry, outcome) in self.metadata.iter_mut().zip(outcomes) {
            for (check, outcome) in entry.checks.iter_mut().zip(&outcome.checks) {
                check.status = outcome.status.word();
                check.reason = outcome.reason.clone().into();
            }
        }
    }

    /// The report of a text that was given under this name; of its metadata
    /// `limit` digests at most.
    #[must_use]
    pub fn of(file: &str, examination: &Examination, limit: usize) -> Self {
        let codes: BTreeSet<_> =
            examination.of_severity(Severity::Warning).map(|placed| placed.finding.code).collect();
        let verifier = examination.verifier.as_ref();
        Self {
            file: sanitise(file).into_string(),
            sha256: examination.sha256.to_string(),
            format: examination.format.word(),
            signature: examination.signature.word(),
            policy: examination.policy.word(),
            warnings: codes.into_iter().collect(),
            errors: examination.of_severity(Severity::Error).map(fault).collect(),
            signers: examination
                .signers
                .iter()
                .map(|signer| SignerReport {
                    key_id: signer.key_id.to_string(),
                    algorithm: signer.algorithm.clone(),
                    trusted: signer.trusted,
                    source: signer.source.word(),
                    label: signer.label.as_ref().map(ToString::to_string),
                })
                .collect(),
            verifier: VerifierReport {
                default: verifier.map_or("rejects", |verifier| verifier.default.word()),
                signatures_required: verifier
                    .map_or("rejects", |verifier| verifier.signatures_required.word()),
                reason: verifier.map(super::super::verifier::Prediction::reason).unwrap_or_default(),
            },
            counts: examination.document.as_ref().map(counts).unwrap_or_default(),
            metadata: examination.document.as_ref().map(|policy| metadata(policy, limit)).unwrap_or_default(),
            evidence: None,
        }
    }
}

impl Report {
    /// The JSON text. Values of checks are given as they are, so what a
    /// terminal would obey or not show is escaped: the same value to a program.
    #[must_use]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        if text.is_ascii() && !text.contains('\u{7f}') {
            return text;
        }
        let mut escaped = String::with_capacity(text.len() + 64);
        let mut units = [0; 2];
        for char in text.chars() {
            // Whatever the sanitiser would not show as it is.
            if char.is_ascii() && char != '\u{7f}' || char.is_alphanumeric() {
                escaped.push(char);
            } else {
                for unit in char.encode_utf16(&mut units) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
        escaped
    }
}

fn fault(placed: &Placed) -> Fault {
    Fault {
        code: placed.finding.code,
        message: placed.finding.message.clone(),
        line: placed.place.map(|place| place.line),
        column: placed.place.map(|place| place.column),
    }
}

fn counts(policy: &Policy) -> Counts {
    Counts {
        paths: Some(policy.paths()),
        digests: Some(policy.digest_count()),
        excludes: Some(policy.excludes().len()),
        metadata: Some(policy.metadata().len()),
    }
}

fn metadata(policy: &Policy, limit: usize) -> Vec<MetadataReport> {
    let entries = policy.metadata().entries().take(limit);
    entries
        .map(|entry| {
            let digest = entry.digest();
            let paths = policy.paths_of(&digest).take(MAX_PATHS).filter_map(|number| policy.entry(number));
            MetadataReport {
                paths: paths.map(|entry| sanitise(&entry.path()).into_string()).collect(),
                checks: entry
                    .checks()
                    .iter()
                    .map(|check| CheckReport {
                        name: sanitise(&check.name.value()).into_string(),
                        value: value(&policy.slice(check.span())),
                        status: "not-evaluated",
                        reason: reason(&check.kind, digest.len()).into(),
                    })
                    .collect(),
                digest: sanitise(&digest).into_string(),
            }
        })
        .collect()
}

/// A value as JSON again. What serde_json cannot hold as it is, a number of
/// any length, is given as its text; what is hostile is escaped when it is
/// written.
fn value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_error| sanitise(text).into_string().into())
}

const fn reason(kind: &CheckKind, digits: usize) -> &'static str {
    match kind {
        CheckKind::LogProof(false) => "not demanded",
        CheckKind::Unknown => "unknown check; no verifier enforces it",
        CheckKind::Malformed => "the value is wrong",
        _ if digits == 40 => "SHA-1 cannot be evaluated; no verifier enforces it",
        _ => "no evidence was given; no verifier enforces it",
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::policy::examination::{Options, examine};
    use crate::policy::trust::Trust;

    #[test]
    fn hostile_values_stay_what_they_are_and_are_escaped() {
        let digest = "0".repeat(64);
        let text = format!(
            r#"{{"digests":{{"/\u202e\u0007":["{digest}"]}},"digest_metadata":{{"{digest}":{{"x\u001b":"\u007f\u009b\u202e\ud83d\ude00 é"}}}}}}"#
        );
        let now = Options::at("2026-11-22T00:00:00Z".parse().unwrap());
        let found = examine(text.into_bytes(), &Trust::none(), &now, &mut |_step| ControlFlow::Continue(()));
        let json = Report::of("a\u{1b}.json", &found, 9).to_json();
        assert!(!json.chars().any(|char| char.is_control() || char == '\u{202e}'), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["metadata"][0]["checks"][0]["value"], "\u{7f}\u{9b}\u{202e}\u{1f600} é");
        assert_eq!(read["file"], "a\\u{1b}.json");
        assert_eq!(read["policy"], "invalid");
        let members: Vec<_> = read.as_object().unwrap().keys().collect();
        assert_eq!(members.len(), 11, "{members:?}");
    }
}
