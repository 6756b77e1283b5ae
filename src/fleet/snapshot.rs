//! What a screen or a command shows: an immutable picture of the fleet.
//!
//! Pictures share what did not change: two of them that hold the same agent
//! hold the same allocation, so that a new picture of 100,000 agents costs
//! little and comparing two is comparing pointers.

use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::event::Event;
use super::flags::Flags;
use super::judge::Judgement;
use super::reason::Why;
use super::verdict::{Counts, Verdict};
use crate::keylime::{AddressReport, AddressRole, AgentRecord};
use crate::text::{RemoteText, Shown};

/// The fleet as it is known now.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows by one with every picture that differs from the one before.
    pub generation: u64,
    /// `verification_duplication` and the number of groups it can reach.
    pub duplication: Duplication,
    /// The groups in the order of the configuration.
    pub groups: Vec<Arc<GroupView>>,
    /// The agents in the order of their raw ids.
    pub agents: Arc<[Arc<AgentView>]>,
    /// Row verdicts counted.
    pub counts: Counts,
    /// The newest events, the newest last.
    pub events: Arc<[Arc<Event>]>,
}

/// How many groups are to attest an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplication {
    /// `verification_duplication`.
    pub requested: u32,
    /// Configured groups.
    pub max: u32,
}

/// Days before its end from which a certificate is worth a word. Keylime does
/// not renew certificates by itself.
pub const SOON_DAYS: i64 = 30;

/// The highest of [`AddressView::latency_steps`].
pub const SLOWEST_STEP: u8 = 6;

/// One group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// Its name, from the configuration.
    pub name: Arc<str>,
    /// Its number in the configuration, from 1.
    pub index: usize,
    /// How its verifiers get their evidence.
    pub mode: GroupMode,
    /// Whether it can be asked; none until every counted address was tried.
    pub reachability: Option<Reachability>,
    /// When the last good answer came, by our clock.
    pub observed_at: Option<Timestamp>,
    /// Whether the next poll is overdue: only then is the age worth showing.
    pub overdue: bool,
    /// Whether the agents read `unknown` (rule 1 of the contract), and why.
    pub blind: Option<super::reason::Reason>,
    /// The share of the verifier's time that our polls take, 0 to 1.
    pub verifier_time_share: Option<f64>,
    /// That share in steps so coarse that noise changes no character; empty
    /// before the first answer.
    pub share_words: &'static str,
    /// Every address, verifiers first.
    pub addresses: Vec<AddressView>,
    /// Verdicts of this group's agents.
    pub counts: Counts,
}

/// How a group's verifiers get their evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupMode {
    /// They ask the agents.
    Pull,
    /// The agents send.
    Push,
    /// Some so, some so.
    Mixed,
    /// Nobody said yet.
    Unknown,
}

impl GroupMode {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a group can be asked (contract §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reachability {
    /// No verifier is up; without any configured, no registrar.
    Down,
    /// Some counted address is not up.
    Degraded,
    /// Every counted address is up.
    Up,
}

impl Reachability {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Degraded => "degraded",
            Self::Up => "up",
        }
    }
}

/// One address of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressView {
    /// What it is for.
    pub role: AddressRole,
    /// `scheme://host:port`, from the configuration.
    pub address: Arc<str>,
    /// What the last look found; none before the first.
    pub report: Option<AddressReport>,
    /// Whether our questions go there.
    pub in_use: bool,
    /// The latency in steps so coarse that noise changes no character; empty
    /// before the first answer.
    pub latency_words: &'static str,
    /// The last steps of the latency, the newest last, 0 (quick) to
    /// [`SLOWEST_STEP`]; one for every change, so that it stands still with them.
    pub latency_steps: Vec<u8>,
}

/// One agent over all groups.
#[derive(Clone, Debug)]
pub struct AgentView {
    /// Its id as it was received.
    pub id: RemoteText,
    /// Its id as it may be shown.
    pub shown: Shown,
    /// The worst verdict of its groups.
    pub verdict: Verdict,
    /// Whether two groups differ, `unknown` left out.
    pub split: bool,
    /// Groups that attest it, and how many are wanted.
    pub coverage: Coverage,
    /// The flags of all groups, and those of the row.
    pub flags: Flags,
    /// What each group says, in the order of the configuration.
    pub groups: Vec<Arc<AgentInGroup>>,
    /// How the id looks, to find ids that look like it.
    pub(super) look: u64,
}

/// How many groups attest an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Groups that say attested.
    pub have: u32,
    /// `verification_duplication`.
    pub want: u32,
}

/// One agent in one group.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentInGroup {
    /// Its id as it was received.
    pub id: RemoteText,
    /// Index into [`Snapshot::groups`], from 0.
    pub group: usize,
    /// What we say.
    pub judgement: Judgement,
    /// What the verifier said, where it has the agent.
    pub record: Option<Arc<AgentRecord>>,
    /// Where the verdict is `unknown`: what we said last.
    pub last_known: Option<Judgement>,
}

impl AgentInGroup {
    /// Why the verdict is what it is.
    pub fn reason_words(&self) -> String {
        let mut words = String::new();
        self.write_reason(&mut words);
        words
    }

    /// Appends why the verdict is what it is.
    pub fn write_reason(&self, words: &mut String) {
        // A text takes everything.
        let _ = write!(words, "{}", ReasonWords { inside: self, is_rough: false });
    }
}

/// Why an agent's verdict is what it is, to be written somewhere at once.
#[derive(Debug)]
pub struct ReasonWords<'a> {
    /// The agent.
    pub inside: &'a AgentInGroup,
    /// Whether ages are told so roughly that they stand still for a while.
    pub is_rough: bool,
}

impl fmt::Display for ReasonWords<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Judgement { reason, age, limit, .. } = self.inside.judgement;
        let record = self.inside.record.as_deref();
        Why { reason, record, age, limit, is_rough: self.is_rough }.fmt(out)?;
        match &self.inside.last_known {
            Some(last) => write!(out, "; last known: {}", last.verdict.word()),
            None => Ok(()),
        }
    }
}

impl GroupView {
    /// Seconds since the last good answer.
    pub fn observed_age(&self, now: Timestamp) -> Option<u64> {
        self.observed_at.map(|at| u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0))
    }

    /// Whether a screen that shows this group would show the same for `other`:
    /// all but the time of the observation, with shares and latencies in the
    /// steps that are shown.
    pub fn looks_like(&self, other: &Self) -> bool {
        let Self {
            name,
            index,
            mode,
            reachability,
            observed_at: _,
            overdue,
            blind,
            verifier_time_share: _,
            share_words,
            addresses,
            counts,
        } = self;
        (name, index, mode, reachability) == (&other.name, &other.index, &other.mode, &other.reachability)
            && (overdue, blind, counts) == (&other.overdue, &other.blind, &other.counts)
            && share_words == &other.share_words
            && self.certificate_warning() == other.certificate_warning()
            && addresses.len() == other.addresses.len()
            && addresses.iter().zip(&other.addresses).all(|(one, other)| one.looks_like(other))
    }

    /// What is to be said of the certificate that ends first, where that is soon;
    /// judged at the time of the last good answer.
    pub fn certificate_warning(&self) -> Option<String> {
        let at = self.observed_at?;
        let ends = |address: &AddressView| address.certificate_ends_in_days(at);
        let first = self
            .addresses
            .iter()
            .filter(|address| ends(address).is_some())
            .min_by_key(|address| ends(address))?;
        let left = match ends(first)? {
            0 => "today".to_owned(),
            1 => "in 1 day".to_owned(),
            days => format!("in {days} days"),
        };
        let (role, address) = (first.role.word(), &first.address);
        Some(format!("{role} {address}: its certificate ends {left}; nobody renews it by itself"))
    }

    /// The counted addresses that are up, and how many are counted.
    pub fn addresses_up(&self) -> (usize, usize) {
        let counted = self.addresses.iter().filter(|address| address.role.counts());
        (counted.clone().filter(|address| address.is_up()).count(), counted.count())
    }
}

impl AddressView {
    /// Whether the last look found it up.
    pub fn is_up(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.failure.is_none())
    }

    /// Whole days until the first certificate of the presented chain ends, where
    /// that is soon (`SOON_DAYS`); 0 on the last day.
    pub fn certificate_ends_in_days(&self, now: Timestamp) -> Option<i64> {
        let tls = self.report.as_ref()?.tls.as_ref()?;
        let end = tls.chain.iter().filter_map(|certificate| certificate.not_after).min()?;
        let left = end.duration_since(now).as_secs();
        (0..SOON_DAYS * 86_400).contains(&left).then_some(left / 86_400)
    }

    /// How long `/version` took at the last look.
    pub fn latency(&self) -> Option<Duration> {
        self.report.as_ref().and_then(|report| report.latency)
    }

    fn looks_like(&self, other: &Self) -> bool {
        let without_latency =
            |view: &Self| view.report.clone().map(|report| AddressReport { latency: None, ..report });
        (self.role, &self.address, self.in_use) == (other.role, &other.address, other.in_use)
            && (self.latency_words, &self.latency_steps) == (other.latency_words, &other.latency_steps)
            && without_latency(self) == without_latency(other)
    }
}
