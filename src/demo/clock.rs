//! The servers' own clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::DemoError;

/// A second of the fleet's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Unix time at which the fleet started.
    pub(super) origin: u64,
    /// Seconds since then.
    pub(super) elapsed: u64,
}

impl Moment {
    /// Unix time.
    pub(super) fn unix(self) -> u64 {
        self.origin + self.elapsed
    }
}

/// The servers' own clock: it starts at the system's time, may stand still,
/// and can be put forward.
pub(super) struct Clock {
    origin: u64,
    started: Instant,
    still: bool,
    ahead_ms: AtomicU64,
    moved: watch::Sender<()>,
}

impl Clock {
    /// A clock that starts now.
    pub(super) fn start(still: bool) -> Result<Self, DemoError> {
        let since_epoch =
            SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_before_1970| DemoError::Clock)?;
        Ok(Self {
            origin: since_epoch.as_secs(),
            started: Instant::now(),
            still,
            ahead_ms: AtomicU64::new(0),
            moved: watch::Sender::new(()),
        })
    }

    /// Unix time at which the clock started.
    pub(super) fn origin(&self) -> u64 {
        self.origin
    }

    /// Puts the clock forward; a still clock stays.
    pub(super) fn advance(&self, by: Duration) {
        let milliseconds = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms.fetch_add(milliseconds, Ordering::Relaxed);
        self.moved.send_replace(());
    }

    /// Time since the start, by this clock.
    pub(super) fn elapsed(&self) -> Duration {
        if self.still {
            return Duration::ZERO;
        }
        self.started.elapsed().saturating_add(Duration::from_millis(self.ahead_ms.load(Ordering::Relaxed)))
    }

    /// The second in which we are.
    pub(super) fn now(&self) -> Moment {
        Moment { origin: self.origin, elapsed: self.elapsed().as_secs() }
    }

    /// Waits until the clock shows `elapsed` seconds or has been put forward.
    pub(super) async fn reach(&self, elapsed: u64) {
        let mut moved = self.moved.subscribe();
        let left = Duration::from_secs(elapsed).saturating_sub(self.elapsed());
        let _whichever_first = tokio::time::timeout(left, moved.changed()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_clock_stands_even_when_put_forward() {
        let clock = Clock::start(true).unwrap();
        let first = clock.now();
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now(), first);
    }

    #[test]
    fn a_clock_can_be_put_forward() {
        let clock = Clock::start(false).unwrap();
        clock.advance(Duration::from_secs(100));
        assert!(clock.now().elapsed >= 100);
        assert_eq!(clock.now().unix(), clock.origin() + clock.now().elapsed);
    }
}
