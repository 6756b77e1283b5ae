//! Our own strict steps for what was signed: the digest is the demanded one,
//! and the log's entry is about this very bundle.
//!
//! An entry of somebody else beside a valid signature would otherwise lend its
//! proof and its time to it (CVE-2022-36056).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::bundle::{Bundle, Content, Entry, SigningKey, Statement, Subject};
use super::digest::{Algorithm, Digest, hex, sha256};
use super::step::{Step, StepResult};
use super::strict;

/// Whether the bundle is about the digest, and the digest with which the
/// library is to be asked: it knows SHA-256 and SHA-512 subjects only, so that
/// for a SHA-384 another digest of the same signed statement is taken. That
/// the statement names the demanded one is seen here.
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
            let others = statement.subjects.iter().filter(|_| subject.is_some());
            let asked = asked_instead(subject.into_iter().chain(others), demanded);
            let step = step(subject.is_some(), said)
                .fact("predicate_type", statement.predicate_type.as_str())
                .fact("subjects", statement.subjects.len())
                .fact("subject", subject.map(|subject| subject.name.as_str()));
            (step, asked.unwrap_or_else(|| demanded.clone()))
        }
    }
}

fn asked_instead<'a>(subjects: impl Iterator<Item = &'a Subject>, demanded: &Digest) -> Option<Digest> {
    let known = |digest: &&Digest| matches!(digest.algorithm(), Algorithm::Sha256 | Algorithm::Sha512);
    if known(&demanded) {
        return None;
    }
    subjects.flat_map(|subject| &subject.digests).find(known).cloned()
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
            logged.hash.as_ref().is_some_and(|hash| match entry.is_rekor_v2() {
                true => *hash == pae_hash(hash.algorithm(), payload_type, payload),
                false => hash.bytes() == sha256(payload),
            })
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

/// Digest of what DSSE signs: the payload with its type and both lengths.
fn pae_hash(algorithm: Algorithm, payload_type: &str, payload: &[u8]) -> Digest {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    Digest::of(algorithm, &[head.as_bytes(), payload])
}

/// Whether the bundle names a key that it does not bring.
pub(super) const fn is_managed(bundle: &Bundle) -> bool {
    matches!(bundle.key, SigningKey::Managed { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn attested(subjects: &Value) -> Bundle {
        let payload =
            json!({"_type": "https://in-toto.io/Statement/v1", "subject": subjects, "predicateType": "p"});
        Bundle {
            media_type: "",
            owes_proof: true,
            key: SigningKey::Managed { hint: String::new() },
            content: Content::Envelope {
                payload_type: "application/vnd.in-toto+json".to_owned(),
                payload: payload.to_string().into_bytes(),
                signature: b"signature".to_vec(),
            },
            entries: Vec::new(),
            timestamps: Vec::new(),
        }
    }

    /// The library knows SHA-256 and SHA-512; the statement is one, and signed as a whole.
    #[test]
    fn the_library_is_asked_for_a_digest_that_it_knows() {
        let (short, long) = ("1a".repeat(32), "2b".repeat(48));
        let bundle = attested(&json!([
            {"name": "one", "digest": {"sha256": short}},
            {"name": "other", "digest": {"sha384": long}},
        ]));
        for (demanded, holds, asked) in [
            (&short, StepResult::Holds, &short),
            (&long, StepResult::Holds, &short),
            // What the statement does not name is not asked for under another name.
            (&"3c".repeat(48), StepResult::Fails, &"3c".repeat(48)),
        ] {
            let (step, found) = digest_step(&bundle, &Digest::read(demanded).unwrap());
            assert_eq!((step.result, &found.to_string()), (holds, asked), "{demanded}");
        }
        // The same file's digest comes first.
        let both = attested(&json!([
            {"name": "one", "digest": {"sha256": "4d".repeat(32)}},
            {"name": "other", "digest": {"sha384": long, "sha512": "5e".repeat(64)}},
        ]));
        let (_, found) = digest_step(&both, &Digest::read(&long).unwrap());
        assert_eq!(found.to_string(), "5e".repeat(64));
    }

    /// Rekor v2 hashes an envelope as the signer's key does.
    #[test]
    fn an_envelope_is_compared_with_the_digest_that_the_log_names() {
        let bundle = attested(&json!([]));
        let Content::Envelope { payload_type, payload, .. } = &bundle.content else { panic!() };
        for (algorithm, name) in [(Algorithm::Sha256, "SHA2_256"), (Algorithm::Sha384, "SHA2_384")] {
            let hash = pae_hash(algorithm, payload_type, payload);
            let result = |digest: &[u8]| {
                let body = json!({"spec": {"hashedRekordV002": {
                    "data": {"algorithm": name, "digest": STANDARD.encode(digest)},
                    "signature": {
                        "content": STANDARD.encode(b"signature"),
                        "verifier": {"publicKey": {"rawBytes": STANDARD.encode(b"key")}},
                    },
                }}});
                let entry = Entry {
                    index: 0,
                    log_id: Vec::new(),
                    kind: "hashedrekord",
                    version: "0.0.2",
                    integrated_time: None,
                    promise: None,
                    proof: None,
                    unsigned_proof: false,
                    body: body.to_string().into_bytes(),
                };
                body_step(&bundle, &entry, None).result
            };
            assert_eq!(result(hash.bytes()), StepResult::Holds, "{name}");
            let mut other = hash.bytes().to_vec();
            other[0] ^= 1;
            assert_eq!(result(&other), StepResult::Fails, "{name}");
        }
    }
}
