//! What the real tools sign verifies here, and what we sign verifies there.

use std::fs;
use std::path::Path;
use std::process::Command;

use limescope::policy::envelope::Format;
use limescope::policy::examination::Options;
use limescope::policy::json::Limits;
use limescope::policy::sign::{FileKey, Signer, dsse, signed};
use limescope::policy::signature::material;
use limescope::policy::trust::Trust;
use limescope::policy::{PolicyVerdict, SignatureVerdict};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::python;
use crate::vectors::{examined, read};

fn now() -> Options<'static> {
    Options::at(jiff::Timestamp::now())
}

fn trust(pem: &[u8]) -> Trust {
    Trust::given(material::read(pem).unwrap())
}

/// Runs a program and gives what it printed; it must succeed.
fn run(program: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{} cannot be run ({error}): run `make keylime`", program.display()));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A new EC key of this curve: its private file and its public PEM.
fn new_key(folder: &TempDir, curve: &str) -> (String, Vec<u8>) {
    let file = folder.path().join(format!("{curve}.pem")).to_str().unwrap().to_owned();
    let openssl = Path::new("openssl");
    run(openssl, &["ecparam", "-name", curve, "-genkey", "-noout", "-out", &file]);
    (file.clone(), run(openssl, &["ec", "-in", &file, "-pubout"]))
}

#[test]
fn what_keylime_policy_signs_verifies() {
    let folder = TempDir::new().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join(".keylime-venv/bin/keylime-policy");
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/policy/small-dm.json");
    let mut other: Option<Vec<u8>> = None;
    for curve in ["prime256v1", "secp384r1", "secp521r1"] {
        let (key, public) = new_key(&folder, curve);
        for backend in ["ecdsa", "x509"] {
            let (out, certificate) =
                (place(&format!("{curve}.{backend}.json")), place(&format!("{curve}.crt")));
            let mut arguments = vec!["sign", "runtime", "-r", policy, "-k", &key, "-b", backend, "-o", &out];
            if backend == "x509" {
                arguments.extend(["-c", &certificate]);
            }
            run(&tool, &arguments);
            let text = fs::read(&out).unwrap();
            let found = examined(text.clone(), &trust(&public), &now());
            let what = format!("{curve} {backend}: {:?}", found.findings);
            assert!(found.is_good(), "{what}");
            assert_eq!(found.document.as_ref().unwrap().metadata().len(), 5, "{what}");
            assert!(found.signers[0].trusted && found.signers.len() == 1, "{:?}", found.signers);
            assert!(found.verifier.unwrap().signatures_required.is_accepted(), "{what}");
            // Any other key, and any other byte.
            if let Some(other) = &other {
                let found = examined(text.clone(), &trust(other), &now());
                let expected =
                    if backend == "x509" { SignatureVerdict::Untrusted } else { SignatureVerdict::Invalid };
                assert_eq!(found.signature, expected, "{what}");
            }
            let changed = String::from_utf8(text.clone()).unwrap().replacen("eyJtZXRh", "eyJtZXRi", 1);
            let found = examined(changed.into_bytes(), &trust(&public), &now());
            assert_eq!(found.signature, SignatureVerdict::Invalid, "{what}");
            if backend == "x509" {
                let pinned = trust(&fs::read(&certificate).unwrap());
                let found = examined(text.clone(), &pinned, &now());
                assert!(found.is_good() && found.format == Format::DsseX509, "{what}");
                for (at, code) in [
                    ("2090-01-01T00:00:00Z", "certificate-expired"),
                    ("2001-01-01T00:00:00Z", "certificate-not-yet-valid"),
                ] {
                    let found = examined(text.clone(), &pinned, &Options::at(at.parse().unwrap()));
                    assert_eq!(found.signature, SignatureVerdict::Invalid, "{what}");
                    assert!(found.findings.iter().any(|placed| placed.finding.code == code), "{what}");
                }
            }
        }
        other = Some(public);
    }
}

/// Signs with keys of all kinds, twice each: as TUF does, and with several
/// signatures at once.
const SECURESYSTEMSLIB_SIGNS: &str = r#"
import json, sys
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner
policy = json.loads(sys.stdin.buffer.read())
keys = [ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)]
keys += [ec.generate_private_key(curve()) for curve in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)]
body = encode_canonical(policy).encode()
made = []
for key in keys:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    made.append((public, CryptoSigner(key).sign(body).to_dict()))
out = [{"key": public, "text": json.dumps({"signatures": [signature], "signed": policy}, indent=2, ensure_ascii=False)}
       for public, signature in made]
everybody = [signature for _, signature in made]
out += [{"key": public, "text": json.dumps({"signed": policy, "signatures": everybody})} for public, _ in made]
json.dump(out, sys.stdout)
"#;

#[test]
fn what_securesystemslib_signs_verifies() {
    for policy in ["policy/small-dm.json", "policy/small-dm-seed.json", "policy/mid-10k-dm.json"] {
        let made: Value =
            serde_json::from_slice(&python::run(SECURESYSTEMSLIB_SIGNS, &read(policy))).unwrap();
        let made = made.as_array().unwrap();
        assert_eq!(made.len(), 10);
        for (number, one) in made.iter().enumerate() {
            let text = one["text"].as_str().unwrap();
            let trust = trust(one["key"].as_str().unwrap().as_bytes());
            let found = examined(text.as_bytes().to_vec(), &trust, &now());
            assert!(found.is_good(), "{policy} {number}: {:?}", found.findings);
            let trusted: Vec<_> = found.signers.iter().filter(|signer| signer.trusted).collect();
            assert_eq!(trusted.len(), 1, "{:?}", found.signers);
            let changed =
                text.replacen("/root/hello.txt", "/root/hellO.txt", 1).replacen("pkg00000", "pkg_other", 1);
            let found = examined(changed.into_bytes(), &trust, &now());
            assert_eq!(found.signature, SignatureVerdict::Invalid, "{policy} {number}");
            assert_eq!(found.policy, PolicyVerdict::NotEvaluated);
        }
    }
}

/// Verifies with Keylime's own code, as the tenant and the verifier do.
const KEYLIME_VERIFIES: &str = r#"
import json, sys
from keylime import signing
from keylime.dsse import dsse, ecdsa
from keylime.ima import ima
from cryptography.hazmat.primitives.serialization import load_pem_public_key
for one in json.load(sys.stdin):
    text, key = one["text"], one["key"].encode()
    assert signing.verify_dsse_envelope(text.encode(), key), one
    ima.verify_runtime_policy(text.encode(), key, True)
    verified = dsse.Verify(text, [("mine", ecdsa.Verifier(load_pem_public_key(key)))], strict_id_matching=True)
    assert verified.payload == one["policy"].encode() and verified.recognizedSigners == ["mine"]
    ima.runtime_policy_db_contents("name", text)
    stranger = json.loads(text)
    stranger["payload"] = dsse.b64enc(verified.payload + b" ")
    assert not signing.verify_dsse_envelope(json.dumps(stranger).encode(), key)
print("all good")
"#;

/// Verifies with securesystemslib, as TUF and in-toto do.
const SECURESYSTEMSLIB_VERIFIES: &str = r#"
import json, sys
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Signature, SSlibKey
for one in json.load(sys.stdin):
    envelope = json.loads(one["text"])
    assert envelope["signed"] == json.loads(one["policy"])
    key = SSlibKey.from_crypto(load_pem_public_key(one["key"].encode()))
    [signature] = envelope["signatures"]
    assert signature["keyid"] == key.keyid and signature["keytype"] == key.keytype, (signature, key.keyid)
    key.verify_signature(Signature.from_dict(signature), encode_canonical(envelope["signed"]).encode())
print("all good")
"#;

fn signers(folder: &TempDir, more: &[&str]) -> Vec<FileKey> {
    let mut keys: Vec<_> = ["prime256v1", "secp384r1", "secp521r1"]
        .iter()
        .map(|curve| fs::read(new_key(folder, curve).0).unwrap())
        .collect();
    keys.extend(more.iter().map(|file| read(file)));
    keys.iter().map(|pem| FileKey::from_pem(pem).unwrap()).collect()
}

#[test]
fn what_we_sign_verifies_with_keylimes_own_code() {
    let folder = TempDir::new().unwrap();
    let mut made = Vec::new();
    // The second is indented, with raw UTF-8 and a final newline: its bytes are kept.
    for policy in ["policy/small-dm.json", "policy/small-dm.pretty.json"] {
        let policy = String::from_utf8(read(policy)).unwrap();
        for key in signers(&folder, &["keys/ecdsa-p256.key.pem"]) {
            let text = dsse(policy.as_bytes(), &key).unwrap();
            let found =
                examined(text.clone().into_bytes(), &trust(key.public_key().pem().as_bytes()), &now());
            assert!(found.is_good(), "{:?}", found.findings);
            made.push(json!({"text": text, "key": key.public_key().pem(), "policy": policy}));
        }
    }
    assert_eq!(python::run(KEYLIME_VERIFIES, json!(made).to_string().as_bytes()), b"all good\n");
}

#[test]
fn what_we_sign_verifies_with_securesystemslib() {
    let folder = TempDir::new().unwrap();
    let mut made = Vec::new();
    for policy in ["policy/small-dm.json", "policy/small-dm.pretty.json"] {
        let policy = String::from_utf8(read(policy)).unwrap();
        for key in signers(&folder, &["keys/ed25519.key.pem", "keys/rsa3072.key.pem"]) {
            let text = signed(&policy, &key, &Limits::default()).unwrap();
            let found =
                examined(text.clone().into_bytes(), &trust(key.public_key().pem().as_bytes()), &now());
            assert!(found.is_good() && found.format == Format::SignedCanonical, "{:?}", found.findings);
            made.push(json!({"text": text, "key": key.public_key().pem(), "policy": policy}));
        }
    }
    assert_eq!(python::run(SECURESYSTEMSLIB_VERIFIES, json!(made).to_string().as_bytes()), b"all good\n");
}
