//! Groups that look like one backend: what is attested in both was proven once.
//!
//! Two real backends may attest the same agents (that is what duplication is
//! for), even under the same verifier ids (`default` is everybody's). But each
//! counts its own attestations. So groups look alike only where, for every
//! agent, one group's numbers could be the other's, seen a little later.

use jiff::Timestamp;

use super::snapshot::{AgentView, GroupView, Snapshot};
use crate::keylime::AgentRecord;

/// Successes that a verifier may add between two looks of the same moment.
const SLACK: i64 = 2;

/// Two groups whose answers agree suspiciously. Both are places in
/// [`Snapshot::groups`], the earlier first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookAlike {
    /// The one.
    pub one: usize,
    /// The other.
    pub other: usize,
    /// Agents that both have.
    pub agents: usize,
}

/// Finds them: the same agents at the verifiers, each under the same verifier
/// id, with numbers of attestation that can come from one database. Groups that
/// cannot be asked now say nothing, and neither do agents that never attested.
pub fn look_alikes(picture: &Snapshot) -> Vec<LookAlike> {
    let seen: Vec<Option<Timestamp>> = picture.groups.iter().map(|group| seen_at(group)).collect();
    if seen.iter().flatten().count() < 2 {
        return Vec::new();
    }
    let groups = seen.len();
    // For each pair, the agents in both; on the diagonal, those of one group.
    let mut common = vec![0_usize; groups * groups];
    for agent in picture.agents.iter() {
        let places = || records(agent).map(|(place, _)| place);
        for one in places() {
            for other in places().filter(|other| *other >= one) {
                if let Some(count) = common.get_mut(one * groups + other) {
                    *count += 1;
                }
            }
        }
    }
    let in_both = |one: usize, other: usize| common.get(one * groups + other).copied().unwrap_or(0);
    let mut pairs = Vec::new();
    for one in 0..groups {
        for other in one + 1..groups {
            let agents = in_both(one, other);
            let is_same_set = agents > 0 && agents == in_both(one, one) && agents == in_both(other, other);
            let times = seen.get(one).copied().flatten().zip(seen.get(other).copied().flatten());
            if let (true, Some(times)) = (is_same_set, times)
                && agree(picture, one, other, times)
            {
                pairs.push(LookAlike { one, other, agents });
            }
        }
    }
    pairs
}

/// When the group's last answer came, where that counts.
fn seen_at(group: &GroupView) -> Option<Timestamp> {
    group.observed_at.filter(|_| group.blind.is_none())
}

fn records(agent: &AgentView) -> impl Iterator<Item = (usize, &AgentRecord)> {
    agent.groups.iter().filter_map(|inside| Some((inside.group, inside.record.as_deref()?)))
}

/// Whether all agents of both groups could be one database's.
fn agree(picture: &Snapshot, one: usize, other: usize, times: (Timestamp, Timestamp)) -> bool {
    let mut has_proof = false;
    let seconds = times.1.duration_since(times.0).as_secs();
    for agent in picture.agents.iter() {
        let of = |wanted| records(agent).find(|(place, _)| *place == wanted).map(|(_, record)| record);
        let (Some(one), Some(other)) = (of(one), of(other)) else { continue };
        let (earlier, later) = if seconds >= 0 { (one, other) } else { (other, one) };
        if one.settings.verifier_id != other.settings.verifier_id
            || !can_follow(earlier, later, seconds.abs())
        {
            return false;
        }
        has_proof |= count(earlier) > 0;
    }
    has_proof
}

/// Whether the later record can be the earlier one, so many seconds after. A
/// verifier attests an agent at most about once a second.
fn can_follow(earlier: &AgentRecord, later: &AgentRecord, seconds: i64) -> bool {
    let added = count(later) - count(earlier);
    let success = |record: &AgentRecord| record.last_successful_attestation.unwrap_or(0);
    let passed = success(later) - success(earlier);
    match added {
        0 => passed == 0,
        1.. => added <= seconds.saturating_add(SLACK) && passed >= 0,
        _ => false,
    }
}

fn count(record: &AgentRecord) -> i64 {
    record.attestation_count.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::fleet::{Answer, Fleet, GroupPlan, Input};
    use crate::keylime::{AddressRole, AgentSettings};
    use crate::text::RemoteText;

    const NOW: i64 = 1_795_262_400;

    /// Id, verifier id, successes, last success before now.
    type Row<'t> = (&'t str, &'t str, i64, i64);

    fn answer(rows: &[Row<'_>]) -> Input {
        let record = |(id, verifier, count, ago): &Row<'_>| {
            let settings =
                AgentSettings { verifier_id: Some((*verifier).into()), ..AgentSettings::default() };
            let record = AgentRecord {
                operational_state: Some(3),
                attestation_count: Some(*count),
                last_successful_attestation: Some(NOW - ago),
                settings: Arc::new(settings),
                ..AgentRecord::default()
            };
            (RemoteText::from(*id), Arc::new(record))
        };
        Input::Agents(Answer {
            address: 0,
            content: Some(rows.iter().map(record).collect()),
            server_time: NOW,
            took: Duration::from_millis(4),
            share: None,
        })
    }

    /// Each group with the second in which it answered.
    fn found(groups: &[(i64, &[Row<'_>])]) -> Vec<LookAlike> {
        let plans = (0..groups.len()).map(|number| GroupPlan {
            name: format!("g{number}"),
            addresses: vec![(AddressRole::Verifier, format!("https://10.0.0.{number}:8881"))],
        });
        let mut fleet = Fleet::new(1, 60, plans);
        for (number, (second, rows)) in groups.iter().enumerate() {
            fleet.apply(number, answer(rows), Timestamp::from_second(NOW + second).unwrap());
        }
        look_alikes(&fleet.snapshot())
    }

    #[test]
    fn one_database_behind_two_groups_is_seen_whoever_is_asked_first() {
        let first: &[Row<'_>] = &[("a", "default", 120, 3), ("b", "v2", 7, 400)];
        let later: &[Row<'_>] = &[("a", "default", 122, 0), ("b", "v2", 7, 400)];
        let expected = [LookAlike { one: 0, other: 1, agents: 2 }];
        assert_eq!(found(&[(0, first), (4, later)]), expected);
        assert_eq!(found(&[(4, later), (0, first)]), expected);
        assert_eq!(found(&[(0, first), (0, first), (0, &[("c", "default", 1, 1)])]), expected);
    }

    #[test]
    fn backends_that_attest_the_same_agents_each_for_itself_are_two() {
        let one: &[Row<'_>] = &[("a", "default", 120, 3), ("b", "default", 7, 400)];
        for (other, why) in [
            (&[("a", "default", 119, 1), ("b", "default", 7, 400)][..], "counts never fall"),
            (&[("a", "default", 130, 1), ("b", "default", 7, 400)], "counts do not leap"),
            (&[("a", "default", 120, 2), ("b", "default", 7, 400)], "the same count is the same success"),
            (&[("a", "other", 120, 3), ("b", "default", 7, 400)], "another verifier"),
            (&[("a", "default", 120, 3)], "fewer agents"),
            (&[("a", "default", 120, 3), ("c", "default", 7, 400)], "other agents"),
        ] {
            assert_eq!(found(&[(0, one), (1, other)]), [], "{why}");
        }
        let never: &[Row<'_>] = &[("a", "default", 0, NOW)];
        assert_eq!(found(&[(0, never), (0, never)]), [], "nothing was proven yet");
        assert_eq!(found(&[(0, &[]), (0, &[])]), [], "no agents");
    }
}
