//! It answers as Keylime 7.14.3 does: by contract, and by recorded exchanges.

use std::collections::{BTreeMap, BTreeSet};

use limescope::demo::DemoOptions;
use serde_json::Value;

use crate::support::captures::{self, Capture};
use crate::support::contract;
use crate::support::deployment::Deployment;
use crate::support::http::Client;
use crate::{deployment, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_in_every_group() {
    // Still: the contract compares answers with one another.
    let fleet = start(&DemoOptions { groups: 6, still: true, ..DemoOptions::default() }).await;
    for group in fleet.groups() {
        contract::holds(&deployment(group)).await;
    }
}

#[tokio::test]
async fn certificates_of_other_groups_are_refused() {
    let fleet = start(&DemoOptions { still: true, ..DemoOptions::default() }).await;
    let groups: Vec<Deployment> = fleet.groups().iter().map(deployment).collect();
    for (group, other) in groups.iter().zip(groups.iter().cycle().skip(1)) {
        contract::strangers_are_refused(group, other).await;
    }
}

/// Exchanges that the demo does not take part in, and why.
fn is_compared(capture: &Capture) -> bool {
    // Writes: the demo is read only. `tls-…`: no answer was recorded.
    let reads = matches!(&*capture.method, "GET" | "PATCH") && !capture.name.starts_with("act-");
    // Numbers of attestations that exist in the recording only, and a list
    // that only answers while there is exactly one.
    let numbered = capture.name.starts_with("v3-attestation-0-");
    let single = capture.name == "v3-attestations-index-push-lost";
    reads && capture.status != 0 && !numbered && !single
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_like_the_recorded_ones() {
    let fleet = start(&DemoOptions { still: true, ..DemoOptions::default() }).await;
    let pull = deployment(&fleet.groups()[0]);
    let push = deployment(&fleet.groups()[1]);
    let stand_ins = stand_ins(&pull, &push).await;

    let mut compared = 0;
    let mut differences = Vec::new();
    for capture in captures::all().iter().filter(|capture| is_compared(capture)) {
        let group = if capture.address.contains(":202") { &push } else { &pull };
        let base = match &*capture.server {
            "VERIFIER" => &group.verifiers[0].0,
            "REGISTRAR" => &group.registrars[0],
            "REGISTRAR_HTTP" => &group.registrar_agent_faces[0],
            other => panic!("{}: unknown server {other}", capture.name),
        };
        let mut path = capture.path.clone();
        for (recorded, stand_in) in &stand_ins {
            path = path.replace(recorded, stand_in);
        }
        let mut client = if capture.certificate { Client::operator(group) } else { Client::anonymous(group) };
        for (name, value) in &capture.request_headers {
            client = client.header(name, value);
        }
        if capture.status == 304 {
            let fresh = Client::operator(group).ask(base, &path).await;
            client = Client::operator(group).header("if-none-match", fresh.header("etag").unwrap());
        }
        let reply = client.method(capture.method.parse().unwrap()).ask(base, &path).await;
        compared += 1;
        let mut differs = |what: String| differences.push(format!("- {}: GET {path}: {what}", capture.name));
        if reply.status != capture.status {
            differs(format!("status {} instead of {}", reply.status, capture.status));
            continue;
        }
        let names = |headers: &[(String, String)]| {
            headers.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>()
        };
        if names(&reply.headers) != names(&capture.headers) {
            differs(format!("headers {:?} instead of {:?}", reply.headers, capture.headers));
        }
        for constant in ["server", "content-type"] {
            let recorded =
                capture.headers.iter().find(|(name, _)| name == constant).map(|(_, value)| value.as_str());
            if reply.header(constant) != recorded {
                differs(format!("{constant} {:?} instead of {recorded:?}", reply.header(constant)));
            }
        }
        if reply.body.is_empty() != capture.body.is_empty() {
            differs(format!("body {:?} instead of {:?}", reply.text(), capture.body));
        }
        if reply.text().contains('\n') != capture.body.contains('\n') {
            differs("printed over several lines, or not".to_owned());
        }
        if let Some(difference) = compare("", &reply.json(), &capture.json()) {
            differs(difference);
        }
    }
    assert!(compared >= 80, "only {compared} captures were compared");
    assert!(
        differences.is_empty(),
        "{} of {compared} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

/// Members stand in the order of the recorded ones.
#[tokio::test]
async fn members_stand_in_the_recorded_order() {
    let fleet = start(&DemoOptions { still: true, ..DemoOptions::default() }).await;
    let pull = deployment(&fleet.groups()[0]);
    let push = deployment(&fleet.groups()[1]);
    let stand_ins = stand_ins(&pull, &push).await;
    for name in ["v-agent-ok", "r-agent-ok", "v-allowlist-one", "v-mbpolicy-one", "v-version"] {
        let capture = captures::named(name);
        let base = if name.starts_with('r') { &pull.registrars[0] } else { &pull.verifiers[0].0 };
        let mut path = capture.path.clone();
        for (recorded, stand_in) in &stand_ins {
            path = path.replace(recorded, stand_in);
        }
        let reply = Client::operator(&pull).ask(base, &path).await;
        assert_eq!(member_order(&reply.text()), member_order(&capture.body), "{name}");
    }
}

/// For each recorded agent one of the demo's in the same condition.
async fn stand_ins(pull: &Deployment, push: &Deployment) -> Vec<(String, String)> {
    let bulk = |group: &Deployment| {
        let (client, url) = (Client::operator(group), group.verifiers[0].0.clone());
        async move {
            client.ask(&url, "/v2.6/agents/?bulk=true").await.json()["results"].as_object().unwrap().clone()
        }
    };
    let (at_pull, at_push) = (bulk(pull).await, bulk(push).await);
    let listed = Client::operator(pull).ask(&pull.registrars[0], "/v2.6/agents/").await.json();
    let listed: Vec<String> = listed["results"]["uuids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .collect();
    let find = |records: &serde_json::Map<String, Value>, what: &str, is: &dyn Fn(&Value) -> bool| {
        let plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        let found = records.iter().find(|(id, record)| plain(id) && is(record));
        found.unwrap_or_else(|| panic!("no agent is {what}")).0.clone()
    };
    let registered = at_pull.keys().find(|id| listed.contains(id)).unwrap();
    let mut only_registered = None;
    for id in listed.iter().filter(|id| !at_pull.contains_key(*id)) {
        let reply = Client::operator(pull).ask(&pull.registrars[0], &format!("/v2.6/agents/{id}")).await;
        if reply.status == 200 {
            only_registered = Some(id.clone());
        }
    }
    assert!(!registered.is_empty());
    let healthy = |record: &Value| record["operational_state"] == 3 && record["attestation_count"] != 0;
    let one = |number: &str| format!("d432fbb3-d2f1-4a97-9ef7-75bd0{number}");
    vec![
        (one("1000001"), only_registered.expect("an agent that is registered only")),
        (
            one("1000003"),
            find(&at_pull, "healthy with a policy", &|one| healthy(one) && one["has_runtime_policy"] == 1),
        ),
        (one("1000004"), find(&at_pull, "rejected", &|one| one["operational_state"] == 9)),
        (
            one("1000005"),
            find(&at_pull, "healthy with PCR 23", &|one| healthy(one) && one["has_runtime_policy"] == 0),
        ),
        (one("1000006"), find(&at_pull, "rejected", &|one| one["operational_state"] == 9)),
        (
            one("1000007"),
            find(&at_pull, "healthy with a boot policy", &|one| healthy(one) && one["has_mb_refstate"] == 1),
        ),
        (one("1000008"), find(&at_pull, "rejected", &|one| one["operational_state"] == 9)),
        (one("1000009"), find(&at_pull, "lost", &|one| one["operational_state"] == 7)),
        (
            one("1000010"),
            find(&at_pull, "checked against nothing", &|one| one["tpm_policy"] == r#"{"mask": "0x0"}"#),
        ),
        (one("1000020"), find(&at_pull, "healthy", &healthy)),
        (one("2000012"), find(&at_push, "healthy", &|one| one["attestation_status"] == "PASS")),
        (one("2000013"), find(&at_push, "healthy", &|one| one["attestation_status"] == "PASS")),
        (one("2000014"), find(&at_push, "rejected", &|one| one["attestation_status"] == "FAIL")),
        (one("2000015"), find(&at_push, "rejected", &|one| one["attestation_status"] == "FAIL")),
        (one("2000016"), find(&at_push, "lost", &|one| one["attestation_status"] == "TIMEOUT")),
        (one("2000017"), find(&at_push, "never proven", &|one| one["attestation_status"] == "PENDING")),
        ("mb-demo".to_owned(), "mb-base".to_owned()),
        ("g1-v".to_owned(), "eu-west-v".to_owned()),
    ]
}

/// The first difference in members and types. Values may differ; null stands
/// for any type; objects keyed by agent ids are compared by their first member.
fn compare(place: &str, ours: &Value, recorded: &Value) -> Option<String> {
    match (ours, recorded) {
        (Value::Null, _) | (_, Value::Null) if !place.is_empty() => None,
        (Value::Object(ours), Value::Object(recorded)) => {
            let by_id = |object: &serde_json::Map<String, Value>| {
                !object.is_empty() && object.values().all(|value| value.get("operational_state").is_some())
            };
            if by_id(ours) && by_id(recorded) {
                return compare(&format!("{place}.ID"), ours.values().next()?, recorded.values().next()?);
            }
            let keys =
                |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<BTreeSet<_>>();
            // PCR values by number: which ones depends on the policy.
            if place.ends_with(".pcrs.sha256") {
                return compare(&format!("{place}.N"), ours.values().next()?, recorded.values().next()?);
            }
            if keys(ours) != keys(recorded) {
                return Some(format!("{place}: members {:?} instead of {:?}", keys(ours), keys(recorded)));
            }
            ours.iter().find_map(|(key, value)| compare(&format!("{place}.{key}"), value, &recorded[key]))
        }
        (Value::Array(ours), Value::Array(recorded)) => {
            let (ours, recorded) = (ours.first()?, recorded.first()?);
            compare(&format!("{place}[0]"), ours, recorded)
        }
        _ if std::mem::discriminant(ours) == std::mem::discriminant(recorded) => None,
        _ => Some(format!("{place}: {ours} instead of {recorded}")),
    }
}

/// Names of members in the order of the text; ids of agents left out.
fn member_order(text: &str) -> Vec<String> {
    let mut order = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let tail = &rest[start + 1..];
        let mut end = 0;
        while !tail[end..].starts_with('"') {
            end += if tail[end..].starts_with('\\') { 2 } else { 1 };
            while !tail.is_char_boundary(end) {
                end += 1;
            }
        }
        rest = &tail[end + 1..];
        if rest.starts_with(':') {
            order.push(tail[..end].to_owned());
        }
    }
    order
}

#[test]
fn the_comparison_finds_differences() {
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let recorded = value(r#"{"code": 200, "results": {"a": {"operational_state": 3, "v": null}}}"#);
    let same = value(r#"{"code": 1, "results": {"b": {"operational_state": null, "v": "x"}}}"#);
    assert_eq!(compare("", &same, &recorded), None);
    for different in [
        r#"{"code": "200", "results": {"a": {"operational_state": 3, "v": null}}}"#,
        r#"{"code": 200, "results": {"a": {"operational_state": "3", "v": null}}}"#,
        r#"{"code": 200, "results": {"a": {"operational_state": 3}}}"#,
        r#"{"code": 200}"#,
        "null",
    ] {
        assert!(compare("", &value(different), &recorded).is_some(), "{different}");
    }
    let order: BTreeMap<usize, String> =
        member_order(r#"{"b": "c\": ", "a": [{"d": 1}]}"#).into_iter().enumerate().collect();
    assert_eq!(order.into_values().collect::<Vec<_>>(), ["b", "a", "d"]);
}
