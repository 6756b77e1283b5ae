//! What a bundle holds, in plain types of our own.
//!
//! The values are those that the library read and verifies, not a second
//! reading of the text: our own steps judge what the library judged.

use jiff::Timestamp;

use super::digest::{Algorithm, Digest};
use super::strict;

/// Bytes of a bundle at most: attestations carry whole bills of materials.
pub const MAX_BUNDLE: usize = 16 * 1024 * 1024;

/// Log entries of a bundle at most, and time stamps: each costs signatures.
pub(super) const MAX_ENTRIES: usize = 8;

/// Certificates in the chain of a bundle at most.
pub(super) const MAX_CERTIFICATES: usize = 8;

/// Subjects of an attestation at most.
pub(super) const MAX_SUBJECTS: usize = 8192;

/// A bundle that was read. Nothing in it has been verified.
#[derive(Debug, Clone)]
pub(super) struct Bundle {
    pub media_type: &'static str,
    /// Whether its version demands an inclusion proof of every entry.
    pub owes_proof: bool,
    pub key: SigningKey,
    pub content: Content,
    pub entries: Vec<Entry>,
    /// RFC 3161 answers, as DER.
    pub timestamps: Vec<Vec<u8>>,
}

/// What the bundle says who signed with.
#[derive(Debug, Clone)]
pub(super) enum SigningKey {
    /// Certificates as DER, the signer's first.
    Certificates(Vec<Vec<u8>>),
    /// A managed key, which the bundle only hints at.
    Managed { hint: String },
}

/// What was signed.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A file, through its digest.
    Message { digest: Option<Digest>, signature: Vec<u8> },
    /// An attestation about files.
    Envelope { payload_type: String, payload: Vec<u8>, signature: Vec<u8> },
}

impl Content {
    pub fn signature(&self) -> &[u8] {
        match self {
            Self::Message { signature, .. } | Self::Envelope { signature, .. } => signature,
        }
    }
}

/// An entry of a transparency log, as the bundle gives it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Index over all trees that the log ever had (Rekor v1), or in the tree.
    pub index: u64,
    pub log_id: Vec<u8>,
    pub kind: &'static str,
    pub version: &'static str,
    pub integrated_time: Option<Timestamp>,
    /// The log's promise to include the entry (SET).
    pub promise: Option<Vec<u8>>,
    pub proof: Option<Proof>,
    /// Whether a proof without a checkpoint was left out.
    pub unsigned_proof: bool,
    /// The very bytes that are in the log.
    pub body: Vec<u8>,
}

impl Entry {
    /// Whether the entry is from Rekor v2, which has neither promises nor
    /// integrated times, and one index.
    pub fn is_rekor_v2(&self) -> bool {
        self.kind == "hashedrekord" && self.version == "0.0.2"
    }
}

/// An inclusion proof, as the bundle gives it.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    /// Index in the tree of the checkpoint.
    pub index: u64,
    pub root: [u8; 32],
    pub size: u64,
    pub path: Vec<[u8; 32]>,
    pub checkpoint: String,
}

/// One subject of an attestation: digests of one and the same file.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub name: String,
    pub digests: Vec<Digest>,
}

/// An in-toto statement: which files an attestation is about.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub predicate_type: String,
    pub subjects: Vec<Subject>,
}

impl Statement {
    /// Reads the payload of an envelope.
    ///
    /// # Errors
    /// What the payload is instead.
    pub fn read(payload_type: &str, payload: &[u8]) -> Result<Self, &'static str> {
        if payload_type != "application/vnd.in-toto+json" {
            return Err("the envelope's payload is no in-toto statement");
        }
        let statement = strict::value(payload).ok().ok_or("the in-toto statement is not strict JSON")?;
        let kind = statement.get("_type").and_then(|value| value.as_str());
        if !matches!(kind, Some("https://in-toto.io/Statement/v1" | "https://in-toto.io/Statement/v0.1")) {
            return Err("the payload is no in-toto statement v0.1 or v1");
        }
        let subjects = statement.get("subject").and_then(|value| value.as_array());
        let subjects = subjects.ok_or("the in-toto statement has no list of subjects")?;
        if subjects.len() > MAX_SUBJECTS {
            return Err("the in-toto statement has more than 8192 subjects");
        }
        let predicate_type = statement.get("predicateType").and_then(|value| value.as_str());
        Ok(Self {
            predicate_type: predicate_type.unwrap_or_default().to_owned(),
            subjects: subjects.iter().map(Subject::of).collect(),
        })
    }

    /// The subject that has the digest.
    pub fn subject(&self, digest: &Digest) -> Option<&Subject> {
        self.subjects.iter().find(|subject| subject.digests.contains(digest))
    }
}

impl Subject {
    fn of(value: &serde_json::Value) -> Self {
        let digests = value.get("digest").and_then(|value| value.as_object());
        let digests = digests.into_iter().flatten().filter_map(|(name, value)| {
            let digest = Digest::read(value.as_str()?)?;
            // in-toto names exactly these; `sha256` with 64 bytes is not one.
            (Algorithm::named(name)? == digest.algorithm()).then_some(digest)
        });
        let name = value.get("name").and_then(|value| value.as_str()).unwrap_or_default();
        Self { name: name.to_owned(), digests: digests.collect() }
    }
}
