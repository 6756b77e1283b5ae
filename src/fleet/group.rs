//! The model of one group: what its servers said, judged.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::address::{Address, Turn, is_before_timeout, mode, reachability};
use super::event::{Change, EventLog};
use super::flags::{Flag, Flags};
use super::input::{Answer, Input};
use super::judge::{Circumstances, Judgement, judge};
use super::reason::Reason;
use super::snapshot::{AgentInGroup, GroupView};
use super::steady::{SHARE, Steady};
use super::transitions;
use super::verdict::{Counts, Verdict};
use crate::keylime::{AddressRole, AgentRecord};
use crate::text::RemoteText;

/// A record with the agent that it is about.
pub(super) type Record = (RemoteText, Arc<AgentRecord>);

/// One group of servers that share a backend, and its agents.
#[derive(Debug)]
pub(super) struct Group {
    name: Arc<str>,
    number: usize,
    stale_after: u64,
    has_verifiers: bool,
    addresses: Vec<Address>,
    records: Vec<Record>,
    registered: Option<Vec<RemoteText>>,
    inactive: HashSet<RemoteText>,
    mismatched: HashSet<RemoteText>,
    /// Those of them whose mismatch was told before the last observation.
    flapping: HashSet<RemoteText>,
    server_time: i64,
    observed_at: Option<Timestamp>,
    share: Option<f64>,
    steady_share: Steady,
    sight: Sight,
    overdue: bool,
    agents: Vec<Arc<AgentInGroup>>,
    /// What the agents were judged by; none where the lists changed since then.
    judged_by: Option<Grounds>,
    /// Of the agents.
    counts: Counts,
}

/// What all judgements of a group depend on beside the lists of its agents. By
/// the same grounds the same lists are judged the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Grounds {
    circumstances: Circumstances,
    blind: Option<Reason>,
    /// Whether the registrar's list accuses (see [`Group::is_missing`]).
    list_is_current: bool,
}

/// Whether the verifiers of a group can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// No answer yet, good or bad.
    Waiting,
    /// The last good answer still counts.
    Seeing,
    /// Rule 1.
    Lost,
}

impl Group {
    pub(super) fn new(
        name: &str,
        number: usize,
        stale_after: u64,
        addresses: Vec<(AddressRole, String)>,
    ) -> Self {
        Self {
            name: name.into(),
            number,
            stale_after,
            has_verifiers: addresses.iter().any(|(role, _)| *role == AddressRole::Verifier),
            addresses: addresses.into_iter().map(|(role, text)| Address::new(role, text.into())).collect(),
            records: Vec::new(),
            registered: None,
            inactive: HashSet::new(),
            mismatched: HashSet::new(),
            flapping: HashSet::new(),
            server_time: 0,
            observed_at: None,
            share: None,
            steady_share: Steady::new(&SHARE),
            sight: Sight::Waiting,
            overdue: false,
            agents: Vec::new(),
            judged_by: None,
            counts: Counts::default(),
        }
    }

    /// Takes another place in the configuration, which may have another limit.
    /// What is known stays; nobody is told of anything.
    pub(super) fn rearranged(mut self, number: usize, stale_after: u64, now: Timestamp) -> Self {
        if number != self.number {
            self.number = number;
            for agent in &mut self.agents {
                *agent = Arc::new(AgentInGroup { group: number, ..(**agent).clone() });
            }
        }
        if stale_after != self.stale_after {
            self.stale_after = stale_after;
            if self.judge_all(now, None) {
                self.count();
            }
        }
        self
    }

    fn count(&mut self) {
        self.counts = Counts::of(self.agents.iter().map(|agent| agent.judgement.verdict));
    }

    pub(super) fn agents(&self) -> &[Arc<AgentInGroup>] {
        &self.agents
    }

    /// Takes in what was learned; says whether any agent changed.
    pub(super) fn apply(&mut self, input: Input, now: Timestamp, events: &mut EventLog) -> bool {
        let changed = self.take_in(input, now, events);
        if changed {
            // Most inputs change no agent, and must not cost a walk over all of them.
            self.count();
        }
        changed
    }

    fn take_in(&mut self, input: Input, now: Timestamp, events: &mut EventLog) -> bool {
        match input {
            Input::Probed { address, report } => {
                let turn = self.addresses.get_mut(address).and_then(|address| address.probed(report));
                self.tell(address, turn, now, events);
                false
            }
            Input::Chosen { address } => {
                let Some(role) = self.addresses.get(address).map(Address::role) else { return false };
                for (index, other) in self.addresses.iter_mut().enumerate() {
                    if other.role() == role {
                        other.choose(index == address);
                    }
                }
                false
            }
            Input::AgentsFailed { address, failure } | Input::RegisteredFailed { address, failure } => {
                let turn = self.addresses.get_mut(address).and_then(|address| address.failed(failure));
                self.tell(address, turn, now, events);
                false
            }
            Input::Agents(answer) => {
                self.answered(answer.address, now, events);
                self.take_agents(answer, now, events)
            }
            Input::Registered(answer) => {
                self.answered(answer.address, now, events);
                let Some(ids) = answer.content else { return false };
                if self.registered.as_ref() == Some(&ids) {
                    return false;
                }
                self.inactive.retain(|id| ids.binary_search(id).is_ok());
                // The first list is no news, whichever server answered first.
                let is_news = self.registered.replace(ids).is_some();
                self.judged_by = None;
                self.judge_all(now, is_news.then_some(events))
            }
            Input::Activation { id, activated } => {
                // Whoever is listed counts as activated until the registrar denies it.
                let changed =
                    if activated { self.inactive.remove(&id) } else { self.inactive.insert(id.clone()) };
                changed && self.judge_again(&id)
            }
            Input::Overdue => {
                self.overdue = true;
                false
            }
            Input::Lost => {
                if self.sight == Sight::Lost {
                    return false;
                }
                let was_seeing = self.sight == Sight::Seeing;
                self.sight = Sight::Lost;
                self.overdue = true;
                let changed = self.judge_all(now, Some(events));
                if was_seeing {
                    let change = Change::GroupLost { agents: self.agents.len() };
                    events.push(
                        now,
                        &self.name,
                        None,
                        change,
                        "no good answer for three planned polls".to_owned(),
                    );
                }
                changed
            }
        }
    }

    fn answered(&mut self, address: usize, now: Timestamp, events: &mut EventLog) {
        let turn = self.addresses.get_mut(address).and_then(Address::answered);
        self.tell(address, turn, now, events);
    }

    fn take_agents(&mut self, answer: Answer<Vec<Record>>, now: Timestamp, events: &mut EventLog) -> bool {
        self.server_time = answer.server_time;
        self.observed_at = Some(now);
        self.share = answer.share;
        if let Some(share) = answer.share {
            self.steady_share.read(share);
        }
        self.overdue = false;
        if let Some(records) = answer.content {
            let limit = |record: &AgentRecord| judge(record, self.circumstances()).limit;
            let (mismatched, new) =
                transitions::interval_mismatches(&self.records, &records, &self.mismatched, limit);
            for id in new {
                let why = "its successes are spaced wider than the verifier's limit".to_owned();
                events.push(now, &self.name, Some(id), Change::IntervalMismatch, why);
            }
            self.flapping = mismatched.intersection(&self.mismatched).cloned().collect();
            let shared = transitions::share_equal(&self.records, records);
            if mismatched != self.mismatched || !is_shared(&shared, &self.records) {
                self.judged_by = None;
            }
            self.mismatched = mismatched;
            self.records = shared;
        } else {
            self.flapping.clone_from(&self.mismatched);
        }
        let was_lost = self.sight == Sight::Lost;
        self.sight = Sight::Seeing;
        if was_lost {
            events.push(now, &self.name, None, Change::GroupBack, "a verifier answers again".to_owned());
        }
        self.judge_all(now, Some(events))
    }

    fn tell(&self, address: usize, turn: Option<Turn>, now: Timestamp, events: &mut EventLog) {
        if let (Some(turn), Some(address)) = (turn, self.addresses.get(address)) {
            let change =
                Change::Address { address: Arc::clone(address.text()), warning: turn.warning, up: turn.up };
            events.push(now, &self.name, None, change, turn.why);
        }
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            server_time: self.server_time,
            stale_after: self.stale_after,
            before_timeout: is_before_timeout(&self.addresses),
        }
    }

    /// Rule 1 of the contract.
    fn blind(&self) -> Option<Reason> {
        match self.sight {
            _ if !self.has_verifiers => Some(Reason::NoVerifierConfigured),
            Sight::Seeing => None,
            Sight::Waiting | Sight::Lost => Some(Reason::NoAnswer),
        }
    }

    fn grounds(&self) -> Grounds {
        Grounds {
            circumstances: self.circumstances(),
            blind: self.blind(),
            list_is_current: self.list_is_current(),
        }
    }

    /// Judges every agent, unless all grounds and lists are those of the last
    /// time; what changed is told where somebody is to be told. Says whether
    /// anything did.
    fn judge_all(&mut self, now: Timestamp, events: Option<&mut EventLog>) -> bool {
        // Before the first answer of a verifier nothing can be said, not even `unknown`.
        if self.has_verifiers && self.sight == Sight::Waiting {
            return false;
        }
        let grounds = self.grounds();
        if self.judged_by.replace(grounds) == Some(grounds) {
            return false;
        }
        let circumstances = grounds.circumstances;
        let agents = transitions::union(
            &self.agents,
            &self.records,
            self.registered.as_deref().unwrap_or_default(),
            |id, record, listed| self.judged(id, record, listed, circumstances),
        );
        if let Some(events) = events
            && self.sight != Sight::Lost
            && !self.agents.is_empty()
        {
            transitions::tell(&self.agents, &agents, &self.flapping, |id, change, why| {
                events.push(now, &self.name, Some(id), change, why);
            });
        }
        let changed = agents.len() != self.agents.len()
            || !agents.iter().zip(&self.agents).all(|(new, old)| Arc::ptr_eq(new, old));
        self.agents = agents;
        changed
    }

    /// Judges one agent again, of which nothing but a flag can have changed.
    fn judge_again(&mut self, id: &RemoteText) -> bool {
        let Ok(index) = self.agents.binary_search_by(|agent| agent.id.cmp(id)) else { return false };
        let Some(before) = self.agents.get(index) else { return false };
        let agent = self.judged(id, before.record.as_ref(), self.is_listed(id), self.circumstances());
        if **before == agent {
            return false;
        }
        if let Some(place) = self.agents.get_mut(index) {
            *place = Arc::new(agent);
        }
        if self.judged_by != Some(self.grounds()) {
            // Not all are judged by the same grounds any more.
            self.judged_by = None;
        }
        true
    }

    fn is_listed(&self, id: &RemoteText) -> bool {
        self.registered.as_ref().is_some_and(|ids| ids.binary_search(id).is_ok())
    }

    fn list_is_current(&self) -> bool {
        self.addresses.iter().any(|address| address.role() == AddressRole::Registrar && !address.fails())
    }

    /// Whether the registrar's list misses an agent of the verifier. An old list
    /// accuses nobody anew: whoever came since is not on it.
    fn is_missing(&self, id: &RemoteText) -> bool {
        self.registered.is_some()
            && (self.list_is_current()
                || self.agent(id).is_some_and(|agent| agent.judgement.flags.has(Flag::NotRegistered)))
    }

    fn agent(&self, id: &RemoteText) -> Option<&AgentInGroup> {
        let index = self.agents.binary_search_by(|agent| agent.id.cmp(id)).ok()?;
        self.agents.get(index).map(|agent| &**agent)
    }

    fn judged(
        &self,
        id: &RemoteText,
        record: Option<&Arc<AgentRecord>>,
        listed: bool,
        circumstances: Circumstances,
    ) -> AgentInGroup {
        let mut flags = Flags::NONE;
        flags.set_if(Flag::NotActivated, listed && self.inactive.contains(id));
        flags.set_if(Flag::NotRegistered, record.is_some() && !listed && self.is_missing(id));
        flags.set_if(Flag::IntervalMismatch, self.mismatched.contains(id));
        let without_record =
            |verdict, reason| Judgement { verdict, flags, reason, age: None, limit: self.stale_after };
        let (judgement, last_known) = match (self.blind(), record) {
            (Some(reason), _) => (without_record(Verdict::Unknown, reason), self.last_known(id)),
            (None, None) => (without_record(Verdict::Registered, Reason::OnlyRegistered), None),
            (None, Some(record)) => {
                let judgement = judge(record, circumstances);
                (Judgement { flags: judgement.flags.with(flags), ..judgement }, None)
            }
        };
        AgentInGroup { id: id.clone(), group: self.number, judgement, record: record.cloned(), last_known }
    }

    fn last_known(&self, id: &RemoteText) -> Option<Judgement> {
        let agent = self.agent(id)?;
        match agent.judgement.verdict {
            Verdict::Unknown => agent.last_known.clone(),
            _ => Some(agent.judgement.clone()),
        }
    }

    pub(super) fn view(&self) -> GroupView {
        GroupView {
            name: Arc::clone(&self.name),
            index: self.number + 1,
            mode: mode(&self.addresses),
            reachability: reachability(&self.addresses),
            observed_at: self.observed_at,
            overdue: self.overdue,
            blind: self.blind().filter(|_| self.sight != Sight::Waiting || !self.has_verifiers),
            verifier_time_share: self.share,
            share_words: self.steady_share.words(),
            addresses: self.addresses.iter().map(Address::view).collect(),
            counts: self.counts,
        }
    }
}

/// Whether these are the same records as before.
fn is_shared(new: &[Record], old: &[Record]) -> bool {
    new.len() == old.len()
        && new.iter().zip(old).all(|(new, old)| Arc::ptr_eq(&new.1, &old.1) && new.0 == old.0)
}
