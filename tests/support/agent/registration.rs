//! An agent becomes known: to the registrar, which lets it in only if one TPM holds both its keys.

use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::keys::Keys;
use crate::support::keylime::{Group, Stack};

/// Registers with the group's first registrar and activates the registration: the challenge, opened by the TPM, is
/// the key of a MAC of the agent's id (`produce_ak_challenge` and `verify_ak_response` in Keylime's
/// `models/registrar/registrar_agent.py`).
pub fn register(stack: &Stack, group: Group, id: &str, keys: &mut Keys, certificate: &str, port: u16) {
    let url = format!("{}/v2.6/agents/{id}", stack.deployment(group).registrar_agent_faces[0]);
    let body = json!({
        "ek_tpm": keys.endorsement_public(),
        "ekcert": null,
        "aik_tpm": keys.attestation_public(),
        "mtls_cert": certificate,
        "ip": "127.0.0.1",
        "port": port,
    });
    let (status, answer) = stack.exchange(group, "POST", &url, Some(&body));
    assert_eq!(status, 200, "POST {url}: {answer}");
    let blob = answer["results"]["blob"].as_str().unwrap_or_else(|| panic!("no challenge in {answer}"));
    let challenge = keys.activate(&STANDARD.decode(blob).expect("a challenge in base64"));

    let key = hmac::Key::new(hmac::HMAC_SHA384, STANDARD.encode(challenge).as_bytes());
    let tag = hmac::sign(&key, id.as_bytes());
    let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let (status, answer) = stack.exchange(group, "PUT", &url, Some(&json!({"auth_tag": tag})));
    assert_eq!(status, 200, "PUT {url}: {answer}");
}
