//! What is known of one agent or group as JSON, for the clipboard and a pager.
//! Made of the records that we hold: the payload's key share, which the verifier
//! also sends, is in none of them.

use serde_json::{Value, json};

use super::agents::raw;
use crate::console::state::{PolicyCounts, PolicyPicture, PolicyRow};
use crate::fleet::{AgentInGroup, AgentView, GroupView, Snapshot};
use crate::policy::{PolicyVerdict, SignatureVerdict};
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

/// A policy that is open: the verdicts and what they rest on, not its digests.
pub fn policy(policy: &PolicyPicture) -> Value {
    let findings = policy.findings.iter().map(|finding| {
        json!({
            "severity": finding.severity.word(),
            "code": finding.code,
            "message": finding.message,
            "line": finding.place.map(|(line, _)| line),
            "column": finding.place.map(|(_, column)| column),
            "hint": finding.hint,
        })
    });
    let signers = policy.signers.iter().map(|signer| {
        json!({
            "key_id": signer.key_id,
            "algorithm": signer.algorithm,
            "trusted": signer.is_trusted,
            "source": signer.source,
            "label": signer.label,
        })
    });
    let accepts = |accepts| if accepts { "accepts" } else { "rejects" };
    let verifier = policy.verifier.as_ref().map(|verifier| {
        json!({
            "default": accepts(verifier.accepts),
            "signatures_required": accepts(verifier.accepts_if_required),
            "reason": verifier.reason,
        })
    });
    json!({
        "file": sanitise(&policy.source.to_string()).as_str(),
        "sha256": policy.sha256,
        "format": policy.shape,
        "signature": policy.signature.word(),
        "policy": policy.verdict.word(),
        "findings": findings.collect::<Vec<_>>(),
        "signers": signers.collect::<Vec<_>>(),
        "verifier": verifier,
        "counts": counts(policy.counts),
    })
}

/// A row of the Policies page.
pub fn policy_row(row: &PolicyRow) -> Value {
    json!({
        "policy": row.name,
        "kind": row.kind.word(),
        "groups": row.groups,
        "format": row.shape,
        "signature": row.signature.map(SignatureVerdict::word),
        "verdict": row.verdict.map(PolicyVerdict::word),
        "counts": row.counts.map(counts),
        "sha256": row.checksum,
        "drift": row.drift.word(),
        "drift_words": row.drift_words,
    })
}

fn counts(counts: PolicyCounts) -> Value {
    json!({
        "paths": counts.paths,
        "digests": counts.digests,
        "excludes": counts.excludes,
        "metadata": counts.metadata,
    })
}
