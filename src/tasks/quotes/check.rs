//! What a check is, and what it comes to.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::time::timeout;

use super::super::policies::{Desk, Question, Reply};
use super::challenges::Carrier;
use super::gather::{Gathered, Records, gather};
use super::{Quotes, judge};
use crate::keylime::attestation::{Evaluation, Stage};
use crate::keylime::{AddressState, Failure};
use crate::text::RemoteText;
use crate::tpm::quote::{Conclusion, Step, StepResult, conclude};

/// The longest that one check may take, over all its questions.
const LONGEST: Duration = Duration::from_secs(300);

/// Where evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The verifier's record of the newest attestation (push mode).
    Verifier,
    /// The agent itself, over a nonce of ours (pull mode). It costs the agent a
    /// quote of its TPM: to be asked for expressly.
    Agent,
}

impl Source {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verifier => "verifier",
            Self::Agent => "agent",
        }
    }
}

/// What the verifier says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verifier {
    /// Its conclusion about the very evidence that was checked, in push mode.
    pub evaluation: Option<Evaluation>,
    /// Its word on the agent as a whole (`PASS`), fit to be shown.
    pub status: Option<String>,
}

/// What there was to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Evidence, and what the steps come to.
    Evidence(Conclusion),
    /// The verifier waits for the agent's evidence, or has none of it yet: no
    /// failure.
    Awaited,
    /// The verifier is in pull mode, which keeps no evidence: only the agent
    /// itself can be asked.
    NothingKept,
}

/// One agent's evidence, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentCheck {
    /// The agent's id.
    pub agent: RemoteText,
    /// The group's name.
    pub group: String,
    /// Whom the evidence is from.
    pub source: Source,
    /// The attestation's index, in push mode.
    pub index: Option<u64>,
    /// When the verifier got it, in push mode; fit to be shown.
    pub received: Option<String>,
    /// What the verifier says.
    pub verifier: Verifier,
    /// What there was.
    pub found: Found,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What could not be had, in sentences that are fit to be shown.
    pub notes: Vec<String>,
}

impl AgentCheck {
    /// Whether nothing speaks against the agent: every step that proves
    /// something holds, or there is nothing to check yet.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        matches!(self.found, Found::Evidence(Conclusion::Holds) | Found::Awaited)
    }

    /// Our conclusion beside the verifier's, in a sentence.
    #[must_use]
    pub fn compared(&self) -> String {
        let own = match self.found {
            Found::Awaited => {
                return "the verifier has no evidence of this agent yet: nothing to check, and no failure"
                    .to_owned();
            }
            Found::NothingKept => {
                return "a verifier in pull mode keeps no evidence: only the agent itself can be asked"
                    .to_owned();
            }
            Found::Evidence(conclusion) => conclusion,
        };
        let words = match (own, self.verifier.evaluation) {
            (Conclusion::Holds, Some(Evaluation::Pass)) => "the evidence holds, and the verifier says pass",
            (Conclusion::Holds, Some(Evaluation::Fail)) => {
                "the evidence itself holds; the verifier says fail: it goes against a policy (its log says which)"
            }
            (Conclusion::Fails, Some(Evaluation::Pass)) => {
                "the evidence does NOT hold, though the verifier says pass: do not rely on this verifier, and look \
                 at the steps that failed"
            }
            (Conclusion::Fails, Some(Evaluation::Fail)) => {
                "the evidence does not hold, and the verifier says fail"
            }
            (Conclusion::Holds, Some(Evaluation::Pending | Evaluation::Other)) => {
                "the evidence holds; the verifier has not concluded yet"
            }
            (Conclusion::Fails, Some(Evaluation::Pending | Evaluation::Other)) => {
                "the evidence does not hold; the verifier has not concluded yet"
            }
            (Conclusion::NotCheckable, _) => "the evidence could not be checked as a whole",
            (Conclusion::Holds, None) => "the evidence holds",
            (Conclusion::Fails, None) => "the evidence does not hold",
        };
        match &self.verifier.status {
            Some(status) => format!("{words}. Its word on the agent: {status}"),
            None => words.to_owned(),
        }
    }
}

/// Why nothing was checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// No such group.
    #[error("there is no group {0}")]
    NoGroup(String),
    /// The id cannot stand in a path.
    #[error("this id cannot be asked for: Keylime allows letters, digits, `.`, `_` and `-` only")]
    OddId,
    /// Neither registrar nor verifier knows the agent.
    #[error("{0}: neither its registrar nor its verifier knows this agent")]
    NotThere(String),
    /// The group cannot be asked.
    #[error("{group}: {failure}")]
    Failed {
        /// The group's name.
        group: String,
        /// Why.
        failure: Failure,
    },
}

impl Quotes {
    /// Names of the groups, in the order of the configuration.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        self.groups.groups()
    }

    /// The agents that a group's verifiers have.
    ///
    /// # Errors
    /// Why there is no list, in words that are fit to be shown.
    pub async fn agents(&self, group: &str) -> Result<Vec<RemoteText>, CheckError> {
        let failed = |failure| CheckError::Failed { group: group.to_owned(), failure };
        let desk = self.desk(group)?;
        match desk.ask(&Question::Agents).await.map_err(failed)? {
            Reply::Texts(fetched) => Ok(fetched.content.unwrap_or_default()),
            Reply::Policy(_) => {
                Err(failed(Failure::stay(AddressState::Error, "another question was answered")))
            }
        }
    }

    fn desk(&self, group: &str) -> Result<Arc<Desk>, CheckError> {
        let desk = self.groups.desks().into_iter().find(|desk| desk.name == group);
        desk.ok_or_else(|| CheckError::NoGroup(group.to_owned()))
    }

    /// Checks the evidence of one agent in one group.
    ///
    /// # Errors
    /// Why there is nothing to say at all, in words that are fit to be shown.
    pub async fn check(
        &self,
        group: &str,
        agent: &RemoteText,
        source: Source,
    ) -> Result<AgentCheck, CheckError> {
        let failed = |failure| CheckError::Failed { group: group.to_owned(), failure };
        if !super::super::details::is_plain(agent.raw()) {
            return Err(CheckError::OddId);
        }
        let desk = self.desk(group)?;
        let asker = desk.asker().map_err(failed)?;
        let late = |_elapsed| {
            let words = format!("the check was not done within {} seconds", LONGEST.as_secs());
            failed(Failure::stay(AddressState::TimedOut, words))
        };
        let gathered =
            timeout(LONGEST, gather(&asker, agent, source)).await.map_err(late)?.map_err(failed)?;
        let Some(gathered) = gathered else { return Err(CheckError::NotThere(group.to_owned())) };
        let mut check = AgentCheck {
            agent: agent.clone(),
            group: group.to_owned(),
            source,
            index: None,
            received: None,
            verifier: Verifier { evaluation: None, status: gathered.status.clone() },
            found: Found::Awaited,
            steps: Vec::new(),
            notes: gathered.notes.clone(),
        };
        match &gathered.records {
            Records::NothingKept => check.found = Found::NothingKept,
            Records::NotYet => {}
            Records::Kept { newest, .. } => {
                check.index = newest.index;
                check.received = newest.received.as_ref().map(|time| time.shown_to(40).into_string());
                check.verifier.evaluation = Some(newest.evaluation);
                if newest.quote.is_none() {
                    // Only a record that is complete should hold evidence.
                    if newest.stage == Stage::VerificationComplete {
                        check.found = Found::Evidence(Conclusion::NotCheckable);
                        check.notes.push("the record of the attestation holds no quote".to_owned());
                    }
                    return Ok(check);
                }
                self.judge(&mut check, gathered).await.map_err(failed)?;
            }
            Records::Asked(_) => self.judge(&mut check, gathered).await.map_err(failed)?,
        }
        Ok(check)
    }

    async fn judge(&self, check: &mut AgentCheck, gathered: Gathered) -> Result<(), Failure> {
        let challenge = gathered.challenge().to_vec();
        // A long list takes its time: not on a thread that serves the network.
        let judged = tokio::task::spawn_blocking(move || judge::judge(&gathered)).await;
        check.steps = judged.map_err(|error| {
            Failure::stay(AddressState::Error, format!("checking the evidence failed: {error}"))
        })?;
        let carrier =
            Carrier { group: check.group.clone(), agent: check.agent.raw().to_owned(), index: check.index };
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        if check.source == Source::Verifier
            && let Some(other) = challenges.note(&challenge, carrier)
        {
            let index = other.index.map(|index| format!(", attestation {index}")).unwrap_or_default();
            let said = format!(
                "the same challenge was given to {} in {}{index}: a verifier draws each anew, so evidence was copied",
                RemoteText::from(other.agent.as_str()).shown_to(80),
                other.group
            );
            check.steps.push(Step::new(
                "challenge-repeated",
                "Challenge used once",
                StepResult::Failed,
                said,
            ));
        }
        check.found = Found::Evidence(conclude(&check.steps));
        Ok(())
    }
}
