//! Policies signed by a key of the TPM, verified by Keylime's own code.

use serde_json::{Value, json};

use crate::device::tool;
use crate::python;
use crate::support::agent::software_tpm::SoftwareTpm;
use crate::support::command::Place;

/// Verifies as Keylime's tenant and verifier do.
const KEYLIME: &str = r#"
import json, sys
from keylime import signing
from keylime.dsse import dsse, ecdsa
from keylime.ima import ima
from cryptography.hazmat.primitives.serialization import load_pem_public_key
one = json.load(sys.stdin)
text, key = one["text"], one["key"].encode()
assert signing.verify_dsse_envelope(text.encode(), key)
ima.verify_runtime_policy(text.encode(), key, True)
verified = dsse.Verify(text, [("mine", ecdsa.Verifier(load_pem_public_key(key)))], strict_id_matching=True)
assert verified.payload == one["policy"].encode() and verified.recognizedSigners == ["mine"]
changed = json.loads(text)
changed["payload"] = dsse.b64enc(verified.payload + b" ")
assert not signing.verify_dsse_envelope(json.dumps(changed).encode(), key)
print("good")
"#;

#[test]
fn what_the_tpm_signs_is_taken_by_keylime() {
    let (place, software) = (Place::new(), SoftwareTpm::start());
    let tcti = software.text();
    let run = |arguments: &[&str], input: &str| {
        place.run_with(arguments, input.as_bytes(), &[("TPM2TOOLS_TCTI", &tcti)])
    };
    let path = |name: &str| place.path().join(name).display().to_string();
    let enrolled = run(&["tpm", "enroll", "--out", &path("key"), "--name", "policies"], "");
    assert_eq!(enrolled.code, Some(0), "{}", enrolled.stderr);
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/policy/small-dm.json");
    let key = format!("tpm:{}", path("key/key.tss2.pem"));
    let signed = run(&["policy", "sign", policy, "--key", &key, "-o", &path("signed.json")], "");
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    let (_, public) =
        tool(&software, "openssl", &["x509", "-in", &path("key/cert.pem"), "-noout", "-pubkey"]);
    let text = std::fs::read_to_string(path("signed.json")).unwrap();
    let asked = json!({"text": text, "key": public, "policy": std::fs::read_to_string(policy).unwrap()});
    assert_eq!(python::run(KEYLIME, asked.to_string().as_bytes()), b"good\n");

    std::fs::write(path("public.pem"), &public).unwrap();
    let both = run(
        &["policy", "sign", policy, "--key", &key, "--shape", "signed", "-o", &path("canonical.json")],
        "",
    );
    assert_eq!(both.code, Some(0), "{}", both.stderr);
    for file in ["signed.json", "canonical.json"] {
        let verified =
            run(&["policy", "verify", &path(file), "--key", &path("public.pem"), "--format", "json"], "");
        let found: Value = serde_json::from_str(&verified.stdout).unwrap();
        assert_eq!((verified.code, &found["signature"]), (Some(0), &json!("valid")), "{file}: {found}");
    }

    let pinned = run(&["tpm", "enroll", "--pin", "--out", &path("pinned")], "1234\n");
    assert_eq!(pinned.code, Some(0), "{}", pinned.stderr);
    let key = format!("tpm:{}", path("pinned/key.tss2.pem"));
    let refused = run(&["policy", "sign", policy, "--key", &key, "-o", &path("never.json")], "");
    assert!(refused.stderr.contains("the key needs a PIN"), "{}", refused.stderr);
    assert!(refused.code != Some(0) && !place.path().join("never.json").exists());
}
