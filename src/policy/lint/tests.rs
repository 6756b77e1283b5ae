use std::ops::ControlFlow;
use std::path::Path;

use serde_json::{Value, json};

use super::{Options, codes, excludes, lint};
use crate::policy::document::{Reading, read};
use crate::policy::json::Limits;
use crate::policy::{Finding, Severity};

fn reading(text: Vec<u8>) -> Reading {
    read(text.into(), &Limits::default(), &mut |_| ControlFlow::Continue(()))
}

fn linted(text: Vec<u8>, options: &Options) -> Vec<Finding> {
    let policy = reading(text).policy.unwrap();
    lint(&policy, &excludes(&policy), options)
}

fn found(policy: &Value) -> Vec<&'static str> {
    let mut found: Vec<_> =
        linted(policy.to_string().into_bytes(), &Options::default()).iter().map(|one| one.code).collect();
    found.sort_unstable();
    found.dedup();
    found
}

const DIGEST: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn clean() -> Value {
    json!({
        "meta": {"version": 1, "generator": 3}, "release": 0,
        "digests": {"boot_aggregate": [DIGEST], "/usr/bin/ls": [DIGEST]},
        "excludes": ["/tmp/x$"], "keyrings": {".ima": [DIGEST]},
        "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null},
        "ima-buf": {}, "verification-keys": ""
    })
}

#[test]
fn a_clean_policy_has_no_findings() {
    assert_eq!(found(&clean()), [""; 0]);
}

#[test]
fn each_rule_is_found() {
    let with = |pointer: &str, value: Value| {
        let mut policy = clean();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let name = name.replace("~1", "/");
        policy.pointer_mut(parent).unwrap()[name] = value;
        found(&policy)
    };
    let digests = |path: &str| with(&format!("/digests/{}", path.replace('/', "~1")), json!([DIGEST]));
    assert_eq!(with("/meta/version", json!(0)), ["old-meta-version"]);
    assert_eq!(with("/meta/version", json!(2)), ["unknown-meta-version"]);
    assert_eq!(with("/meta/generator", json!(1)), ["generator-means-none"]);
    assert_eq!(with("/meta/generator", json!(2)), ["digest-metadata-lost"]);
    assert_eq!(with("/digest-metadata", json!({})), ["misspelt-member"]);
    assert_eq!(with("/exclude", json!([])), ["misspelt-member"]);
    assert_eq!(with("/something", json!([])), [""; 0]);
    assert_eq!(with("/digests", json!({})), ["no-digests"]);
    assert_eq!(with("/digests", json!({"/a": [DIGEST]})), ["boot-aggregate-missing"]);
    assert_eq!(with("/digests/~1a", json!(["a".repeat(41)])), ["digest-unusual-length"]);
    assert_eq!(with("/keyrings/k", json!(["a".repeat(56)])), ["digest-unusual-length"]);
    assert_eq!(with("/digests/~1a", json!(["a".repeat(40)])), ["digest-algorithms-mixed", "digest-sha1"]);
    assert_eq!(with("/digests/~1a", json!([DIGEST, DIGEST])), ["digest-repeated"]);
    assert_eq!(digests("etc/passwd"), ["path-not-absolute"]);
    assert_eq!(digests(""), ["path-not-absolute"]);
    assert_eq!(digests("/a//b"), ["path-not-normal"]);
    assert_eq!(digests("/a b"), ["path-with-space"]);
    assert_eq!(digests("/a\u{202e}b"), ["path-strange-characters"]);
    assert_eq!(digests("/Főtanúsítvány"), [""; 0]);
    assert_eq!(digests(&format!("/{}", "a".repeat(5000))), ["path-too-long"]);
    assert_eq!(digests("/bin/ls"), ["path-before-merge"]);
    assert_eq!(digests("%keyring:.ima"), ["keyring-prefix"]);
    assert_eq!(digests("/tmp/x"), ["dead-entry"]);
    assert_eq!(with("/ima/ignored_keyrings", json!(["*"])), ["keyring-ignored-all"]);
    assert_eq!(with("/ima/ignored_keyrings", json!([".ima"])), ["keyring-ignored-and-listed"]);
    assert_eq!(with("/ima/log_hash_alg", json!("sha256")), ["log-hash-algorithm"]);
    assert_eq!(with("/keyrings/%keyring:.ima", json!([DIGEST])), ["keyring-prefix"]);
    assert_eq!(with("/excludes", json!(["/tmp/.*", "/tmp/a$"])), ["exclude-shadowed", "excludes-unanchored"]);
    assert_eq!(with("/excludes", json!(["/tmp/a$", "/tmp/a.b$"])), [""; 0]);
    assert_eq!(with("/verification-keys", json!("{}")), ["verification-keys-invalid"]);
    assert_eq!(with("/verification-keys", json!("nonsense")), ["verification-keys-invalid"]);
    let keys = |keys: Value, ids: Value| {
        with("/verification-keys", json!(json!({"pubkeys": keys, "keyids": ids}).to_string()))
    };
    const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExRRST79+PsrRBnGAI4cMu6Omz2JhfwlMW+gIutNKVRaMyS4rQKvgngc5p8UbLj55pVHhIoAxi/SRgURZI0J3Xw==";
    assert_eq!(keys(json!([KEY]), json!([])), [""; 0]);
    assert_eq!(keys(json!([KEY]), json!([7])), ["verification-key-id"]);
    assert_eq!(keys(json!([KEY, KEY]), json!([])), ["verification-key-repeated"]);
    assert_eq!(keys(json!(["?"]), json!([])), ["verification-key-unreadable"]);
    assert_eq!(keys(json!(["QUFB"]), json!([])), ["verification-key-unreadable"]);
    assert_eq!(keys(json!(["QUFB"]), json!(["a"])), ["verification-keys-invalid"]);
    let ed25519 = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    assert_eq!(keys(json!([ed25519]), json!([])), ["verification-key-unsupported"]);
}

#[test]
fn metadata_whose_paths_are_all_excluded_is_found() {
    let mut policy = clean();
    let other = "a".repeat(64);
    policy["digests"]["/tmp/x"] = json!([other]);
    policy["digest_metadata"] = json!({other.clone(): {"transparency_log_inclusion_proof": true}});
    assert_eq!(found(&policy), ["dead-entry", "metadata-all-paths-excluded"]);
    policy["digests"]["/usr/x"] = json!([other]);
    assert_eq!(found(&policy), ["dead-entry"]);
}

#[test]
fn an_ended_budget_and_a_large_upload_are_said() {
    let options = Options { exclude_budget: 1, upload_bytes: Some(80_000_000) };
    let found: Vec<_> =
        linted(clean().to_string().into_bytes(), &options).iter().map(|one| one.code).collect();
    assert_eq!(found, ["too-large-to-upload", "exclude-budget-ended"]);
}

#[test]
fn a_finding_points_at_its_place() {
    let text = clean().to_string().replace("\"version\":1", "\"version\":0");
    let found = linted(text.clone().into_bytes(), &Options::default());
    assert_eq!(found[0].offset.map(|place| &text[place..=place]), Some("0"));
    let text = clean().to_string().replace("/tmp/x$", "(");
    let found = linted(text.clone().into_bytes(), &Options::default());
    assert_eq!((found[0].code, found[0].severity), ("exclude-invalid", Severity::Error));
    assert!(text[found[0].offset.unwrap()..].starts_with("\"(\""));
}

#[test]
fn the_vectors_have_their_verdicts_and_warnings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies");
    let index: Value = serde_json::from_slice(&std::fs::read(folder.join("INDEX.json")).unwrap()).unwrap();
    let mut checked = 0;
    for vector in index["vectors"].as_array().unwrap().iter().filter(|vector| vector["format"] == "policy") {
        let text = std::fs::read(folder.join(vector["file"].as_str().unwrap())).unwrap();
        let reading = reading(text);
        let mut findings = reading.findings;
        if let Some(policy) = &reading.policy {
            findings.extend(lint(policy, &excludes(policy), &Options::default()));
        }
        let is_valid = findings.iter().all(|one| one.severity != Severity::Error);
        assert_eq!(is_valid, vector["expected"]["policy"] == "valid", "{}: {findings:#?}", vector["id"]);
        for warning in vector["expected"]["warnings"].as_array().unwrap() {
            let is_there =
                findings.iter().any(|one| one.code == warning && one.severity == Severity::Warning);
            assert!(is_there, "{}: {warning} is missing in {findings:#?}", vector["id"]);
        }
        checked += 1;
    }
    assert!(checked > 30, "only {checked}");
}

#[test]
fn every_code_stands_in_the_table_once() {
    let mut names: Vec<_> = codes().map(|code| code.0).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(codes().all(|(_, _, meaning)| !meaning.ends_with('.')));
}
