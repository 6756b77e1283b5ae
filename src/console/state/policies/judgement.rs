//! What came of a policy's demands so far, and which of them are shown.

use std::sync::Arc;

use super::{Coverage, DigestVerdict, EvidencePlace, Explanation, JudgedBatch, Progress, SharedEvidence};
use crate::policy::evidence::Status;

/// Which digests with metadata are shown, by what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutcomeFilter {
    /// All of them.
    #[default]
    All,
    /// Those that failed.
    Failed,
    /// Those that could not be judged.
    NotEvaluated,
    /// Those that passed.
    Passed,
}

impl OutcomeFilter {
    /// All of them, in the order of the key.
    pub const ALL: [Self; 4] = [Self::All, Self::Failed, Self::NotEvaluated, Self::Passed];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self.status() {
            None => "all",
            Some(status) => status.word(),
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::All => Self::Failed,
            Self::Failed => Self::NotEvaluated,
            Self::NotEvaluated => Self::Passed,
            Self::Passed => Self::All,
        }
    }

    /// What came of those that are shown; none: anything.
    pub fn status(self) -> Option<Status> {
        match self {
            Self::All => None,
            Self::Failed => Some(Status::Failed),
            Self::NotEvaluated => Some(Status::NotEvaluated),
            Self::Passed => Some(Status::Passed),
        }
    }
}

/// The demands of a policy, judged with the evidence of a place.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Where the evidence is.
    pub place: EvidencePlace,
    pub(super) generation: Option<u64>,
    /// How far it is.
    pub progress: Progress,
    /// Why it cannot be judged.
    pub trouble: Option<String>,
    /// Whether the operator gave it up.
    pub is_given_up: bool,
    /// The evidence, once it was read.
    pub evidence: Option<SharedEvidence>,
    /// How many came out how.
    pub coverage: Coverage,
    /// Digests of the policy that have demands.
    all: usize,
    verdicts: Vec<DigestVerdict>,
}

impl Judgement {
    pub(super) fn new(place: EvidencePlace, generation: u64, all: usize) -> Self {
        Self {
            place,
            generation: Some(generation),
            progress: Progress::default(),
            trouble: None,
            is_given_up: false,
            evidence: None,
            coverage: Coverage::default(),
            all,
            verdicts: Vec::new(),
        }
    }

    /// Whether it goes on.
    pub fn is_at_work(&self) -> bool {
        self.generation.is_some()
    }

    /// What came of a demand; none: it was not judged yet.
    pub fn verdict(&self, demand: usize) -> Option<&DigestVerdict> {
        self.verdicts.get(demand)
    }

    pub(super) fn verdicts(&self) -> &[DigestVerdict] {
        &self.verdicts
    }

    pub(super) fn take(&mut self, batch: JudgedBatch, progress: Progress) {
        self.progress = progress;
        if batch.evidence.is_some() {
            self.evidence = batch.evidence;
        }
        let room = self.all.saturating_sub(self.verdicts.len());
        for verdict in batch.verdicts.into_iter().take(room) {
            self.coverage.add(&verdict);
            self.verdicts.push(verdict);
        }
    }

    pub(super) fn end(&mut self, ended: Result<(), String>) {
        self.generation = None;
        self.trouble = ended.err();
    }
}

/// A digest that is explained.
#[derive(Clone, Debug)]
pub struct Explaining {
    /// The number of the demand.
    pub demand: usize,
    pub(super) generation: Option<u64>,
    /// What explains it, or why nothing does; none: it is being made.
    pub outcome: Option<Result<Arc<Explanation>, String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_through_all_outcomes() {
        let mut filter = OutcomeFilter::default();
        for expected in OutcomeFilter::ALL.into_iter().chain([OutcomeFilter::All]) {
            assert_eq!(filter, expected);
            filter = filter.next();
        }
    }
}
