//! Which address of a list is used (Keylime Enhancement 119).
//!
//! The choice is uniform and kept until it fails. After a failure another
//! address is drawn, none twice within a round. When all have failed, a new
//! shuffled round begins after a pause that doubles from round to round.
//! One `Selection` knows the length of one list of one block: it cannot mix
//! lists, because it has never seen another.

use std::num::NonZeroUsize;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// Upper bound of the pause after the first round in which all failed.
pub const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Upper bound of any pause.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Use the address at this index of the list.
    Use(usize),
    /// Every address has failed: wait this long.
    Wait(Duration),
}

/// The choice among the addresses of one list.
///
/// Times are durations since any epoch, as long as it is always the same one
/// and never goes backwards.
#[derive(Debug)]
pub struct Selection {
    /// Indices in the order of this round; those before `position` have failed.
    order: Vec<usize>,
    position: usize,
    failed_rounds: u32,
    resume: Option<Duration>,
    random: StdRng,
}

impl Selection {
    /// A choice among `count` addresses; the same seed gives the same choices.
    pub fn new(count: NonZeroUsize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..count.get()).collect();
        order.shuffle(&mut random);
        Self { order, position: 0, failed_rounds: 0, resume: None, random }
    }

    /// The address in use, or how long none is to be tried.
    pub fn current(&self, now: Duration) -> Choice {
        match self.resume.and_then(|resume| resume.checked_sub(now)) {
            Some(left) if !left.is_zero() => Choice::Wait(left),
            _ => Choice::Use(self.order.get(self.position).copied().unwrap_or_default()),
        }
    }

    /// The address in use has failed: DNS, TCP, TLS (with its certificate),
    /// no answer in time, or 502, 503, 504. Without effect during a pause, when
    /// no address is in use.
    ///
    /// After the n-th round of failures in a row the pause lies between half
    /// of and the whole of `FIRST_PAUSE × 2^(n−1)`, at most [`LONGEST_PAUSE`].
    pub fn failed(&mut self, now: Duration) {
        if let Choice::Wait(_) = self.current(now) {
            return;
        }
        self.resume = None;
        self.position += 1;
        if self.position < self.order.len() {
            return;
        }
        self.position = 0;
        self.order.shuffle(&mut self.random);
        let doubled = 1u32.checked_shl(self.failed_rounds).unwrap_or(u32::MAX);
        self.failed_rounds = self.failed_rounds.saturating_add(1);
        let pause = FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE);
        self.resume = now.checked_add(pause.mul_f64(self.random.random_range(0.5..=1.0)));
    }

    /// Whether every address has failed since the last success of any.
    pub fn is_exhausted(&self) -> bool {
        self.failed_rounds > 0
    }

    /// Ends a pause: something cheaper than the real question has shown that an
    /// address answers again.
    pub fn end_pause(&mut self) {
        self.resume = None;
    }

    /// The address in use has answered. It stays; the others are fresh again,
    /// so that its next failure begins a whole new round.
    pub fn succeeded(&mut self) {
        self.failed_rounds = 0;
        self.resume = None;
        if self.position > 0 {
            self.order.swap(0, self.position);
            self.position = 0;
            if let Some((_, others)) = self.order.split_first_mut() {
                others.shuffle(&mut self.random);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn count(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    fn used(selection: &Selection, now: Duration) -> usize {
        match selection.current(now) {
            Choice::Use(index) => index,
            Choice::Wait(left) => panic!("waits {left:?}"),
        }
    }

    /// χ² of the counts against the uniform distribution.
    fn chi_square(counts: &[u32]) -> f64 {
        let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
        counts.iter().map(|seen| (f64::from(*seen) - expected).powi(2) / expected).sum()
    }

    /// The 99.9 % quantile of χ² with 4 degrees of freedom.
    const CHI_SQUARE_4: f64 = 18.467;

    #[test]
    fn the_first_choice_is_uniform() {
        let mut counts = [0; 5];
        for seed in 0..20_000 {
            counts[used(&Selection::new(count(5), seed), Duration::ZERO)] += 1;
        }
        assert!(chi_square(&counts) < CHI_SQUARE_4, "{counts:?}");
    }

    #[test]
    fn the_choice_after_a_failure_is_uniform_among_the_others() {
        let mut counts = [0; 5];
        for seed in 0..20_000 {
            let mut selection = Selection::new(count(6), seed);
            let first = used(&selection, Duration::ZERO);
            selection.failed(Duration::ZERO);
            counts[(used(&selection, Duration::ZERO) + 6 - first) % 6 - 1] += 1;
        }
        assert!(chi_square(&counts) < CHI_SQUARE_4, "{counts:?}");
    }

    #[test]
    fn later_rounds_are_uniform_too() {
        let mut counts = [0; 5];
        let mut selection = Selection::new(count(5), 7);
        let mut now = Duration::ZERO;
        for _ in 0..20_000 {
            counts[used(&selection, now)] += 1;
            for _ in 0..5 {
                selection.failed(now);
            }
            now += LONGEST_PAUSE;
        }
        assert!(chi_square(&counts) < CHI_SQUARE_4, "{counts:?}");
    }

    #[test]
    fn the_choice_stays_until_it_fails() {
        let mut selection = Selection::new(count(4), 1);
        let first = used(&selection, Duration::ZERO);
        for second in 0..100 {
            assert_eq!(used(&selection, Duration::from_secs(second)), first);
            selection.succeeded();
        }
        selection.failed(Duration::from_secs(100));
        assert_ne!(used(&selection, Duration::from_secs(100)), first);
    }

    #[test]
    fn a_success_makes_the_others_fresh_again() {
        let mut selection = Selection::new(count(3), 3);
        selection.failed(Duration::ZERO);
        selection.failed(Duration::ZERO);
        let last = used(&selection, Duration::ZERO);
        selection.succeeded();
        assert_eq!(used(&selection, Duration::ZERO), last);
        selection.failed(Duration::ZERO);
        let one = used(&selection, Duration::ZERO);
        selection.failed(Duration::ZERO);
        let other = used(&selection, Duration::ZERO);
        assert_eq!(BTreeSet::from([last, one, other]).len(), 3);
    }

    #[test]
    fn a_single_address_comes_back_after_the_pause() {
        let mut selection = Selection::new(count(1), 5);
        selection.failed(Duration::ZERO);
        let Choice::Wait(left) = selection.current(Duration::ZERO) else { panic!("no pause") };
        assert!(left >= FIRST_PAUSE / 2 && left <= FIRST_PAUSE, "{left:?}");
        assert_eq!(selection.current(left), Choice::Use(0));
    }

    #[test]
    fn a_failure_reported_during_a_pause_changes_nothing() {
        let mut selection = Selection::new(count(2), 5);
        selection.failed(Duration::ZERO);
        selection.failed(Duration::ZERO);
        let pause = selection.current(Duration::ZERO);
        selection.failed(Duration::ZERO);
        assert_eq!(selection.current(Duration::ZERO), pause);
    }

    #[test]
    fn a_success_ends_the_growth_of_the_pauses() {
        let mut selection = Selection::new(count(1), 5);
        let mut now = Duration::ZERO;
        for _ in 0..10 {
            selection.failed(now);
            now += LONGEST_PAUSE;
        }
        selection.succeeded();
        selection.failed(now);
        assert!(matches!(selection.current(now), Choice::Wait(left) if left <= FIRST_PAUSE));
    }

    proptest! {
        #[test]
        fn nothing_repeats_within_a_round(members in 1usize..40, seed: u64, rounds in 1usize..6) {
            let mut selection = Selection::new(count(members), seed);
            let mut now = Duration::ZERO;
            for _ in 0..rounds {
                let mut seen = BTreeSet::new();
                for _ in 0..members {
                    prop_assert!(seen.insert(used(&selection, now)));
                    selection.failed(now);
                }
                prop_assert_eq!(seen.len(), members);
                now += LONGEST_PAUSE;
            }
        }

        #[test]
        fn pauses_are_bounded(members in 1usize..5, seed: u64, rounds in 1u32..80) {
            let mut selection = Selection::new(count(members), seed);
            let mut now = Duration::ZERO;
            for round in 0..rounds {
                for _ in 0..members {
                    selection.failed(now);
                }
                let Choice::Wait(left) = selection.current(now) else { panic!("no pause") };
                let bound = FIRST_PAUSE.saturating_mul(1 << round.min(20)).min(LONGEST_PAUSE);
                prop_assert!(left <= bound && left >= bound / 2, "round {}: {:?}", round, left);
                now += left;
                prop_assert!(matches!(selection.current(now), Choice::Use(index) if index < members));
            }
        }
    }
}
