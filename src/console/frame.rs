//! Frame pacing: when the next turn may be.

use std::time::Duration;

use tokio::time::Instant;

/// Time between two frames at least.
pub const FRAME_INTERVAL: Duration = Duration::from_millis(16);

/// Spaces turns out. A turn is: take in the newest picture, draw if something
/// visible changed. Pictures are paced like frames, because sorting 100,000
/// rows for a picture that nobody will see is work lost.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Instant>,
}

impl Pace {
    /// The earliest moment of the next turn.
    pub(super) fn next(&self, now: Instant) -> Instant {
        self.last.map_or(now, |last| last + FRAME_INTERVAL)
    }

    /// Whether a turn may be now.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next(now) <= now
    }

    /// A turn began. Its beginning counts: from its end on, a key would wait for
    /// the interval and two turns, and not for one.
    pub(super) fn mark(&mut self, now: Instant) {
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_turn_is_at_once_and_the_next_an_interval_later() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert!(pace.is_due(start));
        pace.mark(start);
        assert!(!pace.is_due(start + FRAME_INTERVAL - Duration::from_millis(1)));
        assert!(pace.is_due(start + FRAME_INTERVAL));
        assert_eq!(pace.next(start), start + FRAME_INTERVAL);
    }
}
