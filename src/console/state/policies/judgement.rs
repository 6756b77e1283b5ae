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

/// The demands of an outcome, by number: those of a longer list, as far as they
/// were judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Filtered {
    pub filter: OutcomeFilter,
    rows: Vec<u32>,
    /// Rows of the longer list that were looked at.
    looked_at: usize,
}

impl Filtered {
    /// The rows; none: all are shown.
    pub fn rows(&self) -> Option<&[u32]> {
        self.filter.status().map(|_| self.rows.as_slice())
    }

    /// Another filter, or another list.
    pub fn restart(&mut self, filter: OutcomeFilter) {
        *self = Self { filter, ..Self::default() };
    }

    /// Looks at what was judged since; `all` are the numbers of the longer
    /// list, none: all of them, and `verdicts` what came of all.
    pub fn follow(&mut self, all: Option<&[u32]>, verdicts: &[DigestVerdict]) {
        let Some(status) = self.filter.status() else { return };
        loop {
            let number = match all {
                Some(all) => all.get(self.looked_at).copied(),
                None => u32::try_from(self.looked_at).ok(),
            };
            // What was found stands in the order of the demands, as they are judged.
            let Some(number) = number else { return };
            let Some(verdict) = verdicts.get(number as usize) else { return };
            self.looked_at += 1;
            if verdict.status == Some(status) {
                self.rows.push(number);
            }
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

    fn verdict(status: Status) -> DigestVerdict {
        DigestVerdict { status: Some(status), has_evidence: true, checks: Arc::default() }
    }

    #[test]
    fn what_is_judged_later_is_shown_too() {
        let statuses = [Status::Passed, Status::Failed, Status::NotEvaluated, Status::Failed, Status::Failed];
        let verdicts: Vec<_> = statuses.into_iter().map(verdict).collect();
        for all in [None, Some([0, 1, 3, 4].as_slice()), Some([2, 3].as_slice())] {
            for filter in OutcomeFilter::ALL {
                let (mut at_once, mut by_and_by) = (Filtered::default(), Filtered::default());
                at_once.restart(filter);
                at_once.follow(all, &verdicts);
                by_and_by.restart(filter);
                (0..=verdicts.len()).for_each(|so_far| by_and_by.follow(all, &verdicts[..so_far]));
                assert_eq!(at_once.rows(), by_and_by.rows(), "{all:?} {filter:?}");
            }
        }
        let mut failed = Filtered::default();
        failed.restart(OutcomeFilter::Failed);
        failed.follow(Some(&[0, 1, 4]), &verdicts);
        assert_eq!(failed.rows(), Some([1, 4].as_slice()));
        assert_eq!(Filtered::default().rows(), None);
    }

    #[test]
    fn the_key_goes_through_all_outcomes() {
        let mut filter = OutcomeFilter::default();
        for expected in OutcomeFilter::ALL.into_iter().chain([OutcomeFilter::All]) {
            assert_eq!(filter, expected);
            filter = filter.next();
        }
    }
}
