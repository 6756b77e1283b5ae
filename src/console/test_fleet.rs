//! A small fleet with one of everything, for the tests of the console.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{Size, State};
use super::{Message, Options, update};
use crate::fleet::{AgentView, Answer, Fleet, GroupPlan, Input, Snapshot};
use crate::keylime::{AddressReport, AddressRole, AddressState, ApiVersion, Failure, Negotiated, answer};
use crate::text::RemoteText;

/// The servers' time in all of these tests.
pub const NOW: i64 = 1_795_262_400;

pub fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

pub fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

/// The shown ids of agents.
pub fn ids<'a>(agents: impl IntoIterator<Item = &'a Arc<AgentView>>) -> Vec<String> {
    agents.into_iter().map(|agent| agent.shown.as_str().to_owned()).collect()
}

/// A pull agent's record as Keylime sends it; `fields` replace or add some.
pub fn record(fields: Value) -> Value {
    let mut record = json!({
        "operational_state": 3, "v": "c2VjcmV0", "ip": "10.0.0.1", "port": 9002,
        "tpm_policy": "{\"mask\": \"0x408\"}", "meta_data": "{}", "has_mb_refstate": 0,
        "has_runtime_policy": 1, "severity_level": null, "last_event_id": null,
        "attestation_count": 120, "last_received_quote": NOW - 3,
        "last_successful_attestation": NOW - 3, "attestation_status": "PASS",
        "attestation_period": "2s", "maximum_attestation_interval": "10s",
    });
    for (name, value) in fields.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

pub fn push(fields: Value) -> Value {
    let mut record = record(json!({ "ip": null, "port": null }));
    for (name, value) in fields.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

/// A verifier's bulk answer, read as the console reads it.
pub fn agents(address: usize, records: Value, share: f64) -> Input {
    let body = json!({ "code": 200, "status": "Success", "results": records }).to_string();
    let bulk = answer::bulk(body.as_bytes()).unwrap();
    Input::Agents(Answer {
        address,
        content: Some(bulk.into_iter().map(|(id, record)| (id, Arc::new(record))).collect()),
        server_time: NOW,
        took: Duration::from_millis(40),
        share: Some(share),
    })
}

pub fn registered(address: usize, ids: &[&str]) -> Input {
    let mut ids: Vec<_> = ids.iter().map(|id| RemoteText::from(*id)).collect();
    ids.sort();
    Input::Registered(Answer {
        address,
        content: Some(ids),
        server_time: NOW,
        took: Duration::from_millis(4),
        share: None,
    })
}

pub fn up(address: usize, negotiated: Negotiated) -> Input {
    let report =
        AddressReport { failure: None, latency: Some(Duration::from_millis(12)), negotiated, tls: None };
    Input::Probed { address, report }
}

pub fn down(address: usize, state: AddressState, words: &str) -> Input {
    let failure = Some(Failure::reselect(state, words));
    let report = AddressReport { failure, latency: None, negotiated: Negotiated::Unknown, tls: None };
    Input::Probed { address, report }
}

pub const PULL: Negotiated = Negotiated::Version(ApiVersion { major: 2, minor: 6 });

pub fn plan(name: &str, host: &str) -> GroupPlan {
    let verifier = |last: u8| (AddressRole::Verifier, format!("https://{host}.{last}:8881"));
    GroupPlan {
        name: name.to_owned(),
        addresses: vec![verifier(1), verifier(2), (AddressRole::Registrar, format!("https://{host}.3:8891"))],
    }
}

pub const HOSTILE: &str = "gerät-東京\u{202e}gpj";

/// `eu-west`: degraded; `eu-south`: up; `us-east`: push, lost; `lab`: not asked
/// yet.
pub fn fleet() -> Fleet {
    let mut fleet = unasked();
    let inputs = [(0, eu_west()), (1, eu_south()), (2, us_east())];
    for (group, inputs) in inputs {
        for input in inputs {
            fleet.apply(group, input, now());
        }
    }
    fleet
}

/// The same fleet before anything was asked.
pub fn unasked() -> Fleet {
    let plans = [
        plan("eu-west", "10.1.0"),
        plan("eu-south", "10.2.0"),
        plan("us-east", "10.3.0"),
        plan("lab", "10.4.0"),
    ];
    Fleet::new(1, 60, plans)
}

fn eu_west() -> Vec<Input> {
    let failed = record(json!({
        "operational_state": 9, "attestation_status": "FAIL", "severity_level": 6,
        "last_event_id": "ima.validation.ima-ng.not_in_allowlist",
        "last_successful_attestation": NOW - 240,
    }));
    let records = json!({
        "node-00": record(json!({})),
        "node-01": record(json!({ "last_event_id": "pcr.invalid_pcr_10" })),
        "node-02": failed,
        "node-03": record(json!({ "last_successful_attestation": NOW - 95 })),
        "node-04": record(json!({ "attestation_count": 0, "last_successful_attestation": null })),
        "node-12": record(json!({})),
        HOSTILE: record(json!({ "tpm_policy": "{}", "has_runtime_policy": 0 })),
    });
    let ids = ["node-00", "node-01", "node-02", "node-03", "node-04", "node-05", "node-12", HOSTILE];
    vec![
        up(0, PULL),
        down(1, AddressState::Refused, "connection refused"),
        up(2, PULL),
        Input::Chosen { address: 0 },
        registered(2, &ids),
        agents(0, records, 0.004),
    ]
}

fn eu_south() -> Vec<Input> {
    let records = json!({
        "node-10": record(json!({ "operational_state": 10, "attestation_status": "FAIL" })),
        "node-11": record(json!({ "operational_state": 8 })),
        "node-12": record(json!({ "operational_state": 7, "attestation_status": "FAIL" })),
    });
    vec![
        up(0, PULL),
        up(1, PULL),
        up(2, PULL),
        Input::Chosen { address: 1 },
        registered(2, &["node-10", "node-11", "node-12"]),
        agents(1, records, 0.023),
    ]
}

fn us_east() -> Vec<Input> {
    let records = json!({
        "node-20": push(json!({})),
        "node-21": push(json!({ "attestation_status": "TIMEOUT", "last_successful_attestation": NOW - 900 })),
    });
    vec![
        up(0, Negotiated::Push),
        up(1, Negotiated::Push),
        up(2, PULL),
        agents(0, records, 0.001),
        down(0, AddressState::TimedOut, "the TCP connection did not come within 5 s"),
        down(1, AddressState::UnknownCa, "the certificate is not from this group's CA"),
        Input::Lost,
    ]
}

pub fn snapshot() -> Arc<Snapshot> {
    static SNAPSHOT: OnceLock<Arc<Snapshot>> = OnceLock::new();
    Arc::clone(SNAPSHOT.get_or_init(|| Arc::new(fleet().snapshot())))
}

/// `count` agents in one group; `salt` changes every record.
pub fn large(count: usize, salt: i64) -> Input {
    let records: serde_json::Map<_, _> = (0..count)
        .map(|number| (format!("agent-{number:06}"), record(json!({ "attestation_count": 1 + salt }))))
        .collect();
    agents(0, Value::Object(records), 0.01)
}

pub fn small_fleet() -> Fleet {
    let mut fleet = Fleet::new(1, 60, [plan("one", "10.1.0")]);
    for input in [up(0, PULL), up(1, PULL), up(2, PULL)] {
        fleet.apply(0, input, now());
    }
    fleet
}

/// A state that shows [`snapshot`] at 80×24.
pub fn state(options: Options) -> State {
    State::new(options, Size { width: 80, height: 24 }, snapshot(), now()).unwrap()
}

/// Presses keys: `2 / v e r enter`.
pub fn press(state: &mut State, keys: &str) {
    for key in keys.split_whitespace() {
        update(state, Message::Key(key.parse().unwrap()));
    }
}
