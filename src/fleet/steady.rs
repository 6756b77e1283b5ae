//! A measured value in coarse steps that stand still while it only jitters.
//!
//! A screen that shows a latency would otherwise be drawn again with every
//! probe. The step changes when three readings in a row lie clearly (a quarter)
//! beyond it.

/// Readings in a row that move the step.
const INSISTENCE: u8 = 3;

/// Steps that are remembered.
const REMEMBERED: usize = 16;

/// How far beyond a bound a reading must lie to count, as a factor.
const MARGIN: f64 = 1.25;

/// Upper bounds of the steps, in rising order, and the words of each; there is
/// one more word than bounds.
#[derive(Debug)]
pub(super) struct Scale {
    pub bounds: &'static [f64],
    pub words: &'static [&'static str],
}

/// Latency of `/version`, in seconds.
pub(super) const LATENCY: Scale = Scale {
    bounds: &[0.025, 0.1, 0.3, 1.0, 3.0, 10.0],
    words: &["<25 ms", "<0.1 s", "<0.3 s", "<1 s", "<3 s", "<10 s", ">10 s"],
};

/// Share of a verifier's time, in parts of one.
pub(super) const SHARE: Scale = Scale {
    bounds: &[0.01, 0.02, 0.03, 0.04, 0.05, 0.1],
    words: &["<1 %", "1-2 %", "2-3 %", "3-4 %", "4-5 %", "5-10 %", ">10 %"],
};

/// How high a share is, from its words: 0 is the lowest.
pub fn share_rank(words: &str) -> usize {
    SHARE.words.iter().position(|known| *known == words).unwrap_or(0)
}

/// A value on a scale.
#[derive(Debug)]
pub(super) struct Steady {
    scale: &'static Scale,
    step: Option<usize>,
    beyond: u8,
    past: Vec<u8>,
}

impl Steady {
    pub(super) fn new(scale: &'static Scale) -> Self {
        Self { scale, step: None, beyond: 0, past: Vec::new() }
    }

    pub(super) fn read(&mut self, value: f64) {
        let step = self.scale.bounds.partition_point(|bound| *bound <= value);
        let Some(current) = self.step else {
            self.go(step);
            return;
        };
        let upper = self.scale.bounds.get(current).is_some_and(|bound| value > bound * MARGIN);
        let lower = current.checked_sub(1).and_then(|below| self.scale.bounds.get(below));
        if upper || lower.is_some_and(|bound| value < bound / MARGIN) {
            self.beyond += 1;
        } else {
            self.beyond = 0;
        }
        if self.beyond >= INSISTENCE {
            self.go(step);
            self.beyond = 0;
        }
    }

    /// Remembers a step only when it is entered: what stands still stays as it is.
    fn go(&mut self, step: usize) {
        self.step = Some(step);
        if self.past.len() == REMEMBERED {
            self.past.remove(0);
        }
        self.past.push(u8::try_from(step).unwrap_or(u8::MAX));
    }

    /// The last steps, the newest last; 0 is the lowest.
    pub(super) fn past(&self) -> &[u8] {
        &self.past
    }

    /// The words of the step; empty before the first reading.
    pub(super) fn words(&self) -> &'static str {
        self.step.and_then(|step| self.scale.words.get(step)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(readings: &[f64]) -> &'static str {
        let mut steady = Steady::new(&LATENCY);
        readings.iter().for_each(|reading| steady.read(*reading));
        steady.words()
    }

    #[test]
    fn spikes_and_jitter_change_nothing() {
        assert_eq!(after(&[]), "");
        assert_eq!(after(&[0.002]), "<25 ms");
        assert_eq!(after(&[0.002, 4.0, 0.003, 4.0, 4.0, 0.001]), "<25 ms");
        assert_eq!(after(&[0.024, 0.026, 0.030, 0.029, 0.031]), "<25 ms");
    }

    #[test]
    fn what_lasts_is_shown() {
        assert_eq!(after(&[0.002, 0.5, 0.5, 0.5]), "<1 s");
        assert_eq!(after(&[20.0, 0.5, 0.5, 0.001]), "<25 ms");
    }

    #[test]
    fn only_steps_are_remembered() {
        let mut steady = Steady::new(&LATENCY);
        for reading in [0.002, 0.003, 0.5, 0.5, 0.5, 0.6, 0.001, 0.001, 0.001] {
            steady.read(reading);
        }
        assert_eq!(steady.past(), [0, 3, 0]);
        for reading in (0..60).map(|number| if number / 3 % 2 == 0 { 0.5 } else { 0.002 }) {
            steady.read(reading);
        }
        assert_eq!(steady.past().len(), REMEMBERED);
    }

    #[test]
    fn every_step_has_words() {
        for scale in [&LATENCY, &SHARE] {
            assert_eq!(scale.words.len(), scale.bounds.len() + 1);
            assert!(scale.bounds.is_sorted());
        }
        assert_eq!(LATENCY.bounds.len(), usize::from(crate::fleet::SLOWEST_STEP));
    }
}
