//! Reads a fleet over its API and judges it by rules written from the
//! contract, apart from the console's own.

use std::collections::{BTreeMap, BTreeSet};

use limescope::demo::DemoFleet;
use serde_json::Value;

use crate::deployment;
use crate::support::http::Client;

/// One agent in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub verdict: &'static str,
    pub flags: BTreeSet<&'static str>,
}

/// By agent and group.
pub type Picture = BTreeMap<String, BTreeMap<String, Judged>>;

/// One look at every group.
pub async fn look(fleet: &DemoFleet) -> Picture {
    let mut picture = Picture::new();
    for group in fleet.groups() {
        let operator = Client::operator(&deployment(group));
        let list = operator.ask(&group.registrars[0], "/v2.6/agents/").await.json();
        let listed: BTreeSet<String> = list["results"]["uuids"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect();
        let mut bulk = None;
        for verifier in &group.verifiers {
            if let Ok(reply) = operator.try_ask(&verifier.url, "/v2.6/agents/?bulk=true").await {
                bulk = Some(reply);
                break;
            }
        }
        let Some(bulk) = bulk else {
            for id in listed {
                picture.entry(id).or_default().insert(group.name.clone(), judged("unknown", []));
            }
            continue;
        };
        let now = jiff::fmt::rfc2822::parse(bulk.header("date").unwrap()).unwrap().timestamp().as_second();
        let records = bulk.json()["results"].as_object().unwrap().clone();
        for id in listed.iter().filter(|id| !records.contains_key(*id)) {
            let activated = match is_plain(id) {
                true => operator.ask(&group.registrars[0], &format!("/v2.6/agents/{id}")).await.status == 200,
                false => true,
            };
            let flags = if activated { vec![] } else { vec!["not-activated"] };
            picture.entry(id.clone()).or_default().insert(group.name.clone(), judged("registered", flags));
        }
        for (id, record) in records {
            let mut judged = judge(&record, now);
            if !listed.contains(&id) {
                judged.flags.insert("not-registered");
            }
            if !is_plain(&id) {
                judged.flags.insert("odd-id");
            }
            picture.entry(id).or_default().insert(group.name.clone(), judged);
        }
    }
    picture
}

/// The verdicts that appear anywhere, and how often.
pub fn verdicts(picture: &Picture) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for judged in picture.values().flat_map(BTreeMap::values) {
        *counts.entry(judged.verdict).or_default() += 1;
    }
    counts
}

/// The flags that appear anywhere.
pub fn flags(picture: &Picture) -> BTreeSet<&'static str> {
    picture.values().flat_map(BTreeMap::values).flat_map(|judged| judged.flags.iter().copied()).collect()
}

fn judged(verdict: &'static str, flags: impl IntoIterator<Item = &'static str>) -> Judged {
    Judged { verdict, flags: flags.into_iter().collect() }
}

fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn judge(record: &Value, now: i64) -> Judged {
    let number = |key: &str| record[key].as_i64().unwrap_or(0);
    let push = record["operational_state"].is_null() || (record["ip"].is_null() && record["port"].is_null());
    let status = record["attestation_status"].as_str().unwrap();
    let state = number("operational_state");
    let (success, quote) = (number("last_successful_attestation"), number("last_received_quote"));
    let age = (now - success).max(0);
    let limit: i64 =
        record["maximum_attestation_interval"].as_str().unwrap().trim_end_matches('s').parse().unwrap();
    let verdict = match (push, status, state) {
        (true, "FAIL", _) => "failed",
        (true, "TIMEOUT", _) => "timed-out",
        (false, _, 10) => "stopped",
        (false, _, 8) => "removing",
        (false, _, 7 | 9) => "failed",
        _ if number("attestation_count") == 0 => "unproven",
        _ if age > limit.max(10) => "stale",
        _ => "attested",
    };
    let mut flags = BTreeSet::new();
    let event = !record["last_event_id"].is_null();
    let retrying = !push && (1..=6).contains(&state) && event && (quote > success || quote == 0);
    if retrying {
        flags.insert("retrying");
    }
    if verdict == "attested" && event && !retrying {
        flags.insert("historic-event");
    }
    if push && status == "FAIL" && age <= limit {
        flags.insert("latched");
    }
    let policy: Value = serde_json::from_str(record["tpm_policy"].as_str().unwrap()).unwrap();
    let mask = u32::from_str_radix(policy["mask"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    if mask == 0 && number("has_runtime_policy") == 0 && number("has_mb_refstate") == 0 {
        flags.insert("nothing-checked");
    }
    if number("has_runtime_policy") == 1 && mask & 0x400 == 0 {
        flags.insert("policy-not-enforced");
    }
    if success > now {
        flags.insert("clock-ahead");
    }
    Judged { verdict, flags }
}
