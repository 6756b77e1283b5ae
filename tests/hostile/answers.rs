//! What Keylime would say, to be spoilt by the cases. Every answer carries the secret wherever `v` could stand.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Map, Value, json};

use crate::script::{Play, Script, Step, say};

/// An agent's share of its payload key, as the tenant sends it.
pub const SECRET: &str = "aG9zdGlsZS1zZXJ2ZXItc3VpdGUta2V5LXNoYXJlLiE=";

/// The same, decoded.
pub const SECRET_BYTES: &str = "hostile-server-suite-key-share.!";

/// A time in the form of HTTP.
pub fn http_date(time: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap()
}

/// The head of an answer, without its last empty line.
pub fn head(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\nServer: TornadoServer/6.4\r\nConnection: close\r\n")
}

/// A whole answer with these further headers (each with its line's end).
pub fn answer_with(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut answer = format!("{}{headers}Content-Length: {}\r\n\r\n", head(status), body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// A whole answer as Keylime would give it.
pub fn answer(status: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let date = http_date(Timestamp::now());
    answer_with(status, &format!("Date: {date}\r\nContent-Type: application/json\r\n"), body)
}

/// Keylime's envelope.
pub fn envelope(code: u16, status: &str, results: Value) -> String {
    json!({"v": SECRET, "code": code, "status": status, "results": results}).to_string()
}

/// The answer to `/version`.
pub fn versions() -> String {
    let results = json!({
        "v": SECRET, "current_version": "2.6",
        "supported_versions": ["1.0", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"],
    });
    envelope(200, "Success", results)
}

/// The record of an agent that attests.
pub fn record() -> Value {
    let now = Timestamp::now().as_second();
    json!({
        "v": SECRET,
        "operational_state": 3, "ip": "127.0.0.1", "port": 9002,
        "tpm_policy": "{\"mask\": \"0x400\"}", "meta_data": "{}",
        "has_mb_refstate": 0, "has_runtime_policy": 1,
        "accept_tpm_hash_algs": ["sha256"], "accept_tpm_encryption_algs": ["ecc"],
        "accept_tpm_signing_algs": ["ecdsa"],
        "hash_alg": "sha256", "enc_alg": "ecc", "sign_alg": "ecdsa",
        "verifier_id": "default", "verifier_ip": "127.0.0.1", "verifier_port": 8881,
        "severity_level": null, "last_event_id": null,
        "attestation_count": 5, "last_received_quote": now, "last_successful_attestation": now,
        "attestation_status": "PASS",
        "attestation_period": "60s", "maximum_attestation_interval": "86400s",
    })
}

/// A record with some members replaced or added.
pub fn record_with(members: Value) -> Value {
    let mut record = record();
    for (name, value) in members.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

/// The bulk answer of a verifier.
pub fn bulk<'a>(records: impl IntoIterator<Item = (&'a str, Value)>) -> String {
    let records: Map<_, _> = records.into_iter().map(|(id, record)| (id.to_owned(), record)).collect();
    envelope(200, "Success", Value::Object(records))
}

/// The list of a registrar.
pub fn ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    let ids: Vec<_> = ids.into_iter().collect();
    envelope(200, "Success", json!({"v": SECRET, "uuids": ids}))
}

/// Which question a head is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Version,
    Bulk,
    Ids,
}

pub fn question(head: &str) -> Question {
    if head.starts_with("GET /version ") {
        Question::Version
    } else if head.contains("/agents/?bulk=true ") {
        Question::Bulk
    } else {
        Question::Ids
    }
}

/// A server that answers like Keylime with these bodies.
pub fn serving(bulk: String, ids: String) -> Play {
    Arc::new(move |head| {
        say(answer(
            "200 OK",
            match question(head) {
                Question::Version => versions(),
                Question::Bulk => bulk.clone(),
                Question::Ids => ids.clone(),
            },
        ))
    })
}

/// A server that does this after every request.
pub fn always(script: Script) -> Play {
    Arc::new(move |_| script.clone())
}

/// A server that says its version well and does this when it is asked for agents.
pub fn when_asked(script: Script) -> Play {
    Arc::new(move |head| match question(head) {
        Question::Version => say(answer("200 OK", versions())),
        Question::Bulk | Question::Ids => script.clone(),
    })
}

/// A good head, then the chunk again and again without an end.
pub fn endless(chunk: &str) -> Script {
    let head = format!("{}Transfer-Encoding: chunked\r\n\r\n", head("200 OK"));
    vec![Step::Say(head.into()), Step::Forever(format!("{:x}\r\n{chunk}\r\n", chunk.len()).into())]
}
