//! Filtering and ordering of large fleets, off the console's own task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::Message;
use super::filter::Filter;
use super::state::{AT_ONCE, Arrange, Arrangement, Sort};

/// How long the operator waits for rows before that is worth a word: a word
/// that comes and goes with every key would be noise.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is being arranged: one wish at a time. A newer one takes the place of
/// the one that waits. The one that is at work is given up only where the
/// operator wishes for something else: were it given up for every new picture,
/// pictures that come quickly would keep all rows from coming.
#[derive(Debug, Default)]
pub(super) struct Arranging {
    at_work: Option<AtWork>,
    waiting: Option<Arrange>,
    /// When it is said that the operator is waiting; none: nobody waits, or it
    /// was said.
    patience: Option<Instant>,
    is_awaited: bool,
}

#[derive(Debug)]
struct AtWork {
    job: JoinHandle<Option<Arrangement>>,
    generation: u64,
    filter: Filter,
    sort: Sort,
    is_given_up: Arc<AtomicBool>,
}

impl Arranging {
    /// Begins with a wish as soon as may be.
    pub(super) fn begin(&mut self, wish: Arrange) {
        if let Some(at_work) = &self.at_work {
            if at_work.sort != wish.sort || at_work.filter != wish.filter {
                at_work.is_given_up.store(true, Ordering::Relaxed);
            }
            if let Some(replaced) = self.waiting.replace(wish) {
                dispose(replaced.snapshot.agents.len(), replaced);
            }
            return;
        }
        let is_given_up = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&is_given_up);
        let (generation, filter, sort) = (wish.generation, wish.filter.clone(), wish.sort);
        let job = spawn_blocking(move || wish.carry_out(|| asked.load(Ordering::Relaxed)));
        self.at_work = Some(AtWork { job, generation, filter, sort, is_given_up });
    }

    /// Whether the operator waits for rows.
    pub(super) fn wait(&mut self, is_awaited: bool) {
        if is_awaited != self.is_awaited {
            self.is_awaited = is_awaited;
            self.patience = is_awaited.then(|| Instant::now() + PATIENCE);
        }
    }

    /// What comes of it; never, where nothing is being arranged. Dropping the
    /// future loses nothing.
    pub(super) async fn next(&mut self) -> Message {
        loop {
            let Some(at_work) = &mut self.at_work else { return std::future::pending().await };
            let patience = self.patience;
            let done = tokio::select! {
                done = &mut at_work.job => done,
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => {
                    self.patience = None;
                    return Message::StillArranging;
                }
            };
            let generation = at_work.generation;
            self.at_work = None;
            let next = self.waiting.take();
            let is_last = next.is_none();
            next.into_iter().for_each(|wish| self.begin(wish));
            match done {
                Ok(Some(arrangement)) => return Message::Arranged(Arc::new(arrangement)),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!("arranging the agents: {error}");
                    if is_last {
                        return Message::NotArranged { generation };
                    }
                }
            }
        }
    }
}

impl Drop for Arranging {
    /// The process waits for what is at work: it is not to wait long.
    fn drop(&mut self) {
        if let Some(at_work) = &self.at_work {
            at_work.is_given_up.store(true, Ordering::Relaxed);
        }
    }
}

/// Lets go of something that may be the last to hold so many agents or paths.
pub(super) fn dispose(agents: usize, what: impl Send + 'static) {
    if agents > AT_ONCE {
        spawn_blocking(move || drop(what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::test_fleet;

    fn wish(generation: u64, filter: &str) -> Arrange {
        let filter = filter.parse().unwrap();
        Arrange {
            generation,
            snapshot: test_fleet::snapshot(),
            filter,
            sort: Sort::default(),
            identities: None,
        }
    }

    async fn next(arranging: &mut Arranging) -> u64 {
        match arranging.next().await {
            Message::Arranged(arrangement) => arrangement.wish().generation,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_newest_wish_takes_the_place_of_the_waiting_one() {
        let mut arranging = Arranging::default();
        for (generation, filter) in [(1, "a"), (2, "a"), (3, "a")] {
            arranging.begin(wish(generation, filter));
        }
        assert_eq!(next(&mut arranging).await, 1);
        assert_eq!(next(&mut arranging).await, 3);
        tokio::select! {
            biased;
            message = arranging.next() => panic!("{message:?}"),
            () = tokio::task::yield_now() => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_long_is_told_so_once() {
        let mut arranging = Arranging::default();
        let begin = Instant::now();
        let is_given_up = Arc::new(AtomicBool::new(false));
        let job = tokio::spawn(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            wish(1, "").carry_out(|| false)
        });
        let filter = Filter::default();
        arranging.at_work = Some(AtWork { job, generation: 1, filter, sort: Sort::default(), is_given_up });
        arranging.wait(true);
        assert!(matches!(arranging.next().await, Message::StillArranging));
        assert_eq!(begin.elapsed(), PATIENCE);
        arranging.wait(true);
        // What the operator does not want any more is given up.
        arranging.begin(wish(2, "node"));
        assert!(arranging.at_work.as_ref().unwrap().is_given_up.load(Ordering::Relaxed));
        assert_eq!(next(&mut arranging).await, 1);
        assert_eq!(next(&mut arranging).await, 2);
    }

    #[tokio::test]
    async fn a_job_that_breaks_is_told() {
        let mut arranging = Arranging::default();
        let job = tokio::spawn(async { panic!("as the test wants it") });
        let is_given_up = Arc::default();
        let filter = Filter::default();
        arranging.at_work = Some(AtWork { job, generation: 7, filter, sort: Sort::default(), is_given_up });
        assert!(matches!(arranging.next().await, Message::NotArranged { generation: 7 }));
    }
}
