//! Every text of the index gets the verdicts that are expected of it.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use limescope::policy::envelope::SignedBytes;
use limescope::policy::examination::json::Report;
use limescope::policy::examination::{Examination, Options, examine};
use limescope::policy::signature::{Fingerprint, Material, material};
use limescope::policy::trust::{Anchor, Pin, Source, Trust};
use serde_json::Value;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies")
}

pub fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The time at which all of them are judged.
pub const AT: &str = "2026-11-22T00:00:00Z";

/// Keys of this file, as `--key` and `--cert` give them.
pub fn given(file: &str) -> Trust {
    match material::read(&read(file)) {
        Ok(material) => Trust::given(material),
        Err(error) => {
            let mut trust = Trust::none();
            trust.give_unusable(error.code(), error.to_string());
            trust
        }
    }
}

fn trust_of(vector: &Value) -> Trust {
    let trust = &vector["trust"];
    if let Some(key) = trust["public_key"].as_str() {
        return given(key);
    }
    let Some(file) = trust["certificate"].as_str() else { return Trust::none() };
    let [Material::Certificate(certificate)] = &material::read(&read(file)).unwrap()[..] else {
        panic!("{file}")
    };
    match trust["certificate_sha256"].as_str().map(|sum| Fingerprint::parse(sum).unwrap()) {
        // One vector pins another certificate than the one beside it.
        Some(sum) if sum != certificate.fingerprint() => {
            let mut trust = Trust::none();
            trust.anchors.push(Anchor {
                pin: Pin::CertificateFingerprint(sum),
                label: None,
                source: Source::Given,
                in_scope: true,
                valid_from: None,
                valid_until: None,
                scheme: None,
            });
            trust
        }
        _ => given(file),
    }
}

pub fn examined(file: Vec<u8>, trust: &Trust, options: &Options<'_>) -> Examination {
    examine(file, trust, options, &mut |_step| ControlFlow::Continue(()))
}

pub fn options() -> Options<'static> {
    Options::at(AT.parse().unwrap())
}

/// Everything of a vector that differs from what is expected.
fn differences(vector: &Value) -> Vec<String> {
    let id = vector["id"].as_str().unwrap();
    let signature = vector["trust"]["signature_file"].as_str().map(read);
    let mode = vector["trust"]["mode"].as_str().unwrap_or("canonical");
    let options = Options {
        at: vector["trust"]["verify_time"].as_str().unwrap_or(AT).parse().unwrap(),
        signed_bytes: SignedBytes::parse(mode).unwrap(),
        detached: signature.as_deref(),
        ..options()
    };
    let file = vector["file"].as_str().unwrap();
    let examination = examined(read(file), &trust_of(vector), &options);
    let report = serde_json::to_value(Report::of(file, &examination, 100)).unwrap();
    let mut wrong = Vec::new();
    let expected = &vector["expected"];
    for part in ["signature", "policy"] {
        if report[part] != expected[part] {
            wrong.push(format!("{id}: {part} is {}, expected {}: {report:#}", report[part], expected[part]));
        }
    }
    let format = vector["format"].as_str().unwrap();
    let format = if format == "legacy-policy" { "policy" } else { format };
    if report["format"] != format {
        wrong.push(format!("{id}: format is {}, expected {format}", report["format"]));
    }
    for code in expected["warnings"].as_array().unwrap() {
        if !report["warnings"].as_array().unwrap().contains(code) {
            wrong.push(format!("{id}: the warning {code} is missing in {}", report["warnings"]));
        }
    }
    for code in vector["errors"].as_array().into_iter().flatten() {
        if !report["errors"].as_array().unwrap().iter().any(|error| error["code"] == *code) {
            wrong.push(format!("{id}: the error {code} is missing in {}", report["errors"]));
        }
    }
    if report["sha256"] != vector["sha256"] {
        wrong.push(format!("{id}: sha256 is {}", report["sha256"]));
    }
    let tool = &vector["real_tool"];
    let schema = tool["verifier.schema(runtime_policy_db_contents)"].as_str();
    for (ours, theirs) in [
        ("default", "verifier.default(no sig check)"),
        ("signatures_required", "verifier.require_signatures"),
    ] {
        let Some(theirs) = tool[theirs].as_str() else { continue };
        let accepts = theirs == "ok" && schema == Some("ok");
        // Where the recorded run had no key although the vector names one, nothing can be compared.
        let no_key = theirs.contains("no key was given") && !vector["trust"].is_null();
        let word = if accepts { "accepts" } else { "rejects" };
        if !no_key && report["verifier"][ours] != word {
            wrong
                .push(format!("{id}: {ours}: {} but the real verifier {word}: {theirs}", report["verifier"]));
        }
    }
    let bad = report["signature"] != "valid" || report["policy"] != "valid";
    if examination.is_good() == bad {
        wrong.push(format!("{id}: is_good is wrong"));
    }
    if report["policy"] == "not-evaluated" && examination.document.is_some() {
        wrong.push(format!("{id}: a policy is shown that was not evaluated"));
    }
    wrong
}

#[test]
fn every_vector_gets_its_verdicts_and_warnings() {
    let index: Value = serde_json::from_slice(&read("INDEX.json")).unwrap();
    let vectors: Vec<_> =
        index["vectors"].as_array().unwrap().iter().filter(|vector| vector["file"].is_string()).collect();
    assert!(vectors.len() >= 126, "{}", vectors.len());
    let wrong: Vec<String> = vectors.into_iter().flat_map(differences).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
