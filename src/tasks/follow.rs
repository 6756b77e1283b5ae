//! One group, followed for as long as the console runs.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::asker::{Asked, Asker, Side, Sides};
use super::details::Details;
use super::direction::{Direction, Following};
use super::keeper::{INPUTS_WAITING, News};
use super::pace::{self, Plan};
use super::refresh::Bell;
use super::{AskPassphrase, keeper};
use crate::config::Config;
use crate::fleet::{Fleet, Input, Snapshot};
use crate::keylime::Limits;

/// A runtime to follow groups on.
///
/// It has one thread: answers are read in small pieces, so that no group waits
/// for another one, and the records of a large fleet, made anew with every
/// answer, come from the memory that the last ones left. With two threads the
/// system's allocator keeps that memory twice.
///
/// # Errors
/// If the system gives no thread.
pub fn network() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name("network").enable_all().build()
}

/// Follows every group of the configuration from now on. Must be called inside
/// a runtime; the tasks run there.
pub fn follow(
    config: &Config,
    limits: Limits,
    ask: AskPassphrase<'_>,
) -> (Following, watch::Receiver<Arc<Snapshot>>) {
    let mut fleet = Fleet::new(config.verification_duplication, config.stale_after.as_secs(), []);
    let (inputs, taken) = mpsc::channel(INPUTS_WAITING);
    let mut director = Direction::new(limits, inputs);
    let (requested, stale_after, groups) = director.arrange(config, ask);
    fleet.rearrange(requested, stale_after, groups, Timestamp::now());
    let (pictures, seen) = watch::channel(Arc::new(fleet.snapshot()));
    // The model of a large fleet takes a tenth of a second for a picture: on a thread of its own nothing
    // that is timed waits for it. It ends when the other tasks, which hold the senders, have ended.
    let keep = keeper(fleet, taken, pictures);
    let runtime = Handle::current();
    Handle::current().spawn_blocking(move || runtime.block_on(keep));
    (director.followed(), seen)
}

/// Looks, the verifiers and the registrars each go at a pace of their own, so
/// that a slow one holds up none of the others.
pub(super) async fn follow_group(
    asker: Arc<Asker>,
    sides: Sides,
    interval: Duration,
    inputs: super::asker::Inputs,
    number: usize,
    bell: Arc<Bell>,
) {
    let (plans, planned) = watch::channel(None);
    tokio::join!(
        join_all(
            (0..asker.targets().addresses.len()).map(|index| look_forever(&asker, index, interval, &bell))
        ),
        ask_verifiers(&asker, sides.verifiers, interval, plans, &bell),
        ask_registrars(&asker, sides.registrars, interval, &bell),
        watch_over(planned, inputs, number),
    );
}

async fn look_forever(asker: &Asker, index: usize, interval: Duration, bell: &Bell) {
    let mut rung = bell.listen();
    loop {
        let began = Instant::now();
        asker.look(index).await;
        let planned = began + pace::plan(interval, Duration::ZERO, rand::random()).pause;
        rung.wait(planned, began).await;
    }
}

async fn ask_verifiers(
    asker: &Asker,
    side: Option<Side>,
    interval: Duration,
    plans: watch::Sender<Option<(Instant, Plan)>>,
    bell: &Bell,
) {
    let Some(mut side) = side else { return };
    let mut rung = bell.listen();
    let mut has_answered = false;
    loop {
        let asked = asker.ask(&mut side).await;
        let (ended, plan) = next(&asked, interval);
        match asked {
            Asked::Answered { .. } => {
                has_answered = true;
                // Nobody listens only when the console is about to end.
                let _ = plans.send(Some((ended, plan)));
            }
            Asked::Failed { .. } if !has_answered => asker.tell(Input::Lost).await,
            Asked::Failed { .. } => {}
        }
        bell.verifier_rests(ended + plan.rest);
        rung.wait(ended + plan.pause, ended + plan.rest).await;
    }
}

async fn ask_registrars(asker: &Asker, side: Option<Side>, interval: Duration, bell: &Bell) {
    let Some(mut side) = side else { return };
    let mut rung = bell.listen();
    let mut details = Details::default();
    loop {
        let asked = asker.ask(&mut side).await;
        let (ended, plan) = next(&asked, interval);
        if let (Asked::Answered { .. }, Some(index)) = (asked, side.chosen()) {
            details.round(asker, index).await;
        }
        rung.wait(ended + plan.pause, ended + plan.rest).await;
    }
}

/// When a question ended, and what that means for the next one.
fn next(asked: &Asked, interval: Duration) -> (Instant, Plan) {
    let (Asked::Answered { took, ended } | Asked::Failed { took, ended }) = *asked;
    (ended, pace::plan(interval, took, rand::random()))
}

/// Tells the model when a good answer is overdue, and when the last one counts
/// no more.
async fn watch_over(
    mut planned: watch::Receiver<Option<(Instant, Plan)>>,
    inputs: super::asker::Inputs,
    number: usize,
) {
    loop {
        let plan = *planned.borrow_and_update();
        let Some((answered, plan)) = plan else {
            if planned.changed().await.is_err() {
                return;
            }
            continue;
        };
        for (after, input) in [(plan.overdue, Input::Overdue), (plan.lost, Input::Lost)] {
            tokio::select! {
                biased;
                changed = planned.changed() => match changed {
                    Ok(()) => break,
                    Err(_closed) => return,
                },
                () = sleep_until(answered + after) => {
                    let was_lost = matches!(input, Input::Lost);
                    let _ = inputs.send(News::Input(number, input)).await;
                    if was_lost && planned.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
