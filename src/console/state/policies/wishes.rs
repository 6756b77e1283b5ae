//! What the operator wishes for, as it leaves the console.

use std::path::PathBuf;
use std::sync::Arc;

use super::{EvidencePlace, PolicySource, SharedEvidence, SharedPolicy};
use crate::policy::evidence::Status;
use crate::policy::require::Requirement;

impl PolicyWish {
    /// Whether something is written for it.
    pub fn writes(&self) -> bool {
        matches!(
            self,
            Self::AddKey { .. }
                | Self::RemoveKey { .. }
                | Self::Sign { .. }
                | Self::Export { .. }
                | Self::Require { .. }
        )
    }
}

/// Where something is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In the entries: paths and digests.
    Digests,
    /// In what is demanded for digests.
    Metadata,
}

/// Something about policies that is done outside. What comes of it carries the
/// same generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyWish {
    /// Ask every group for its policies.
    List {
        /// Of this wish.
        generation: u64,
    },
    /// Read and judge a policy.
    Open {
        /// Of this wish.
        generation: u64,
        /// Which one.
        source: PolicySource,
    },
    /// Look for a text.
    Find {
        /// Of this wish.
        generation: u64,
        /// In which policy.
        policy: SharedPolicy,
        /// In which part of it.
        place: Where,
        /// The text.
        sought: String,
    },
    /// Order paths by what came of the demands for their digests.
    Rank {
        /// Of this wish.
        generation: u64,
        /// Of which policy.
        policy: SharedPolicy,
        /// Which of them, by number; none: all.
        rows: Option<Arc<[u32]>>,
        /// What came of the demands, by number.
        statuses: Vec<Option<Status>>,
        /// Whether the best come first.
        is_reversed: bool,
    },
    /// Say which pattern leaves a path out.
    Explain {
        /// Of this wish.
        generation: u64,
        /// Of which policy.
        policy: SharedPolicy,
        /// The path.
        path: String,
    },
    /// Compare with another one, which is read for it.
    Compare {
        /// Of this wish.
        generation: u64,
        /// The one that is open.
        policy: SharedPolicy,
        /// The other one.
        other: PolicySource,
    },
    /// Wait further for what is at work.
    Wait {
        /// Of the wish that is at work.
        generation: u64,
    },
    /// Give up what is at work.
    Cancel {
        /// Of the wish that is at work.
        generation: u64,
    },
    /// Read the trust store.
    Trust {
        /// Of this wish.
        generation: u64,
    },
    /// Read a key or certificate that may be pinned.
    ReadKey {
        /// Of this wish.
        generation: u64,
        /// The file and the label, as the operator wrote them.
        path: String,
        /// What the operator calls it; empty: by the file's name.
        label: String,
    },
    /// Pin what was read.
    AddKey {
        /// Of this wish.
        generation: u64,
        /// The file.
        path: String,
        /// What the operator calls it.
        label: String,
        /// What the file has to hold: the fingerprint that was agreed to.
        fingerprint: String,
    },
    /// Trust a key no more.
    RemoveKey {
        /// Of this wish.
        generation: u64,
        /// Which one.
        fingerprint: String,
    },
    /// Sign the policy's file with a key.
    Sign {
        /// Of this wish.
        generation: u64,
        /// The policy's file.
        file: String,
        /// SHA-256 of the text that the operator saw, in hexadecimal.
        sha256: String,
        /// The private key's file.
        key: String,
        /// Where the signed policy goes.
        out: String,
    },
    /// Judge all that the policy demands.
    Judge {
        /// Of this wish.
        generation: u64,
        /// Of which policy.
        policy: SharedPolicy,
        /// Where the evidence is.
        place: EvidencePlace,
    },
    /// Explain what came of one demand.
    Examine {
        /// Of this wish.
        generation: u64,
        /// Of which policy.
        policy: SharedPolicy,
        /// Which of its demands.
        demand: usize,
        /// With which evidence.
        evidence: SharedEvidence,
    },
    /// Write a report into a new file.
    Export {
        /// Of this wish.
        generation: u64,
        /// The file.
        file: PathBuf,
        /// The report.
        report: Arc<str>,
        /// SHA-256 of it in hexadecimal.
        sha256: String,
    },
    /// Write demands for some digests into a copy of the policy.
    Require {
        /// Of this wish.
        generation: u64,
        /// Which policy.
        policy: SharedPolicy,
        /// The digests, as the policy writes them.
        digests: Vec<String>,
        /// What is demanded of them.
        requirement: Requirement,
        /// The new file.
        file: String,
    },
}
