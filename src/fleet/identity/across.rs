//! One key under two ids, one id with different keys.

use std::collections::HashMap;

use crate::text::RemoteText;
use crate::text::count::some;
use crate::tpm::identity::{Finding, KeyName};

/// Others that a finding names; the rest is counted.
const NAMED: usize = 4;

/// Characters of an id that are shown.
const SHOWN: usize = 64;

/// An agent as one group's registrar knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its id.
    pub id: RemoteText,
    /// The group's name.
    pub group: std::sync::Arc<str>,
    /// The Name of its endorsement key, if that is readable.
    pub endorsement_key: Option<KeyName>,
    /// The Name of its attestation key, if that is readable.
    pub attestation_key: Option<KeyName>,
}

impl Seen {
    fn words(&self) -> String {
        format!("{} (group {})", self.id.shown_to(SHOWN), self.group)
    }
}

/// What the keys of all agents say about each other: the findings of each, in
/// the order of the agents. Takes about a second for a million.
#[must_use]
pub fn across(agents: &[Seen]) -> Vec<Vec<Finding>> {
    let mut findings = vec![Vec::new(); agents.len()];
    let key = |seen: &Seen| seen.endorsement_key.clone();
    shared(agents, key, &mut findings, |others| {
        Finding::error(
            "ek-shared",
            format!(
                "The endorsement key of this agent is also that of {others}: one TPM under several ids. \
                 It is one machine that registered more than once, or a virtual machine that was copied \
                 with its TPM; whoever answers for one id can answer for the others."
            ),
            "Find out which machine has this TPM, delete the other registrations, and give copied machines \
             TPMs of their own.",
        )
    });
    let key = |seen: &Seen| seen.attestation_key.clone();
    shared(agents, key, &mut findings, |others| {
        Finding::error(
            "ak-shared",
            format!(
                "The attestation key of this agent is also that of {others}: a quote of one of them passes \
                 as a quote of the others."
            ),
            "Do not trust either verdict: find out which machine signs, delete the other registrations, and \
             let each agent make a key of its own.",
        )
    });
    differing(agents, &mut findings);
    findings
}

/// Agents with the same key under different ids.
fn shared(
    agents: &[Seen],
    key: impl Fn(&Seen) -> Option<KeyName>,
    findings: &mut [Vec<Finding>],
    finding: impl Fn(&str) -> Finding,
) {
    let mut by_key: HashMap<KeyName, Vec<usize>> = HashMap::with_capacity(agents.len());
    for (place, seen) in agents.iter().enumerate() {
        if let Some(key) = key(seen) {
            by_key.entry(key).or_default().push(place);
        }
    }
    for places in by_key.values().filter(|places| places.len() > 1) {
        let all: Vec<_> = places.iter().filter_map(|place| agents.get(*place)).collect();
        let Some(first) = all.first() else { continue };
        if all.iter().all(|seen| seen.id == first.id) {
            continue;
        }
        let mut of_id: HashMap<&str, usize> = HashMap::new();
        for seen in &all {
            *of_id.entry(seen.id.raw()).or_default() += 1;
        }
        for (place, own) in places.iter().zip(&all) {
            let others = all.iter().filter(|other| other.id != own.id);
            let count = all.len() - of_id.get(own.id.raw()).copied().unwrap_or_default();
            if let Some(findings) = findings.get_mut(*place) {
                findings.push(finding(&listed(others.map(|other| other.words()), count)));
            }
        }
    }
}

/// The first few, and how many more there are.
fn listed(others: impl Iterator<Item = String>, count: usize) -> String {
    let named: Vec<_> = others.take(NAMED).collect();
    match count.saturating_sub(named.len()) {
        0 => named.join(", "),
        more => format!("{} and {} more", named.join(", "), some(more, "registration", "registrations")),
    }
}

/// Agents whose id has other keys in another group.
fn differing(agents: &[Seen], findings: &mut [Vec<Finding>]) {
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::with_capacity(agents.len());
    for (place, seen) in agents.iter().enumerate() {
        by_id.entry(seen.id.raw()).or_default().push(place);
    }
    for places in by_id.values().filter(|places| places.len() > 1) {
        for place in places {
            let Some(own) = agents.get(*place) else { continue };
            let others = || places.iter().filter(|other| *other != place).filter_map(|it| agents.get(*it));
            let differs = |one: &Option<KeyName>, other: &Option<KeyName>| matches!((one, other), (Some(one), Some(other)) if one != other);
            let names = |all: Vec<&Seen>| {
                let count = all.len();
                listed(all.into_iter().map(|seen| seen.group.to_string()), count)
            };
            let tpm: Vec<_> =
                others().filter(|other| differs(&own.endorsement_key, &other.endorsement_key)).collect();
            let key: Vec<_> = others()
                .filter(|other| own.endorsement_key.is_some() && own.endorsement_key == other.endorsement_key)
                .filter(|other| differs(&own.attestation_key, &other.attestation_key))
                .collect();
            let Some(findings) = findings.get_mut(*place) else { continue };
            if !tpm.is_empty() {
                findings.push(Finding::error(
                    "ek-differs-between-groups",
                    format!(
                        "The same id has another endorsement key in {}: two machines use one id, or one of \
                         them took the id of the other. Their verdicts are shown as those of one agent.",
                        names(tpm)
                    ),
                    "Find out whose id it is, delete the other registration and give that machine an id of \
                     its own.",
                ));
            }
            if !key.is_empty() {
                findings.push(Finding::warning(
                    "ak-differs-between-groups",
                    format!(
                        "The same id has another attestation key in {}, though the TPM is the same: the \
                         agent made a new key after one of the registrations, and the quotes that it makes \
                         now pass in one group only.",
                        names(key)
                    ),
                    "Let the agent register anew in all groups, after deleting the old registration.",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::identity::test_agent::seen;

    fn codes(agents: &[Seen]) -> Vec<Vec<&'static str>> {
        let findings = across(agents);
        findings.iter().map(|list| list.iter().map(|finding| finding.code).collect()).collect()
    }

    #[test]
    fn one_agent_in_two_groups_is_no_finding() {
        let agents = [seen("a", "x", 1, 2), seen("a", "y", 1, 2), seen("b", "x", 3, 4)];
        assert_eq!(codes(&agents), [[""; 0]; 3]);
        assert_eq!(codes(&[seen("a", "x", 0, 0), seen("b", "x", 0, 0)]), [[""; 0]; 2], "nothing is known");
    }

    #[test]
    fn one_key_under_two_ids_is_told_at_both() {
        let agents = [seen("a", "x", 1, 2), seen("b", "y", 1, 3), seen("c", "x", 4, 3), seen("a", "y", 1, 2)];
        let findings = across(&agents);
        assert_eq!(codes(&agents)[0], ["ek-shared"]);
        assert_eq!(codes(&agents)[1], ["ek-shared", "ak-shared"]);
        assert_eq!(codes(&agents)[2], ["ak-shared"]);
        assert!(findings[0][0].words.contains("b (group y):"), "{}", findings[0][0].words);
        assert!(findings[1][0].words.contains("a (group x), a (group y):"), "{}", findings[1][0].words);
    }

    #[test]
    fn a_thousand_copies_name_a_few_of_the_others() {
        let agents: Vec<_> = (0..1000).map(|number| seen(&format!("vm-{number:03}"), "x", 1, 0)).collect();
        let findings = across(&agents);
        assert!(findings.iter().all(|list| list.len() == 1));
        assert!(findings[0][0].words.contains("vm-004 (group x) and 995 registrations more"));
    }

    #[test]
    fn one_id_with_different_keys_is_told_in_all_groups() {
        let agents = [seen("a", "x", 1, 2), seen("a", "y", 3, 4), seen("a", "z", 1, 5), seen("a", "w", 0, 2)];
        assert_eq!(
            codes(&agents),
            [
                vec!["ek-differs-between-groups", "ak-differs-between-groups"],
                vec!["ek-differs-between-groups"],
                vec!["ek-differs-between-groups", "ak-differs-between-groups"],
                vec![],
            ]
        );
    }

    #[test]
    fn ids_are_shown_and_not_printed() {
        let agents = [seen("a\u{1b}[2J", "x", 1, 0), seen("b", "x", 1, 0)];
        assert!(across(&agents)[1][0].words.contains("a\\u{1b}[2J (group x)"));
    }
}
