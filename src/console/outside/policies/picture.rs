//! An examination as the pages show it.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::text::Read;
use super::{Means, Track, trust};
use crate::console::state::{
    FindingRow, PolicyCounts, PolicyPicture, PolicySource, PolicyText, Section, SignerRow, Tone,
    VerifierWords,
};
use crate::keylime::policies::PolicyKind;
use crate::policy::document::Policy;
use crate::policy::examination::{Examination, Options, Placed, Step, examine};
use crate::policy::exclude::{Excludes, Standing};
use crate::policy::trust::{Source, Subject, Trust};
use crate::policy::{PolicyVerdict, Severity, SignatureVerdict};
use crate::text::{count, sanitise_to};

/// Findings that are listed at most.
const FINDINGS: usize = 500;
/// Excludes that are listed at most.
const EXCLUDES: usize = 20_000;
/// Names of keyrings and buffers that are listed at most, and digests of each.
const NAMES: usize = 200;
const DIGESTS: usize = 50;
/// Characters of a text at most.
const LIMIT: usize = 400;
/// Bytes of a text that is no policy that are kept to be shown.
const HEAD: usize = 1 << 20;

/// Judges a text and makes its picture; none where it was given up.
pub(super) fn picture(
    source: &PolicySource,
    text: Bytes,
    means: &Means,
    track: &Track,
) -> Result<Arc<PolicyPicture>, String> {
    if matches!(source, PolicySource::DeployedBoot { .. }) {
        return Ok(Arc::new(of_boot(source, text)));
    }
    let store = trust::trusted(means)?;
    let subject = match source {
        PolicySource::Deployed { group, policy } => Subject { group: Some(group), policy: Some(policy) },
        PolicySource::DeployedBoot { .. } | PolicySource::File(_) => Subject::default(),
    };
    let trust = Trust::of_store(&store, subject);
    let head = Bytes::copy_from_slice(text.get(..HEAD).unwrap_or(&text));
    let whole = text.len() as u64;
    track.step("verifying", whole);
    let mut last = None;
    let mut progress = |step: Step| {
        let name = match step {
            Step::Verifying => "verifying",
            Step::Reading { .. } => "checking",
            Step::Judging => "judging",
        };
        let total = if let Step::Reading { total, .. } = step { total as u64 } else { 0 };
        if last.replace(name) != Some(name) {
            track.step(name, total);
        }
        if let Step::Reading { done, .. } = step {
            track.done(done as u64);
        }
        if track.is_given_up() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    // Not copied where nobody else holds it.
    let owned = Vec::from(text);
    let examination = examine(owned, &trust, &Options::at(Timestamp::now()), &mut progress);
    if examination.cancelled {
        return Err("given up".to_owned());
    }
    Ok(Arc::new(of(source, examination, head)))
}

fn of(source: &PolicySource, examination: Examination, head: Bytes) -> PolicyPicture {
    let payload = examination.policy_sha256().filter(|sum| *sum != examination.sha256);
    let policy = examination.document;
    let texts: Vec<_> = policy.iter().flat_map(|policy| policy.excludes()).map(|text| text.value()).collect();
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    let excludes = Excludes::new(&texts);
    let mut findings = examination.findings;
    findings.sort_by_key(|placed| std::cmp::Reverse(placed.finding.severity));
    let more_findings = findings.len().saturating_sub(FINDINGS);
    let counts = policy.as_ref().map(|policy| PolicyCounts {
        paths: policy.paths(),
        digests: policy.digest_count(),
        excludes: texts.len(),
        metadata: policy.metadata().len(),
    });
    let verifier = examination.verifier.as_ref().map(|verifier| VerifierWords {
        accepts: verifier.default.is_accepted(),
        accepts_if_required: verifier.signatures_required.is_accepted(),
        reason: sanitise_to(&verifier.reason(), 2 * LIMIT).into_string(),
    });
    PolicyPicture {
        source: source.clone(),
        kind: PolicyKind::Runtime,
        shape: examination.format.word(),
        shape_words: examination.format.title(),
        sha256: examination.sha256.to_string(),
        payload_sha256: payload.map(|sum| sum.to_string()),
        bytes: examination.size,
        signature: examination.signature,
        verdict: examination.policy,
        judged_at: examination.at,
        signers: examination
            .signers
            .iter()
            .map(|signer| SignerRow {
                key_id: sanitise_to(signer.key_id.as_str(), LIMIT).into_string(),
                algorithm: signer.algorithm.clone(),
                is_trusted: signer.trusted,
                source: from(signer.source).to_owned(),
                label: signer.label.as_ref().map(ToString::to_string),
            })
            .collect(),
        verifier,
        counts: counts.unwrap_or_default(),
        findings: findings.into_iter().take(FINDINGS).map(finding).collect(),
        more_findings,
        members: policy.as_ref().map(members).unwrap_or_default(),
        excludes: excludes_of(policy.as_ref(), &texts, &excludes),
        keyrings: policy.as_ref().map(sections).unwrap_or_default(),
        document: {
            let text = policy.as_ref().map_or(head, |policy| policy.text().clone());
            Box::new(Read::new(policy, excludes, text))
        },
    }
}

/// Keylime does not say what stands in one: it is shown as it is.
fn of_boot(source: &PolicySource, text: Bytes) -> PolicyPicture {
    let sum = crate::policy::signature::Fingerprint::of(&text);
    PolicyPicture {
        source: source.clone(),
        kind: PolicyKind::MeasuredBoot,
        shape: "measured-boot",
        shape_words: "a measured-boot policy, which is not judged here",
        sha256: sum.to_string(),
        payload_sha256: None,
        bytes: text.len(),
        signature: SignatureVerdict::Unsigned,
        verdict: PolicyVerdict::NotEvaluated,
        judged_at: Timestamp::now(),
        signers: Vec::new(),
        verifier: None,
        counts: PolicyCounts::default(),
        findings: Vec::new(),
        more_findings: 0,
        members: Vec::new(),
        excludes: Vec::new(),
        keyrings: Vec::new(),
        document: Box::new(Read::new(None, Excludes::new(&[]), text)),
    }
}

/// Where a key comes from, in words.
fn from(source: Source) -> &'static str {
    match source {
        Source::TrustStore => "from the trust store",
        Source::Given => "given for this run",
        Source::InBand => "from the text itself, which proves nothing",
    }
}

fn finding(placed: Placed) -> FindingRow {
    let finding = placed.finding;
    FindingRow {
        severity: finding.severity,
        code: finding.code,
        message: sanitise_to(&finding.message, 2 * LIMIT).into_string(),
        place: placed.place.map(|place| (place.line, place.column)),
        hint: finding.hint.map(|hint| sanitise_to(&hint, LIMIT).into_string()),
    }
}

/// The members that are not lists.
fn members(policy: &Policy) -> Vec<(&'static str, String)> {
    let text = |text: crate::policy::json::Text<'_>| sanitise_to(&text.value(), LIMIT).into_string();
    let generator = policy.generator().map(|number| {
        let words =
            ["unknown", "made by a verifier for an agent without a policy", "converted", "made by a tool"];
        let words = usize::try_from(number).ok().and_then(|number| words.get(number));
        words.map_or_else(|| number.to_string(), |words| format!("{number}, {words}"))
    });
    [
        ("version", policy.version().map(|version| sanitise_to(version, LIMIT).into_string())),
        ("generator", generator),
        ("timestamp", policy.timestamp().map(text)),
        ("release", policy.release().map(|release| sanitise_to(release, LIMIT).into_string())),
        ("log hash", policy.log_hash_algorithm().map(text)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// Each pattern, with the worst that is found of it.
fn excludes_of(policy: Option<&Policy>, texts: &[&str], excludes: &Excludes) -> Vec<PolicyText> {
    let Some(policy) = policy else { return Vec::new() };
    let names = |map: crate::policy::document::DigestMap<'_>| -> Vec<String> {
        map.entries().take(NAMES).map(|entry| entry.path().into_owned()).collect()
    };
    let (keyrings, buffers) = (names(policy.keyrings()), names(policy.ima_buf()));
    let found = excludes.findings(
        &keyrings.iter().map(String::as_str).collect::<Vec<_>>(),
        &buffers.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut rows: Vec<_> = texts
        .iter()
        .take(EXCLUDES)
        .map(|text| PolicyText {
            tone: Tone::Plain,
            text: sanitise_to(text, LIMIT).into_string(),
            words: String::new(),
        })
        .collect();
    let ignored = matches!(excludes.standing(), Standing::Ignored { .. } | Standing::Raises { .. });
    for found in found {
        let tone = match found.finding.severity {
            Severity::Error => Tone::Bad,
            Severity::Warning => Tone::Warn,
            Severity::Info => Tone::Plain,
        };
        let Some(row) = found.entry.and_then(|entry| rows.get_mut(entry)) else { continue };
        let is_worse = row.words.is_empty() || (tone == Tone::Bad && row.tone != Tone::Bad);
        if is_worse {
            row.tone = tone;
            row.words = sanitise_to(&found.finding.message, LIMIT).into_string();
        }
    }
    if ignored {
        for row in rows.iter_mut().filter(|row| row.words.is_empty()) {
            row.tone = Tone::Dim;
            row.words = "ignored, as all patterns are".to_owned();
        }
    }
    if texts.len() > EXCLUDES {
        let words = format!("{} more", texts.len() - EXCLUDES);
        rows.push(PolicyText { tone: Tone::Dim, text: words, words: String::new() });
    }
    rows
}

/// Keyrings, buffers, keys, and members that no verifier knows.
fn sections(policy: &Policy) -> Vec<Section> {
    let mut sections = Vec::new();
    for (what, map) in [("keyring", policy.keyrings()), ("buffer", policy.ima_buf())] {
        for entry in map.entries().take(NAMES) {
            let mut lines: Vec<_> = entry
                .digests()
                .take(DIGESTS)
                .map(|digest| (Tone::Plain, sanitise_to(&digest.value(), LIMIT).into_string()))
                .collect();
            let more = entry.digests().skip(DIGESTS).count();
            if more > 0 {
                lines.push((Tone::Dim, count::some(more, "digest more", "digests more")));
            }
            let title = format!("{what} {}", sanitise_to(&entry.path(), LIMIT));
            sections.push(Section { title, lines });
        }
        if map.len() > NAMES {
            let title = format!("and {} {what}s more", map.len() - NAMES);
            sections.push(Section { title, lines: Vec::new() });
        }
    }
    let ignored: Vec<_> = policy
        .ignored_keyrings()
        .take(NAMES)
        .map(|text| match text.value() {
            all if all == "*" => (Tone::Warn, "*: no key of any keyring is checked or learned".to_owned()),
            name => (Tone::Plain, sanitise_to(&name, LIMIT).into_string()),
        })
        .collect();
    if !ignored.is_empty() {
        sections.push(Section { title: "ignored keyrings".to_owned(), lines: ignored });
    }
    if let Some(keys) = policy.verification_keys().filter(|keys| !keys.value().is_empty()) {
        let lines = vec![(Tone::Plain, sanitise_to(&keys.value(), 2_000).into_string())];
        sections.push(Section { title: "verification keys".to_owned(), lines });
    }
    let unknown: Vec<_> = policy
        .unknown_members()
        .take(NAMES)
        .map(|member| {
            let inside = if member.inside.is_empty() { "" } else { "." };
            let name = sanitise_to(&member.name.value(), LIMIT);
            (Tone::Warn, format!("{}{inside}{name}", member.inside))
        })
        .collect();
    if !unknown.is_empty() {
        sections.push(Section { title: "members that no verifier knows".to_owned(), lines: unknown });
    }
    sections
}
