//! Asking sooner than planned, because the operator wants to know.
//!
//! It stays polite: the addresses are probed at once, but a verifier is asked
//! for its agents, and a registrar for its ids, only when twenty times the time
//! of the last answer is over. So a refresh, however often, never takes more
//! than a twentieth of a server's time.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// From one refresh of a group to the next at least.
pub(super) const AT_LEAST: Duration = Duration::from_secs(1);

/// Asks every group sooner than planned. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Refresher {
    groups: Vec<Arc<Bell>>,
}

/// What a group's task waits for beside its plan.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Notify,
    verifier_rests_until: Mutex<Option<Instant>>,
}

/// What a refresh will do, in words by its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// Groups that are asked.
    pub groups: usize,
    /// Verifiers among theirs that are only probed, because they worked for us
    /// just before.
    pub resting: usize,
    /// How long the longest of those rests.
    pub longest: Duration,
}

impl Refresher {
    /// A bell of one more group.
    pub(super) fn add(&mut self) -> Arc<Bell> {
        let bell = Arc::new(Bell::default());
        self.groups.push(Arc::clone(&bell));
        bell
    }

    /// Asks every group now. Those that are being asked are not asked again.
    pub fn refresh(&self) -> Refreshed {
        let now = Instant::now();
        let rests: Vec<_> = self.groups.iter().filter_map(|bell| bell.rest(now)).collect();
        self.groups.iter().for_each(|bell| bell.rung.notify_one());
        Refreshed {
            groups: self.groups.len(),
            resting: rests.len(),
            longest: rests.into_iter().max().unwrap_or_default(),
        }
    }
}

impl Bell {
    /// Waits until somebody rings.
    pub(super) async fn rung(&self) {
        self.rung.notified().await;
    }

    /// Says until when the verifier is left alone.
    pub(super) fn verifier_rests(&self, until: Instant) {
        *self.verifier_rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    fn rest(&self, now: Instant) -> Option<Duration> {
        let until = *self.verifier_rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.and_then(|until| until.checked_duration_since(now)).filter(|rest| !rest.is_zero())
    }
}

impl fmt::Display for Refreshed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.groups {
            0 => return out.write_str("there is no group to ask"),
            1 => out.write_str("asking the group now")?,
            groups => write!(out, "asking {groups} groups now")?,
        }
        let seconds = self.longest.as_secs_f64().ceil();
        match self.resting {
            0 => Ok(()),
            1 => write!(out, "; a verifier that just answered for long is left in peace for {seconds} s"),
            several => write!(
                out,
                "; {several} verifiers that just answered for long are left in peace for up to {seconds} s"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_verifier_that_worked_for_us_is_left_in_peace_and_that_is_said() {
        let mut refresher = Refresher::default();
        assert_eq!(refresher.refresh().to_string(), "there is no group to ask");
        let (one, two) = (refresher.add(), refresher.add());
        one.verifier_rests(Instant::now() + Duration::from_millis(61_500));
        two.verifier_rests(Instant::now());
        assert_eq!(
            refresher.refresh().to_string(),
            "asking 2 groups now; a verifier that just answered for long is left in peace for 62 s"
        );
        // Rung before anybody waited: not lost, and only once.
        one.rung().await;
        let again = tokio::time::timeout(Duration::from_secs(1), one.rung()).await;
        assert!(again.is_err());
    }
}
