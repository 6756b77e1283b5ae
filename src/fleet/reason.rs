//! Why a verdict is what it is: the rule that decided, and its words.

use std::fmt;

use crate::keylime::AgentRecord;
use crate::text::duration::Words;

/// The rule that decided (contract §2), compact enough to keep for every agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Rule 1: the block names no verifier.
    NoVerifierConfigured,
    /// Rule 1: no verifier of the group gives a usable answer.
    NoAnswer,
    /// Rule 2.
    OnlyRegistered,
    /// Rule 3: push FAIL.
    PushFailed,
    /// Rule 3: push TIMEOUT.
    PushTimeout,
    /// Rule 3, before 7.14.3: FAIL that stands for silence.
    SilentBeforeTimeout,
    /// Rule 4: state 10.
    Stopped,
    /// Rule 4: state 8.
    Removing,
    /// Rule 4: state 7.
    GaveUp,
    /// Rule 4: state 9.
    InvalidQuote,
    /// Rule 5.
    NothingProven {
        /// Whether the agent is to send its evidence.
        push: bool,
    },
    /// Rule 6.
    TooOld,
    /// Rule 7.
    Fresh,
}

impl Reason {
    /// The number of the contract's rule.
    pub fn rule(self) -> u8 {
        match self {
            Self::NoVerifierConfigured | Self::NoAnswer => 1,
            Self::OnlyRegistered => 2,
            Self::PushFailed | Self::PushTimeout | Self::SilentBeforeTimeout => 3,
            Self::Stopped | Self::Removing | Self::GaveUp | Self::InvalidQuote => 4,
            Self::NothingProven { .. } => 5,
            Self::TooOld => 6,
            Self::Fresh => 7,
        }
    }

    /// Why, in one sentence without remote text but the event id.
    pub fn words(self, record: Option<&AgentRecord>, age: Option<u64>, limit: u64) -> String {
        Why { reason: self, record, age, limit, is_rough: false }.to_string()
    }
}

/// A reason with what its words tell.
pub(super) struct Why<'a> {
    pub reason: Reason,
    pub record: Option<&'a AgentRecord>,
    pub age: Option<u64>,
    pub limit: u64,
    /// Whether ages are told so roughly that they stand still for a while.
    pub is_rough: bool,
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ago, limit) = (Ago { age: self.age, is_rough: self.is_rough }, Words(self.limit));
        let event = Event(self.record);
        out.write_str(match self.reason {
            Reason::NoVerifierConfigured => "no verifier configured",
            Reason::NoAnswer => "no verifier of this group gives a usable answer",
            Reason::OnlyRegistered => "known to the registrar and not enrolled at the verifier",
            Reason::PushFailed => {
                return write!(out, "the verifier refused the agent's evidence; last success {ago}");
            }
            Reason::PushTimeout => {
                return write!(out, "the agent stopped sending evidence; last success {ago}");
            }
            Reason::SilentBeforeTimeout => {
                return write!(
                    out,
                    "silent for longer than {limit} (this release says FAIL for it); last success {ago}",
                );
            }
            Reason::Stopped => "stopped by an operator; only delete and add resume it",
            Reason::Removing => "being deleted at the verifier",
            Reason::GaveUp => return write!(out, "the verifier gave up{event}; last success {ago}"),
            Reason::InvalidQuote => {
                return write!(out, "the evidence did not verify{event}; last success {ago}");
            }
            Reason::NothingProven { push: false } => {
                "enrolled, and no attestation has succeeded yet, whatever Keylime says"
            }
            Reason::NothingProven { push: true } => "enrolled, and the agent has sent no good evidence yet",
            Reason::Fresh if self.is_rough => return write!(out, "last success less than {limit} ago"),
            Reason::TooOld | Reason::Fresh => return write!(out, "last success {ago}, limit {limit}"),
        })
    }
}

/// `: EVENT`, where the record tells one.
struct Event<'a>(Option<&'a AgentRecord>);

impl fmt::Display for Event<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.and_then(|record| record.last_event_id.as_ref()).filter(|event| !event.is_empty()) {
            Some(event) => write!(out, ": {}", event.written_to(96)),
            None => Ok(()),
        }
    }
}

/// `5 min ago`, or `never`.
struct Ago {
    age: Option<u64>,
    is_rough: bool,
}

impl fmt::Display for Ago {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.age.map(|age| if self.is_rough { rough(age) } else { age }) {
            Some(0) if self.is_rough => out.write_str("less than 10 s ago"),
            Some(age) => write!(out, "{} ago", Words(age)),
            None => out.write_str("never"),
        }
    }
}

/// An age in steps: of ten seconds below two minutes, then of minutes, hours,
/// days.
pub fn rough(age: u64) -> u64 {
    let step = match age {
        0..120 => 10,
        120..3_600 => 60,
        3_600..172_800 => 3_600,
        _ => 86_400,
    };
    age / step * step
}
