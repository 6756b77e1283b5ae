//! One policy as a row of the table.

use jiff::Timestamp;

use super::{PolicyPicture, PolicySource};
use crate::keylime::policies::PolicyKind;
use crate::policy::{PolicyVerdict, SignatureVerdict};

/// Whether all groups that have a policy of a name have the same one, the worst
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    /// Groups hold different policies.
    Drift,
    /// Some groups lack it.
    Missing,
    /// The texts differ, and what they say does not.
    ReSigned,
    /// It was not compared.
    Unknown,
    /// All have the same one.
    Same,
}

impl Drift {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Missing => "missing",
            Self::ReSigned => "re-signed",
            Self::Unknown => "–",
            Self::Same => "same",
        }
    }
}

/// How much a policy holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyCounts {
    /// Paths that it lists.
    pub paths: usize,
    /// Digests of them.
    pub digests: usize,
    /// Patterns of paths that are left out.
    pub excludes: usize,
    /// Digests for which more is demanded.
    pub metadata: usize,
}

/// One policy, in as many groups as have it, or a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyRow {
    /// What opens it: in the first of its groups.
    pub source: PolicySource,
    /// Its name, fit to be shown.
    pub name: String,
    /// What it is for.
    pub kind: PolicyKind,
    /// The groups that have it, fit to be shown; none: a file.
    pub groups: Vec<String>,
    /// Which shape its text has: `dsse`; none: not looked at.
    pub shape: Option<&'static str>,
    /// What its signature proves; none: not looked at.
    pub signature: Option<SignatureVerdict>,
    /// What is said of it; none: not looked at.
    pub verdict: Option<PolicyVerdict>,
    /// How much it holds; none: not looked at.
    pub counts: Option<PolicyCounts>,
    /// Bytes of its text; none: not known.
    pub bytes: Option<u64>,
    /// SHA-256 of its text in hexadecimal; none: not known.
    pub checksum: Option<String>,
    /// Whether its groups have the same.
    pub drift: Drift,
    /// Who differs, fit to be shown; may be empty.
    pub drift_words: String,
    /// What is worth knowing of it, fit to be shown; may be empty.
    pub note: String,
    /// When it was looked at; none: it was not.
    pub seen_at: Option<Timestamp>,
    /// Whether a newer look failed: what stands here is of an earlier one.
    pub is_stale: bool,
}

impl PolicyRow {
    /// The same with what was learned when it was looked into. A row of several
    /// groups goes on saying the worst of them: only one was looked into.
    #[must_use]
    pub fn looked(&self, policy: &PolicyPicture, now: Timestamp) -> Self {
        if self.groups.len() > 1 && self.signature.is_some() {
            return self.clone();
        }
        Self {
            shape: Some(policy.shape),
            signature: Some(policy.signature),
            verdict: Some(policy.verdict),
            counts: Some(policy.counts),
            seen_at: Some(now),
            ..self.clone()
        }
    }

    /// Whether all words stand somewhere in what the row shows.
    pub(super) fn holds(&self, words: &str) -> bool {
        let signature = self.signature.map_or("", SignatureVerdict::word);
        let fields = [
            self.name.as_str(),
            self.kind.word(),
            self.shape.unwrap_or(""),
            signature,
            self.checksum.as_deref().unwrap_or(""),
            self.drift.word(),
            &self.drift_words,
            &self.note,
        ];
        let holds = |text: &str, word: &str| text.to_lowercase().contains(word);
        words.to_lowercase().split_whitespace().all(|word| {
            fields.iter().any(|field| holds(field, word))
                || self.groups.iter().any(|group| holds(group, word))
        })
    }
}

/// What the table is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicySort {
    /// Those that differ first.
    #[default]
    Drift,
    /// By name.
    Name,
    /// Bad signatures first.
    Signature,
    /// The largest first.
    Size,
}

impl PolicySort {
    /// All of them in their order.
    pub const ALL: [Self; 4] = [Self::Drift, Self::Name, Self::Signature, Self::Size];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Drift => "drift first",
            Self::Name => "by name",
            Self::Signature => "bad signatures first",
            Self::Size => "largest first",
        }
    }

    /// Its name in a view.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Name => "name",
            Self::Signature => "signature",
            Self::Size => "size",
        }
    }

    /// The order of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.name() == name)
    }

    pub(super) fn next(self) -> Self {
        let place = Self::ALL.iter().position(|sort| *sort == self).unwrap_or(0);
        Self::ALL.into_iter().cycle().nth(place + 1).unwrap_or(self)
    }

    pub(super) fn order(self, one: &PolicyRow, other: &PolicyRow) -> std::cmp::Ordering {
        let by = match self {
            Self::Drift => one.drift.cmp(&other.drift),
            Self::Name => std::cmp::Ordering::Equal,
            Self::Signature => badness(one.signature).cmp(&badness(other.signature)),
            Self::Size => {
                let paths = |row: &PolicyRow| row.counts.map_or(0, |counts| counts.paths);
                paths(other).cmp(&paths(one))
            }
        };
        by.then_with(|| one.name.cmp(&other.name)).then_with(|| one.kind.cmp(&other.kind))
    }
}

/// The lower the worse.
fn badness(verdict: Option<SignatureVerdict>) -> u8 {
    match verdict {
        Some(SignatureVerdict::Rejected) => 0,
        Some(SignatureVerdict::Invalid) => 1,
        Some(SignatureVerdict::Untrusted) => 2,
        Some(SignatureVerdict::Unsigned) => 3,
        None => 4,
        Some(SignatureVerdict::Valid) => 5,
    }
}
