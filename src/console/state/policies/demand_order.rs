//! Which digests with metadata are shown, and in which order.

use super::{DigestVerdict, OutcomeFilter};
use crate::policy::evidence::Status;

/// What the digests with metadata are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DemandSort {
    /// As they stand in the policy.
    #[default]
    Policy,
    /// By what came of them: the worst first, those that are not judged yet last.
    Outcome,
}

impl DemandSort {
    /// The one after it.
    #[must_use]
    pub(super) fn next(self) -> Self {
        match self {
            Self::Policy => Self::Outcome,
            Self::Outcome => Self::Policy,
        }
    }

    /// The order in words; none: what goes without saying.
    pub fn words(self, is_reversed: bool) -> Option<&'static str> {
        match (self, is_reversed) {
            (Self::Policy, false) => None,
            (Self::Policy, true) => Some("last first"),
            (Self::Outcome, false) => Some("worst first"),
            (Self::Outcome, true) => Some("best first"),
        }
    }
}

/// A longer list of demands, by number: those that were looked for, else all
/// of a policy.
#[derive(Clone, Copy)]
pub(super) struct Longer<'a> {
    pub found: Option<&'a [u32]>,
    pub all: usize,
}

impl Longer<'_> {
    fn length(self) -> usize {
        self.found.map_or(self.all, <[u32]>::len)
    }

    fn number(self, place: usize) -> Option<u32> {
        match self.found {
            Some(found) => found.get(place).copied(),
            None => u32::try_from(place).ok().filter(|_| place < self.all),
        }
    }

    /// What is found stands in the order of the policy.
    fn place(self, number: u32) -> Option<usize> {
        match self.found {
            Some(found) => found.binary_search(&number).ok(),
            None => usize::try_from(number).ok().filter(|number| *number < self.all),
        }
    }
}

/// Kinds of outcomes, one of them for digests of which nothing is demanded.
const KINDS: usize = 4;

/// The demands that are shown, in their order, as far as they were judged.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    pub filter: OutcomeFilter,
    pub sort: DemandSort,
    pub is_reversed: bool,
    /// By what came of them: each in the order of the policy.
    kinds: [Vec<u32>; KINDS],
    /// Rows of the longer list that were looked at.
    looked_at: usize,
}

/// Where an outcome stands: the worst first.
fn kind(status: Option<Status>) -> usize {
    match status {
        Some(Status::Failed) => 0,
        Some(Status::NotEvaluated) => 1,
        Some(Status::Passed) => 2,
        None => 3,
    }
}

impl Shown {
    /// Another filter, another order, or another list.
    pub fn restart(&mut self, filter: OutcomeFilter, sort: DemandSort, is_reversed: bool) {
        *self = Self { filter, sort, is_reversed, ..Self::default() };
    }

    /// Looks at what was judged since; `verdicts` is what came of all.
    pub fn follow(&mut self, longer: Longer<'_>, verdicts: &[DigestVerdict]) {
        if self.is_longer_list() {
            return;
        }
        // What was found stands in the order of the demands, as they are judged.
        while let Some(number) = longer.number(self.looked_at) {
            let Some(verdict) = verdicts.get(number as usize) else { return };
            self.looked_at += 1;
            if let Some(kind) = self.kinds.get_mut(kind(verdict.status)) {
                kind.push(number);
            }
        }
    }

    /// Whether all are shown as they stand in the policy.
    fn is_longer_list(&self) -> bool {
        self.filter == OutcomeFilter::All && self.sort == DemandSort::Policy
    }

    /// The kinds that are shown, in their order.
    fn kinds(&self) -> impl Iterator<Item = &[u32]> {
        let order: &[usize] = match (self.filter.status(), self.sort, self.is_reversed) {
            (Some(Status::Failed), ..) => &[0],
            (Some(Status::NotEvaluated), ..) => &[1],
            (Some(Status::Passed), ..) => &[2],
            (None, DemandSort::Outcome, false) => &[0, 1, 2, 3],
            (None, DemandSort::Outcome, true) => &[2, 1, 0, 3],
            (None, DemandSort::Policy, _) => &[],
        };
        order.iter().filter_map(|kind| self.kinds.get(*kind)).map(Vec::as_slice)
    }

    /// Whether each kind is shown from its end.
    fn is_turned(&self) -> bool {
        self.sort == DemandSort::Policy && self.is_reversed
    }

    /// How many are shown.
    pub fn length(&self, longer: Longer<'_>) -> usize {
        match self.filter {
            OutcomeFilter::All => longer.length(),
            _ => self.kinds().map(<[u32]>::len).sum(),
        }
    }

    /// The demand in a row.
    pub fn number(&self, row: usize, longer: Longer<'_>) -> Option<u32> {
        let turned = |row: usize, length: usize| match self.is_turned() {
            true => length.checked_sub(row + 1),
            false => Some(row),
        };
        if self.is_longer_list() {
            return longer.number(turned(row, longer.length())?);
        }
        let mut left = row;
        for kind in self.kinds() {
            if left < kind.len() {
                return kind.get(turned(left, kind.len())?).copied();
            }
            left -= kind.len();
        }
        match self.filter {
            // Those that are not judged yet.
            OutcomeFilter::All => longer.number(self.looked_at + left),
            _ => None,
        }
    }

    /// The row of a demand; none: it is not shown.
    pub fn row(&self, number: u32, longer: Longer<'_>) -> Option<usize> {
        let turned = |place: usize, length: usize| if self.is_turned() { length - 1 - place } else { place };
        if self.is_longer_list() {
            return longer.place(number).map(|place| turned(place, longer.length()));
        }
        let mut before = 0;
        for kind in self.kinds() {
            if let Ok(place) = kind.binary_search(&number) {
                return Some(before + turned(place, kind.len()));
            }
            before += kind.len();
        }
        let place = longer.place(number).filter(|_| self.filter == OutcomeFilter::All)?;
        Some(before + place.checked_sub(self.looked_at)?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const STATUSES: [Option<Status>; 6] = [
        Some(Status::Passed),
        Some(Status::Failed),
        None,
        Some(Status::NotEvaluated),
        Some(Status::Failed),
        Some(Status::Passed),
    ];

    fn verdicts() -> Vec<DigestVerdict> {
        let verdict = |status| DigestVerdict { status, has_evidence: true, checks: Arc::default() };
        STATUSES.into_iter().map(verdict).collect()
    }

    fn numbers(shown: &Shown, longer: Longer<'_>) -> Vec<u32> {
        let numbers: Vec<_> =
            (0..shown.length(longer)).map(|row| shown.number(row, longer).unwrap()).collect();
        assert_eq!(shown.number(numbers.len(), longer), None);
        for (row, number) in numbers.iter().enumerate() {
            assert_eq!(shown.row(*number, longer), Some(row), "{shown:?}");
        }
        numbers
    }

    #[test]
    fn what_is_judged_later_is_shown_too() {
        for found in [None, Some([0, 1, 3, 4].as_slice()), Some([2, 3].as_slice()), Some([].as_slice())] {
            let longer = Longer { found, all: STATUSES.len() };
            for filter in OutcomeFilter::ALL {
                for (sort, is_reversed) in [
                    (DemandSort::Policy, false),
                    (DemandSort::Policy, true),
                    (DemandSort::Outcome, false),
                    (DemandSort::Outcome, true),
                ] {
                    let (mut at_once, mut by_and_by) = (Shown::default(), Shown::default());
                    at_once.restart(filter, sort, is_reversed);
                    at_once.follow(longer, &verdicts());
                    by_and_by.restart(filter, sort, is_reversed);
                    for so_far in 0..=STATUSES.len() {
                        by_and_by.follow(longer, &verdicts()[..so_far]);
                        numbers(&by_and_by, longer);
                    }
                    assert_eq!(
                        numbers(&at_once, longer),
                        numbers(&by_and_by, longer),
                        "{found:?} {filter:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_worst_come_first_and_those_without_an_outcome_last() {
        let longer = Longer { found: None, all: STATUSES.len() };
        let ordered = |sort, is_reversed, so_far: usize| {
            let mut shown = Shown::default();
            shown.restart(OutcomeFilter::All, sort, is_reversed);
            shown.follow(longer, &verdicts()[..so_far]);
            numbers(&shown, longer)
        };
        assert_eq!(ordered(DemandSort::Policy, false, 6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(ordered(DemandSort::Policy, true, 6), [5, 4, 3, 2, 1, 0]);
        assert_eq!(ordered(DemandSort::Outcome, false, 6), [1, 4, 3, 0, 5, 2]);
        assert_eq!(ordered(DemandSort::Outcome, true, 6), [0, 5, 3, 1, 4, 2]);
        assert_eq!(ordered(DemandSort::Outcome, false, 2), [1, 0, 2, 3, 4, 5]);
        let mut failed = Shown::default();
        failed.restart(OutcomeFilter::Failed, DemandSort::Policy, true);
        failed.follow(longer, &verdicts());
        assert_eq!(numbers(&failed, longer), [4, 1]);
        assert_eq!(failed.row(0, longer), None);
    }
}
