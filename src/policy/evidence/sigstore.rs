//! The one place that knows the library `sigstore-verify`.
//!
//! It is young and changes every few weeks, so that its types stop here: what
//! it read comes out as [`Bundle`] and [`Log`], what it says as [`Verified`] or
//! [`Refused`]. It verifies a bundle as a whole: time stamps, certificate chain
//! and its SCT, inclusion and its checkpoint, the promise, the signature, and
//! that the entry of the log is the bundle's. Which of its fields it leaves
//! unchecked is written where our own steps check them.

mod words;

use jiff::Timestamp;
use sigstore_verify::crypto::{KeyAlgorithm, VerificationKey};
use sigstore_verify::types::{self, Artifact, ArtifactDigest, DerPublicKey, HashAlgorithm, SignatureBytes};
use sigstore_verify::{
    CertificateError, Error, PublicKeyVerificationPolicy, TimestampError, VerificationPolicy,
};
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::bundle::{Bundle, Content, Entry, MAX_BUNDLE, MAX_CERTIFICATES, MAX_ENTRIES, Proof, SigningKey};
use super::digest::{Algorithm, Digest};
use super::{shape, strict};

/// The library and its version, for reports.
pub(super) const LIBRARY: &str = "sigstore-verify 0.15.1";

/// A bundle as the library holds it, and its values in our own types.
pub(super) struct Parsed {
    inner: types::Bundle,
    pub bundle: Bundle,
}

/// Reads a bundle v0.1, v0.2 or v0.3.
///
/// # Errors
/// Why the bytes are no bundle that can be verified; text of the bundle may be
/// in the message.
pub(super) fn read(bytes: &[u8]) -> Result<Parsed, String> {
    if bytes.len() > MAX_BUNDLE {
        return Err(format!("the bundle is larger than {} MiB", MAX_BUNDLE / 1024 / 1024));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| format!("it is not UTF-8: {error}"))?;
    let mut value = strict::value(bytes).map_err(|error| format!("it is not strict JSON: {error}"))?;
    // The library takes null for a value in some places, where it means that there is none.
    let had_nulls = shape::drop_nulls(&mut value);
    shape::check(&value)?;
    let inner = match had_nulls {
        true => types::Bundle::from_json(&value.to_string()),
        false => types::Bundle::from_json(text),
    };
    // It says this of every field that it cannot read, also of one that is fine as JSON.
    let mut inner = inner.map_err(|error| error.to_string().trim_start_matches("JSON error: ").to_owned())?;
    let unsigned = leave_out_unsigned_proofs(&mut inner);
    let mut bundle = plain(&inner)?;
    bundle.entries.iter_mut().zip(unsigned).for_each(|(entry, unsigned)| entry.unsigned_proof = unsigned);
    Ok(Parsed { inner, bundle })
}

/// A bundle v0.1 need not bring a proof, and the first of them brought one
/// without a checkpoint. Nobody signed the root of such a proof, so that it
/// proves nothing; the log's promise can still hold. Tells for each entry
/// whether its proof was left out.
fn leave_out_unsigned_proofs(bundle: &mut types::Bundle) -> Vec<bool> {
    let may_lack = bundle.media_type() == types::MediaType::Bundle0_1;
    let left_out = |entry: &mut types::TransparencyLogEntry| {
        let unsigned = |proof: &types::bundle::InclusionProof| proof.checkpoint.envelope().is_empty();
        let left_out = may_lack && entry.inclusion_proof.as_ref().is_some_and(unsigned);
        if left_out {
            entry.inclusion_proof = None;
        }
        left_out
    };
    bundle.verification_material.tlog_entries.iter_mut().map(left_out).collect()
}

fn plain(inner: &types::Bundle) -> Result<Bundle, String> {
    use types::bundle::VerificationMaterialContent as Material;
    let material = &inner.verification_material;
    let key = match &material.content {
        Material::Certificate(certificate) => {
            SigningKey::Certificates(vec![certificate.raw_bytes.as_bytes().to_vec()])
        }
        Material::X509CertificateChain { certificates } => SigningKey::Certificates(
            certificates.iter().map(|certificate| certificate.raw_bytes.as_bytes().to_vec()).collect(),
        ),
        Material::PublicKey(key) => SigningKey::Managed { hint: key.hint.clone() },
        _ => return Err("the bundle names its key in a way that is not known here".to_owned()),
    };
    let content = match &inner.content {
        types::SignatureContent::MessageSignature(message) => Content::Message {
            digest: match &message.message_digest {
                None => None,
                Some(digest) => Some(
                    Digest::new(algorithm(digest.algorithm)?, digest.digest.as_bytes())
                        .ok_or("the bundle's message digest has a wrong length")?,
                ),
            },
            signature: message.signature.as_bytes().to_vec(),
        },
        types::SignatureContent::DsseEnvelope(envelope) => Content::Envelope {
            payload_type: envelope.payload_type.clone(),
            payload: envelope.payload.as_bytes().to_vec(),
            signature: envelope.signature.sig.as_bytes().to_vec(),
        },
        _ => return Err("the bundle's content is of a kind that is not known here".to_owned()),
    };
    let timestamps = &material.timestamp_verification_data.rfc3161_timestamps;
    if material.tlog_entries.len() > MAX_ENTRIES || timestamps.len() > MAX_ENTRIES {
        return Err(format!("the bundle has more than {MAX_ENTRIES} log entries or time stamps"));
    }
    if matches!(&key, SigningKey::Certificates(chain) if chain.is_empty() || chain.len() > MAX_CERTIFICATES) {
        return Err(format!("the bundle has no certificate, or more than {MAX_CERTIFICATES}"));
    }
    Ok(Bundle {
        media_type: inner.media_type().as_str(),
        owes_proof: inner.media_type() != types::MediaType::Bundle0_1,
        key,
        content,
        entries: material.tlog_entries.iter().map(entry).collect(),
        timestamps: timestamps.iter().map(|stamp| stamp.signed_timestamp.as_bytes().to_vec()).collect(),
    })
}

fn entry(entry: &types::TransparencyLogEntry) -> Entry {
    Entry {
        index: entry.log_index.get(),
        log_id: entry.log_id.key_id.as_bytes().to_vec(),
        kind: entry.kind_version.kind(),
        version: entry.kind_version.version(),
        integrated_time: entry.integrated_time,
        promise: entry
            .inclusion_promise
            .as_ref()
            .map(|promise| promise.signed_entry_timestamp.as_bytes().to_vec()),
        proof: entry.inclusion_proof.as_ref().map(|proof| Proof {
            index: proof.log_index.get(),
            root: *proof.root_hash.as_bytes(),
            size: proof.tree_size,
            path: proof.hashes.iter().map(|hash| *hash.as_bytes()).collect(),
            checkpoint: proof.checkpoint.envelope().to_owned(),
        }),
        unsigned_proof: false,
        body: entry.canonicalized_body.as_bytes().to_vec(),
    }
}

fn algorithm(algorithm: HashAlgorithm) -> Result<Algorithm, String> {
    match algorithm {
        HashAlgorithm::Sha2256 => Ok(Algorithm::Sha256),
        HashAlgorithm::Sha2384 => Ok(Algorithm::Sha384),
        HashAlgorithm::Sha2512 => Ok(Algorithm::Sha512),
        other => Err(format!("the bundle's digest algorithm {other} is not known here")),
    }
}

/// A trusted root that is ready to verify with.
pub(super) struct Verifier {
    inner: sigstore_verify::Verifier,
}

/// What a trusted root says of itself, in plain types.
pub(super) struct RootParts {
    pub media_type: String,
    pub logs: Vec<Log>,
    pub certificate_authorities: Vec<Authority>,
    pub timestamp_authorities: Vec<Authority>,
    /// Logs of certificates, the SCTs of which are trusted.
    pub certificate_logs: Vec<Log>,
}

/// A transparency log of a trusted root.
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub base_url: String,
    pub id: Vec<u8>,
    /// Public key, as DER (SPKI).
    pub key: Vec<u8>,
    pub valid_from: Option<Timestamp>,
    pub valid_to: Option<Timestamp>,
}

impl Log {
    /// The name of its host, which Rekor v2 takes for the name of its key.
    pub fn host(&self) -> &str {
        let address = self.base_url.split_once("://").map_or(self.base_url.as_str(), |(_, address)| address);
        address.split('/').next().unwrap_or(address)
    }
}

/// An authority of a trusted root.
#[derive(Debug, Clone)]
pub(super) struct Authority {
    pub uri: String,
    pub organisation: String,
    pub valid_from: Option<Timestamp>,
    /// Certificates as DER, in the order of the trusted root; only of
    /// authorities that certify signers.
    pub certificates: Vec<Vec<u8>>,
}

/// Reads a `trusted_root.json`.
///
/// # Errors
/// Why it cannot be used; text of the file may be in the message.
pub(super) fn read_root(text: &str) -> Result<(Verifier, RootParts), String> {
    let root =
        sigstore_verify::trust_root::TrustedRoot::from_json(text).map_err(|error| error.to_string())?;
    let inner = sigstore_verify::Verifier::new(&root).map_err(|error| error.to_string())?;
    // The library does not export the types of a root's keys and chains: their fields are passed.
    let log =
        |base_url: &str, id: &types::LogId, key: &DerPublicKey, valid_for: Option<types::TimeRange>| Log {
            base_url: base_url.to_owned(),
            id: id.key_id.as_bytes().to_vec(),
            key: key.as_bytes().to_vec(),
            valid_from: valid_for.map(|range| range.start),
            valid_to: valid_for.and_then(|range| range.end),
        };
    let authority = |uri: &str, organisation: Option<&str>, valid_for: Option<types::TimeRange>| Authority {
        uri: uri.to_owned(),
        organisation: organisation.unwrap_or_default().to_owned(),
        valid_from: valid_for.map(|range| range.start),
        certificates: Vec::new(),
    };
    let parts = RootParts {
        media_type: root.media_type.clone(),
        logs: root
            .tlogs
            .iter()
            .map(|entry| {
                let key = &entry.public_key;
                log(&entry.base_url, &entry.log_id, &key.raw_bytes, key.valid_for)
            })
            .collect(),
        certificate_logs: root
            .ctlogs
            .iter()
            .map(|entry| {
                let key = &entry.public_key;
                log(&entry.base_url, &entry.log_id, &key.raw_bytes, key.valid_for)
            })
            .collect(),
        certificate_authorities: root
            .certificate_authorities
            .iter()
            .map(|ca| Authority {
                certificates: ca
                    .cert_chain
                    .certificates
                    .iter()
                    .map(|entry| entry.raw_bytes.as_bytes().to_vec())
                    .collect(),
                ..authority(&ca.uri, ca.subject.organization.as_deref(), ca.valid_for)
            })
            .collect(),
        timestamp_authorities: root
            .timestamp_authorities
            .iter()
            .map(|tsa| {
                let uri = tsa.uri.as_deref().unwrap_or_default();
                authority(uri, tsa.subject.organization.as_deref(), tsa.valid_for)
            })
            .collect(),
    };
    Ok((Verifier { inner }, parts))
}

/// A bundle that the library verified as a whole.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    /// Every authenticated time: RFC 3161 and promises of Rekor v1.
    pub times: Vec<Timestamp>,
    pub certificate: bool,
    pub sct: bool,
    pub log: bool,
}

/// Why the library did not verify a bundle.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    /// In the library's words; text of the bundle may be in it.
    pub message: String,
    /// The bundle is of a kind that it cannot judge: that is no proof of
    /// anything wrong.
    pub unsupported: bool,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let unsupported = matches!(error, Error::UnsupportedArtifact(_) | Error::UnsupportedBundle(_));
        Self { message: words::of(&error), unsupported }
    }
}

impl Verifier {
    /// Verifies a bundle for a digest; with `key` (DER, SPKI) where it was
    /// signed with a managed key. Who signed is not compared here.
    ///
    /// # Errors
    /// Why it does not verify.
    pub fn verify(&self, parsed: &Parsed, digest: &Digest, key: Option<&[u8]>) -> Result<Verified, Refused> {
        let algorithm = match digest.algorithm() {
            Algorithm::Sha256 => HashAlgorithm::Sha2256,
            Algorithm::Sha384 => HashAlgorithm::Sha2384,
            Algorithm::Sha512 => HashAlgorithm::Sha2512,
            Algorithm::Sha1 => {
                return Err(Refused {
                    message: "SHA-1 digests are not in Sigstore".to_owned(),
                    unsupported: true,
                });
            }
        };
        let digest = ArtifactDigest::new(algorithm, digest.bytes().to_vec())
            .map_err(|error| Refused { message: error.to_string(), unsupported: true })?;
        let artifact = Artifact::from_digest(digest);
        let result = match key {
            Some(key) => {
                let policy = PublicKeyVerificationPolicy::new(DerPublicKey::new(key.to_vec()));
                self.inner.verify(artifact, &parsed.inner, &policy)?
            }
            None => self.inner.verify(artifact, &parsed.inner, &VerificationPolicy::any_identity())?,
        };
        Ok(Verified {
            times: result.verified_timestamps().to_vec(),
            certificate: result.certificate_verified(),
            sct: result.sct_verified(),
            log: result.tlog_verified(),
        })
    }
}

/// Why nothing that a key (DER, SPKI) signed can be judged: it is on an
/// elliptic curve that the library does not know.
pub(super) fn unsupported_key(key: &[u8]) -> Option<Refused> {
    const ELLIPTIC: &str = "1.2.840.10045.2.1";
    let (_, parsed) = SubjectPublicKeyInfo::from_der(key).ok()?;
    let curve = parsed.algorithm.parameters.as_ref()?.as_oid().ok()?;
    let elliptic = parsed.algorithm.algorithm.to_id_string() == ELLIPTIC;
    if !elliptic || KeyAlgorithm::from_spki(&DerPublicKey::new(key.to_vec())).is_ok() {
        return None;
    }
    let curve = match curve.to_id_string().as_str() {
        "1.2.840.10045.3.1.7" | "1.3.132.0.34" => return None,
        "1.3.132.0.35" => "P-521".to_owned(),
        other => format!("curve {other}"),
    };
    let message = format!("its key is on {curve}, and only P-256 and P-384 can be judged");
    Some(Refused { message, unsupported: true })
}

/// Whether a log's key (DER, SPKI) made a signature over a text.
pub(super) fn log_signed(key: &[u8], text: &[u8], signature: &[u8]) -> bool {
    VerificationKey::from_spki(&DerPublicKey::new(key.to_vec()))
        .is_ok_and(|key| key.verify(text, &SignatureBytes::from_bytes(signature)).is_ok())
}
