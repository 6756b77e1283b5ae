//! From one observation of a group to the next: what is new, what is shared,
//! what is worth an event. All lists are in order of their ids.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use super::event::Change;
use super::group::Record;
use super::snapshot::AgentInGroup;
use super::verdict::Verdict;
use crate::keylime::AgentRecord;
use crate::text::RemoteText;

/// Walks two ordered lists side by side and hands out what belongs together.
fn side_by_side<'a, L, R>(
    left: &'a [L],
    right: &'a [R],
    left_id: impl Fn(&L) -> &RemoteText,
    right_id: impl Fn(&R) -> &RemoteText,
    mut visit: impl FnMut(Option<&'a L>, Option<&'a R>),
) {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => left_id(one).cmp(right_id(other)),
        };
        match order {
            Ordering::Less => visit(left.next(), None),
            Ordering::Greater => visit(None, right.next()),
            Ordering::Equal => visit(left.next(), right.next()),
        }
    }
}

/// One agent for every id that the verifier or the registrar has, with the old
/// allocation wherever nothing changed.
pub(super) fn union(
    old: &[Arc<AgentInGroup>],
    records: &[Record],
    registered: &[RemoteText],
    mut judged: impl FnMut(&RemoteText, Option<&Arc<AgentRecord>>, bool) -> AgentInGroup,
) -> Vec<Arc<AgentInGroup>> {
    let mut old = old.iter().peekable();
    let mut agents = Vec::with_capacity(records.len().max(registered.len()));
    side_by_side(
        records,
        registered,
        |(id, _)| id,
        |id| id,
        |record, listed| {
            let Some(id) = record.map(|(id, _)| id).or(listed) else { return };
            let agent = judged(id, record.map(|(_, record)| record), listed.is_some());
            while old.next_if(|before| before.id < agent.id).is_some() {}
            agents.push(match old.next_if(|before| before.id == agent.id) {
                Some(before) if **before == agent => Arc::clone(before),
                _ => Arc::new(agent),
            });
        },
    );
    agents
}

/// The new records, with the old allocation wherever nothing changed.
pub(super) fn share_equal(old: &[Record], new: Vec<Record>) -> Vec<Record> {
    if old.is_empty() {
        return new;
    }
    let mut shared = Vec::with_capacity(new.len());
    side_by_side(
        old,
        &new,
        |(id, _)| id,
        |(id, _)| id,
        |before, now| match (before, now) {
            (Some(before), Some(now)) if before.1 == now.1 => shared.push(before.clone()),
            // The id is the same text: one copy of it is enough.
            (Some((id, _)), Some((_, now))) => shared.push((id.clone(), Arc::clone(now))),
            (None, Some(now)) => shared.push(now.clone()),
            (_, None) => {}
        },
    );
    shared
}

/// Tells how verdicts changed. What was `unknown` in between is compared with
/// what we said before that, so that a short outage is not told per agent.
pub(super) fn tell(
    old: &[Arc<AgentInGroup>],
    new: &[Arc<AgentInGroup>],
    flapping: &HashSet<RemoteText>,
    mut event: impl FnMut(RemoteText, Change, String),
) {
    side_by_side(
        old,
        new,
        |agent| &agent.id,
        |agent| &agent.id,
        |before, now| match (before, now) {
            (Some(before), Some(now)) => {
                let from = said(before);
                let to = now.judgement.verdict;
                let flaps = flapping.contains(&now.id) && is_freshness(from) && is_freshness(to);
                if from != to && to != Verdict::Unknown && !flaps {
                    event(now.id.clone(), Change::Verdict { from: Some(from), to }, now.reason_words());
                }
            }
            (None, Some(now)) => {
                let change = Change::Verdict { from: None, to: now.judgement.verdict };
                event(now.id.clone(), change, now.reason_words());
            }
            (Some(before), None) => {
                let why = "in neither the verifier's nor the registrar's list any more".to_owned();
                event(before.id.clone(), Change::Gone { from: said(before) }, why);
            }
            (None, None) => {}
        },
    );
}

fn said(agent: &AgentInGroup) -> Verdict {
    agent.last_known.as_ref().map_or(agent.judgement.verdict, |last| last.verdict)
}

fn is_freshness(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Attested | Verdict::Stale | Verdict::TimedOut)
}

/// The agents whose successes are spaced wider than their limit, and those of
/// them that were not known to be. The spacing is the mean over the successes
/// between two observations.
pub(super) fn interval_mismatches(
    old: &[Record],
    new: &[Record],
    known: &HashSet<RemoteText>,
    limit: impl Fn(&AgentRecord) -> u64,
) -> (HashSet<RemoteText>, Vec<RemoteText>) {
    let mut mismatched = HashSet::new();
    let mut fresh = Vec::new();
    side_by_side(
        old,
        new,
        |(id, _)| id,
        |(id, _)| id,
        |before, now| {
            let Some((id, now)) = now else { return };
            let spacing = before.and_then(|(_, before)| spacing(before, now));
            let is_known = known.contains(id);
            if spacing.map_or(is_known, |spacing| spacing > limit(now)) {
                mismatched.insert(id.clone());
                if !is_known {
                    fresh.push(id.clone());
                }
            }
        },
    );
    (mismatched, fresh)
}

/// Seconds between successes; none where none was added.
fn spacing(before: &AgentRecord, now: &AgentRecord) -> Option<u64> {
    let added = now.attestation_count?.checked_sub(before.attestation_count?).filter(|added| *added > 0)?;
    let first = before.last_successful_attestation.filter(|time| *time > 0)?;
    let passed = u64::try_from(now.last_successful_attestation?.checked_sub(first)?).ok()?;
    Some(passed / u64::try_from(added).ok()?)
}
