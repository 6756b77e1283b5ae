//! Our own strict steps for what was signed: the digest is the demanded one,
//! and the log's entry is about this very bundle.
//!
//! An entry of somebody else beside a valid signature would otherwise lend its
//! proof and its time to it (CVE-2022-36056).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::bundle::{Bundle, Content, Entry, SigningKey, Statement};
use super::digest::{Algorithm, Digest, hex, joined_sha256, sha256};
use super::step::{Step, StepResult};
use super::strict;

/// Whether the bundle is about the digest, and the digest with which the
/// library is to be asked: it knows SHA-256 and SHA-512 subjects only, so that
/// for a SHA-384 the other digest of the same subject is taken.
pub(super) fn digest_step(bundle: &Bundle, demanded: &Digest) -> (Step, Digest) {
    let step = |holds, said: &str| {
        Step::new("digest", "Digest that the policy names", StepResult::of(holds), said)
            .fact("demanded", demanded.typed())
    };
    match &bundle.content {
        Content::Message { digest, .. } => {
            let logged: Vec<_> = bundle.entries.iter().filter_map(logged_digest).collect();
            let holds = digest.as_ref().is_none_or(|digest| digest == demanded)
                && logged.iter().all(|logged| logged == demanded);
            let said = match holds {
                true => "The bundle and the log's entry are about this digest.",
                false => "The bundle or the log's entry is about another digest.",
            };
            let step = step(holds, said)
                .fact("bundle", digest.as_ref().map(Digest::typed))
                .fact("log", logged.iter().map(Digest::typed).collect::<Vec<_>>());
            (step, demanded.clone())
        }
        Content::Envelope { payload_type, payload, .. } => {
            let statement = match Statement::read(payload_type, payload) {
                Ok(statement) => statement,
                Err(wrong) => return (step(false, &format!("{wrong}.")), demanded.clone()),
            };
            let subject = statement.subject(demanded);
            let said = match subject {
                Some(_) => "The signed statement names this digest among its subjects.",
                None => "No subject of the signed statement has this digest.",
            };
            let asked = subject.and_then(|subject| asked_instead(&subject.digests, demanded));
            let step = step(subject.is_some(), said)
                .fact("predicate_type", statement.predicate_type.as_str())
                .fact("subjects", statement.subjects.len())
                .fact("subject", subject.map(|subject| subject.name.as_str()));
            (step, asked.unwrap_or_else(|| demanded.clone()))
        }
    }
}

fn asked_instead(digests: &[Digest], demanded: &Digest) -> Option<Digest> {
    let known = |digest: &&Digest| matches!(digest.algorithm(), Algorithm::Sha256 | Algorithm::Sha512);
    if known(&demanded) { None } else { digests.iter().find(known).cloned() }
}

/// The digest in the body of a `hashedrekord`, which for a message is the
/// file's.
pub(super) fn logged_digest(entry: &Entry) -> Option<Digest> {
    if entry.kind != "hashedrekord" {
        return None;
    }
    let body = strict::value(&entry.body).ok()?;
    hashed_record_digest(&body)
}

/// The same, of a body that was read.
pub(super) fn hashed_record_digest(body: &Value) -> Option<Digest> {
    if let Some(hash) = body.pointer("/spec/data/hash") {
        let algorithm = Algorithm::named(hash.get("algorithm")?.as_str()?)?;
        let digest = Digest::read(hash.get("value")?.as_str()?)?;
        return (digest.algorithm() == algorithm).then_some(digest);
    }
    let data = body.pointer("/spec/hashedRekordV002/data")?;
    let algorithm = Algorithm::named(data.get("algorithm")?.as_str()?)?;
    Digest::new(algorithm, &STANDARD.decode(data.get("digest")?.as_str()?).ok()?)
}

/// Whether the entry's body holds this bundle's signature, key and hash.
pub(super) fn body_step(bundle: &Bundle, entry: &Entry, signer: Option<&Signer<'_>>) -> Step {
    let logged = strict::value(&entry.body).ok().and_then(|body| Logged::read(entry, &body));
    let title = "Entry is about this bundle";
    let Some(logged) = logged else {
        let said = "The body of the log's entry cannot be read.";
        return Step::new("body", title, StepResult::Fails, said);
    };
    let signature = bundle.content.signature();
    let same_signature = logged.signature == signature;
    let same_hash = match &bundle.content {
        // The digest itself is the step before.
        Content::Message { .. } => logged.hash.is_some(),
        Content::Envelope { payload_type, payload, .. } => {
            let expected = match entry.is_rekor_v2() {
                true => pae_hash(payload_type, payload),
                false => sha256(payload),
            };
            logged.hash.as_ref().is_some_and(|hash| hash.bytes() == expected)
        }
    };
    let same_key = signer.map(|signer| match &logged.verifier {
        Verifier::Certificate(der) => signer.certificate == Some(der.as_slice()),
        Verifier::Key(der) => signer.key == der,
    });
    let fits = same_signature && same_hash && same_key != Some(false);
    let said = if fits && same_key.is_some() {
        "Signature, hash and key in the log are the bundle's."
    } else if fits {
        "Signature and hash in the log are the bundle's; its key is not at hand."
    } else {
        "Signature, hash or key in the log is not the bundle's."
    };
    let (kind, verifier) = match &logged.verifier {
        Verifier::Certificate(der) => ("certificate", der),
        Verifier::Key(der) => ("public key", der),
    };
    Step::new("body", title, StepResult::of(fits), said)
        .fact("bundle_signature", hex(signature))
        .fact("logged_signature", hex(&logged.signature))
        .fact("logged_hash", logged.hash.as_ref().map(Digest::typed))
        .fact("logged_verifier", kind)
        .fact("logged_verifier_sha256", hex(&sha256(verifier)))
}

/// Who signed the bundle: a certificate's key, or a key that was given.
pub(super) struct Signer<'a> {
    pub certificate: Option<&'a [u8]>,
    pub key: &'a [u8],
}

/// What an entry's body says.
struct Logged {
    signature: Vec<u8>,
    verifier: Verifier,
    hash: Option<Digest>,
}

enum Verifier {
    Certificate(Vec<u8>),
    Key(Vec<u8>),
}

impl Logged {
    fn read(entry: &Entry, body: &Value) -> Option<Self> {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        let bytes = |pointer: &str| STANDARD.decode(text(pointer)?).ok();
        match (entry.kind, entry.version) {
            ("hashedrekord", "0.0.1") => Some(Self {
                signature: bytes("/spec/signature/content")?,
                verifier: Verifier::of_pem(&bytes("/spec/signature/publicKey/content")?)?,
                hash: hashed_record_digest(body),
            }),
            ("hashedrekord", "0.0.2") => {
                let verifier = "/spec/hashedRekordV002/signature/verifier";
                let certificate = bytes(&format!("{verifier}/x509Certificate/rawBytes"));
                let key = || bytes(&format!("{verifier}/publicKey/rawBytes"));
                Some(Self {
                    signature: bytes("/spec/hashedRekordV002/signature/content")?,
                    verifier: match certificate {
                        Some(der) => Verifier::Certificate(der),
                        None => Verifier::Key(key()?),
                    },
                    hash: hashed_record_digest(body),
                })
            }
            ("dsse", "0.0.1") => Some(Self {
                signature: only(body, "/spec/signatures").and_then(|one| decoded(one, "signature"))?,
                verifier: Verifier::of_pem(
                    &only(body, "/spec/signatures").and_then(|one| decoded(one, "verifier"))?,
                )?,
                hash: Digest::read(text("/spec/payloadHash/value")?),
            }),
            ("intoto", "0.0.2") => {
                let one = only(body, "/spec/content/envelope/signatures")?;
                Some(Self {
                    // Rekor wrapped the signature in base64 once more.
                    signature: STANDARD.decode(decoded(one, "sig")?).ok()?,
                    verifier: Verifier::of_pem(&decoded(one, "publicKey")?)?,
                    hash: Digest::read(text("/spec/content/payloadHash/value")?),
                })
            }
            _ => None,
        }
    }
}

fn only<'a>(body: &'a Value, pointer: &str) -> Option<&'a Value> {
    match body.pointer(pointer)?.as_array()?.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

fn decoded(value: &Value, member: &str) -> Option<Vec<u8>> {
    STANDARD.decode(value.get(member)?.as_str()?).ok()
}

impl Verifier {
    fn of_pem(pem: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(pem).ok()?.trim();
        let inner = |label: &str| {
            let text = text.strip_prefix(&format!("-----BEGIN {label}-----"))?;
            let text = text.strip_suffix(&format!("-----END {label}-----"))?;
            let joined: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
            STANDARD.decode(joined).ok()
        };
        inner("CERTIFICATE").map(Self::Certificate).or_else(|| inner("PUBLIC KEY").map(Self::Key))
    }
}

/// SHA-256 of what DSSE signs: the payload with its type and both lengths.
fn pae_hash(payload_type: &str, payload: &[u8]) -> [u8; 32] {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    joined_sha256(&[head.as_bytes(), payload])
}

/// Whether the bundle names a key that it does not bring.
pub(super) const fn is_managed(bundle: &Bundle) -> bool {
    matches!(bundle.key, SigningKey::Managed { .. })
}
