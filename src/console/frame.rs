//! Frame pacing: when the next turn may be.

use std::time::Duration;

use crossterm::event::Event;
use tokio::time::Instant;

/// Time between two frames at least, but for answers to keys (`AHEAD_FOR_KEY`).
pub const FRAME_INTERVAL: Duration = Duration::from_millis(16);

/// How much earlier a frame may be that answers a key: the operator waits for
/// it. The next one is as much later, so that there are not more of them.
pub const AHEAD_FOR_KEY: Duration = Duration::from_millis(8);

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
    /// When the last turn was, or should have been: one that answers a key may
    /// be ahead of its time.
    last: Option<Instant>,
    /// Whether somebody waits for the answer to a key.
    has_key: bool,
    /// How long the terminal took for the last frame.
    took: Duration,
    is_unfocused: bool,
}

impl Pace {
    /// The earliest moment of the next turn.
    pub(super) fn next(&self, now: Instant) -> Instant {
        self.last.map_or(now, |last| last + self.interval())
    }

    /// The same for a turn in which something is drawn: earlier, where that
    /// answers a key. A slow terminal rests all the same.
    pub(super) fn next_frame(&self, now: Instant) -> Instant {
        let next = self.next(now);
        let ahead =
            if self.has_key && self.interval() == FRAME_INTERVAL { AHEAD_FOR_KEY } else { Duration::ZERO };
        next.checked_sub(ahead).unwrap_or(next)
    }

    /// What the operator did is to be seen on the screen.
    pub(super) fn answer(&mut self) {
        self.has_key = true;
    }

    /// A turn began now, and the terminal took so long to take its frame. Its
    /// beginning counts: from its end on, a key would wait for the interval and
    /// two turns, and not for one.
    pub(super) fn mark(&mut self, now: Instant, took: Duration) {
        // An answer ahead of time counts from when its time would have been.
        let is_answer = std::mem::take(&mut self.has_key);
        self.last = Some(if is_answer { self.next(now).max(now) } else { now });
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
        assert_eq!(pace.next(start), start);
        pace.mark(start, NOTHING);
        assert_eq!(pace.next(start), start + FRAME_INTERVAL);
        assert_eq!(pace.next_frame(start), start + FRAME_INTERVAL);
        let later = start + 3 * FRAME_INTERVAL;
        pace.mark(later, NOTHING);
        assert_eq!(pace.next(later), later + FRAME_INTERVAL);
    }

    #[test]
    fn a_key_is_answered_ahead_of_time_and_the_next_frame_waits_for_it() {
        let start = Instant::now();
        let mut pace = Pace::default();
        pace.mark(start, NOTHING);
        pace.answer();
        let early = pace.next_frame(start);
        assert_eq!(early, start + FRAME_INTERVAL - AHEAD_FOR_KEY);
        assert_eq!(pace.next(start), start + FRAME_INTERVAL, "whatever else is to be drawn waits");
        pace.mark(early, NOTHING);
        assert_eq!(pace.next_frame(early), start + 2 * FRAME_INTERVAL);
        // However many keys there are: not more frames than without them.
        let mut now = early;
        for number in 2..100 {
            pace.answer();
            now = pace.next_frame(now);
            assert_eq!(now, start + number * FRAME_INTERVAL - AHEAD_FOR_KEY);
            pace.mark(now, NOTHING);
        }
        // Who does not look and what is slow get no frame ahead of time.
        pace.answer();
        pace.see(Some(&Event::FocusLost));
        assert_eq!(pace.next_frame(now), pace.next(now));
        pace.see(Some(&Event::FocusGained));
        let now = now + Duration::from_secs(1);
        pace.mark(now, Duration::from_millis(5));
        pace.answer();
        assert_eq!(pace.next_frame(now), now + Duration::from_millis(20));
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
