//! Evidence of the agent whose details are open, checked again.
//!
//! Nothing here asks anybody. A check leaves as an [`EvidenceWish`] with a
//! generation and comes back as [`EvidenceNews`]; what came back stays until
//! another agent's is looked at.

use std::sync::Arc;

use super::{Overlay, State};
use crate::console::outside::Request;
use crate::fleet::AgentView;
use crate::tasks::quotes::{AgentCheck, Source};
use crate::text::RemoteText;

/// What is wished for. Each has a generation, and comes back under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvidenceWish {
    /// Check the evidence of an agent.
    Check {
        /// Of the wish.
        generation: u64,
        /// The agent's id.
        agent: RemoteText,
        /// Names of the groups in which it is.
        groups: Vec<String>,
        /// Whom the evidence is from.
        source: Source,
    },
    /// Go on waiting.
    Wait {
        /// Of the wish.
        generation: u64,
    },
    /// Nobody waits any more.
    Cancel {
        /// Of the wish.
        generation: u64,
    },
}

/// What came of one group: the check, or why there is none. Fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceOf {
    /// The group's name.
    pub group: String,
    /// What came of it.
    pub checked: Result<AgentCheck, String>,
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum EvidenceNews {
    /// It goes on.
    Working {
        /// Of the wish.
        generation: u64,
    },
    /// It ended.
    Checked {
        /// Of the wish.
        generation: u64,
        /// By group.
        groups: Arc<[EvidenceOf]>,
    },
}

/// The evidence on the screen.
#[derive(Clone, Debug, Default)]
pub struct EvidenceState {
    /// Whose it is.
    agent: Option<RemoteText>,
    groups: Option<Arc<[EvidenceOf]>>,
    asking: Option<(u64, Source)>,
    last_generation: u64,
    revision: u64,
}

impl EvidenceState {
    /// What was found of this agent; none: nothing yet.
    pub fn of(&self, agent: &RemoteText) -> Option<&[EvidenceOf]> {
        self.groups.as_deref().filter(|_| self.agent.as_ref() == Some(agent))
    }

    /// Who is being asked; none: nobody is.
    pub fn asking(&self) -> Option<Source> {
        self.asking.map(|(_, source)| source)
    }

    /// Grows with everything that can be seen.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

impl State {
    /// The agent whose details are open.
    pub(in crate::console) fn examined(&self) -> Option<&Arc<AgentView>> {
        match &self.overlay {
            Some(Overlay::Detail(detail)) => Some(&detail.agent),
            _ => None,
        }
    }

    /// Names of the groups that have it; or of those whose verifier has it in
    /// pull mode.
    pub(in crate::console) fn examined_groups(&self, pull_only: bool) -> Vec<String> {
        let Some(agent) = self.examined() else { return Vec::new() };
        let is_wanted = |record: Option<bool>| if pull_only { record == Some(false) } else { true };
        let groups = agent.groups.iter().filter_map(|inside| {
            let is_push = inside.record.as_ref().map(|record| record.is_push());
            is_wanted(is_push).then_some(inside.group)
        });
        groups.filter_map(|group| Some(self.snapshot.groups.get(group)?.name.to_string())).collect()
    }

    /// Shows the agent's evidence and has it checked, or goes back to the words
    /// of the verifiers.
    pub(in crate::console) fn turn_evidence(&mut self) {
        let Some(Overlay::Detail(detail)) = &mut self.overlay else { return };
        detail.is_evidence = !detail.is_evidence;
        detail.is_raw = false;
        detail.scroll = 0;
        match detail.is_evidence {
            true => self.check_evidence(Source::Verifier),
            false => self.cancel_check(),
        }
    }

    /// Asks the agent itself.
    pub(in crate::console) fn ask_agent(&mut self) {
        let Some(Overlay::Detail(detail)) = &mut self.overlay else { return };
        detail.is_evidence = true;
        detail.is_raw = false;
        detail.scroll = 0;
        self.check_evidence(Source::Agent);
    }

    fn check_evidence(&mut self, source: Source) {
        self.cancel_check();
        let groups = self.examined_groups(source == Source::Agent);
        let Some(agent) = self.examined().map(|agent| agent.id.clone()) else { return };
        let evidence = &mut self.evidence;
        evidence.last_generation += 1;
        let generation = evidence.last_generation;
        evidence.asking = Some((generation, source));
        evidence.agent = Some(agent.clone());
        evidence.groups = None;
        evidence.revision += 1;
        self.requests.push(Request::Evidence(EvidenceWish::Check { generation, agent, groups, source }));
    }

    /// Ends the check that goes on.
    fn cancel_check(&mut self) {
        if let Some((generation, _)) = self.evidence.asking.take() {
            self.evidence.revision += 1;
            self.requests.push(Request::Evidence(EvidenceWish::Cancel { generation }));
        }
    }

    /// Takes in what came back. What nobody looks at any more is let go of.
    pub(in crate::console) fn take_evidence_news(&mut self, news: EvidenceNews) {
        let is_in_sight = self.examined().map(|agent| &agent.id) == self.evidence.agent.as_ref();
        let evidence = &mut self.evidence;
        let asking = evidence.asking.map(|(generation, _)| generation);
        match news {
            EvidenceNews::Working { generation } => {
                let is_awaited = asking == Some(generation) && is_in_sight;
                let wish = match is_awaited {
                    true => EvidenceWish::Wait { generation },
                    false => {
                        evidence.asking.take_if(|(other, _)| *other == generation);
                        EvidenceWish::Cancel { generation }
                    }
                };
                self.requests.push(Request::Evidence(wish));
            }
            EvidenceNews::Checked { generation, groups } if asking == Some(generation) => {
                evidence.asking = None;
                evidence.groups = Some(groups);
                evidence.revision += 1;
            }
            EvidenceNews::Checked { .. } => {}
        }
    }
}
