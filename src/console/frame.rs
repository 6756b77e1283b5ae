//! Frame pacing: when the next turn may be.

use std::time::Duration;

use crossterm::event::Event;
use tokio::time::Instant;

/// Time between two frames at least.
pub const FRAME_INTERVAL: Duration = Duration::from_millis(16);

/// The same while the terminal is not the one that the operator works in.
pub const UNFOCUSED_INTERVAL: Duration = Duration::from_millis(250);

/// How many times as long as the terminal took for a frame is waited before the
/// next one: a slow line is left mostly free, for keys and for others.
const REST_AFTER_WRITE: u32 = 4;

/// How long is waited for a slow terminal at most.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// Spaces turns out. A turn is: take in the newest picture, draw if something
/// visible changed. Pictures are paced like frames, because sorting 100,000
/// rows for a picture that nobody will see is work lost.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Instant>,
    /// How long the terminal took for the last frame.
    took: Duration,
    is_unfocused: bool,
}

impl Pace {
    /// The earliest moment of the next turn.
    pub(super) fn next(&self, now: Instant) -> Instant {
        self.last.map_or(now, |last| last + self.interval())
    }

    /// Whether a turn may be now.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next(now) <= now
    }

    /// A turn began now, and the terminal took so long to take its frame. Its
    /// beginning counts: from its end on, a key would wait for the interval and
    /// two turns, and not for one.
    pub(super) fn mark(&mut self, now: Instant, took: Duration) {
        self.last = Some(now);
        self.took = took;
    }

    /// What the terminal told. Whoever presses a key is there, also where the
    /// terminal does not tell that it has the focus again.
    pub(super) fn see(&mut self, event: Option<&Event>) {
        match event {
            Some(Event::FocusLost) => self.is_unfocused = true,
            Some(_) => self.is_unfocused = false,
            None => {}
        }
    }

    fn interval(&self) -> Duration {
        let least = if self.is_unfocused { UNFOCUSED_INTERVAL } else { FRAME_INTERVAL };
        self.took.saturating_mul(REST_AFTER_WRITE).min(LONGEST_REST).max(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Duration = Duration::ZERO;

    #[test]
    fn the_first_turn_is_at_once_and_the_next_an_interval_later() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert!(pace.is_due(start));
        pace.mark(start, NOTHING);
        assert!(!pace.is_due(start + FRAME_INTERVAL - Duration::from_millis(1)));
        assert!(pace.is_due(start + FRAME_INTERVAL));
        assert_eq!(pace.next(start), start + FRAME_INTERVAL);
    }

    #[test]
    fn a_terminal_without_focus_is_drawn_seldom_until_somebody_is_there() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.mark(start, NOTHING);
        pace.see(Some(&Event::FocusLost));
        assert_eq!(pace.next(start), start + UNFOCUSED_INTERVAL);
        pace.see(None);
        assert_eq!(pace.next(start), start + UNFOCUSED_INTERVAL);
        for back in [Event::FocusGained, Event::Key(crossterm::event::KeyCode::Char('j').into())] {
            pace.see(Some(&Event::FocusLost));
            pace.see(Some(&back));
            assert_eq!(pace.next(start), start + FRAME_INTERVAL);
        }
    }

    #[test]
    fn a_slow_terminal_is_left_alone_four_times_as_long_as_it_took() {
        let start = Instant::now();
        let mut pace = Pace::default();
        for (took, rest) in [(1, 16), (4, 16), (5, 20), (50, 200), (125, 500), (5_000, 500)] {
            pace.mark(start, Duration::from_millis(took));
            assert_eq!(pace.next(start), start + Duration::from_millis(rest), "{took}");
        }
        pace.mark(start, NOTHING);
        assert_eq!(pace.next(start), start + FRAME_INTERVAL);
    }
}
