//! How often a group is asked. Pure.
//!
//! A bulk call blocks the only worker of a verifier (3.4 s at 5,000 agents were
//! measured), and attestation stops meanwhile. So we take at most a twentieth
//! of its time, however large the fleet is.

use std::time::Duration;

/// A pause after a question is at least this many times as long as the answer took.
pub const POLITENESS: u32 = 20;

/// Planned polls without a good answer after which nothing is known any more
/// (contract §2).
pub const PATIENCE: u32 = 3;

/// Greatest lengthening of a pause by jitter.
const JITTER: f64 = 0.1;

/// What an answer takes beyond its plan before the next one is overdue.
const SLACK: Duration = Duration::from_secs(2);

/// The plan that follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From the end of this answer to the next question.
    pub pause: Duration,
    /// From the end of this answer until it is polite to ask again, planned or not.
    pub rest: Duration,
    /// From the end of this answer until the next one is overdue.
    pub overdue: Duration,
    /// From the end of this answer until it counts no more.
    pub lost: Duration,
}

/// The plan after an answer, or a question that timed out, that took `took`.
/// `random` is uniform in 0…1.
pub fn plan(interval: Duration, took: Duration, random: f64) -> Plan {
    let rest = took.saturating_mul(POLITENESS);
    let planned = interval.max(rest);
    let longest = planned.mul_f64(1.0 + JITTER);
    let slack = SLACK + took.saturating_mul(2);
    Plan {
        pause: planned.mul_f64(1.0 + JITTER * random.clamp(0.0, 1.0)),
        rest,
        overdue: longest + slack,
        lost: longest.saturating_mul(PATIENCE) + slack,
    }
}

/// The share of a verifier's time that we take: what an answer took, of the
/// time between two questions. The first answer is measured against its plan.
pub fn share(took: Duration, between_questions: Option<Duration>, interval: Duration) -> f64 {
    let cycle = between_questions.unwrap_or_else(|| took + plan(interval, took, 0.0).pause);
    if cycle.is_zero() { 0.0 } else { (took.as_secs_f64() / cycle.as_secs_f64()).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEN: Duration = Duration::from_secs(10);

    #[test]
    fn a_quick_answer_waits_for_the_interval_and_a_slow_one_for_twenty_times_itself() {
        assert_eq!(plan(TEN, Duration::from_millis(100), 0.0).pause, TEN);
        assert_eq!(plan(TEN, Duration::from_millis(3_400), 0.0).pause, Duration::from_secs(68));
        assert_eq!(plan(TEN, Duration::from_secs(120), 0.0).pause, Duration::from_secs(2_400));
    }

    proptest! {
        #[test]
        fn we_never_take_more_than_a_twentieth(interval in 1u64..600, took in 0u64..200_000, random in 0.0..1.0f64) {
            let (interval, took) = (Duration::from_secs(interval), Duration::from_millis(took));
            let plan = plan(interval, took, random);
            prop_assert!(plan.pause >= interval);
            prop_assert!(plan.pause >= plan.rest && plan.rest >= took * POLITENESS);
            prop_assert!(plan.overdue > plan.pause && plan.lost > plan.overdue);
            prop_assert!(share(took, None, interval) <= 0.05);
            prop_assert!(share(took, Some(plan.pause + took), interval) <= 0.05);
        }
    }
}
