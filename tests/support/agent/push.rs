//! Push mode: the agent sends its evidence to the verifier of its own accord.
//!
//! Three exchanges in the form of JSON:API: a session for which the AK proves that it is there, an offer of evidence,
//! which the verifier answers with a challenge and what it wants of the offer, and the evidence (Keylime's
//! `web/verifier/session_controller.py` and `attestation_controller.py`).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    Agent,
    attester::{Attester, BINDING_PCR},
};

/// The content type of JSON:API, which the verifier insists on.
const TYPE: (&str, &str) = ("Content-Type", "application/vnd.api+json");

impl Agent {
    /// Attests at a member of its group (they count from 1). The verifier judges after it has answered; an interval
    /// must pass before it takes the next evidence.
    pub fn push(&self, member: usize) {
        let token = self.open_session(member);
        let attestations = format!("agents/{}/attestations", self.id);
        let offer = self.attester().offer(&self.boot_time);
        let chosen = self.tell(member, "POST", &attestations, &token, "attestation", offer);
        let evidence = self.attester().evidence(&chosen["evidence_requested"]);
        self.tell(member, "PATCH", &format!("{attestations}/latest"), &token, "attestation", evidence);
    }

    /// A token for this agent's own resources.
    fn open_session(&self, member: usize) -> String {
        let method = json!({"authentication_class": "pop", "authentication_type": "tpm_pop"});
        let ask = json!({"agent_id": self.id, "authentication_supported": [method]});
        let (identifier, attributes) = self.request(member, "POST", "sessions", None, "session", ask);
        let challenge = &attributes["authentication_requested"][0]["chosen_parameters"]["challenge"];
        let challenge =
            STANDARD.decode(challenge.as_str().expect("a challenge")).expect("a challenge in base64");
        let [message, signature] = self.attester().keys.proof_of_possession(&challenge);
        let mut proof = method;
        proof["data"] = json!({"message": message, "signature": signature});
        let proof = json!({"agent_id": self.id, "authentication_provided": [proof]});
        let (_, attributes) =
            self.request(member, "PATCH", &format!("sessions/{identifier}"), None, "session", proof);
        attributes["token"].as_str().unwrap_or_else(|| panic!("no token in {attributes}")).to_owned()
    }

    /// As [`Agent::request`], with a session's token; the attributes of the answer.
    fn tell(
        &self,
        member: usize,
        method: &str,
        path: &str,
        token: &str,
        kind: &str,
        attributes: Value,
    ) -> Value {
        self.request(member, method, path, Some(token), kind, attributes).1
    }

    /// One exchange with the verifier; the identifier and the attributes of what it answers.
    fn request(
        &self,
        member: usize,
        method: &str,
        path: &str,
        token: Option<&str>,
        kind: &str,
        attributes: Value,
    ) -> (String, Value) {
        let url = format!("{}/v3.0/{path}", self.stack.verifier(self.group, member));
        let body = json!({"data": {"type": kind, "attributes": attributes}});
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![TYPE];
        headers.extend(bearer.as_ref().map(|bearer| ("Authorization", bearer.as_str())));
        let (status, mut answer) = self.stack.exchange_with(self.group, method, &url, &headers, Some(&body));
        assert!((200..300).contains(&status), "{method} {url}: {status} {answer}");
        let data = &mut answer["data"];
        (data["id"].as_str().unwrap_or_default().to_owned(), data["attributes"].take())
    }
}

impl Attester {
    /// What evidence this agent can give.
    fn offer(&mut self, boot_time: &str) -> Value {
        let algorithm = self.keys.algorithm;
        let (family, size) = algorithm.family();
        let [name, public] = self.keys.attestation_description();
        let quote = json!({
            "component_version": "2.0",
            "evidence_version": null,
            "signature_schemes": [algorithm.signing()],
            "hash_algorithms": ["sha256"],
            "available_subjects": {"sha256": (0..24).collect::<Vec<_>>()},
            "certification_keys": [{
                "key_class": "asymmetric",
                "key_algorithm": family,
                "key_size": size,
                "server_identifier": "ak",
                "local_identifier": name,
                "allowable_signature_schemes": [algorithm.signing()],
                "allowable_hash_algorithms": ["sha256"],
                "public": public,
            }],
        });
        let log = json!({
            "entry_count": self.measurements.len(),
            "supports_partial_access": true,
            "appendable": true,
            "formats": ["text/plain"],
        });
        json!({
            "evidence_supported": [
                {"evidence_class": "certification", "evidence_type": "tpm_quote", "capabilities": quote},
                {"evidence_class": "log", "evidence_type": "ima_log", "capabilities": log},
            ],
            "system_info": {"boot_time": boot_time},
        })
    }

    /// What the verifier chose of the offer.
    fn evidence(&mut self, requested: &Value) -> Value {
        let items = requested.as_array().unwrap_or_else(|| panic!("no evidence is requested: {requested}"));
        let collected: Vec<Value> = items
            .iter()
            .map(|item| {
                let chosen = &item["chosen_parameters"];
                let data = match item["evidence_type"].as_str() {
                    Some("tpm_quote") => self.chosen_quote(chosen),
                    Some("ima_log") => {
                        let start = chosen["starting_offset"].as_u64().unwrap_or(0);
                        let (_, entries) = self.measurements.since(usize::try_from(start).unwrap());
                        json!({"entries": entries})
                    }
                    _ => panic!("the verifier wants what was not offered: {item}"),
                };
                json!({"evidence_class": item["evidence_class"], "evidence_type": item["evidence_type"],
                       "data": data})
            })
            .collect();
        json!({"evidence_collected": collected})
    }

    fn chosen_quote(&mut self, chosen: &Value) -> Value {
        let challenge = STANDARD.decode(chosen["challenge"].as_str().expect("a challenge")).unwrap();
        let selected = chosen["selected_subjects"]["sha256"].as_array();
        let mask =
            selected.into_iter().flatten().filter_map(Value::as_u64).fold(0, |mask, pcr| mask | 1 << pcr);
        // Upstream's agents quote the binding PCR too, whoever asks.
        let quote = self.keys.quote(&challenge, mask | 1 << BINDING_PCR);
        self.quotes += 1;
        json!({"subject_data": quote.values, "message": quote.message, "signature": quote.signature})
    }
}
