//! What the model is told: one message per thing learned about one group.

use std::sync::Arc;
use std::time::Duration;

use crate::keylime::{AddressReport, AgentRecord, Failure};
use crate::text::RemoteText;

/// Something learned about a group.
#[derive(Debug)]
pub enum Input {
    /// A probe of the address with this index finished.
    Probed {
        /// Index into the group's addresses.
        address: usize,
        /// What it found.
        report: AddressReport,
    },
    /// Our questions go to the address with this index now.
    Chosen {
        /// Index into the group's addresses.
        address: usize,
    },
    /// A verifier told its agents.
    Agents(Answer<Vec<(RemoteText, Arc<AgentRecord>)>>),
    /// A verifier was asked and gave no usable answer. The address turns to
    /// that state; the agents keep their verdicts until [`Input::Lost`].
    AgentsFailed {
        /// Index into the group's addresses.
        address: usize,
        /// Why.
        failure: Failure,
    },
    /// A registrar told its ids.
    Registered(Answer<Vec<RemoteText>>),
    /// A registrar was asked and gave no usable answer.
    RegisteredFailed {
        /// Index into the group's addresses.
        address: usize,
        /// Why.
        failure: Failure,
    },
    /// The registrar's own word on one agent: whether it is activated.
    Activation {
        /// The agent.
        id: RemoteText,
        /// Whether the registrar has activated it.
        activated: bool,
    },
    /// The next poll is overdue: from now on the age is worth showing.
    Overdue,
    /// Three planned polls brought no good answer, or the first one failed.
    Lost,
}

/// A good answer.
#[derive(Debug)]
pub struct Answer<T> {
    /// Index of the address that gave it, into the group's addresses.
    pub address: usize,
    /// What it holds; none for 304, the same as before.
    pub content: Option<T>,
    /// The answer's own `Date` in Unix seconds (our clock where it has none).
    pub server_time: i64,
    /// From the request to the whole answer.
    pub took: Duration,
    /// The share of the verifier's time that our polls take, 0 to 1.
    pub share: Option<f64>,
}
