//! `limescope policy`: every text of the index through the command line, the
//! trust store, and what is signed.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::command::{Finished, Place};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/");

fn file(name: &str) -> String {
    let path = format!("{FOLDER}{name}");
    assert!(Path::new(&path).exists(), "{path} is missing");
    path
}

fn json(run: &Finished) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", run.stdout, run.stderr))
}

/// The arguments that a vector's trust means; `None` where it is a pin of
/// something that no file has.
fn arguments(vector: &Value) -> Option<Vec<String>> {
    let trust = &vector["trust"];
    let at = trust["verify_time"].as_str().unwrap_or("2026-11-22T00:00:00Z");
    let mut arguments: Vec<String> =
        ["policy", "verify", "--format", "json", "--at", at].iter().map(ToString::to_string).collect();
    arguments.push(file(vector["file"].as_str().unwrap()));
    let mut add = |option: &str, value: &str| arguments.extend([option.to_owned(), value.to_owned()]);
    match (trust["public_key"].as_str(), trust["certificate"].as_str()) {
        (Some(key), _) => add("--key", &file(key)),
        (None, Some(_))
            if trust["certificate_sha256"].as_str().is_some_and(|sum| sum.starts_with("00000")) =>
        {
            return None;
        }
        (None, Some(certificate)) => add("--cert", &file(certificate)),
        (None, None) => {}
    }
    if let Some(signature) = trust["signature_file"].as_str() {
        add("--signature", &file(signature));
    }
    if let Some(mode) = trust["mode"].as_str() {
        add("--signed-bytes", mode);
    }
    Some(arguments)
}

#[test]
fn every_vector_gets_its_verdicts_on_the_command_line() {
    let place = Place::new();
    let index: Value = serde_json::from_slice(&fs::read(file("INDEX.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for vector in index["vectors"].as_array().unwrap().iter().filter(|vector| vector["file"].is_string()) {
        let Some(arguments) = arguments(vector) else { continue };
        tried += 1;
        let run = place.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let answer = json(&run);
        let expected = &vector["expected"];
        let good = expected["signature"] == "valid" && expected["policy"] == "valid";
        let warned = expected["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|code| answer["warnings"].as_array().unwrap().contains(code));
        if answer["signature"] != expected["signature"]
            || answer["policy"] != expected["policy"]
            || !warned
            || run.code != Some(i32::from(!good))
        {
            wrong.push(format!("{}: {:?} {answer:#}", vector["id"], run.code));
        }
    }
    assert!(tried > 120, "{tried}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn keys_are_pinned_used_and_removed() {
    let place = Place::new();
    let policy = file("dsse/small-dm.ecdsa-p256.json");
    let key = file("keys/ecdsa-p256.pub.pem");
    let verify = || json(&place.run(&["policy", "verify", "--format", "json", &policy]));
    assert_eq!(verify()["signature"], "untrusted");
    let add = ["policy", "trust", "add", &key, "--label", "release"];
    let run = place.run(&add);
    assert_eq!(run.code, Some(1), "nobody is there to be asked");
    assert!(run.stderr.contains("f7e67d8f") || run.stderr.contains("sha256 "), "{}", run.stderr);
    assert_eq!(verify()["signature"], "untrusted");
    let run = place.run(&[&add[..], &["--yes"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let answer = verify();
    assert_eq!(answer["signature"], "valid", "{answer:#}");
    assert_eq!(answer["signers"][0]["source"], "trust-store");
    assert_eq!(answer["signers"][0]["label"], "release");
    // What is given replaces the store.
    let other = file("keys/ecdsa-p256-wrong.pub.pem");
    let run = place.run(&["policy", "verify", "--format", "json", &policy, "--key", &other]);
    assert_eq!((json(&run)["signature"].as_str(), run.code), (Some("invalid"), Some(1)));
    let list = json(&place.run(&["policy", "trust", "list", "--format", "json"]));
    assert_eq!(list["trusted"][0]["label"], "release");
    assert_eq!(list["history"][0]["action"], "added");
    assert_eq!(place.run(&["policy", "trust", "remove", "nobody", "--yes"]).code, Some(2));
    assert_eq!(place.run(&["policy", "trust", "remove", "release", "--yes"]).code, Some(0));
    assert_eq!(verify()["signature"], "untrusted");
    let list = json(&place.run(&["policy", "trust", "list", "--format", "json"]));
    assert_eq!(
        (list["trusted"].as_array().unwrap().len(), list["history"].as_array().unwrap().len()),
        (0, 2)
    );
    // A key of one group is none for a file, and a weak one is none at all.
    let scoped = [&add[..], &["--yes", "--group", "prod"]].concat();
    assert_eq!(place.run(&scoped).code, Some(0));
    let answer = verify();
    assert_eq!(answer["signature"], "untrusted");
    assert!(answer["warnings"].as_array().unwrap().contains(&"trust-out-of-scope".into()), "{answer:#}");
    let weak = file("keys/ecdsa-p192.pub.pem");
    assert_eq!(place.run(&["policy", "trust", "add", &weak, "--label", "weak", "--yes"]).code, Some(2));
}

#[test]
fn a_certificate_in_a_policy_is_pinned_as_its_key() {
    let place = Place::new();
    let policy = file("dsse/small.x509.json");
    let add = ["policy", "trust", "add", &policy, "--label", "signer", "--pin", "key", "--yes"];
    let run = place.run(&add);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("comes from the policy itself"), "{}", run.stderr);
    let late = ["policy", "verify", "--format", "json", "--at", "2030-01-01", &policy];
    assert_eq!(json(&place.run(&late))["signature"], "valid", "the key outlives its certificate");
    assert_eq!(place.run(&["policy", "trust", "remove", "signer", "--yes"]).code, Some(0));
    let add = ["policy", "trust", "add", &policy, "--label", "signer", "--pin", "certificate", "--yes"];
    assert_eq!(place.run(&add).code, Some(0));
    let answer = json(&place.run(&late));
    assert_eq!(answer["signature"], "invalid");
    assert_eq!(answer["errors"][0]["code"], "certificate-expired");
}

#[test]
fn what_is_signed_verifies_and_standard_input_is_read() {
    let place = Place::new();
    let (policy, key) = (file("policy/small-dm.json"), file("keys/ecdsa-p256.key.pem"));
    let out = place.path().join("signed.json");
    let out = out.to_str().unwrap();
    let sign = ["policy", "sign", &policy, "--key", &key, "-o", out];
    let signing = place.run(&sign);
    assert_eq!(signing.code, Some(0));
    assert_eq!(place.run(&sign).code, Some(2), "the file is there already");
    let public = file("keys/ecdsa-p256.pub.pem");
    let verify = ["policy", "verify", "-", "--key", &public];
    let run = place.run_with(&verify, &fs::read(out).unwrap(), &[]);
    assert_eq!(run.code, Some(0), "{} {}", run.stdout, run.stderr);
    assert!(run.stdout.contains("signature  valid"), "{}", run.stdout);
    // The key is named as the other commands name it.
    let answer = json(&place.run(&["policy", "verify", out, "--key", &public, "--format", "json"]));
    let id = answer["signers"][0]["key_id"].as_str().unwrap();
    assert!(signing.stderr.contains(&format!("key id {id}")), "{}", signing.stderr);
    let demanding =
        ["policy", "verify", out, "--key", &public, "--require-metadata", "--metadata-limit", "0"];
    assert_eq!(place.run(&demanding).code, Some(1), "no check has any evidence");
    // Texts that are no JSON, and files that are not there.
    let run = place.run_with(&["policy", "verify", "-", "--format", "json"], b"{\"meta\": \xff", &[]);
    assert_eq!((json(&run)["policy"].as_str(), run.code), (Some("invalid"), Some(1)));
    assert_eq!(place.run(&["policy", "inspect", &policy]).code, Some(0));
    assert_eq!(place.run(&["policy", "verify", "nowhere.json"]).code, Some(2));
    assert_eq!(place.run(&["policy", "verify", &policy, "--key", &key]).code, Some(2), "a private key");
    let broken = ["policy", "sign", &file("negative/p10-release-float.json"), "--key", &key, "-o", "-"];
    assert_eq!(place.run(&broken).code, Some(1));
}
