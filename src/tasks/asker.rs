//! One round of questions to one group: probes of all addresses, the agent
//! records from one verifier, the ids from one registrar.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, join_all};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::group::{GroupTargets, RoleTargets};
use super::lists::Lists;
use super::pace;
use crate::fleet::{Answer, Input};
use crate::keylime::{
    AddressReport, AddressRole, AddressState, EntityTag, Failure, Fetched, Limits, Meaning, Negotiated,
    Reader, TlsSetup, probe,
};
use crate::servers::{Choice, Selection};

/// Where inputs for the model go, with the number of their group.
pub(super) type Inputs = mpsc::Sender<(usize, Input)>;

/// One group's connections, and what is remembered between rounds.
pub(super) struct Asker {
    number: usize,
    targets: GroupTargets,
    tls: TlsSetup,
    reader: Reader,
    limits: Limits,
    interval: Duration,
    inputs: Inputs,
    epoch: Instant,
    verifiers: Option<Side>,
    registrars: Option<Side>,
    lists: Mutex<Lists>,
}

/// What is remembered about the servers of one role.
struct Side {
    role: AddressRole,
    asked_at: Option<Instant>,
    targets: RoleTargets,
    selection: Selection,
    chosen: Option<usize>,
    etag: Option<(usize, EntityTag)>,
}

/// How a question to one role ended.
#[derive(Debug)]
pub(super) enum Asked {
    /// A good answer.
    Answered {
        /// From the request to the whole answer.
        took: Duration,
        /// When the answer was complete.
        ended: Instant,
    },
    /// None; the longest that a server may have been kept busy in vain.
    Failed {
        /// How long the last question waited for its answer.
        took: Duration,
        /// When it was given up.
        ended: Instant,
    },
}

/// Which roles are asked in a round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turns {
    /// A verifier, for its agents.
    pub verifier: bool,
    /// A registrar, for its ids.
    pub registrar: bool,
}

/// The probes of one round, each awaited by whoever needs it.
type Probes<'a> = Vec<Shared<BoxFuture<'a, Arc<AddressReport>>>>;

impl Asker {
    pub(super) fn new(
        number: usize,
        targets: GroupTargets,
        tls: TlsSetup,
        limits: Limits,
        interval: Duration,
        inputs: Inputs,
    ) -> Result<Self, Failure> {
        let seed: u64 = rand::random();
        let side = |role, seed| {
            let targets = targets.of_role(role)?;
            Some(Side {
                role,
                asked_at: None,
                targets,
                selection: Selection::new(targets.count, seed),
                chosen: None,
                etag: None,
            })
        };
        Ok(Self {
            number,
            verifiers: side(AddressRole::Verifier, seed),
            registrars: side(AddressRole::Registrar, seed.rotate_left(17)),
            reader: Reader::new(&tls, limits)?,
            targets,
            tls,
            limits,
            interval,
            inputs,
            epoch: Instant::now(),
            lists: Mutex::default(),
        })
    }

    pub(super) async fn tell(&self, input: Input) {
        // The keeper ends last; if it is gone, nobody wants to know.
        let _ = self.inputs.send((self.number, input)).await;
    }

    /// One round: every address is probed; of the two roles those are asked
    /// whose turn it is.
    pub(super) async fn round(&mut self, turns: Turns) -> (Option<Asked>, Option<Asked>) {
        let (mut verifiers, mut registrars) = (self.verifiers.take(), self.registrars.take());
        let asker = &*self;
        let probes: Probes<'_> =
            (0..asker.targets.addresses.len()).map(|index| asker.probed(index).boxed().shared()).collect();
        let (_, verifier, registrar) = tokio::join!(
            join_all(probes.iter().cloned()),
            asker.ask_if(turns.verifier, verifiers.as_mut(), &probes),
            asker.ask_if(turns.registrar, registrars.as_mut(), &probes),
        );
        drop(probes);
        (self.verifiers, self.registrars) = (verifiers, registrars);
        (verifier, registrar)
    }

    async fn probed(&self, index: usize) -> Arc<AddressReport> {
        let report = match self.targets.endpoint(index) {
            Some(endpoint) => probe(endpoint, &self.tls, &self.limits).await,
            None => {
                let failure = Failure::stay(AddressState::Error, "no such address");
                AddressReport {
                    failure: Some(failure),
                    latency: None,
                    negotiated: Negotiated::Unknown,
                    tls: None,
                }
            }
        };
        if let Some(failure) = &report.failure {
            let endpoint = self.targets.endpoint(index).map(ToString::to_string).unwrap_or_default();
            tracing::info!(group = %self.targets.name, %endpoint, state = failure.state.word(), "{failure}");
        }
        self.tell(Input::Probed { address: index, report: report.clone() }).await;
        Arc::new(report)
    }

    async fn ask_if(&self, turn: bool, side: Option<&mut Side>, probes: &Probes<'_>) -> Option<Asked> {
        match side.filter(|_| turn) {
            Some(side) => Some(self.ask(side, probes).await),
            None => None,
        }
    }

    /// The question of one role to one address: its input for the model, and
    /// what is to be remembered.
    async fn question(
        &self,
        role: AddressRole,
        index: usize,
        version: Negotiated,
        etag: Option<&EntityTag>,
    ) -> Result<Reply, Failure> {
        let endpoint = self
            .targets
            .endpoint(index)
            .ok_or_else(|| Failure::stay(AddressState::Error, "no such address"))?;
        if role == AddressRole::Verifier {
            let mut fetched = self.reader.agents(endpoint, version, etag).await?;
            if let Some(records) = &mut fetched.content {
                self.remember(|lists| lists.enrol(records));
            }
            Ok(Reply::of(index, fetched, Input::Agents))
        } else {
            let mut fetched = self.reader.registered(endpoint, version, etag).await?;
            if let Some(ids) = &mut fetched.content {
                self.remember(|lists| lists.register(ids));
            }
            Ok(Reply::of(index, fetched, Input::Registered))
        }
    }

    /// Asks the chosen server of one role, and others of the list where it
    /// fails, until one answers or all have failed.
    async fn ask(&self, side: &mut Side, probes: &Probes<'_>) -> Asked {
        let mut took = Duration::ZERO;
        if matches!(side.selection.current(self.epoch.elapsed()), Choice::Wait(_))
            && self.any_is_up(side, probes).await
        {
            side.selection.end_pause();
        }
        while let Choice::Use(position) = side.selection.current(self.epoch.elapsed()) {
            let index = side.targets.first + position;
            if side.chosen != Some(index) {
                side.chosen = Some(index);
                self.tell(Input::Chosen { address: index }).await;
            }
            // The probe is over before the question goes to the same address.
            let Some(report) = probes.get(index) else { break };
            let report = report.clone().await;
            if report.failure.is_some() {
                side.selection.failed(self.epoch.elapsed());
                continue;
            }
            let etag = side.etag.as_ref().filter(|(from, _)| *from == index).map(|(_, etag)| etag.clone());
            let mut started = Instant::now();
            let mut result = self.question(side.role, index, report.negotiated, etag.as_ref()).await;
            if matches!(&result, Err(failure) if failure.meaning == Meaning::Renegotiate) {
                // The server was changed under us: ask it again what it speaks.
                let report = self.probed(index).await;
                if report.failure.is_none() {
                    started = Instant::now();
                    result = self.question(side.role, index, report.negotiated, None).await;
                }
            }
            took = started.elapsed();
            match result {
                Ok(mut reply) => {
                    side.selection.succeeded();
                    side.etag = reply.etag.map(|etag| (index, etag));
                    if let Input::Agents(answer) = &mut reply.input {
                        let before = side.asked_at.map(|before| started.duration_since(before));
                        answer.share = Some(pace::share(reply.took, before, self.interval));
                    }
                    side.asked_at = Some(started);
                    self.tell(reply.input).await;
                    return Asked::Answered { took: reply.took, ended: started + reply.took };
                }
                Err(failure) => {
                    let endpoint = self.targets.endpoint(index).map(ToString::to_string).unwrap_or_default();
                    tracing::warn!(group = %self.targets.name, %endpoint, state = failure.state.word(), "{failure}");
                    let (state, meaning) = (failure.state, failure.meaning);
                    let input = match side.role {
                        AddressRole::Verifier => Input::AgentsFailed { address: index, failure },
                        _ => Input::RegisteredFailed { address: index, failure },
                    };
                    self.tell(input).await;
                    match meaning {
                        Meaning::Reselect | Meaning::ReselectAndWarn => {
                            side.selection.failed(self.epoch.elapsed())
                        }
                        Meaning::Stay | Meaning::Renegotiate => break,
                    }
                    // A server that ran out of time is still at work for us, and
                    // its members share a database: none is asked right now.
                    if state == AddressState::TimedOut {
                        break;
                    }
                }
            }
        }
        Asked::Failed { took, ended: Instant::now() }
    }

    async fn any_is_up(&self, side: &Side, probes: &Probes<'_>) -> bool {
        let run = side.targets.first..side.targets.first + side.targets.count.get();
        let reports = join_all(probes.get(run).unwrap_or_default().iter().cloned()).await;
        reports.iter().any(|report| report.failure.is_none())
    }

    /// The registrar that answered last, for single questions.
    pub(super) fn registrar(&self) -> Option<(usize, &Reader)> {
        self.registrars.as_ref()?.chosen.map(|index| (index, &self.reader))
    }

    /// The ids of the last good answers.
    pub(super) fn lists(&self) -> Lists {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, change: impl FnOnce(&mut Lists)) {
        change(&mut self.lists.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn targets(&self) -> &GroupTargets {
        &self.targets
    }
}

/// A good answer, on its way to the model.
struct Reply {
    input: Input,
    etag: Option<EntityTag>,
    took: Duration,
}

impl Reply {
    fn of<T>(address: usize, fetched: Fetched<T>, input: impl FnOnce(Answer<T>) -> Input) -> Self {
        let Fetched { content, etag, server_time, took } = fetched;
        // Without a `Date` our own clock has to do.
        let server_time = server_time.unwrap_or_else(|| Timestamp::now().as_second());
        let answer = Answer { address, content, server_time, took, share: None };
        Self { input: input(answer), etag, took }
    }
}
