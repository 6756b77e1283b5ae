//! What records say, judged one by one or on all cores.

use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::Timestamp;

use crate::fleet::identity::Seen;
use crate::keylime::Registered;
use crate::text::RemoteText;
use crate::tpm::identity::{Finding, Identity, VendorRoots, audit};

/// Agents of one thread at least: fewer are not worth another.
const PER_THREAD: usize = 256;

/// One agent as one group's registrar knows it.
#[derive(Clone, Debug)]
pub struct AgentAudit {
    /// Its id.
    pub id: RemoteText,
    /// The group's name.
    pub group: Arc<str>,
    /// Whether there was a record.
    pub state: AgentState,
    /// Who it is, with all that was found, the worst first.
    pub identity: Identity,
}

/// What the registrar said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentState {
    /// The record.
    Read,
    /// An answer that cannot be read.
    Unreadable,
    /// The TPM has not answered the registrar's challenge yet.
    NotActivated,
    /// Its id cannot stand in a path, so that nobody can ask for it.
    NotAskable,
}

impl AgentAudit {
    /// Those of its findings that count (contract §7).
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.identity.findings.iter().filter(|finding| finding.counts())
    }

    /// What is only worth knowing.
    pub fn notes(&self) -> impl Iterator<Item = &Finding> {
        self.identity.findings.iter().filter(|finding| !finding.counts())
    }

    /// What is compared with others.
    #[must_use]
    pub fn seen(&self) -> Seen {
        let name =
            |key: &Option<crate::tpm::identity::KeyFacts>| key.as_ref().and_then(|key| key.name.clone());
        Seen {
            id: self.id.clone(),
            group: Arc::clone(&self.group),
            endorsement_key: name(&self.identity.endorsement_key),
            attestation_key: name(&self.identity.attestation_key),
        }
    }

    /// One without a record.
    pub(super) fn without_record(
        id: RemoteText,
        group: &Arc<str>,
        state: AgentState,
        finding: Finding,
    ) -> Self {
        let identity = Identity { findings: vec![finding], ..Identity::default() };
        Self { id, group: Arc::clone(group), state, identity }
    }
}

/// Judges what a registrar answered; none where it does not know the agent any
/// more. Takes some 0.1 ms.
#[must_use]
pub fn judge(
    id: RemoteText,
    group: &Arc<str>,
    answer: &Registered,
    vendors: Option<&VendorRoots>,
    at: Timestamp,
) -> Option<AgentAudit> {
    let without = |id, state, finding| Some(AgentAudit::without_record(id, group, state, finding));
    match answer {
        Registered::Record(record) => {
            let identity = audit(record, vendors, at);
            Some(AgentAudit { id, group: Arc::clone(group), state: AgentState::Read, identity })
        }
        Registered::Unreadable(why) => without(
            id,
            AgentState::Unreadable,
            Finding::error(
                "record-unreadable",
                format!("The registrar's record of this agent cannot be read: {why}."),
                "Delete the registration and let the agent register anew; if that does not help, look at the \
                 registrar.",
            ),
        ),
        Registered::NotActivated => without(
            id,
            AgentState::NotActivated,
            Finding::info(
                "not-activated",
                "The agent's TPM has not answered the registrar's challenge yet, so there is no record to judge.",
                "Audit again when it has; an agent that stays so cannot prove that its key is in its TPM.",
            ),
        ),
        Registered::NotFound => None,
    }
}

/// Judges many answers, on all cores. The agents come back in order.
#[must_use]
pub fn judge_on_all_cores(
    answers: Vec<(RemoteText, Registered)>,
    group: &Arc<str>,
    vendors: Option<&VendorRoots>,
    at: Timestamp,
) -> Vec<AgentAudit> {
    let judged = |part: &[(RemoteText, Registered)]| -> Vec<AgentAudit> {
        part.iter().filter_map(|(id, answer)| judge(id.clone(), group, answer, vendors, at)).collect()
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let each = answers.len().div_ceil(cores).max(PER_THREAD);
    if answers.len() <= each {
        return judged(&answers);
    }
    std::thread::scope(|scope| {
        let judged = &judged;
        let threads: Vec<_> =
            answers.chunks(each).map(|part| (part, scope.spawn(move || judged(part)))).collect();
        // A thread that broke is done again here, where it breaks for who asked.
        threads
            .into_iter()
            .flat_map(|(part, thread)| thread.join().unwrap_or_else(|_broken| judged(part)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_come_back_in_order() {
        let record = || Registered::Record(Box::default());
        let mut answers: Vec<_> =
            (0..3_000).map(|number| (RemoteText::from(format!("{number:05}")), record())).collect();
        answers[7].1 = Registered::NotFound;
        answers[8].1 = Registered::NotActivated;
        answers[9].1 = Registered::Unreadable("no JSON".to_owned());
        let judged = judge_on_all_cores(answers, &"x".into(), None, Timestamp::UNIX_EPOCH);
        assert_eq!(judged.len(), 2_999);
        assert!(judged.is_sorted_by(|one, other| one.id < other.id));
        assert_eq!(judged[7].state, AgentState::NotActivated);
        assert_eq!((judged[7].findings().count(), judged[7].notes().count()), (0, 1));
        assert_eq!(judged[8].findings().next().unwrap().code, "record-unreadable");
        assert_eq!(judged[0].findings().count(), 2, "no keys at all");
    }
}
