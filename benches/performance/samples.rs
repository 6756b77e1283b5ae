//! Durations of repeated runs.

use std::time::{Duration, Instant};

use crate::Outcome;

/// How long each of several runs took, the shortest first.
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Of durations in any order.
    pub fn new(mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        Self(samples)
    }

    /// What 99 of 100 do not exceed; of fewer than 100, the longest.
    pub fn p99(&self) -> Duration {
        let place = (self.0.len() * 99).div_ceil(100).saturating_sub(1);
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }

    /// The middle one (the lower of two).
    pub fn median(&self) -> Duration {
        self.0.get(self.0.len().saturating_sub(1) / 2).copied().unwrap_or_default()
    }

    /// The median with the range, in words.
    pub fn words(&self) -> String {
        let shortest = self.0.first().copied().unwrap_or_default();
        let longest = self.longest();
        match self.0.len() {
            0 | 1 => words(self.median()),
            _ => format!("{} ({} – {})", words(self.median()), words(shortest), words(longest)),
        }
    }
}

/// A duration with three digits that count.
pub fn words(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    match milliseconds {
        0.0..10.0 => format!("{milliseconds:.2} ms"),
        10.0..100.0 => format!("{milliseconds:.1} ms"),
        100.0..1000.0 => format!("{milliseconds:.0} ms"),
        1000.0..10_000.0 => format!("{:.2} s", milliseconds / 1000.0),
        _ => format!("{:.1} s", milliseconds / 1000.0),
    }
}

/// Makes several things in turn, so that a machine that slows down slows all of
/// them; the first turn only warms up, unless there is a single one. Each tells
/// how long it took.
pub fn in_turn<const N: usize>(
    runs: usize,
    mut things: [&mut dyn FnMut() -> Outcome<Duration>; N],
) -> Outcome<[Samples; N]> {
    let mut all = [const { Vec::new() }; N];
    let warm_up = usize::from(runs > 1);
    for turn in 0..runs + warm_up {
        for (samples, thing) in all.iter_mut().zip(&mut things) {
            let took = thing()?;
            if turn >= warm_up {
                samples.push(took);
            }
        }
    }
    Ok(all.map(Samples::new))
}

/// Makes one thing repeatedly.
pub fn repeat(runs: usize, mut thing: impl FnMut() -> Outcome<Duration>) -> Outcome<Samples> {
    in_turn(runs, [&mut thing]).map(|[samples]| samples)
}

/// How long `work` took, and what it made, so that dropping that is not timed.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let started = Instant::now();
    let made = work();
    (started.elapsed(), made)
}
