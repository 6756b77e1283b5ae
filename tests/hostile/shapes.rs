//! JSON of a shape that was not asked for.

use serde_json::{Value, json};

use crate::answers::{SECRET, answer, bulk, envelope, ids, record, record_with, serving};
use crate::authority::Authority;
use crate::case::{Case, agents_of};
use crate::script::say;

const UNREADABLE: &str = "is not readable: ";

pub fn cases(authority: &Authority) -> Vec<Case> {
    let list = |name: &str, body: String| Case::at_list(name, authority, say(answer("200 OK", body)));
    let unreadable = |name: &str, body: String| list(name, body).says("error", UNREADABLE);
    let version = |name: &str, body: String| Case::at_once(name, authority, say(answer("200 OK", body)));
    let deep = |levels: usize| format!("{{\"results\": {}", "[".repeat(levels));
    let record = record();
    let text = serde_json::to_string(&record).unwrap();
    let mut cases = vec![
        version("version-is-deep", deep(30_000)).says("error", "nested deeper than 32 levels"),
        list("list-is-deep", deep(100_000)).says("error", "nested deeper than 32 levels"),
        list("list-is-deep-in-objects", format!("{{\"results\": {}", "{\"a\":".repeat(100_000)))
            .says("error", "nested deeper than 32 levels"),
        version("version-of-commas", format!("[{}", "0,".repeat(20_000)))
            .says("error", "holds more than 10000 values"),
        // A list of ids may have fewer values than a list of records.
        list("list-of-commas", format!("[{}", "0,".repeat(700_000)))
            .says("error", UNREADABLE)
            .registrar_says("error", "holds more than 600000 values"),
        list("list-of-millions-of-commas", format!("[{}", ",".repeat(17_000_000)))
            .says("error", "it is no JSON object")
            .registrar_says("error", "holds more than 600000 values"),
        list("list-of-one-long-member", format!("{{\"results\": {{\"a\": \"{}", "x".repeat(2_000_000)))
            .says("error", "one of its members is longer than 1048576 bytes")
            .registrar_says("error", UNREADABLE),
        version(
            "version-without-results",
            json!({"code": 200, "status": "Success", "v": SECRET}).to_string(),
        )
        .says("not-keylime", "missing field `results`"),
        version("version-in-one-text", envelope(200, "Success", json!("2.6")))
            .says("not-keylime", "/version"),
        version(
            "version-of-numbers",
            envelope(
                200,
                "Success",
                json!({
                    "current_version": 2.6, "supported_versions": [2.5, 2.6], "v": SECRET,
                }),
            ),
        )
        .says("not-keylime", "/version"),
        unreadable("results-missing", json!({"code": 200, "status": "Success", "v": SECRET}).to_string()),
        unreadable("results-null", envelope(200, "Success", Value::Null)),
        unreadable("results-text", envelope(200, "Success", json!("all is well"))),
        unreadable("results-number", envelope(200, "Success", json!(7))),
        unreadable("results-list", envelope(200, "Success", json!([{"v": SECRET}]))),
        list(
            "results-twice",
            format!("{{\"results\": {{\"a\": {text}, \"uuids\": []}}, \"results\": {{}}}}"),
        )
        .says("error", UNREADABLE),
        list("agent-twice", format!("{{\"results\": {{\"a\": {text}, \"b\": {text}, \"a\": {text}}}}}"))
            .says("error", "the agent a stands in it twice")
            .registrar_says("error", UNREADABLE),
        // The answer to another question: `v` stands where an agent's id is expected.
        unreadable(
            "record-for-list",
            format!("{{\"code\": 200, \"results\": {}}}", json!({"v": SECRET, "operational_state": 3})),
        ),
        unreadable("v-is-an-agent", envelope(200, "Success", json!({"v": SECRET}))),
        unreadable(
            "v-in-a-list",
            envelope(200, "Success", json!({"agent": [SECRET], "uuids": [[SECRET, SECRET]]})),
        ),
        unreadable("two-documents", format!("{0}{0}", envelope(200, "Success", json!({"uuids": []})))),
        unreadable("breaks-off-in-a-text", format!("{{\"results\": {{\"a\": {{\"v\": \"{SECRET}")),
        unreadable("not-utf-8", "{\"results\": {\"uuids\": [\"\u{1}\"], \"\\ud800\": 0}}".to_owned()),
        Case::playing(
            "ids-of-numbers",
            authority,
            serving(
                bulk([("agent-of-shapes", record.clone())]),
                envelope(200, "Success", json!({"uuids": [1, 2, 3], "v": SECRET})),
            ),
        )
        .registrar_says("error", UNREADABLE),
        Case::playing(
            "ids-of-lists",
            authority,
            serving(
                bulk([("agent-of-shapes", record.clone())]),
                envelope(200, "Success", json!({"uuids": [["a"], ["b"], "c", "c"]})),
            ),
        )
        .and(|status| rows(status, "ids-of-lists", 4)),
    ];
    // A policy in place of its text may not become a building of objects.
    let bomb = json!({"mask": "0x400", "x": vec![json!({}); 100_000]});
    cases.push(
        Case::playing(
            "policy-is-a-bomb",
            authority,
            serving(
                bulk([("agent-of-shapes", record_with(json!({"tpm_policy": bomb})))]),
                ids(["agent-of-shapes"]),
            ),
        )
        .says("error", "an object of more than")
        .registrar_says("up", ""),
    );
    for (name, members, verdict) in [
        ("unknown-state", json!({"operational_state": 4242}), "attested"),
        ("unknown-status", json!({"attestation_status": "GLORIOUS"}), "attested"),
        ("unknown-fields", json!({"w": {"v": SECRET}, "zeal": [[[SECRET]]], "": null}), "attested"),
        (
            "numbers-are-negative",
            json!({
                "operational_state": -3, "port": -1, "attestation_count": -7, "severity_level": i64::MIN,
                "last_received_quote": i64::MIN, "last_successful_attestation": i64::MIN,
            }),
            "unproven",
        ),
        (
            "numbers-are-huge",
            json!({
                "operational_state": i64::MAX, "port": i64::MAX, "attestation_count": i64::MAX,
                "severity_level": i64::MAX, "last_received_quote": i64::MAX,
                "last_successful_attestation": i64::MAX,
            }),
            "attested",
        ),
        ("success-before-time", json!({"last_successful_attestation": 1}), "stale"),
        (
            "intervals-are-huge",
            json!({
                "attestation_period": "18446744073709551615s",
                "maximum_attestation_interval": "18446744073709551615s",
            }),
            "attested",
        ),
        (
            "intervals-are-nonsense",
            json!({
                "attestation_period": "-1s", "maximum_attestation_interval": "99999999999999999999999s",
            }),
            "attested",
        ),
        (
            "all-is-null",
            Value::Object(record.as_object().unwrap().keys().map(|key| (key.clone(), Value::Null)).collect()),
            "unproven",
        ),
    ] {
        let play = serving(bulk([("agent-of-shapes", record_with(members))]), ids(["agent-of-shapes"]));
        cases.push(Case::playing(name, authority, play).and(move |status| {
            match &agents_of(status, name)[..] {
                [(_, agent)] if agent["verdict"] == verdict => Ok(()),
                other => Err(format!("expected one agent that is {verdict}, found {other:?}")),
            }
        }));
    }
    let far = format!(
        "{{\"results\": {{\"agent-of-shapes\": {{\"v\": \"{SECRET}\", \"port\": 1e400}}, \"uuids\": 0}}}}"
    );
    cases.push(unreadable("number-beyond-numbers", far));
    cases
}

fn rows(status: &Value, name: &str, wanted: usize) -> Result<(), String> {
    let found = agents_of(status, name);
    if found.len() == wanted { Ok(()) } else { Err(format!("expected {wanted} agents, found {found:?}")) }
}
