//! One row for each id over all groups.

use std::sync::Arc;

use super::confusable::{Looks, is_odd, look};
use super::flags::{Flag, Flags};
use super::snapshot::{AgentInGroup, AgentView, Coverage};
use super::verdict::Verdict;
use crate::text::RemoteText;

/// What the groups have under one id, and the row that showed it before.
type Merged<'a> = (Vec<Arc<AgentInGroup>>, Option<&'a Arc<AgentView>>);

/// Merges the agents of all groups, each in order of its ids, into rows. A row
/// of which no group changed anything is the old row.
pub(super) fn merge(
    groups: &[&[Arc<AgentInGroup>]],
    old: &[Arc<AgentView>],
    want: u32,
) -> Vec<Arc<AgentView>> {
    let mut heads = groups.to_vec();
    let rows_at_least = groups.iter().map(|agents| agents.len()).max().unwrap_or(0);
    let mut merged: Vec<Merged<'_>> = Vec::with_capacity(rows_at_least);
    let mut old_rows = old.iter().peekable();
    while let Some(id) = heads.iter().filter_map(|head| head.first()).map(|agent| &agent.id).min() {
        let mut agents = Vec::with_capacity(1);
        for head in &mut heads {
            if let Some((agent, rest)) = head.split_first()
                && agent.id == *id
            {
                *head = rest;
                agents.push(Arc::clone(agent));
            }
        }
        while old_rows.next_if(|row| row.id < *id).is_some() {}
        merged.push((agents, old_rows.next_if(|row| row.id == *id)));
    }
    let look_of =
        |row: Option<&Arc<AgentView>>, id: &RemoteText| row.map_or_else(|| look(id.raw()), |row| row.look);
    let all_looks: Vec<u64> = merged
        .iter()
        .map(|(agents, row)| agents.first().map_or(0, |agent| look_of(*row, &agent.id)))
        .collect();
    let looks = Looks::of(all_looks.iter().copied());
    merged
        .into_iter()
        .zip(all_looks)
        .filter_map(|((agents, row), look)| {
            let id = agents.first()?.id.clone();
            let odd = looks.is_shared(look) || is_odd(id.raw());
            match row {
                Some(row) if is_same(row, &agents, odd) => Some(Arc::clone(row)),
                _ => Some(Arc::new(row_of(id, agents, look, odd, want))),
            }
        })
        .collect()
}

fn is_same(row: &AgentView, agents: &[Arc<AgentInGroup>], odd: bool) -> bool {
    row.flags.has(Flag::OddId) == odd
        && row.groups.len() == agents.len()
        && row.groups.iter().zip(agents).all(|(before, now)| Arc::ptr_eq(before, now))
}

fn row_of(id: RemoteText, groups: Vec<Arc<AgentInGroup>>, look: u64, odd: bool, want: u32) -> AgentView {
    let verdicts = || groups.iter().map(|agent| agent.judgement.verdict);
    let mut known = verdicts().filter(|verdict| *verdict != Verdict::Unknown);
    let first = known.next();
    let split = known.any(|verdict| Some(verdict) != first);
    let have =
        u32::try_from(verdicts().filter(|verdict| *verdict == Verdict::Attested).count()).unwrap_or(u32::MAX);
    let mut flags = groups.iter().fold(Flags::NONE, |flags, agent| flags.with(agent.judgement.flags));
    flags.set_if(Flag::OddId, odd);
    // With a duplication of one the verdict itself already says it.
    flags.set_if(Flag::UnderDuplicated, want > 1 && have < want);
    AgentView {
        shown: id.shown(),
        id,
        verdict: verdicts().min().unwrap_or(Verdict::Unknown),
        split,
        coverage: Coverage { have, want },
        flags,
        groups,
        look,
    }
}
