//! Asking the registrars of all groups for every record.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use jiff::Timestamp;

use super::Identities;
use super::judge::{AgentAudit, AgentState, judge_on_all_cores};
use crate::keylime::{AddressRole, AddressState, Failure, Meaning, Negotiated, Registered};
use crate::tasks::asker::Asker;
use crate::tasks::details::is_plain;
use crate::tasks::policies::{Desk, Question, Reply};
use crate::text::RemoteText;
use crate::tpm::identity::{Finding, VendorRoots};

/// Questions to one registrar at the same time.
const AT_A_TIME: usize = 6;

/// So many records may be refused before any was given.
const FEW: usize = 8;

/// Answers that are judged together, on another thread.
const TOGETHER: usize = 256;

/// What became of one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupOutcome {
    /// The group's name.
    pub group: String,
    /// How many agents its registrar lists; none: it gave no list.
    pub listed: Option<usize>,
    /// How many of them were asked for.
    pub read: usize,
    /// Why not all were, in words that are fit to be shown.
    pub failure: Option<String>,
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Groups that are asked.
    pub groups: usize,
    /// Groups that gave their list, or cannot.
    pub listed: usize,
    /// Agents in the lists so far.
    pub agents: usize,
    /// Agents that were asked for.
    pub read: usize,
}

/// By what agents are judged, and of which groups.
pub(super) struct Measure<'a> {
    /// Only these groups; empty: all.
    pub only: &'a [String],
    /// The certificates of TPM makers; none: chains are not checked.
    pub vendors: Option<Arc<VendorRoots>>,
    /// The time of the audit.
    pub at: Timestamp,
}

/// Where the groups' progress comes together.
pub(super) struct Board<'a> {
    progress: std::sync::Mutex<Progress>,
    told: &'a (dyn Fn(Progress) + Send + Sync),
}

impl Board<'_> {
    fn change(&self, change: impl FnOnce(&mut Progress)) {
        let mut progress = self.progress.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut progress);
        (self.told)(*progress);
    }
}

impl Identities {
    /// Asks all groups at the same time.
    pub(super) async fn gather(
        &self,
        measure: &Measure<'_>,
        told: &(dyn Fn(Progress) + Send + Sync),
    ) -> Vec<(GroupOutcome, Vec<AgentAudit>)> {
        let desks = self.groups.desks();
        let is_wanted =
            |desk: &&Arc<Desk>| measure.only.is_empty() || measure.only.iter().any(|name| *name == desk.name);
        let desks: Vec<_> = desks.iter().filter(is_wanted).collect();
        let progress = Progress { groups: desks.len(), ..Progress::default() };
        told(progress);
        let board = Board { progress: progress.into(), told };
        join_all(desks.into_iter().map(|desk| of_group(desk, measure, &board))).await
    }
}

async fn of_group(desk: &Desk, measure: &Measure<'_>, board: &Board<'_>) -> (GroupOutcome, Vec<AgentAudit>) {
    let group: Arc<str> = desk.name.as_str().into();
    let mut outcome = GroupOutcome { group: desk.name.clone(), ..GroupOutcome::default() };
    let mut agents = Vec::new();
    let listed = match desk.asker() {
        Ok(asker) => list(&asker).await.map(|(registrar, ids)| (asker, registrar, ids)),
        Err(failure) => Err(failure),
    };
    match listed {
        Err(failure) => {
            outcome.failure = Some(failure.words);
            board.change(|progress| progress.listed += 1);
        }
        Ok((asker, registrar, ids)) => {
            outcome.listed = Some(ids.len());
            board.change(|progress| {
                progress.listed += 1;
                progress.agents += ids.len();
            });
            let registrar = Registrar { asker: &asker, first: registrar };
            if let Err(failure) =
                records(&registrar, ids, &group, measure, board, &mut outcome, &mut agents).await
            {
                outcome.failure = Some(failure.words);
            }
        }
    }
    (outcome, agents)
}

/// The ids of one registrar that answers, and which one that was.
async fn list(asker: &Asker) -> Result<(usize, Vec<RemoteText>), Failure> {
    let Some(run) = asker.targets().of_role(AddressRole::Registrar) else {
        return Err(Failure::stay(
            AddressState::Error,
            "this group has no registrar in the configuration, and registrars know the keys of agents",
        ));
    };
    let mut last = None;
    for place in 0..run.count.get() {
        // A registrar's list has the form of a verifier's, under the same path.
        match asker.single(run.first + place, &Question::Agents).await {
            Ok(Reply::Texts(fetched)) => return Ok((place, fetched.content.unwrap_or_default())),
            Ok(Reply::Policy(_)) => {
                return Err(Failure::stay(AddressState::Error, "another question was answered"));
            }
            Err(failure) => last = Some(failure),
        }
    }
    Err(last.unwrap_or_else(|| Failure::stay(AddressState::Error, "no such address")))
}

/// The registrars of a group, and which of them answered.
struct Registrar<'a> {
    asker: &'a Asker,
    first: usize,
}

impl Registrar<'_> {
    /// One record, from the registrar that answered, else from another: they
    /// share a database.
    async fn record(&self, id: &RemoteText) -> Result<Registered, Failure> {
        let nowhere = || Failure::stay(AddressState::Error, "no such address");
        let run = self.asker.targets().of_role(AddressRole::Registrar).ok_or_else(nowhere)?;
        let mut last = None;
        for step in 0..run.count.get() {
            let place = (self.first + step) % run.count;
            let endpoint = self.asker.targets().endpoint(run.first + place).ok_or_else(nowhere)?;
            match self.asker.reader().registration(endpoint, Negotiated::Fallback, id).await {
                Ok(answer) => return Ok(answer),
                Err(failure) if matches!(failure.meaning, Meaning::Stay | Meaning::Renegotiate) => {
                    return Err(failure);
                }
                Err(failure) => last = Some(failure),
            }
        }
        Err(last.unwrap_or_else(nowhere))
    }
}

/// All records of one group. A registrar that is gone ends it; one that answers, and refuses a record here and there,
/// does not: else one agent could keep all others from being looked at.
async fn records(
    registrar: &Registrar<'_>,
    ids: Vec<RemoteText>,
    group: &Arc<str>,
    measure: &Measure<'_>,
    board: &Board<'_>,
    outcome: &mut GroupOutcome,
    agents: &mut Vec<AgentAudit>,
) -> Result<(), Failure> {
    let (askable, odd): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| is_plain(id.raw()));
    agents.extend(odd.into_iter().map(|id| not_askable(id, group)));
    outcome.read += agents.len();
    board.change(|progress| progress.read += agents.len());
    let mut answers = stream::iter(askable)
        .map(|id| async move {
            let answer = registrar.record(&id).await;
            (id, answer)
        })
        .buffered(AT_A_TIME);
    let (mut waiting, mut refused) = (Vec::new(), Vec::new());
    let mut ended = Ok(());
    let odd = outcome.read;
    while let Some((id, answer)) = answers.next().await {
        let given = outcome.read - odd + waiting.len();
        match answer {
            Ok(answer) => waiting.push((id, answer)),
            Err(failure) if failure.state == AddressState::Error && refused.len() < given.max(FEW) => {
                refused.push((id, failure));
            }
            Err(failure) => {
                ended = Err(failure);
                break;
            }
        }
        if waiting.len() >= TOGETHER {
            take(std::mem::take(&mut waiting), group, measure, board, outcome, agents).await?;
        }
    }
    if outcome.read - odd + waiting.len() == 0
        && let Some((_id, failure)) = refused.pop()
    {
        ended = ended.and(Err(failure));
    }
    if ended.is_ok() {
        waiting.extend(refused.into_iter().map(|(id, failure)| (id, Registered::Unreadable(failure.words))));
    }
    take(waiting, group, measure, board, outcome, agents).await?;
    ended
}

async fn take(
    answers: Vec<(RemoteText, Registered)>,
    group: &Arc<str>,
    measure: &Measure<'_>,
    board: &Board<'_>,
    outcome: &mut GroupOutcome,
    agents: &mut Vec<AgentAudit>,
) -> Result<(), Failure> {
    let count = answers.len();
    let (group, vendors, at) = (Arc::clone(group), measure.vendors.clone(), measure.at);
    // Signatures take their time: not on a thread that serves the network.
    let judged = tokio::task::spawn_blocking(move || judged(answers, &group, vendors.as_deref(), at)).await;
    agents.extend(judged.map_err(|error| {
        Failure::stay(AddressState::Error, format!("judging the records failed: {error}"))
    })?);
    outcome.read += count;
    board.change(|progress| progress.read += count);
    Ok(())
}

fn judged(
    answers: Vec<(RemoteText, Registered)>,
    group: &Arc<str>,
    vendors: Option<&VendorRoots>,
    at: Timestamp,
) -> Vec<AgentAudit> {
    judge_on_all_cores(answers, group, vendors, at)
}

fn not_askable(id: RemoteText, group: &Arc<str>) -> AgentAudit {
    let finding = Finding::warning(
        "id-not-askable",
        "The id has characters that Keylime does not allow in a path, so that its record can be neither read \
         nor deleted over the API.",
        "Delete the row in the registrar's database, and find out who registered it.",
    );
    AgentAudit::without_record(id, group, AgentState::NotAskable, finding)
}
