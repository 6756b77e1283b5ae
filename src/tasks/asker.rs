//! Questions to one group: looks at all its addresses, the agent records from
//! one verifier, the ids from one registrar.
//!
//! Each address has a door, and whoever is at it is alone there: while our bulk
//! call keeps a verifier busy, nothing else of ours goes to it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::group::{GroupTargets, RoleTargets};
use super::keeper::News;
use super::lists::Lists;
use super::pace;
use super::policies::{Question, Reply as Replied};
use crate::fleet::{Answer, Input};
use crate::keylime::{
    AddressReport, AddressRole, AddressState, EntityTag, Failure, Fetched, Limits, Looks, Meaning,
    Negotiated, Reader, TlsSetup,
};
use crate::servers::{Choice, Selection};

/// Where inputs for the model go.
pub(super) type Inputs = mpsc::Sender<News>;

/// A look at an address that is not older than this, or half the interval, is
/// good enough for a question to it.
const FRESH: Duration = Duration::from_secs(5);

/// One group's connections, and what is remembered of its addresses.
pub(super) struct Asker {
    number: usize,
    targets: GroupTargets,
    tls: TlsSetup,
    reader: Reader,
    limits: Limits,
    interval: Duration,
    inputs: Inputs,
    epoch: Instant,
    doors: Vec<Door>,
    /// None where nobody will ask for them.
    lists: Option<Mutex<Lists>>,
}

/// Where one address is asked, one thing at a time.
type Door = tokio::sync::Mutex<Behind>;

/// What is behind a door.
#[derive(Default)]
struct Behind {
    /// When the last look ended and what it found, where the next question may
    /// rely on it.
    last: Option<(Instant, Arc<AddressReport>)>,
    looks: Looks,
}

impl Behind {
    /// What was found does not hold: the next look begins with a new connection.
    fn distrust(&mut self) {
        self.last = None;
        self.looks.forget();
    }
}

/// What is remembered about the servers of each role.
pub(super) struct Sides {
    /// The verifiers; none where none is configured.
    pub verifiers: Option<Side>,
    /// The operators' faces of the registrars.
    pub registrars: Option<Side>,
}

/// What is remembered about the servers of one role.
pub(super) struct Side {
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

impl Side {
    /// Index of the address that was asked last.
    pub(super) fn chosen(&self) -> Option<usize> {
        self.chosen
    }
}

impl Asker {
    pub(super) fn new(
        number: usize,
        targets: GroupTargets,
        tls: TlsSetup,
        limits: Limits,
        interval: Duration,
        inputs: Inputs,
    ) -> Result<(Self, Sides), Failure> {
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
        let sides = Sides {
            verifiers: side(AddressRole::Verifier, seed),
            registrars: side(AddressRole::Registrar, seed.rotate_left(17)),
        };
        let asker = Self {
            number,
            reader: Reader::new(&tls, limits)?,
            doors: targets.addresses.iter().map(|_| Door::default()).collect(),
            targets,
            tls,
            limits,
            interval,
            inputs,
            epoch: Instant::now(),
            lists: Some(Mutex::default()),
        };
        Ok((asker, sides))
    }

    /// One that is asked once: it keeps no lists, which for a large fleet is work.
    pub(super) fn without_lists(self) -> Self {
        Self { lists: None, ..self }
    }

    pub(super) async fn tell(&self, input: Input) {
        // The keeper ends last; if it is gone, nobody wants to know.
        let _ = self.inputs.send(News::Input(self.number, input)).await;
    }

    /// Everything once: a look at every address and the question of each role.
    /// Says how that of the verifiers ended.
    pub(super) async fn round(&self, sides: &mut Sides) -> Option<Asked> {
        let ask = async |side: Option<&mut Side>| match side {
            Some(side) => Some(self.ask(side).await),
            None => None,
        };
        let (_, verifier, _) = tokio::join!(
            join_all((0..self.doors.len()).map(|index| self.look(index))),
            ask(sides.verifiers.as_mut()),
            ask(sides.registrars.as_mut()),
        );
        verifier
    }

    /// Looks at an address, unless somebody just did, or is at it: a question
    /// begins with a look.
    pub(super) async fn look(&self, index: usize) {
        if let Some(Ok(mut behind)) = self.doors.get(index).map(Door::try_lock) {
            self.fresh(index, &mut behind).await;
        }
    }

    /// What a look at an address finds, or just found.
    async fn fresh(&self, index: usize, behind: &mut Behind) -> Arc<AddressReport> {
        if let Some((ended, report)) = &behind.last
            && ended.elapsed() < FRESH.min(self.interval / 2)
        {
            return Arc::clone(report);
        }
        let report = self.probed(index, &mut behind.looks).await;
        self.note(index, behind.last.as_ref().map(|(_, before)| &**before), &report);
        behind.last = Some((Instant::now(), Arc::clone(&report)));
        report
    }

    /// Writes into the log what a look found, where it is something else than before.
    fn note(&self, index: usize, before: Option<&AddressReport>, now: &AddressReport) {
        if before.and_then(|before| before.failure.as_ref()) == now.failure.as_ref() {
            return;
        }
        let endpoint = self.targets.endpoint(index).map(ToString::to_string).unwrap_or_default();
        let words = now.failure.as_ref().map_or("it answers again", |failure| failure.words.as_str());
        tracing::info!(group = %self.targets.name, %endpoint, state = now.state().word(), "{words}");
    }

    async fn probed(&self, index: usize, looks: &mut Looks) -> Arc<AddressReport> {
        let report = match self.targets.endpoint(index) {
            Some(endpoint) => looks.look(endpoint, &self.tls, &self.limits).await,
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
        self.tell(Input::Probed { address: index, report: report.clone() }).await;
        Arc::new(report)
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
    pub(super) async fn ask(&self, side: &mut Side) -> Asked {
        let mut took = Duration::ZERO;
        if matches!(side.selection.current(self.epoch.elapsed()), Choice::Wait(_))
            && self.any_is_up(side).await
        {
            side.selection.end_pause();
        }
        while let Choice::Use(position) = side.selection.current(self.epoch.elapsed()) {
            let index = side.targets.first + position;
            if side.chosen != Some(index) {
                side.chosen = Some(index);
                self.tell(Input::Chosen { address: index }).await;
            }
            let Some(door) = self.doors.get(index) else { break };
            let mut behind = door.lock().await;
            let report = self.fresh(index, &mut behind).await;
            if report.failure.is_some() {
                side.selection.failed(self.epoch.elapsed());
                continue;
            }
            let etag = side.etag.as_ref().filter(|(from, _)| *from == index).map(|(_, etag)| etag.clone());
            let mut started = Instant::now();
            let mut result = self.question(side.role, index, report.negotiated, etag.as_ref()).await;
            if matches!(&result, Err(failure) if failure.meaning == Meaning::Renegotiate) {
                // The server was changed under us: ask it again what it speaks.
                behind.distrust();
                let report = self.probed(index, &mut behind.looks).await;
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
                    // The look promised too much: the next question begins with a new one.
                    behind.distrust();
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

    /// One question beside those of the plan, to one address. It waits at the
    /// door like all others; what follows the head of an answer does not.
    pub(super) async fn single(&self, index: usize, question: &Question) -> Result<Replied, Failure> {
        let nowhere = || Failure::stay(AddressState::Error, "no such address");
        let door = self.doors.get(index).ok_or_else(nowhere)?;
        let endpoint = self.targets.endpoint(index).ok_or_else(nowhere)?;
        let mut behind = door.lock().await;
        let report = self.fresh(index, &mut behind).await;
        if let Some(failure) = &report.failure {
            return Err(failure.clone());
        }
        let mut result = question.ask(&self.reader, endpoint, report.negotiated).await;
        if matches!(&result, Err(failure) if failure.meaning == Meaning::Renegotiate) {
            behind.distrust();
            let report = self.probed(index, &mut behind.looks).await;
            if report.failure.is_none() {
                result = question.ask(&self.reader, endpoint, report.negotiated).await;
            }
        }
        if let Err(failure) = &result {
            behind.distrust();
            tracing::info!(group = %self.targets.name, %endpoint, state = failure.state.word(), "{failure}");
        }
        result
    }

    /// Whether a look at any server of a role finds it up; the first one decides.
    async fn any_is_up(&self, side: &Side) -> bool {
        let run = side.targets.first..side.targets.first + side.targets.count.get();
        let mut looks: FuturesUnordered<_> = run
            .filter_map(|index| self.doors.get(index).map(|door| (index, door)))
            .map(|(index, door)| async move {
                let mut behind = door.lock().await;
                self.fresh(index, &mut behind).await.failure.is_none()
            })
            .collect();
        while let Some(is_up) = looks.next().await {
            if is_up {
                return true;
            }
        }
        false
    }

    /// The reader, for single questions.
    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The group's trust and identity.
    pub(super) fn tls(&self) -> &TlsSetup {
        &self.tls
    }

    /// The deadlines and bounds of its questions.
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// The ids of the last good answers.
    pub(super) fn lists(&self) -> Lists {
        let lists = self.lists.as_ref();
        lists.map(|lists| lists.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }

    fn remember(&self, change: impl FnOnce(&mut Lists)) {
        if let Some(lists) = &self.lists {
            change(&mut lists.lock().unwrap_or_else(PoisonError::into_inner));
        }
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
