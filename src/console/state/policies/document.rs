//! A policy that was read, as the pages ask for it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::{PolicyCounts, PolicySource, Where};
use crate::keylime::policies::PolicyKind;
use crate::policy::document::Policy;
use crate::policy::evidence::Status;
use crate::policy::{PolicyVerdict, Severity, SignatureVerdict};

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Plain.
    Plain,
    /// All is well.
    Good,
    /// Look at it.
    Warn,
    /// Wrong.
    Bad,
    /// May be overlooked.
    Dim,
}

/// Texts of a policy that may hold a million entries: a page asks only for what
/// is in sight. Nothing that it gives is fit to be shown as it is, unless it
/// says so.
pub trait Document: Send + Sync {
    /// The policy that was read; none: the text is none, or it was never read.
    fn policy(&self) -> Option<&Policy> {
        None
    }

    /// Paths that it lists.
    fn paths(&self) -> usize;

    /// The path of an entry.
    fn path(&self, entry: usize) -> Cow<'_, str>;

    /// One of an entry's digests.
    fn digest(&self, entry: usize, number: usize) -> Option<Cow<'_, str>>;

    /// Digests for which more is demanded.
    fn demands(&self) -> usize;

    /// Such a digest.
    fn demanded(&self, number: usize) -> Cow<'_, str>;

    /// Names the checks that are demanded for it.
    fn check_names(&self, number: usize, each: &mut dyn FnMut(&str));

    /// The checks, fit to be shown.
    fn checks(&self, number: usize) -> Vec<Check>;

    /// The number of what is demanded for a digest.
    fn demand_of(&self, digest: &str) -> Option<usize>;

    /// The entries with a digest: so many at most, and how many there are.
    fn entries_of(&self, digest: &str, most: usize) -> (Vec<u32>, usize);

    /// What holds a text: entries by a part of the path or the beginning of a
    /// digest, or demands. None: it was given up.
    fn find(&self, sought: &str, place: Where, is_given_up: &dyn Fn() -> bool) -> Option<Vec<u32>>;

    /// Which pattern leaves a path out and why, fit to be shown.
    fn exclusion(&self, path: &str) -> Vec<(Tone, String)>;

    /// Rows of its text.
    fn text_rows(&self) -> usize;

    /// One of them.
    fn text_row(&self, row: usize) -> Cow<'_, str>;
}

/// One check that is demanded for a digest, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What is demanded.
    pub value: String,
    /// What came of it.
    pub status: Status,
    /// Why.
    pub reason: String,
}

/// One finding, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    /// How much it weighs.
    pub severity: Severity,
    /// Its name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Line and column, from 1.
    pub place: Option<(usize, usize)>,
    /// What to do.
    pub hint: Option<String>,
}

/// One who signed, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerRow {
    /// Which key.
    pub key_id: String,
    /// With what.
    pub algorithm: String,
    /// Whether the operator trusts it.
    pub is_trusted: bool,
    /// Where the key comes from, in words.
    pub source: String,
    /// What the operator calls it.
    pub label: Option<String>,
}

/// What today's verifier does with a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifierWords {
    /// Whether it takes it by default.
    pub accepts: bool,
    /// Whether it takes it where signatures are required.
    pub accepts_if_required: bool,
    /// Why, fit to be shown.
    pub reason: String,
}

/// A heading and lines under it, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The lines.
    pub lines: Vec<(Tone, String)>,
}

/// One pattern that leaves paths out, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// How it is judged.
    pub tone: Tone,
    /// The pattern.
    pub text: String,
    /// What is to be said of it; may be empty.
    pub words: String,
}

/// A policy and all that is said of it.
pub struct PolicyPicture {
    /// Where it is.
    pub source: PolicySource,
    /// What it is for.
    pub kind: PolicyKind,
    /// Which shape its text has: `dsse`.
    pub shape: &'static str,
    /// What that is, in words.
    pub shape_words: &'static str,
    /// SHA-256 of its text in hexadecimal.
    pub sha256: String,
    /// SHA-256 of what is signed in it, in hexadecimal, where that is another.
    pub payload_sha256: Option<String>,
    /// Bytes of its text.
    pub bytes: usize,
    /// What its signature proves.
    pub signature: SignatureVerdict,
    /// What is said of the policy.
    pub verdict: PolicyVerdict,
    /// The time at which certificates were judged.
    pub judged_at: Timestamp,
    /// Who signed.
    pub signers: Vec<SignerRow>,
    /// What a verifier does with it; none: not known.
    pub verifier: Option<VerifierWords>,
    /// How much it holds.
    pub counts: PolicyCounts,
    /// What was found, the worst first.
    pub findings: Vec<FindingRow>,
    /// Findings that are not listed.
    pub more_findings: usize,
    /// The members that are not lists: release, version, generator.
    pub members: Vec<(&'static str, String)>,
    /// Patterns that leave paths out.
    pub excludes: Vec<PolicyText>,
    /// Keyrings, buffers, keys.
    pub keyrings: Vec<Section>,
    /// All that may be large.
    pub document: Box<dyn Document>,
}

impl PolicyPicture {
    /// How many findings weigh so much.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

impl fmt::Debug for PolicyPicture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PolicyPicture({}, {} paths)", self.source, self.counts.paths)
    }
}

/// A policy that is held in several places; the same allocation is the same.
#[derive(Clone, Debug)]
pub struct SharedPolicy(pub Arc<PolicyPicture>);

impl PartialEq for SharedPolicy {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedPolicy {}

/// One line of a comparison: `+`, `-`, `~` or a space, and a text that is not
/// fit to be shown as it is.
pub type DiffLine<'a> = (char, Cow<'a, str>);

/// The lines of a comparison, which may be a million.
pub trait Differences: Send + Sync {
    /// How many there are.
    fn lines(&self) -> usize;

    /// One of them.
    fn line(&self, number: usize) -> DiffLine<'_>;
}

/// How a policy differs from another one.
pub struct PolicyComparison {
    /// The other one.
    pub other: PolicySource,
    /// In a few lines, fit to be shown.
    pub summary: Vec<(Tone, String)>,
    /// All of it.
    pub differences: Box<dyn Differences>,
}

impl fmt::Debug for PolicyComparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PolicyComparison({}, {} lines)", self.other, self.differences.lines())
    }
}
