//! What is known of one agent or group as JSON, for the clipboard and a pager.
//! Made of the records that we hold: the payload's key share, which the verifier
//! also sends, is in none of them. All text is fit to be shown.

use serde_json::{Map, Value, json};

use crate::fleet::{AgentInGroup, AgentView, GroupView, Snapshot};
use crate::keylime::AgentRecord;
use crate::text::{RemoteText, sanitise};

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
        "record": inside.record.as_deref().map(record),
    })
}

/// A record under Keylime's own names.
fn record(record: &AgentRecord) -> Value {
    let text = |text: &Option<RemoteText>| text.as_ref().map(|text| text.shown().into_string());
    let mut fields = Map::new();
    let texts = [
        ("attestation_status", &record.attestation_status),
        ("last_event_id", &record.last_event_id),
        ("ip", &record.ip),
        ("tpm_policy", &record.tpm_policy),
        ("meta_data", &record.meta_data),
        ("accept_tpm_hash_algs", &record.accepted_hash_algorithms),
        ("accept_tpm_encryption_algs", &record.accepted_encryption_algorithms),
        ("accept_tpm_signing_algs", &record.accepted_signing_algorithms),
        ("hash_alg", &record.hash_algorithm),
        ("enc_alg", &record.encryption_algorithm),
        ("sign_alg", &record.signing_algorithm),
        ("verifier_id", &record.verifier_id),
        ("verifier_ip", &record.verifier_ip),
        ("attestation_period", &record.attestation_period),
        ("maximum_attestation_interval", &record.maximum_attestation_interval),
    ];
    fields.extend(texts.map(|(name, value)| (name.to_owned(), json!(text(value)))));
    let numbers = [
        ("operational_state", record.operational_state),
        ("port", record.port),
        ("verifier_port", record.verifier_port),
        ("severity_level", record.severity_level),
        ("attestation_count", record.attestation_count),
        ("last_received_quote", record.last_received_quote),
        ("last_successful_attestation", record.last_successful_attestation),
    ];
    fields.extend(numbers.map(|(name, value)| (name.to_owned(), json!(value))));
    fields.insert("has_mb_refstate".to_owned(), json!(record.has_measured_boot_policy));
    fields.insert("has_runtime_policy".to_owned(), json!(record.has_runtime_policy));
    Value::Object(fields)
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
