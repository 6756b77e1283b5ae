//! Asking sooner than planned, because the operator wants to know.
//!
//! It stays polite: the addresses are probed at once, but a verifier is asked
//! for its agents, and a registrar for its ids, only once twenty times the time
//! of the last answer is over. So a refresh, however often, never takes more
//! than a twentieth of a server's time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// From one question to the next at least: who leans on the key sends no storm.
const AT_LEAST: Duration = Duration::from_secs(1);

/// Asks every group sooner than planned. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Refresher {
    groups: Arc<Mutex<Vec<Arc<Bell>>>>,
}

/// What the tasks of a group wait for beside their plans.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: watch::Sender<()>,
    verifier_rests_until: Mutex<Option<Instant>>,
}

/// What a refresh will do, in words by its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// Groups that are asked.
    pub groups: usize,
    /// Groups whose verifier is asked later, because it worked for us just before.
    pub resting: usize,
    /// How long the longest of those rests.
    pub longest: Duration,
}

impl Refresher {
    /// From now on these are rung.
    pub(super) fn ring_for(&self, bells: impl IntoIterator<Item = Arc<Bell>>) {
        *self.bells() = bells.into_iter().collect();
    }

    fn bells(&self) -> MutexGuard<'_, Vec<Arc<Bell>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks every group now. What is just being asked is asked once more after that.
    pub fn refresh(&self) -> Refreshed {
        let now = Instant::now();
        let groups = self.bells();
        let rests: Vec<_> = groups.iter().filter_map(|bell| bell.rest(now)).collect();
        groups.iter().for_each(|bell| bell.rung.send_replace(()));
        Refreshed {
            groups: groups.len(),
            resting: rests.len(),
            longest: rests.into_iter().max().unwrap_or_default(),
        }
    }
}

impl Bell {
    /// An ear of one task.
    pub(super) fn listen(&self) -> Ear {
        Ear(self.rung.subscribe())
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

/// What one task of a group hears of its [`Bell`].
#[derive(Debug)]
pub(super) struct Ear(watch::Receiver<()>);

impl Ear {
    /// Waits until `planned`, or until somebody rang and it is polite to ask.
    pub(super) async fn wait(&mut self, planned: Instant, polite: Instant) {
        let polite = polite.max(Instant::now() + AT_LEAST);
        let called = async {
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            sleep_until(polite).await;
        };
        tokio::select! {
            () = sleep_until(planned) => {}
            () = called => {}
        }
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
            1 => write!(out, "; a verifier that just answered for long is asked in {seconds} s"),
            several => {
                write!(out, "; {several} verifiers that just answered for long are asked within {seconds} s")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_verifier_that_worked_for_us_rests_first_and_that_is_said() {
        let refresher = Refresher::default();
        assert_eq!(refresher.refresh().to_string(), "there is no group to ask");
        let (one, two): (Arc<Bell>, Arc<Bell>) = Default::default();
        refresher.ring_for([Arc::clone(&one), Arc::clone(&two)]);
        one.verifier_rests(Instant::now() + Duration::from_millis(61_500));
        two.verifier_rests(Instant::now());
        assert_eq!(
            refresher.refresh().to_string(),
            "asking 2 groups now; a verifier that just answered for long is asked in 62 s"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn every_task_of_a_group_hears_the_bell_and_waits_until_it_is_polite() {
        let refresher = Refresher::default();
        let bell = Arc::new(Bell::default());
        refresher.ring_for([Arc::clone(&bell)]);
        let start = Instant::now();
        let (planned, polite) = (start + Duration::from_secs(600), start + Duration::from_secs(20));
        let (mut first, mut second) = (bell.listen(), bell.listen());
        // Rung before anybody waits: not lost.
        refresher.refresh();
        tokio::join!(first.wait(planned, polite), second.wait(planned, start));
        assert_eq!(Instant::now(), polite);
        first.wait(start + Duration::from_secs(30), start).await;
        assert_eq!(Instant::now(), start + Duration::from_secs(30), "once rung is once asked");
    }

    #[tokio::test(start_paused = true)]
    async fn who_leans_on_the_key_sends_no_storm() {
        let refresher = Refresher::default();
        let bell = Arc::new(Bell::default());
        refresher.ring_for([Arc::clone(&bell)]);
        let mut ear = bell.listen();
        let start = Instant::now();
        for _ in 0..10 {
            refresher.refresh();
            ear.wait(start + Duration::from_secs(600), start).await;
        }
        assert_eq!(Instant::now(), start + AT_LEAST * 10);
    }
}
