//! What is known of one agent or group as JSON, for the clipboard and a pager.
//! Made of the records that we hold: the payload's key share, which the verifier
//! also sends, is in none of them.

use serde_json::{Value, json};

use super::agents::raw;
use crate::fleet::{AgentInGroup, AgentView, GroupView, Snapshot};
use crate::text::sanitise;

/// An agent: our verdict, then each group's record.
pub fn agent(agent: &AgentView, snapshot: &Snapshot) -> Value {
    let groups: Vec<_> = agent.groups.iter().map(|inside| in_group(inside, snapshot)).collect();
    json!({
        "id": agent.shown.as_str(),
        "verdict": agent.verdict.word(),
        "split": agent.split,
        "coverage": { "have": agent.coverage.have, "want": agent.coverage.want },
        "flags": agent.flags.iter().map(|flag| flag.word()).collect::<Vec<_>>(),
        "groups": groups,
    })
}

fn in_group(inside: &AgentInGroup, snapshot: &Snapshot) -> Value {
    let group = snapshot.groups.get(inside.group).map(|group| sanitise(&group.name).into_string());
    json!({
        "group": group,
        "verdict": inside.judgement.verdict.word(),
        "reason": inside.reason_words(),
        "flags": inside.judgement.flags.iter().map(|flag| flag.word()).collect::<Vec<_>>(),
        "age_s": inside.judgement.age,
        "record": inside.record.as_deref().map(raw::value),
    })
}

/// A group: how it can be reached.
pub fn group(group: &GroupView) -> Value {
    let addresses: Vec<_> = group
        .addresses
        .iter()
        .map(|address| {
            let failure = address.report.as_ref().and_then(|report| report.failure.as_ref());
            json!({
                "role": address.role.word(),
                "address": sanitise(&address.address).into_string(),
                "in_use": address.in_use,
                "error": failure.map(|failure| sanitise(&failure.to_string()).into_string()),
            })
        })
        .collect();
    json!({
        "name": sanitise(&group.name).into_string(),
        "index": group.index,
        "mode": group.mode.word(),
        "reachability": group.reachability.map(|reachability| reachability.word()),
        "addresses": addresses,
    })
}
