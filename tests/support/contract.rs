//! What limescope relies on, checked against any deployment of Keylime 7.14.3:
//! the embedded fleet's and a real one.
//!
//! Each check names itself where it fails, and all of them are tried, so that
//! one run shows everything that drifted. Agents are read from the lists.

use std::collections::BTreeSet;

use hyper::Method;
use serde_json::Value;

use super::checks::{Checks, JSON_API, is_plain, keys};
use super::deployment::{Deployment, Mode};
use super::http::Client;

/// Members of an agent record at the verifier, with the JSON types that each
/// may have: `n` number, `s` string, `a` array, `0` null.
const RECORD: [(&str, &str); 25] = [
    ("operational_state", "n0"),
    ("v", "s0"),
    ("ip", "s0"),
    ("port", "n0"),
    ("tpm_policy", "s"),
    ("meta_data", "s"),
    ("has_mb_refstate", "n"),
    ("has_runtime_policy", "n"),
    ("accept_tpm_hash_algs", "a"),
    ("accept_tpm_encryption_algs", "a"),
    ("accept_tpm_signing_algs", "a"),
    ("hash_alg", "s0"),
    ("enc_alg", "s0"),
    ("sign_alg", "s0"),
    ("verifier_id", "s"),
    ("verifier_ip", "s"),
    ("verifier_port", "n"),
    ("severity_level", "n0"),
    ("last_event_id", "s0"),
    ("attestation_count", "n"),
    ("last_received_quote", "n0"),
    ("last_successful_attestation", "n0"),
    ("attestation_status", "s"),
    ("attestation_period", "s"),
    ("maximum_attestation_interval", "s"),
];

/// Members of a registration.
const REGISTRATION: [(&str, &str); 8] = [
    ("agent_id", "s"),
    ("ek_tpm", "s"),
    ("ekcert", "s0"),
    ("aik_tpm", "s"),
    ("ip", "s0"),
    ("port", "n0"),
    ("mtls_cert", "s0"),
    ("regcount", "n"),
];

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// Checks every server of a deployment; fails with all that did not hold.
pub async fn holds(deployment: &Deployment) {
    let mut checks = Checks::default();
    for (url, mode) in &deployment.verifiers {
        checks.place = format!("{} verifier {url}", deployment.name);
        verifier(&mut checks, deployment, url, *mode).await;
    }
    for url in &deployment.registrars {
        checks.place = format!("{} registrar {url}", deployment.name);
        registrar(&mut checks, deployment, url).await;
    }
    for url in &deployment.registrar_agent_faces {
        checks.place = format!("{} registrar agents' face {url}", deployment.name);
        agent_face(&mut checks, deployment, url).await;
    }
    checks.verdict(&deployment.name);
}

/// Checks that a certificate of another CA ends the handshake with the alert
/// `unknown ca`, at every server of a deployment.
pub async fn strangers_are_refused(deployment: &Deployment, other: &Deployment) {
    let stranger = Client::stranger(deployment, other);
    let verifiers = deployment.verifiers.iter().map(|(url, _)| url);
    for url in verifiers.chain(&deployment.registrars) {
        let refused =
            stranger.try_ask(url, "/version").await.expect_err("a stranger's certificate was accepted");
        assert!(refused.contains("UnknownCA"), "{url}: {refused}");
    }
}

async fn verifier(checks: &mut Checks, deployment: &Deployment, url: &str, mode: Mode) {
    let operator = Client::operator(deployment);
    let anonymous = Client::anonymous(deployment);

    verifier_versions(checks, deployment, url, mode).await;
    let ids = verifier_lists(checks, &operator, url).await;
    let records = verifier_bulk(checks, &operator, url, &ids).await;
    verifier_filter(checks, &operator, url, &records).await;

    // Single agents.
    let id = ids.iter().find(|id| is_plain(id));
    checks.that("agents list: there is an agent to read", id.is_some(), format!("{ids:?}"));
    if let Some(id) = id {
        let reply = operator.ask(url, &format!("/v2.6/agents/{id}")).await;
        let record = checks.success("agent", &reply);
        checks.members("agent", &record, &RECORD);
        let reply = anonymous.ask(url, &format!("/v2.6/agents/{id}")).await;
        checks.refusal(
            "agent without certificate",
            &reply,
            403,
            "Forbidden",
            "Action read_agent requires authentication",
        );
    }
    let reply = operator.ask(url, &format!("/v2.6/agents/{ABSENT}")).await;
    checks.error("absent agent", &reply, 404, "agent id not found");
    let reply = operator.ask(url, "/v2.6/agents/bad%20id!").await;
    checks.error("agent id out of form", &reply, 400, "agent_id not not valid");
    let reply = operator.method(Method::PATCH).ask(url, &format!("/v2.6/agents/{ABSENT}")).await;
    checks.empty("wrong method", &reply, 405);

    // Who may ask.
    let reply = anonymous.ask(url, "/v2.6/agents/").await;
    let detail = "Action list_agents requires admin authentication (mTLS certificate)";
    checks.refusal("agents without certificate", &reply, 403, "Forbidden", detail);
    let reply = operator.header("authorization", "Bearer nonsense").ask(url, "/v2.6/agents/").await;
    checks.refusal("agents with a token", &reply, 401, "Unauthorized", "Invalid authentication token");
    let reply = anonymous.ask(url, "/v2.6/allowlists/").await;
    let detail = "Action list_runtime_policies requires admin authentication (mTLS certificate)";
    checks.refusal("allowlists without certificate", &reply, 403, "Forbidden", detail);

    let reply = anonymous.header("authorization", "Bearer nonsense").ask(url, "/version").await;
    checks.refusal("version with a token", &reply, 401, "Unauthorized", "Invalid authentication token");
    for (path, action) in [
        ("/v2.6/mbpolicies/", "list_mb_policies"),
        ("/v2.6/mbpolicies/nope", "read_mb_policy"),
        ("/v2.6/allowlists/nope", "read_runtime_policy"),
        ("/v3.0/agents", "list_agents"),
        ("/v3.0/policies/ima", "list_runtime_policies"),
        ("/v3.0/refstates/uefi", "list_mb_policies"),
    ] {
        let detail = format!("Action {action} requires admin authentication (mTLS certificate)");
        let reply = anonymous.ask(url, path).await;
        checks.refusal(&format!("{path} without certificate"), &reply, 403, "Forbidden", &detail);
    }

    // What is announced but not there.
    for path in ["/v1.0/agents/", "/v9.9/agents/", "/v2.6/nothing/", "/nothing"] {
        checks.empty(&format!("GET {path}"), &operator.ask(url, path).await, 404);
    }
    for path in
        ["/v2.6/", "/v3.0/", "/v3.0/agents", "/v3.0/agents/", "/v3.0/policies/ima", "/v3.0/refstates/uefi"]
    {
        checks.empty(&format!("GET {path}"), &operator.ask(url, path).await, 500);
    }

    let agents = Policies {
        path: "allowlists",
        list: "runtimepolicy names",
        missing: "Runtime policy nope not found",
        members: &[("name", "s"), ("tmp_policy", "s0"), ("runtime_policy", "s")],
        text: "runtime_policy",
    };
    policies(checks, &operator, url, &agents).await;
    let boot = Policies {
        path: "mbpolicies",
        list: "mbpolicy names",
        missing: "Measured boot policy nope not found",
        // An agent enrolled without a policy has one of its own name that is null.
        members: &[("name", "s"), ("mb_policy", "s0")],
        text: "mb_policy",
    };
    policies(checks, &operator, url, &boot).await;
    attestations(checks, deployment, url, mode, &records).await;
}

async fn verifier_versions(checks: &mut Checks, deployment: &Deployment, url: &str, mode: Mode) {
    let anonymous = Client::anonymous(deployment);
    for path in ["/version", "/versions"] {
        let name = format!("GET {path}");
        let reply = anonymous.ask(url, path).await;
        match mode {
            Mode::Pull => {
                let results = checks.success(&name, &reply);
                version(checks, &name, &results);
            }
            Mode::Push => {
                let results = checks.envelope(&name, &reply, 410);
                checks.that(&format!("{name}: Gone"), reply.json()["status"] == "Gone", reply.text());
                checks.that(&format!("{name}: no results"), results == serde_json::json!({}), &results);
            }
        }
    }
    let reply = anonymous.ask(url, "/").await;
    checks.empty("GET /", &reply, 307);
    checks.that(
        "GET /: leads to v3",
        reply.header("location") == Some("/v3.0/"),
        format!("{:?}", reply.header("location")),
    );
    for (name, version) in [("TLS 1.2", &rustls::version::TLS12), ("TLS 1.3", &rustls::version::TLS13)] {
        let asked = Client::operator_with(deployment, version).try_ask(url, "/v2/agents/").await;
        checks.that(name, asked.as_ref().is_ok_and(|reply| reply.status == 200), format!("{asked:?}"));
    }
    let reply = anonymous.header("x-request-id", "console-7f_1!").ask(url, "/version").await;
    let echoed = reply.header("x-request-id");
    checks.that("X-Request-Id comes back as words", echoed == Some("console7f_1"), format!("{echoed:?}"));
}

fn version(checks: &mut Checks, name: &str, results: &Value) {
    let current = results["current_version"] == "2.6";
    let supported = results["supported_versions"].as_array().is_some_and(|versions| {
        versions.iter().all(Value::is_string)
            && ["2.6", "3.0"].iter().all(|one| versions.contains(&Value::from(*one)))
    });
    checks.that(&format!("{name}: current 2.6, supports 2.6 and 3.0"), current && supported, results);
}

/// Gives the ids.
async fn verifier_lists(checks: &mut Checks, operator: &Client, url: &str) -> BTreeSet<String> {
    let reply = operator.ask(url, "/v2.6/agents/").await;
    let results = checks.success("agents list", &reply);
    let nested = results["uuids"].as_array().cloned().unwrap_or_default();
    checks.that(
        "agents list: uuids is a list of one-element lists",
        results["uuids"].is_array()
            && nested.iter().all(|one| one.as_array().is_some_and(|one| one.len() == 1)),
        &results,
    );
    let ids: BTreeSet<String> = nested.iter().filter_map(|one| Some(one[0].as_str()?.to_owned())).collect();
    checks.that("agents list: ids are strings, each once", ids.len() == nested.len(), &results);
    checks.that("agents list: on one line", !reply.text().contains('\n'), reply.text());

    for version in ["v2", "v2.0", "v2.1", "v2.2", "v2.3", "v2.4", "v2.5"] {
        let other = operator.ask(url, &format!("/{version}/agents/")).await.json();
        checks.that(&format!("agents list: {version} answers alike"), other["results"] == results, &other);
    }
    let other = operator.ask(url, "/v2.6/agents").await.json();
    checks.that("agents list: the last slash does not matter", other["results"] == results, &other);
    unchanged(checks, operator, url, "/v2.6/agents/").await;
    unchanged(checks, operator, url, "/v2.6/allowlists/").await;
    ids
}

async fn unchanged(checks: &mut Checks, operator: &Client, url: &str, path: &str) {
    let tag = operator.ask(url, path).await.header("etag").unwrap_or_default().to_owned();
    let reply = operator.header("if-none-match", &tag).ask(url, path).await;
    let name = format!("GET {path} with If-None-Match");
    checks.reply(&name, &reply, 304, None);
    checks.that(&format!("{name}: no body"), reply.body.is_empty(), reply.text());
    checks.that(&format!("{name}: the same tag"), reply.header("etag") == Some(&*tag), &tag);
    let reply = operator.header("if-none-match", "\"0000\"").ask(url, path).await;
    checks.that(&format!("{name}: another tag gets the body"), reply.status == 200, reply.status);
}

/// Gives the records.
async fn verifier_bulk(
    checks: &mut Checks,
    operator: &Client,
    url: &str,
    ids: &BTreeSet<String>,
) -> serde_json::Map<String, Value> {
    let reply = operator.ask(url, "/v2.6/agents/?bulk=true").await;
    let results = checks.success("bulk", &reply);
    checks.that("bulk: on one line", !reply.text().contains('\n'), "a line break");
    checks.that("bulk: the ids of the list", keys(&results) == *ids, format!("{:?}", keys(&results)));
    let records = results.as_object().cloned().unwrap_or_default();
    for (id, record) in &records {
        checks.members(&format!("bulk record {}", id.escape_debug()), record, &RECORD);
        for text in ["tpm_policy", "meta_data"] {
            let inner: Result<Value, _> = serde_json::from_str(record[text].as_str().unwrap_or_default());
            checks.that(&format!("bulk: {text} is JSON in a string"), inner.is_ok(), &record[text]);
        }
        let push = record["ip"].is_null() && record["port"].is_null();
        let known = match push {
            true => ["PASS", "FAIL", "PENDING", "TIMEOUT"]
                .contains(&record["attestation_status"].as_str().unwrap_or("")),
            false => record["attestation_status"] == pull_status(record["operational_state"].as_i64()),
        };
        checks.that("bulk: attestation_status follows from the state", known, record);
        for interval in ["attestation_period", "maximum_attestation_interval"] {
            let seconds = record[interval].as_str().and_then(|text| text.strip_suffix('s'));
            let whole = seconds.is_some_and(|seconds| seconds.parse::<u64>().is_ok());
            checks.that(&format!("bulk: {interval} is whole seconds and s"), whole, &record[interval]);
        }
    }
    let reply = operator.ask(url, "/v2.6/agents/?bulk=false").await.json();
    checks.that("bulk=false is bulk, too", keys(&reply["results"]) == *ids, &reply);
    let reply = operator.ask(url, "/v2.6/agents/?bulk=").await.json();
    checks.that("a blank bulk is none", reply["results"]["uuids"].is_array(), &reply);
    records
}

async fn verifier_filter(
    checks: &mut Checks,
    operator: &Client,
    url: &str,
    records: &serde_json::Map<String, Value>,
) {
    let reply = operator.ask(url, "/v2.6/agents/?verifier=nope").await.json();
    checks.that(
        "filter by an unknown verifier: an empty list",
        reply["results"]["uuids"] == serde_json::json!([]),
        &reply,
    );
    let reply = operator.ask(url, "/v2.6/agents/?bulk=true&verifier=nope").await.json();
    checks.that("bulk of an unknown verifier: nothing", reply["results"] == serde_json::json!({}), &reply);
    let owners: BTreeSet<&str> =
        records.values().filter_map(|record| record["verifier_id"].as_str()).collect();
    for owner in owners {
        let own: BTreeSet<String> = records
            .iter()
            .filter(|(_, record)| record["verifier_id"] == owner)
            .map(|(id, _)| id.clone())
            .collect();
        let reply = operator.ask(url, &format!("/v2.6/agents/?bulk=1&verifier={owner}")).await.json();
        checks.that(&format!("bulk of {owner}: its agents only"), keys(&reply["results"]) == own, &reply);
        let reply = operator.ask(url, &format!("/v2.6/agents/?verifier={owner}")).await.json();
        let count = reply["results"]["uuids"].as_array().map(Vec::len);
        checks.that(&format!("list of {owner}: its agents only"), count == Some(own.len()), &reply);
    }
}

struct Policies<'a> {
    path: &'a str,
    list: &'a str,
    missing: &'a str,
    members: &'a [(&'a str, &'a str)],
    text: &'a str,
}

async fn policies(checks: &mut Checks, operator: &Client, url: &str, kind: &Policies<'_>) {
    let Policies { path, list, missing, members, text } = kind;
    let reply = operator.ask(url, &format!("/v2.6/{path}/")).await;
    let results = checks.success(path, &reply);
    let names: Vec<&str> =
        results[*list].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    checks.that(&format!("{path}: {list:?} is a list of names"), results[*list].is_array(), &results);
    if let Some(name) = names.iter().find(|name| is_plain(name)) {
        let reply = operator.ask(url, &format!("/v2.6/{path}/{name}")).await;
        let policy = checks.success(&format!("{path}/NAME"), &reply);
        checks.members(&format!("{path}/NAME"), &policy, members);
        checks.that(&format!("{path}/NAME: the name asked for"), policy["name"] == *name, &policy);
        let is_json = policy[*text].as_str().is_none_or(|text| serde_json::from_str::<Value>(text).is_ok());
        checks.that(&format!("{path}/NAME: the policy is JSON in a string"), is_json, &policy);
    }
    let reply = operator.ask(url, &format!("/v2.6/{path}/nope")).await;
    checks.error(&format!("{path}/nope"), &reply, 404, missing);
}

async fn attestations(
    checks: &mut Checks,
    deployment: &Deployment,
    url: &str,
    mode: Mode,
    records: &serde_json::Map<String, Value>,
) {
    let operator = Client::operator(deployment);
    let absent = format!("/v3.0/agents/{ABSENT}/attestations/latest");
    if mode == Mode::Pull {
        checks.empty("attestations at a pull verifier", &operator.ask(url, &absent).await, 404);
        return;
    }
    let reply = Client::anonymous(deployment).ask(url, &absent).await;
    let detail = "Action read_attestation requires admin authentication (mTLS certificate)";
    checks.refusal("attestations without certificate", &reply, 403, "Forbidden", detail);
    let reply = operator.ask(url, &absent).await;
    checks.reply("attestations of an absent agent", &reply, 404, Some(JSON_API));
    let json = reply.json();
    let about = format!("No enrolled agent with ID '{ABSENT}'.");
    checks.that(
        "attestations of an absent agent: a JSON:API error",
        json["errors"][0]["code"] == "not_found"
            && json["errors"][0]["detail"] == about
            && json["links"]["self"] == absent
            && json["jsonapi"]["version"] == "1.1",
        &json,
    );
    let proven = records.iter().find(|(id, record)| {
        is_plain(id) && record["ip"].is_null() && record["attestation_count"].as_u64() > Some(0)
    });
    let Some((id, _)) = proven else { return };
    let reply = operator.ask(url, &format!("/v3.0/agents/{id}/attestations/latest")).await;
    // An agent whose rows were made by hand has no attestation to show.
    if reply.status == 404 {
        checks.reply("no latest attestation", &reply, 404, Some(JSON_API));
        return;
    }
    checks.reply("latest attestation", &reply, 201, Some(JSON_API));
    let json = reply.json();
    let attributes = &json["data"]["attributes"];
    checks.that("latest attestation: type", json["data"]["type"] == "attestation", &json);
    for text in ["stage", "evaluation", "capabilities_received_at"] {
        checks.that(&format!("latest attestation: {text} is text"), attributes[text].is_string(), attributes);
    }
    checks.that("latest attestation: evidence is a list", attributes["evidence"].is_array(), attributes);
    checks.that(
        "latest attestation: when the agent booted",
        attributes["system_info"]["boot_time"].is_string(),
        attributes,
    );
    let link = json["data"]["links"]["self"].as_str().unwrap_or_default();
    checks.that(
        "latest attestation: Location is its link, which ends in its number",
        reply.header("location") == Some(link)
            && link.rsplit('/').next().is_some_and(|number| number.parse::<u64>().is_ok()),
        format!("{:?} {link}", reply.header("location")),
    );
}

async fn registrar(checks: &mut Checks, deployment: &Deployment, url: &str) {
    let operator = Client::operator(deployment);
    let anonymous = Client::anonymous(deployment);
    let results = checks.success("GET /version", &anonymous.ask(url, "/version").await);
    version(checks, "GET /version", &results);

    let reply = operator.ask(url, "/v2.6/agents/").await;
    let results = checks.success("registrations", &reply);
    let flat = results["uuids"].as_array().is_some_and(|ids| ids.iter().all(Value::is_string));
    checks.that("registrations: uuids is a flat list", flat, &results);
    checks.that(
        "registrations: printed over several lines",
        reply.text().contains("\n    \"results\""),
        reply.text(),
    );
    let bulk = operator.ask(url, "/v2.6/agents/?bulk=true").await.json();
    checks.that("registrations: bulk is ignored", bulk["results"] == results, &bulk);
    unchanged(checks, &operator, url, "/v2.6/agents/").await;

    let ids: Vec<&str> =
        results["uuids"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut read = 0;
    for id in ids.iter().filter(|id| is_plain(id)).take(40) {
        let reply = operator.ask(url, &format!("/v2.6/agents/{id}")).await;
        // A listed agent that has not been activated is not found.
        if reply.status == 404 {
            let words = format!("Agent with ID '{id}' has not been activated");
            checks.error("registration that is not activated", &reply, 404, &words);
            continue;
        }
        read += 1;
        let record = checks.success("registration", &reply);
        checks.members("registration", &record, &REGISTRATION);
        checks.that("registration: the id asked for", record["agent_id"] == *id, &record);
        let certificate = record["mtls_cert"].as_str();
        let form = certificate
            .is_none_or(|text| text == "disabled" || text.starts_with("-----BEGIN CERTIFICATE-----\n"));
        checks.that("registration: mtls_cert is PEM or disabled", form, &record);
    }
    checks.that("registrations: there is one to read", read > 0, &results);

    let reply = operator.ask(url, &format!("/v2.6/agents/{ABSENT}")).await;
    checks.error("absent registration", &reply, 404, &format!("Agent with ID '{ABSENT}' not found"));
    let reply = anonymous.ask(url, "/v2.6/agents/").await;
    let detail = "Action list_registrations requires admin authentication (mTLS certificate)";
    checks.refusal("registrations without certificate", &reply, 403, "Forbidden", detail);
    let reply = anonymous.ask(url, &format!("/v2.6/agents/{ABSENT}")).await;
    let detail = "Action read_registration requires admin authentication (mTLS certificate)";
    checks.refusal("registration without certificate", &reply, 403, "Forbidden", detail);
    for path in ["/v1.0/agents/", "/v2.6/nothing", "/"] {
        checks.empty(&format!("GET {path}"), &operator.ask(url, path).await, 404);
    }
    for path in ["/v3.0/", "/v3.0/agents"] {
        checks.empty(&format!("GET {path}"), &operator.ask(url, path).await, 500);
    }
}

async fn agent_face(checks: &mut Checks, deployment: &Deployment, url: &str) {
    let anonymous = Client::anonymous(deployment);
    let results = checks.success("GET /version", &anonymous.ask(url, "/version").await);
    version(checks, "GET /version", &results);
    for path in ["/v2.6/agents/", "/v3.0/agents"] {
        checks.empty(&format!("GET {path}"), &anonymous.ask(url, path).await, 400);
    }
    for path in ["/", "/versions", "/nothing"] {
        checks.empty(&format!("GET {path}"), &anonymous.ask(url, path).await, 404);
    }
}

fn pull_status(state: Option<i64>) -> &'static str {
    match state {
        Some(3..=6) => "PASS",
        Some(7 | 9 | 10) => "FAIL",
        _ => "PENDING",
    }
}
