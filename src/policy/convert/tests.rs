use std::path::Path;

use serde_json::{Value, json};

use super::{Conversion, Origin, convert};
use crate::policy::Severity;
use crate::policy::json::Limits;
use crate::policy::verifier::{Upload, predict};

const NOW: &str = "2026-11-22 05:00:00";

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(name)).unwrap()
}

fn made(text: &[u8]) -> (Conversion, Value) {
    let made = convert(text, NOW, &Limits::default()).unwrap();
    let value = serde_json::from_slice(&made.text).unwrap();
    let accepted = predict(&Upload { text: &made.text, key: None, known: None });
    assert!(accepted.default.is_accepted(), "{}: {}", accepted.reason(), String::from_utf8_lossy(&made.text));
    (made, value)
}

fn codes(made: &Conversion) -> Vec<&'static str> {
    let mut codes: Vec<_> = made.changes.iter().map(|change| change.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn has_errors(made: &Conversion) -> bool {
    made.changes.iter().any(|change| change.severity == Severity::Error)
}

#[test]
fn flat_allow_lists_become_what_the_real_converter_makes() {
    let (list, value) = made(&vector("legacy/flat-allowlist.txt"));
    assert_eq!((list.from, has_errors(&list)), (Origin::Flat, false));
    assert_eq!(
        value["digests"]["/root/hello.txt"],
        json!([
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "87298cc2f31fba73181ea2a9e6ef10dce21ed95e98bdac9c4e1504ea16f486e4"
        ])
    );
    assert_eq!(value["meta"], json!({"version": 1, "generator": 3, "timestamp": NOW}));
    let (_, value) = made(&vector("legacy/flat-keyring.txt"));
    assert_eq!(value["keyrings"].as_object().unwrap().len(), 1);
    let (list, value) = made(&vector("legacy/flat-comment.txt"));
    // Upstream makes a digest of the comment, and its policy is invalid.
    assert!(has_errors(&list));
    assert_eq!(value["digests"].as_object().unwrap().len(), 1);
    let text = format!("alone\nSHA256:{}  /x y\u{85}{} /x y\r\n", "AB".repeat(32), "c".repeat(40));
    let (list, value) = made(text.as_bytes());
    assert_eq!(codes(&list), ["convert-digest-corrected", "convert-line-skipped", "convert-meta"]);
    assert_eq!(value["digests"]["/x y"], json!(["ab".repeat(32), "c".repeat(40)]));
}

#[test]
fn json_allow_lists_are_completed() {
    for name in ["legacy/json-allowlist.json", "legacy/json-allowlist-full.json"] {
        let (list, value) = made(&vector(name));
        let before: Value = serde_json::from_slice(&vector(name)).unwrap();
        assert_eq!((list.from, has_errors(&list)), (Origin::JsonAllowlist, false));
        assert_eq!(value["digests"], before["hashes"]);
        assert_eq!(value["keyrings"], before["keyrings"]);
        assert_eq!(
            value["ima"],
            json!({"ignored_keyrings": ["*"], "log_hash_alg": "sha1", "dm_policy": null})
        );
        assert!(value.get("hashes").is_none());
    }
}

#[test]
fn digest_metadata_is_never_dropped() {
    let old = vector("legacy/small-dm-v0.json");
    let (policy, value) = made(&old);
    let before: Value = serde_json::from_slice(&old).unwrap();
    assert_eq!((policy.from, codes(&policy)), (Origin::OldVersion, vec!["convert-meta"]));
    assert_eq!(value["meta"], json!({"version": 1, "generator": 2, "timestamp": NOW}));
    for (name, member) in before.as_object().unwrap() {
        if name != "meta" {
            assert_eq!(&value[name], member, "{name}");
        }
    }
    let raw = br#"{"hashes":{"/a":["1111111111111111111111111111111111111111"]},"digest_metadata":{ "x" : 1.0e5 },"mine":[1 ]}"#;
    let (list, _) = made(raw);
    let text = String::from_utf8(list.text).unwrap();
    assert!(
        text.contains(r#""digest_metadata": { "x" : 1.0e5 }"#) && text.contains(r#""mine": [1 ]"#),
        "{text}"
    );
}

#[test]
fn what_needs_no_conversion_stays_as_it_is() {
    for name in ["policy/small-dm.json", "policy/small-dm.pretty.json", "policy/rootfs-sha1.json"] {
        let (policy, _) = made(&vector(name));
        assert_eq!((policy.from, &policy.text), (Origin::Policy, &vector(name)));
        assert!(policy.changes.is_empty());
    }
}

#[test]
fn the_shape_of_the_enhancement_becomes_shippable() {
    let digest = "a".repeat(64);
    let text = json!({
        "signatures": [{"keyid": "x", "keytype": "ecdsa", "sig": "y"}],
        "signed": {
            "meta": {"version": 0}, "release": "6.5.0", "digests": {"/root/hello.txt": [digest]}, "excludes": [],
            "digest_metadata": {digest.clone(): {"transparency_log_inclusion_proof": true}},
            "keyrings": {".ima": digest}, "ima": {"ignored_keyrings": [], "log_hash_alg": "xxx"}, "ima-buf": {},
            "verification-keys": []
        }
    });
    let (policy, value) = made(text.to_string().as_bytes());
    assert_eq!(policy.from, Origin::SignedBody);
    assert_eq!(
        codes(&policy),
        ["convert-added", "convert-meta", "convert-replaced", "convert-signature-lost"]
    );
    assert!(!has_errors(&policy));
    assert_eq!(value["release"], 6);
    assert_eq!(value["keyrings"], json!({".ima": [digest]}));
    assert_eq!(value["ima"]["log_hash_alg"], "sha1");
    assert_eq!(value["verification-keys"], "");
    assert_eq!(value["digest_metadata"], text["signed"]["digest_metadata"]);
    let (policy, value) =
        made(br#"{"digests": {}, "verification-keys": ["QUFB"], "ima": {"dm_policy": {}}}"#);
    assert_eq!(value["verification-keys"], r#"{"pubkeys": ["QUFB"], "keyids": []}"#);
    assert!(codes(&policy).contains(&"convert-lost"));
}

#[test]
fn what_is_no_policy_is_refused_with_a_reason() {
    let refused = |text: &[u8]| convert(text, NOW, &Limits::default()).unwrap_err().code;
    assert_eq!(refused(&vector("dsse/small.ecdsa-p256.json")), "convert-envelope");
    assert_eq!(refused(b"{\"a\": 1}"), "convert-no-policy");
    assert_eq!(refused(b"[1]"), "convert-no-policy");
    assert_eq!(refused(b"{\"digests\": {}, \"digests\": {}}"), "duplicate-key");
    assert_eq!(refused(&vector("negative/m11-seed-trailing-commas.json")), "trailing-comma");
    assert_eq!(refused(b""), "truncated");
    assert_eq!(refused(b"\xff\xff a"), "not-utf8");
    for text in [
        "{\"digests\": [], \"excludes\": 3, \"ima\": 1, \"release\": {}, \"meta\": []}",
        "{\"hashes\": null}",
    ] {
        let (policy, _) = made(text.as_bytes());
        assert!(has_errors(&policy), "{text}");
    }
}
