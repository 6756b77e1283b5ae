//! Evidence for what a policy demands: where it is, what it amounts to for each
//! digest, and one digest explained.
//!
//! Of a hundred thousand digests only the outcomes are held, and outcomes that
//! say the same are held once. The steps of a digest are made when somebody
//! wants to see them, and let go of after that.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Check, SharedPolicy};
use crate::policy::evidence::{Status, StepResult};

/// The trusted root of a folder that has its own.
const OWN_ROOT: &str = "trusted_root.json";

/// Where the operator's evidence is, as they wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidencePlace {
    /// A folder of bundles.
    pub folder: String,
    /// The trusted root; none: the folder's own.
    pub root: Option<String>,
}

impl EvidencePlace {
    /// Reads `DIR [ROOT]`; quotes hold a space.
    ///
    /// # Errors
    /// Why it names no place, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let words = shlex::split(text).ok_or_else(|| "a quote is not closed".to_owned())?;
        let mut words = words.into_iter().filter(|word| !word.is_empty());
        let folder = words.next().ok_or_else(|| "write a folder of Sigstore bundles".to_owned())?;
        let root = words.next();
        match words.next() {
            None => Ok(Self { folder, root }),
            Some(_) => Err("write a folder and one trusted root; quotes hold a space".to_owned()),
        }
    }

    /// The file of the trusted root.
    pub fn root_file(&self) -> PathBuf {
        match &self.root {
            Some(root) => PathBuf::from(root),
            None => PathBuf::from(&self.folder).join(OWN_ROOT),
        }
    }

    /// As it would be written again.
    pub fn written(&self) -> String {
        let quoted = |word: &str| shlex::try_quote(word).map(std::borrow::Cow::into_owned);
        let root = self.root.iter().filter_map(|root| quoted(root).ok());
        quoted(&self.folder).into_iter().chain(root).collect::<Vec<_>>().join(" ")
    }
}

/// What came of each check of a digest, in the order of the policy, and why;
/// the reasons are fit to be shown.
pub type CheckVerdicts = Arc<[(Status, Box<str>)]>;

/// What came of one digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestVerdict {
    /// The worst of the demanded checks; none: nothing is demanded.
    pub status: Option<Status>,
    /// Whether there was any evidence for it.
    pub has_evidence: bool,
    /// The checks.
    pub checks: CheckVerdicts,
}

/// How many digests came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Digests that were judged, also those of which nothing is demanded.
    pub judged: usize,
    /// Of these, those of which something is demanded.
    pub demanding: usize,
    /// Of these, those with any evidence.
    pub with_evidence: usize,
    /// Of these, those of which every demanded check passed.
    pub passed: usize,
    /// Those of which some check failed.
    pub failed: usize,
    /// Those of which some check could not be carried out, and none failed.
    pub not_evaluated: usize,
}

impl Coverage {
    /// One more.
    pub(super) fn add(&mut self, verdict: &DigestVerdict) {
        self.judged += 1;
        let Some(status) = verdict.status else { return };
        self.demanding += 1;
        self.with_evidence += usize::from(verdict.has_evidence);
        *match status {
            Status::Passed => &mut self.passed,
            Status::Failed => &mut self.failed,
            Status::NotEvaluated => &mut self.not_evaluated,
        } += 1;
    }
}

/// What explains one digest with the evidence that was read.
pub trait EvidenceSource: Send + Sync {
    /// Every step for one of the policy's demands; none: there is no such one.
    fn explain(&self, policy: &SharedPolicy, demand: usize) -> Option<Explanation>;
}

/// Evidence that was read, and the root that judges with it; fit to be shown.
pub struct EvidencePicture {
    /// SHA-256 of the trusted root in hexadecimal.
    pub root_sha256: String,
    /// Which Sigstore instance it is for.
    pub instance: String,
    /// When the newest key in it became valid: the root itself has no date.
    pub newest_key: Option<Timestamp>,
    /// Transparency logs that it knows.
    pub logs: usize,
    /// Files in the folder that were taken for bundles.
    pub bundles: usize,
    /// Those that could not be read.
    pub unreadable: usize,
    /// The time that is judged at.
    pub judged_at: Timestamp,
    /// What explains a digest.
    pub source: Box<dyn EvidenceSource>,
}

impl fmt::Debug for EvidencePicture {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EvidencePicture({} bundles, {})", self.bundles, self.root_sha256)
    }
}

/// Evidence that is held in several places; the same allocation is the same.
#[derive(Clone, Debug)]
pub struct SharedEvidence(pub Arc<EvidencePicture>);

impl PartialEq for SharedEvidence {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SharedEvidence {}

/// What came of judging since the last time that it was told.
#[derive(Clone, Debug, Default)]
pub struct JudgedBatch {
    /// The evidence, once it was read.
    pub evidence: Option<SharedEvidence>,
    /// What came of the digests that follow those told before.
    pub verdicts: Vec<DigestVerdict>,
}

impl JudgedBatch {
    /// Whether it tells nothing.
    pub fn is_empty(&self) -> bool {
        self.evidence.is_none() && self.verdicts.is_empty()
    }
}

/// A value of a step: its name, and lines that are fit to be shown.
pub type FactRow = (String, Vec<String>);

/// One step of an explanation; fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// What came of it.
    pub result: StepResult,
    /// What is done.
    pub title: &'static str,
    /// What that means, in a sentence.
    pub said: String,
    /// The values that were compared.
    pub facts: Vec<FactRow>,
}

/// One digest with every step of every bundle; fit to be shown, but for the
/// report's text, which is printable ASCII anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The digest.
    pub digest: String,
    /// The worst of the demanded checks; none: nothing is demanded.
    pub status: Option<Status>,
    /// The checks.
    pub checks: Vec<Check>,
    /// Each bundle's name, its SHA-256 or why there is none, and its steps.
    pub bundles: Vec<(String, String, Vec<StepRow>)>,
    /// Paths with the digest, as far as they are listed.
    pub paths: Vec<String>,
    /// How many there are.
    pub all_paths: usize,
    /// The same as JSON, and the SHA-256 of that text in hexadecimal; none:
    /// nothing was judged.
    pub report: Option<(Arc<str>, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let own = EvidencePlace::read("/srv/evidence").unwrap();
        assert_eq!(own.root_file().to_str(), Some("/srv/evidence/trusted_root.json"));
        for written in ["/srv/evidence", "evidence root.json", "'a folder' 'a root.json'"] {
            let place = EvidencePlace::read(written).unwrap();
            assert_eq!(EvidencePlace::read(&place.written()), Ok(place));
        }
        for wrong in ["", "''", "a b c", "'a"] {
            assert!(EvidencePlace::read(wrong).is_err(), "{wrong}");
        }
    }
}
