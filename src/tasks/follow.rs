//! One group, followed for as long as the console runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::asker::{Asked, Asker, Turns};
use super::details::Details;
use super::group::targets;
use super::keeper::INPUTS_WAITING;
use super::pace::{self, Plan};
use super::{AskPassphrase, credentials, keeper, once};
use crate::config::Config;
use crate::fleet::{Fleet, Input, Snapshot};
use crate::keylime::{AddressState, Failure, Limits};

/// The tasks of a followed fleet; they end when this is dropped.
#[derive(Debug)]
pub struct Following {
    _tasks: JoinSet<()>,
}

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
    let targets = targets(config);
    let plans = targets.iter().map(super::GroupTargets::plan);
    let mut fleet = Fleet::new(config.verification_duplication, config.stale_after.as_secs(), plans);
    let (pictures, seen) = watch::channel(Arc::new(fleet.snapshot()));
    let (inputs, taken) = mpsc::channel(INPUTS_WAITING);
    let mut tasks = JoinSet::new();
    // The model of a large fleet takes a tenth of a second for a picture: on a thread of its own nothing
    // that is timed waits for it. It ends when the other tasks, which hold the senders, have ended.
    let keep = keeper(fleet, taken, pictures);
    let runtime = Handle::current();
    tasks.spawn_blocking(move || runtime.block_on(keep));
    for (number, (group, targets)) in config.groups.iter().zip(targets).enumerate() {
        let addresses = targets.addresses.len();
        let asker = credentials::read(&group.tls, &mut *ask)
            .map_err(|error| Failure::stay(AddressState::Error, error.to_string()))
            .and_then(|tls| Asker::new(number, targets, tls, limits, config.poll_interval, inputs.clone()));
        let interval = config.poll_interval;
        match asker {
            Ok(asker) => {
                tasks.spawn(follow_group(asker, interval, inputs.clone(), number));
            }
            Err(failure) => {
                tracing::error!(group = %group.name, "{failure}");
                let inputs = inputs.clone();
                tasks.spawn(async move {
                    for input in once::unusable(addresses, &failure) {
                        let _ = inputs.send((number, input)).await;
                    }
                });
            }
        }
    }
    (Following { _tasks: tasks }, seen)
}

async fn follow_group(asker: Asker, interval: Duration, inputs: super::asker::Inputs, number: usize) {
    let (plans, planned) = watch::channel(None);
    tokio::join!(ask_forever(asker, interval, plans), watch_over(planned, inputs, number));
}

/// Probes every interval; asks each role when its own plan says so.
async fn ask_forever(mut asker: Asker, interval: Duration, plans: watch::Sender<Option<(Instant, Plan)>>) {
    let mut verifier = Turn::default();
    let mut registrar = Turn::default();
    let mut details = Details::default();
    let mut has_answered = false;
    loop {
        let probes_again = Instant::now() + pace::plan(interval, Duration::ZERO, rand::random()).pause;
        let turns = Turns { verifier: verifier.is_due(), registrar: registrar.is_due() };
        let (from_verifier, from_registrar) = asker.round(turns).await;
        if let Some(asked) = &from_verifier {
            let (ended, plan) = verifier.asked(asked, interval);
            match asked {
                Asked::Answered { .. } => {
                    has_answered = true;
                    // Nobody listens only when the console is about to end.
                    let _ = plans.send(Some((ended, plan)));
                }
                Asked::Failed { .. } if !has_answered => asker.tell(Input::Lost).await,
                Asked::Failed { .. } => {}
            }
        }
        if let Some(asked) = &from_registrar {
            registrar.asked(asked, interval);
            if matches!(asked, Asked::Answered { .. }) {
                // A slow registrar must not hold up the next question to a verifier.
                let next = verifier.next.unwrap_or(probes_again).min(probes_again);
                let _out_of_time = timeout_at(next, details.round(&asker)).await;
            }
        }
        let next = [Some(probes_again), verifier.next, registrar.next].into_iter().flatten().min();
        sleep_until(next.unwrap_or(probes_again)).await;
    }
}

/// When one role may be asked again.
#[derive(Default)]
struct Turn {
    next: Option<Instant>,
}

impl Turn {
    fn is_due(&self) -> bool {
        self.next.is_none_or(|next| Instant::now() >= next)
    }

    fn asked(&mut self, asked: &Asked, interval: Duration) -> (Instant, Plan) {
        let (Asked::Answered { took, ended } | Asked::Failed { took, ended }) = *asked;
        let plan = pace::plan(interval, took, rand::random());
        self.next = Some(ended + plan.pause);
        (ended, plan)
    }
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
                    let _ = inputs.send((number, input)).await;
                    if was_lost && planned.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
