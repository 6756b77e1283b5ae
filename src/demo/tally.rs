//! What was asked of each address.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::answer::Question;
use super::route::{Route, route};

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// `/version`, `/versions`.
    Version,
    /// The list of agent ids.
    AgentList,
    /// All agent records at once.
    AgentBulk,
    /// One agent's record or registration.
    Agent,
    /// A list of policies or one policy.
    Policy,
    /// An attestation of a push agent.
    Attestation,
    /// Anything else.
    Other,
}

impl RequestKind {
    pub(super) fn of(question: &Question) -> Self {
        let route = route(&question.path);
        match &route {
            Route::Plain("version" | "versions") => Self::Version,
            Route::Two(segments) | Route::Three(segments) => match segments.as_slice() {
                ["agents"] if question.parameter("bulk").is_some() => Self::AgentBulk,
                ["agents"] => Self::AgentList,
                ["agents", _] => Self::Agent,
                ["agents", _, "attestations", ..] => Self::Attestation,
                ["allowlists" | "mbpolicies" | "policies" | "refstates", ..] => Self::Policy,
                _ => Self::Other,
            },
            Route::Plain(_) | Route::Unserved => Self::Other,
        }
    }
}

/// What was asked of one address since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Connections accepted.
    pub connections: u64,
    /// TLS handshakes that failed.
    pub failed_handshakes: u64,
    /// Requests by kind.
    pub requests: BTreeMap<RequestKind, u64>,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests that came while a bulk answer was being made at that address.
    /// A polite client has none.
    pub during_bulk: u64,
}

impl Asked {
    /// Requests of one kind.
    pub fn count(&self, kind: RequestKind) -> u64 {
        self.requests.get(&kind).copied().unwrap_or(0)
    }
}

/// Counts what is asked of one address.
#[derive(Default)]
pub(super) struct Tally {
    asked: Mutex<Asked>,
    bulks: AtomicU64,
}

/// A bulk answer is being made for as long as this lives.
pub(super) struct BulkUnderway<'a>(&'a AtomicU64);

impl Drop for BulkUnderway<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Tally {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn connection(&self) {
        self.asked().connections += 1;
    }

    pub(super) fn failed_handshake(&self) {
        self.asked().failed_handshakes += 1;
    }

    /// Counts a request; a bulk request is under way until the guard goes.
    pub(super) fn request(&self, kind: RequestKind) -> Option<BulkUnderway<'_>> {
        let mut asked = self.asked();
        *asked.requests.entry(kind).or_default() += 1;
        if self.bulks.load(Ordering::Acquire) > 0 {
            asked.during_bulk += 1;
        }
        (kind == RequestKind::AgentBulk).then(|| {
            self.bulks.fetch_add(1, Ordering::AcqRel);
            BulkUnderway(&self.bulks)
        })
    }

    pub(super) fn answered(&self, status: u16) {
        *self.asked().statuses.entry(status).or_default() += 1;
    }

    pub(super) fn snapshot(&self) -> Asked {
        self.asked().clone()
    }
}
