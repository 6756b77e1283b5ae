//! What a pull agent answers: quotes of its TPM, and what belongs to them.

use std::sync::OnceLock;

use aws_lc_rs::{digest, encoding::AsDer as _, rsa::KeySize, signature::RsaKeyPair};
use serde_json::{Value, json};

use super::{face::Question, keys::Keys, measurements::Measurements};

/// The PCR that binds the agent's transport key to its quotes (`TPM_DATA_PCR` in Keylime's `config.py`).
pub const BINDING_PCR: u8 = 16;

/// The version of the agents' interface that is spoken here.
pub const VERSION: &str = "2.6";

/// An agent's TPM and what it has measured.
pub struct Attester {
    pub keys: Keys,
    pub measurements: Measurements,
    /// Quotes that were given to whoever asked for an agent's integrity.
    pub quotes: usize,
    /// Shares of a payload's key that were delivered.
    pub shares: usize,
}

impl Attester {
    /// An agent with new keys, which has measured nothing.
    pub fn new(keys: Keys) -> Self {
        Self { keys, measurements: Measurements::default(), quotes: 0, shares: 0 }
    }

    /// The answer to a question: a status and results.
    pub fn answer(&mut self, question: &Question) -> (u16, Value) {
        let nothing = (404, json!({}));
        if (question.method.as_str(), question.path.as_str()) == ("GET", "/version") {
            return (200, json!({"supported_version": VERSION}));
        }
        let Some((version, path)) = question.path.strip_prefix('/').and_then(|path| path.split_once('/'))
        else {
            return nothing;
        };
        if !version.starts_with("v2.") {
            return nothing;
        }
        match (question.method.as_str(), path) {
            ("GET", "keys/pubkey") => (200, json!({"pubkey": transport_key()})),
            // The tenant's share of a payload's key, and the verifier's. We have no use for a payload.
            ("POST", "keys/ukey" | "keys/vkey") if question.body["encrypted_key"].is_string() => {
                self.shares += 1;
                (200, json!({}))
            }
            ("POST", "notifications/revocation") => (200, json!({})),
            ("GET", "quotes/identity") => question.parameter("nonce").map_or(nothing, |nonce| {
                let mut results = self.quote(nonce, 0);
                results["pubkey"] = json!(transport_key());
                (200, results)
            }),
            ("GET", "quotes/integrity") => self.integrity(question).map_or(nothing, |results| (200, results)),
            _ => nothing,
        }
    }

    fn integrity(&mut self, question: &Question) -> Option<Value> {
        let mask = u32::from_str_radix(question.parameter("mask")?.strip_prefix("0x")?, 16).ok()?;
        let mut results = self.quote(question.parameter("nonce")?, mask);
        // A verifier that knows the key already asks for a part of the answer.
        if question.parameter("partial")? == "0" {
            results["pubkey"] = json!(transport_key());
        }
        if mask & (1 << super::measurements::PCR) != 0 {
            let line = question.parameter("ima_ml_entry").unwrap_or("0").parse().ok()?;
            let (start, list) = self.measurements.since(line);
            results["ima_measurement_list"] = json!(list);
            results["ima_measurement_list_entry"] = json!(start);
        }
        self.quotes += 1;
        Some(results)
    }

    /// A quote of these PCRs and of the one that binds the transport key.
    fn quote(&mut self, nonce: &str, mask: u32) -> Value {
        self.keys.reset(BINDING_PCR);
        self.keys.extend(BINDING_PCR, digest::digest(&digest::SHA256, transport_key().as_bytes()).as_ref());
        json!({
            "quote": self.keys.quote(nonce.as_bytes(), mask | 1 << BINDING_PCR).joined(),
            "hash_alg": "sha256",
            "enc_alg": self.keys.algorithm.encryption(),
            "sign_alg": self.keys.algorithm.signing(),
        })
    }
}

/// The key with which payloads are encrypted for an agent, in PEM. All our agents have the same one: it protects
/// nothing here, and to find its primes takes a second in a build for tests.
fn transport_key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        let public = aws_lc_rs::signature::KeyPair::public_key(&pair).as_der().expect("a public key");
        pem(public.as_ref())
    })
}

fn pem(der: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}
