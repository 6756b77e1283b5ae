//! A Sigstore instance of our own, of which every bundle is whole: an authority (root and intermediate, P-384, as
//! Fulcio has them) that certifies a key for each signature, a log of those certificates that signs their time stamps
//! (SCT), and a transparency log (Rekor v1: `hashedrekord` 0.0.1) with one Merkle tree, its checkpoint and a promise
//! for each entry. What its services sign is what those of the public instance sign.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PublicKeyData, SanType,
    SerialNumber, SignatureAlgorithm, SigningKey, date_time_ymd,
};
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer, X509Certificate};

type Made<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Who signed everything.
pub const SUBJECT: &str = "https://github.com/example/app/.github/workflows/release.yml@refs/tags/v1.0.0";
/// Who vouched for it.
pub const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// The name of the log, as its checkpoints have it.
const LOG: &str = "rekor.bench.example";

/// Entries that the log had before, over all its trees.
const BEFORE: usize = 4_163_431;

/// A signature that waits for its place in the log.
struct Signed {
    digest: [u8; 32],
    signature: Vec<u8>,
    certificate: Vec<u8>,
    body: Vec<u8>,
}

/// What was made.
pub struct Instance {
    /// `trusted_root.json`.
    pub trusted_root: String,
    /// Digests in hexadecimal digits, and a bundle for each.
    pub bundles: Vec<(String, String)>,
}

/// The time of all signatures: within the ten minutes of their certificates.
pub const TIME: &str = "2026-06-01T00:05:00Z";

/// Makes an instance with so many signed files.
pub fn make(files: usize) -> Made<Instance> {
    make_of(files, &PKCS_ECDSA_P256_SHA256, TIME)
}

/// The same, where who signs has keys of another kind, or signs at another time.
pub fn make_of(files: usize, keys: &'static SignatureAlgorithm, time: &str) -> Made<Instance> {
    let (root, above) = authority("bench-root", None)?;
    let (intermediate, issuer) = authority("bench-intermediate", Some(&above))?;
    let (certificates, log) =
        (KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?, KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?);
    let time: Timestamp = time.parse()?;
    let signed = (0..files)
        .map(|number| signed(number, keys, &issuer, &certificates, time))
        .collect::<Made<Vec<_>>>()?;
    let leaves = signed.iter().map(|signed| hash(&[&[0], &signed.body])).collect();
    let tree = Tree::new(leaves);
    let checkpoint = checkpoint(&tree, files, &log)?;
    let bundles = signed
        .iter()
        .enumerate()
        .map(|(number, signed)| bundle(number, signed, &tree, &checkpoint, &log, time))
        .collect::<Made<Vec<_>>>()?;
    let key = |key: &KeyPair| {
        json!({
            "rawBytes": STANDARD.encode(key.subject_public_key_info()),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": {"start": "2026-01-01T00:00:00Z"},
        })
    };
    let service = |url: &str, pair: &KeyPair| {
        json!([{
            "baseUrl": url,
            "hashAlgorithm": "SHA2_256",
            "publicKey": key(pair),
            "logId": {"keyId": STANDARD.encode(hash(&[&pair.subject_public_key_info()]))},
        }])
    };
    let trusted_root = json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": service(&format!("https://{LOG}"), &log),
        "ctlogs": service("https://ct.bench.example", &certificates),
        "certificateAuthorities": [{
            "subject": {"organization": "bench.example", "commonName": "bench-intermediate"},
            "uri": "https://fulcio.bench.example",
            "certChain": {"certificates": [
                {"rawBytes": STANDARD.encode(&intermediate)},
                {"rawBytes": STANDARD.encode(&root)},
            ]},
            "validFor": {"start": "2026-01-01T00:00:00Z"},
        }],
        "timestampAuthorities": [],
    });
    Ok(Instance { trusted_root: trusted_root.to_string(), bundles })
}

impl Instance {
    /// Writes the bundles, as cosign names them, and the root into a folder.
    pub fn write(&self, folder: &Path) -> Made<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join("trusted_root.json"), &self.trusted_root)?;
        for (digest, bundle) in &self.bundles {
            fs::write(folder.join(format!("{digest}.sigstore.json")), bundle)?;
        }
        Ok(())
    }
}

/// The certificate of an authority (DER) and who issues by it; a root, or below another.
fn authority(
    name: &str,
    above: Option<&Issuer<'static, KeyPair>>,
) -> Made<(Vec<u8>, Issuer<'static, KeyPair>)> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name.push(DnType::OrganizationName, "bench.example");
    parameters.distinguished_name.push(DnType::CommonName, name);
    let depth =
        if above.is_some() { BasicConstraints::Constrained(0) } else { BasicConstraints::Constrained(1) };
    parameters.is_ca = IsCa::Ca(depth);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    if above.is_some() {
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        parameters.use_authority_key_identifier_extension = true;
    }
    (parameters.not_before, parameters.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2036, 1, 1));
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?;
    let certificate = match above {
        Some(above) => parameters.signed_by(&key, above)?,
        None => parameters.self_signed(&key)?,
    };
    let certificate = certificate.der().to_vec();
    Ok((certificate, Issuer::new(parameters, key)))
}

/// A file that is signed with a key of its own, and what the log takes of it.
fn signed(
    number: usize,
    keys: &'static SignatureAlgorithm,
    issuer: &Issuer<'static, KeyPair>,
    certificates: &KeyPair,
    time: Timestamp,
) -> Made<Signed> {
    let file = format!("file {number} of the application\n");
    let key = KeyPair::generate_for(keys)?;
    let certificate = certificate(number, &key, issuer, certificates, time)?;
    let signature = key.sign(file.as_bytes())?;
    let digest = hash(&[file.as_bytes()]);
    let pem = pem(&certificate);
    let body = json!({
        "apiVersion": "0.0.1",
        "kind": "hashedrekord",
        "spec": {
            "data": {"hash": {"algorithm": "sha256", "value": hex(&digest)}},
            "signature": {
                "content": STANDARD.encode(&signature),
                "publicKey": {"content": STANDARD.encode(pem)},
            },
        },
    });
    Ok(Signed { digest, signature, certificate, body: body.to_string().into_bytes() })
}

/// A certificate of ten minutes, with the time stamp of the log of certificates in it (RFC 6962 §3.3).
fn certificate(
    number: usize,
    key: &KeyPair,
    issuer: &Issuer<'static, KeyPair>,
    log: &KeyPair,
    time: Timestamp,
) -> Made<Vec<u8>> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name = rcgen::DistinguishedName::new();
    parameters.subject_alt_names = vec![SanType::URI(SUBJECT.try_into()?)];
    parameters.serial_number = Some(SerialNumber::from(1_000_000 + number as u64));
    parameters.is_ca = IsCa::NoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
    parameters.use_authority_key_identifier_extension = true;
    parameters.not_before = date_time_ymd(2026, 6, 1);
    parameters.not_after = parameters.not_before + Duration::from_secs(600);
    let fulcio = |last: u64| [1, 3, 6, 1, 4, 1, 57264, 1, last];
    let old = CustomExtension::from_oid_content(&fulcio(1), ISSUER.as_bytes().to_vec());
    // UTF8String of fewer than 128 bytes.
    let new = [&[0x0c, u8::try_from(ISSUER.len())?], ISSUER.as_bytes()].concat();
    parameters.custom_extensions = vec![old, CustomExtension::from_oid_content(&fulcio(8), new)];
    let before = parameters.signed_by(key, issuer)?;
    let (_, parsed) = X509Certificate::from_der(before.der())?;
    let to_be_signed = parsed.tbs_certificate.as_ref();
    let issued_by = hash(&[&issuer.key().subject_public_key_info()]);
    let stamp = u64::try_from(time.as_millisecond())?.to_be_bytes();
    let size = u32::try_from(to_be_signed.len())?.to_be_bytes();
    // Version 1, a certificate's time stamp, entry of a certificate to be, no extensions.
    let message =
        [&[0, 0], &stamp[..], &[0, 1], &issued_by, size.get(1..).unwrap_or_default(), to_be_signed, &[0, 0]]
            .concat();
    let signature = log.sign(&message)?;
    let id = hash(&[&log.subject_public_key_info()]);
    let sized = |bytes: &[u8]| -> Made<Vec<u8>> {
        Ok([&u16::try_from(bytes.len())?.to_be_bytes()[..], bytes].concat())
    };
    // SHA-256 with ECDSA.
    let one = [&[0][..], &id, &stamp, &[0, 0], &[4, 3], &sized(&signature)?].concat();
    let list = sized(&sized(&one)?)?;
    // OCTET STRING of fewer than 128 bytes, as the largest signature of P-256 leaves it.
    let content = [&[0x04, u8::try_from(list.len())?], &list[..]].concat();
    parameters
        .custom_extensions
        .push(CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2], content));
    Ok(parameters.signed_by(key, issuer)?.der().to_vec())
}

/// A signed note about the tree (C2SP `tlog-checkpoint`, with Rekor v1's kind of key id).
fn checkpoint(tree: &Tree, size: usize, log: &KeyPair) -> Made<String> {
    let text = format!("{LOG} - 1193050959916656506\n{size}\n{}\n", STANDARD.encode(tree.root()));
    let hint = hash(&[&log.subject_public_key_info()]);
    let line = [hint.get(..4).unwrap_or_default(), &log.sign(text.as_bytes())?].concat();
    Ok(format!("{text}\n\u{2014} {LOG} {}\n", STANDARD.encode(line)))
}

fn bundle(
    number: usize,
    signed: &Signed,
    tree: &Tree,
    checkpoint: &str,
    log: &KeyPair,
    time: Timestamp,
) -> Made<(String, String)> {
    let id = hash(&[&log.subject_public_key_info()]);
    let (index, seconds) = (BEFORE + number, time.as_second());
    let body = STANDARD.encode(&signed.body);
    // RFC 8785: these four in this order.
    let promised = format!(
        "{{\"body\":\"{body}\",\"integratedTime\":{seconds},\"logID\":\"{}\",\"logIndex\":{index}}}",
        hex(&id)
    );
    let encoded = |hash: &[u8; 32]| STANDARD.encode(hash);
    let bundle = json!({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": STANDARD.encode(&signed.certificate)},
            "tlogEntries": [{
                "logIndex": index.to_string(),
                "logId": {"keyId": encoded(&id)},
                "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
                "integratedTime": seconds.to_string(),
                "inclusionPromise": {"signedEntryTimestamp": STANDARD.encode(log.sign(promised.as_bytes())?)},
                "inclusionProof": {
                    "logIndex": number.to_string(),
                    "rootHash": encoded(&tree.root()),
                    "treeSize": tree.size().to_string(),
                    "hashes": tree.path(number).iter().map(encoded).collect::<Vec<_>>(),
                    "checkpoint": {"envelope": checkpoint},
                },
                "canonicalizedBody": body,
            }],
        },
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": encoded(&signed.digest)},
            "signature": STANDARD.encode(&signed.signature),
        },
    });
    Ok((hex(&signed.digest), bundle.to_string()))
}

/// A Merkle tree (RFC 9162 §2.1): all its levels, the leaves first. A node without a neighbour goes up as it is.
struct Tree(Vec<Vec<[u8; 32]>>);

impl Tree {
    fn new(leaves: Vec<[u8; 32]>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => hash(&[&[1], left, right]),
                alone => alone.first().copied().unwrap_or_default(),
            });
            let above = above.collect();
            levels.push(above);
        }
        Self(levels)
    }

    fn size(&self) -> usize {
        self.0.first().map_or(0, Vec::len)
    }

    fn root(&self) -> [u8; 32] {
        self.0.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    fn path(&self, mut leaf: usize) -> Vec<[u8; 32]> {
        let mut path = Vec::new();
        for level in &self.0 {
            path.extend(level.get(leaf ^ 1).filter(|_| level.len() > 1));
            leaf /= 2;
        }
        path
    }
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, &parts.concat()).as_ref());
    sum
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines = encoded.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", lines.collect::<String>())
}

/// A policy that demands a log's proof and the signer of every digest.
pub fn policy(digests: impl Iterator<Item = String> + Clone) -> Value {
    let paths = digests.clone().enumerate();
    let paths: serde_json::Map<_, _> =
        paths.map(|(number, digest)| (format!("/opt/app/file{number:05}"), json!([digest]))).collect();
    let checks = json!({
        "transparency_log_inclusion_proof": true,
        "signer_identity": {"issuer": ISSUER, "subject": SUBJECT},
    });
    let demanded: serde_json::Map<_, _> = digests.map(|digest| (digest, checks.clone())).collect();
    json!({
        "meta": {"version": 1, "generator": 3},
        "release": 0,
        "digests": paths,
        "excludes": [],
        "digest_metadata": demanded,
        "keyrings": {},
        "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null},
        "ima-buf": {},
        "verification-keys": "",
    })
}
