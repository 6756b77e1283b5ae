//! Policies: the table of all of them, one that is looked into, the trust store.
//!
//! Nothing here reads a policy. What the operator wishes for leaves as a
//! [`PolicyWish`] with a generation, and comes back as [`PolicyNews`]: who
//! wished for something else meanwhile does not see the late answer. A policy
//! of a million entries is held once, behind [`Document`], and a page asks it
//! only for what is in sight.

mod demand_order;
mod document;
mod evidence;
mod explaining;
mod inspection;
mod judgement;
mod judging;
mod keys;
mod list;
mod moves;
mod news;
mod requiring;
mod row;
mod seeking;
mod source;
mod trust;
mod window;
mod wishes;

use std::sync::Arc;

pub use demand_order::DemandSort;
pub use document::{
    Check, DiffLine, Differences, Document, FindingRow, PolicyComparison, PolicyPicture, PolicyText, Section,
    SharedPolicy, SignerRow, Tone, VerifierWords,
};
pub use evidence::{
    CheckVerdicts, Coverage, DigestVerdict, EvidencePicture, EvidencePlace, EvidenceSource, Explanation,
    FactRow, JudgedBatch, SharedEvidence, StepRow,
};
pub use inspection::{Compared, Inspection, Looked, Sought, Tab};
pub use judgement::{Explaining, Judgement, OutcomeFilter};
pub use list::{GroupFault, PolicyList, PolicyTable};
pub use news::{PolicyNews, Progress};
pub use row::{Drift, PolicyCounts, PolicyRow, PolicySort};
pub use source::PolicySource;
pub use trust::{KeyCandidate, TrustEntry, TrustPicture, TrustTable};
pub use window::Window;
pub use wishes::{PolicyWish, Where};

/// A policy that is being opened.
#[derive(Clone, Debug)]
pub struct Opening {
    pub(super) generation: u64,
    /// Which one.
    pub source: PolicySource,
    /// How far it is; none: nothing was told yet.
    pub progress: Option<Progress>,
    /// Why it cannot be opened; fit to be shown.
    pub trouble: Option<String>,
    /// What it is to be compared with as soon as it is open.
    pub(super) then: Option<PolicySource>,
}

/// All that is known of policies.
#[derive(Clone, Debug, Default)]
pub struct PoliciesState {
    pub(super) table: PolicyTable,
    pub(super) opening: Option<Opening>,
    pub(super) inspection: Option<Box<Inspection>>,
    pub(super) trust: TrustTable,
    /// The part that is shown as soon as the policy is open.
    pub(super) wanted_tab: Option<Tab>,
    /// Where the evidence is that the operator gave; for this run.
    pub(super) evidence: Option<EvidencePlace>,
    /// What is being signed.
    pub(super) signing: Option<u64>,
    /// The policy that is being written with more demands.
    pub(super) requiring: Option<u64>,
    pub(super) last_generation: u64,
    pub(super) revision: u64,
}

impl PoliciesState {
    /// The table.
    pub fn table(&self) -> &PolicyTable {
        &self.table
    }

    /// What is being opened, or could not be.
    pub fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// What is looked into.
    pub fn inspection(&self) -> Option<&Inspection> {
        self.inspection.as_deref()
    }

    /// The trust store.
    pub fn trust(&self) -> &TrustTable {
        &self.trust
    }

    /// Grows with everything that can be seen.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Which policy lies over the page.
    pub fn looked_into(&self) -> Option<&PolicySource> {
        let opening = self.opening.as_ref().map(|opening| &opening.source);
        opening.or_else(|| self.inspection.as_ref().map(|inspection| inspection.source()))
    }

    /// The generation of the newest wish.
    #[cfg(test)]
    pub fn last_generation_of_tests(&self) -> u64 {
        self.last_generation
    }

    /// A generation that nothing was asked with yet.
    pub(super) fn generation(&mut self) -> u64 {
        self.last_generation += 1;
        self.last_generation
    }

    /// Something that can be seen changes.
    pub(super) fn touch(&mut self) {
        self.revision += 1;
    }

    /// Changes what is looked into, if something is.
    pub(super) fn with<T>(&mut self, change: impl FnOnce(&mut Inspection) -> T) -> Option<T> {
        self.revision += 1;
        self.inspection.as_deref_mut().map(change)
    }

    /// The policy that is looked into.
    pub(super) fn open_policy(&self) -> Option<&Arc<PolicyPicture>> {
        self.inspection.as_ref().map(|inspection| &inspection.policy().0)
    }
}
