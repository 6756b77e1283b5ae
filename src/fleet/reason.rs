//! Why a verdict is what it is: the rule that decided, and its words.

use crate::keylime::AgentRecord;
use crate::text::duration::words;

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
        let event = record
            .and_then(|record| record.last_event_id.as_ref())
            .filter(|event| !event.is_empty())
            .map(|event| format!(": {}", event.shown_to(96)))
            .unwrap_or_default();
        let ago = age.map_or_else(|| "never".to_owned(), |age| format!("{} ago", words(age)));
        match self {
            Self::NoVerifierConfigured => "no verifier configured".to_owned(),
            Self::NoAnswer => "no verifier of this group gives a usable answer".to_owned(),
            Self::OnlyRegistered => "known to the registrar and not enrolled at the verifier".to_owned(),
            Self::PushFailed => format!("the verifier refused the agent's evidence; last success {ago}"),
            Self::PushTimeout => format!("the agent stopped sending evidence; last success {ago}"),
            Self::SilentBeforeTimeout => {
                format!(
                    "silent for longer than {} (this release says FAIL for it); last success {ago}",
                    words(limit)
                )
            }
            Self::Stopped => "stopped by an operator; only delete and add resume it".to_owned(),
            Self::Removing => "being deleted at the verifier".to_owned(),
            Self::GaveUp => format!("the verifier gave up{event}; last success {ago}"),
            Self::InvalidQuote => format!("the evidence did not verify{event}; last success {ago}"),
            Self::NothingProven { push: false } => {
                "enrolled, and no attestation has succeeded yet, whatever Keylime says".to_owned()
            }
            Self::NothingProven { push: true } => {
                "enrolled, and the agent has sent no good evidence yet".to_owned()
            }
            Self::TooOld => format!("last success {ago}, limit {}", words(limit)),
            Self::Fresh => format!("last success {ago}, limit {}", words(limit)),
        }
    }
}
