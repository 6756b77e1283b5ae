//! Every value of `explain_v1.json`, which was made with nothing but a hash
//! function, must stand in our own explanation of that bundle.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use limescope::policy::evidence::{Candidate, Examination, Judge, StepResult, report};
use serde_json::{Value, json};

use crate::vectors::demand_of;
use crate::{at, file, json, root};

const BUNDLE: &str = "positive/rfc8785-0.1.2.whl.v02.hashedrekord.sigstore.json";

/// The vector of the bundle and its explanation.
fn explained() -> (Value, Examination, limescope::policy::evidence::Report) {
    let index = json("sigstore/INDEX.json");
    let vector =
        index["vectors"].as_array().unwrap().iter().find(|vector| vector["bundle"] == BUNDLE).unwrap();
    let bytes = file(&format!("sigstore/{BUNDLE}"));
    let root = root("prod");
    let judge = Judge::new(&root, at());
    let demand = demand_of(vector);
    let candidates = [Candidate { name: BUNDLE, bytes: Ok(&bytes) }];
    let (outcome, mut examinations) = judge.explain(&demand, &candidates);
    let report = report(&judge, &outcome, &examinations, &["/usr/lib/rfc8785.whl".to_owned()]);
    (vector.clone(), examinations.remove(0), report)
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn every_field_of_the_explained_proof_is_reproduced() {
    let wanted = json("sigstore/explain_v1.json");
    let (vector, examination, _) = explained();
    let value = |step: &str, fact: &str| -> Value {
        let found = examination.steps.iter().find(|other| other.code == step).unwrap();
        found.value(fact).unwrap_or_else(|| panic!("{step} has no {fact}")).clone()
    };
    let holds = |step: &str| {
        examination.steps.iter().any(|other| other.code == step && other.result == StepResult::Holds)
    };
    let mut left: Vec<_> = wanted.as_object().unwrap().keys().cloned().collect();
    let mut same = |field: &str, ours: Value| {
        assert_eq!(wanted[field], ours, "{field}");
        left.retain(|other| other != field);
    };
    same("canonicalizedBody", value("entry", "body"));
    same("leaf_hash = SHA256(0x00||body)", value("inclusion", "leaf_hash"));
    same("proof_index(in shard)", value("inclusion", "index"));
    same("global_logIndex(entry)", value("inclusion", "log_index"));
    same("tree_size", value("inclusion", "tree_size"));
    same("path_len", value("inclusion", "path_length"));
    same("computed_root", value("inclusion", "computed_root"));
    same("proof.rootHash", value("inclusion", "proof_root"));
    same("checkpoint", value("checkpoint", "checkpoint"));
    same("log_id = SHA256(SPKI DER)", value("log", "log_id"));
    assert_eq!(value("log", "log_id_rule"), "SHA-256 of the log's public key (SPKI, DER)");
    same("checkpoint_sig_name", value("log", "signer"));
    same("checkpoint_key_hint(4 bytes)", value("log", "key_hint"));
    // The vector's words for “the log's key signed the text of the note, its last newline included”.
    assert!(holds("log") && value("log", "signed_text").as_str().unwrap().ends_with("baRO+E4=\n"));
    same("checkpoint_signature", wanted["checkpoint_signature"].clone());
    // The vector cuts the promised text; ours is whole.
    let promised = wanted["SET_payload(JCS)"].as_str().unwrap().strip_suffix("...").unwrap();
    let ours = value("promise", "promised_text");
    assert!(ours.as_str().unwrap().starts_with(promised));
    let parsed: Value = serde_json::from_str(ours.as_str().unwrap()).unwrap();
    assert_eq!(parsed["logIndex"], 79_605_083);
    let body: Value =
        serde_json::from_slice(&STANDARD.decode(parsed["body"].as_str().unwrap()).unwrap()).unwrap();
    assert_eq!(body, wanted["canonicalizedBody"]);
    same("SET_payload(JCS)", wanted["SET_payload(JCS)"].clone());
    assert!(holds("promise"));
    same("SET", json!("ok"));
    assert_eq!(time(&wanted["integratedTime"]), time(&value("promise", "integrated_time")));
    assert_eq!(value("time", "times"), json!([value("promise", "integrated_time")]));
    same("integratedTime", wanted["integratedTime"].clone());
    let valid = value("certificate", "valid");
    assert_eq!(
        [time(&wanted["cert_validity"][0]), time(&wanted["cert_validity"][1])],
        [time(&valid[0]), time(&valid[1])]
    );
    same("cert_validity", wanted["cert_validity"].clone());
    same("SAN", value("certificate", "subjects"));
    same("fulcio_extensions", value("certificate", "fulcio_extensions"));
    same("issuer", value("certificate", "authority"));
    assert!(holds("signature") && holds("digest"));
    assert_eq!(value("digest", "demanded"), vector["digest"]);
    same(
        "artifact_signature",
        json!(format!("ok over prehashed {}", &vector["digest"].as_str().unwrap()[7..])),
    );
    assert!(holds("body"));
    assert_eq!(value("body", "bundle_signature"), value("body", "logged_signature"));
    assert_eq!(value("body", "logged_verifier_sha256"), value("certificate", "sha256"));
    same("body_binds", wanted["body_binds"].clone());
    // The vector leaves chain and SCT out; here the library verified both.
    assert!(holds("certificate") && holds("library"));
    same("NOT done here", wanted["NOT done here"].clone());
    assert!(left.is_empty(), "not reproduced: {left:?}");
}

#[test]
fn each_fold_can_be_followed_with_a_hash_function() {
    let (_, examination, _) = explained();
    let step = examination.steps.iter().find(|step| step.code == "inclusion").unwrap();
    let bytes = |value: &Value| -> Vec<u8> {
        let text = value.as_str().unwrap();
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let mut hash = bytes(step.value("leaf_hash").unwrap());
    for fold in step.value("folds").unwrap().as_array().unwrap() {
        let sibling = bytes(&fold["sibling"]);
        let joined = match fold["sibling_stands"].as_str().unwrap() {
            "left" => [&[1], sibling.as_slice(), &hash].concat(),
            _ => [&[1], hash.as_slice(), &sibling].concat(),
        };
        hash = digest(&SHA256, &joined).as_ref().to_vec();
        assert_eq!(hash, bytes(&fold["hash"]));
    }
    assert_eq!(hash, bytes(step.value("proof_root").unwrap()));
}

#[test]
fn the_report_says_the_same_and_has_its_own_hash() {
    let (vector, examination, report) = explained();
    let hash: String =
        digest(&SHA256, report.text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(report.sha256, hash);
    assert!(report.text.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)));
    let value: Value = serde_json::from_str(&report.text).unwrap();
    assert_eq!(value["status"], "passed");
    assert_eq!(value["paths"], json!(["/usr/lib/rfc8785.whl"]));
    assert_eq!(value["judged_at"], "2026-11-22T00:00:00Z");
    assert_eq!(value["bundle"]["sha256"], vector["bundle_sha256"]);
    let steps = value["bundles"][0]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), examination.steps.len());
    for (written, step) in steps.iter().zip(&examination.steps) {
        assert_eq!(
            (written["step"].as_str(), written["said"].as_str()),
            (Some(step.code), Some(&*step.said))
        );
        for fact in &step.facts {
            assert_eq!(written["values"][fact.name], fact.value, "{} {}", step.code, fact.name);
        }
    }
    // The same again gives the same report.
    assert_eq!(report, explained().2);
}
