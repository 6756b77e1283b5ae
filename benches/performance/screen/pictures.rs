//! Pictures of a large fleet, without asking anybody more than once.

use std::sync::Arc;

use limescope::config::Config;
use limescope::fleet::{AgentInGroup, AgentView, Reason, Snapshot};

use crate::bare::Bare;
use crate::{Outcome, model};

/// Rows that are changed: the first screen of the table as it is ordered when
/// nobody orders it otherwise.
const IN_SIGHT: usize = 40;

/// Seconds by which a changed row's success gets older: it reads otherwise.
const OLDER: u64 = 3_600;

/// The picture of a group that was asked.
pub fn picture(config: &Config) -> Outcome<Snapshot> {
    model::picture(&Bare::new(config)?)
}

/// Pictures of which each differs from the one before, and from the first, in
/// one row that can be seen. No row changes its place.
pub fn changing(first: &Snapshot) -> Vec<Snapshot> {
    let mut worst_first: Vec<_> = (0..first.agents.len()).collect();
    worst_first.sort_by_key(|place| first.agents.get(*place).map(|agent| agent.verdict as u8));
    worst_first.truncate(IN_SIGHT);
    let change = |changed| {
        let agents = first.agents.iter().enumerate().map(|(place, agent)| match place == changed {
            true => Arc::new(older(agent)),
            false => Arc::clone(agent),
        });
        Snapshot { agents: agents.collect(), ..first.clone() }
    };
    worst_first.into_iter().map(change).collect()
}

/// The same agent with an older success.
fn older(agent: &AgentView) -> AgentView {
    let mut agent = agent.clone();
    for inside in &mut agent.groups {
        let mut now = AgentInGroup::clone(inside);
        now.judgement.age = Some(now.judgement.age.unwrap_or(0) + OLDER);
        // The age of a fresh success is shown as the limit only.
        now.judgement.reason = Reason::TooOld;
        *inside = Arc::new(now);
    }
    agent
}
