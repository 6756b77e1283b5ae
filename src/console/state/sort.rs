//! What orders the agents.

use crate::console::page::agents::row;
use crate::fleet::AgentView;

/// How the agents are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// By which column.
    pub key: SortKey,
    /// Whether the order is turned around.
    pub is_reversed: bool,
}

/// A column that orders the agents; ties are in order of the ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// The worst first.
    #[default]
    Verdict,
    /// By id.
    Agent,
    /// The oldest success first.
    Age,
    /// The fewest attesting groups first.
    Coverage,
}

impl SortKey {
    /// All columns that order.
    pub const ALL: [Self; 4] = [Self::Verdict, Self::Agent, Self::Age, Self::Coverage];

    /// Its name in a command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Agent => "agent",
            Self::Age => "age",
            Self::Coverage => "coverage",
        }
    }

    pub(super) fn next(self) -> Self {
        match self {
            Self::Verdict => Self::Agent,
            Self::Agent => Self::Age,
            Self::Age => Self::Coverage,
            Self::Coverage => Self::Verdict,
        }
    }

    /// The order in words.
    pub fn words(self, is_reversed: bool) -> &'static str {
        match (self, is_reversed) {
            (Self::Verdict, false) => "worst first",
            (Self::Verdict, true) => "best first",
            (Self::Agent, false) => "by id",
            (Self::Agent, true) => "by id, last first",
            (Self::Age, false) => "oldest first",
            (Self::Age, true) => "newest first",
            (Self::Coverage, false) => "least covered first",
            (Self::Coverage, true) => "best covered first",
        }
    }
}

/// What comes first by this column.
pub(super) fn rank(key: SortKey, agent: &AgentView) -> u64 {
    match key {
        SortKey::Agent => 0,
        SortKey::Verdict => agent.verdict as u64,
        SortKey::Age => {
            let age = row::deciding(agent).and_then(|inside| inside.judgement.age);
            // Without an age last: there is nothing to be old.
            age.map_or(u64::MAX, |age| u64::MAX - 1 - age)
        }
        SortKey::Coverage => u64::from(agent.coverage.have),
    }
}
