//! Which bundles are evidence for which digest.
//!
//! A folder holds `<digest>.sigstore.json` or, as cosign writes them,
//! `NAME.sigstore.json`. What counts is the digest inside; a name alone only
//! says what the operator meant, so that evidence that is named for a digest
//! and cannot be used is told as failed, not as missing. The index keeps no
//! bundle: whoever built it brings the bytes again when they are judged.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::Value;

use super::binding::hashed_record_digest;
use super::bundle::{MAX_BUNDLE, MAX_ENTRIES, Statement};
use super::digest::{Algorithm, Digest};
use super::{shape, strict};
use crate::policy::{Finding, Severity};
use crate::text::sanitise;

/// Bundles in an index at most.
pub const MAX_BUNDLES: usize = 1_000_000;

/// Digests in an index at most, over all bundles.
pub const MAX_DIGESTS: usize = 4_000_000;

/// Findings that are kept; the rest is counted.
pub const MAX_FINDINGS: usize = 1_000;

/// A bundle in an index: its place in the order in which bundles were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId(u32);

impl BundleId {
    /// The place, from 0.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}

/// The index of a folder of evidence.
#[derive(Debug, Default)]
pub struct EvidenceIndex {
    names: Vec<Box<str>>,
    by_digest: HashMap<Digest, Vec<BundleId>>,
    /// Digests over all bundles.
    held: usize,
    findings: Vec<Finding>,
    dropped_findings: usize,
    unreadable: usize,
}

impl EvidenceIndex {
    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a bundle: its bytes, or why they could not be read (fit to be
    /// shown). One that cannot be used becomes a finding, and still is
    /// evidence for the digest that it is named for.
    pub fn add(&mut self, name: &str, bytes: Result<&[u8], &str>) -> Option<BundleId> {
        let full = self.names.len() >= MAX_BUNDLES || self.held >= MAX_DIGESTS;
        let Some(id) = u32::try_from(self.names.len()).ok().filter(|_| !full).map(BundleId) else {
            let message = format!("more evidence than can be held: {} is left out", sanitise(name));
            self.note(Finding::new(Severity::Error, "evidence-too-much", message));
            return None;
        };
        let named = named_for(name);
        let inside = match bytes {
            Ok(bytes) => digests(bytes),
            Err(why) => Err(why.to_owned()),
        };
        let inside = inside.unwrap_or_else(|why| {
            self.unreadable += 1;
            let message = format!("{} is no evidence: {}", sanitise(name), sanitise(&why));
            let finding = Finding::new(Severity::Warning, "evidence-unreadable", message);
            self.note(finding.hint("give Sigstore bundles (v0.1 to v0.3) as JSON"));
            Vec::new()
        });
        if let Some(named) = named.as_ref().filter(|named| !inside.is_empty() && !inside.contains(named)) {
            let message = format!("{} is named for {named} and holds another digest", sanitise(name));
            let finding = Finding::new(Severity::Warning, "evidence-named-otherwise", message);
            self.note(finding.hint("name it for the digest inside, or NAME.sigstore.json"));
        }
        self.names.push(name.into());
        let mut all = inside;
        all.extend(named);
        all.sort_unstable();
        all.dedup();
        self.held += all.len();
        for digest in all {
            self.by_digest.entry(digest).or_default().push(id);
        }
        Some(id)
    }

    /// Adds what whoever reads the evidence has to say of it.
    pub fn remark(&mut self, finding: Finding) {
        self.note(finding);
    }

    fn note(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.dropped_findings += 1;
        }
    }

    /// Bundles for a digest, in the order in which they were added.
    #[must_use]
    pub fn bundles(&self, digest: &Digest) -> &[BundleId] {
        self.by_digest.get(digest).map_or(&[], Vec::as_slice)
    }

    /// The name under which a bundle was added; not fit to be shown.
    #[must_use]
    pub fn name(&self, id: BundleId) -> Option<&str> {
        self.names.get(id.place()).map(|name| &**name)
    }

    /// Files that were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Files that could not be read as bundles.
    #[must_use]
    pub const fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// Different digests that there is evidence for.
    #[must_use]
    pub fn digest_count(&self) -> usize {
        self.by_digest.len()
    }

    /// What is wrong with the evidence.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Findings beyond [`MAX_FINDINGS`].
    #[must_use]
    pub const fn dropped_findings(&self) -> usize {
        self.dropped_findings
    }
}

/// The digest that a file is named for: `<digest>.sigstore.json` or
/// `sha256-<digest>.…`.
fn named_for(name: &str) -> Option<Digest> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file);
    Digest::read(&stem.replacen('-', ":", 1))
}

/// Digests of the files that a bundle is about. Nothing is verified, and less
/// is demanded than of a bundle that is judged: what cannot be verified is
/// still evidence, and fails as such.
fn digests(bytes: &[u8]) -> Result<Vec<Digest>, String> {
    if bytes.len() > MAX_BUNDLE {
        return Err(format!("it is larger than {} MiB", MAX_BUNDLE / 1024 / 1024));
    }
    let mut bundle = strict::value(bytes).map_err(|error| format!("it is not strict JSON: {error}"))?;
    shape::drop_nulls(&mut bundle);
    let mut found = Vec::new();
    if let Some(message) = bundle.get("messageSignature") {
        found.extend(message.get("messageDigest").and_then(message_digest));
        let entries = bundle.pointer("/verificationMaterial/tlogEntries").and_then(Value::as_array);
        let bodies = entries.into_iter().flatten().take(MAX_ENTRIES).filter_map(|entry| {
            let body = decoded(entry.get("canonicalizedBody")?.as_str()?)?;
            hashed_record_digest(&strict::value(&body).ok()?)
        });
        found.extend(bodies);
    } else if let Some(envelope) = bundle.get("dsseEnvelope") {
        let text = |member: &str| envelope.get(member).and_then(Value::as_str).unwrap_or_default();
        let payload = decoded(text("payload")).ok_or("the envelope's payload is not base64")?;
        let statement = Statement::read(text("payloadType"), &payload)?;
        found.extend(statement.subjects.into_iter().flat_map(|subject| subject.digests));
    } else {
        return Err(shape::check(&bundle).err().unwrap_or_default().to_owned());
    }
    if found.is_empty() {
        return Err("it names no digest that is known here".to_owned());
    }
    Ok(found)
}

fn message_digest(value: &Value) -> Option<Digest> {
    let algorithm = Algorithm::named(value.get("algorithm")?.as_str()?)?;
    Digest::new(algorithm, &decoded(value.get("digest")?.as_str()?)?)
}

/// Base64 as protocol buffers take it: both alphabets, with padding or without.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let plain: String = text
        .trim_end_matches('=')
        .chars()
        .map(|character| match character {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    STANDARD_NO_PAD.decode(plain).ok()
}
