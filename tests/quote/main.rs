//! What agents attest: the bytes read strictly, the check of a quote and the
//! logs beside it, with what real agents sent and with data of our own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code, reason = "shared by the test binaries")]
#[path = "../support/captures.rs"]
mod captures;
mod check;
mod ima;
mod libtss2;
mod sample;
mod uefi;
mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The registrar's record of a real push agent.
pub fn record() -> Value {
    captures::named("r-agent-push-ok").json()
}

/// A real record of the verifier: `latest-push-ok` and so on.
pub fn attestation(name: &str) -> Value {
    captures::named(&format!("v3-attestation-{name}")).json()
}

fn find<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    match value {
        Value::Object(members) => members
            .get(name)
            .and_then(Value::as_str)
            .or_else(|| members.values().find_map(|member| find(member, name))),
        Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        _ => None,
    }
}

/// The first text of that name, wherever it stands.
pub fn member(value: &Value, name: &str) -> String {
    find(value, name).unwrap_or_else(|| panic!("no {name}")).to_owned()
}

/// The same, decoded from base64.
pub fn bytes(value: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(member(value, name)).unwrap()
}
