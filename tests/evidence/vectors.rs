//! Every verdict of `sigstore/INDEX.json`, and the policy that plays story 1.

use std::ops::ControlFlow;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use limescope::policy::document;
use limescope::policy::evidence::{
    Candidate, Demand, Digest, EvidenceIndex, IDENTITY, INCLUSION, Judge, PUBLIC_KEY, Status,
    without_evidence,
};
use limescope::policy::json::Limits;
use serde_json::{Value, json};

use crate::{at, demand, file, json, root};

/// The trusted root that a vector names.
pub fn root_name(vector: &Value) -> &str {
    let name = vector["trusted_root"].as_str().unwrap();
    name.strip_prefix("roots/trusted_root.").unwrap().strip_suffix(".json").unwrap()
}

/// The digest of a vector, which may be given as a file.
pub fn digest_of(vector: &Value) -> String {
    let given = vector["digest"].as_str().unwrap();
    match given.split_once(':') {
        Some((_, digits)) => digits.to_owned(),
        None => {
            let hash = digest(&SHA256, &file(&format!("sigstore/{given}")));
            hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
        }
    }
}

/// What a policy demands that wants what a vector says.
pub fn demand_of(vector: &Value) -> Demand {
    let mut checks = vec![(INCLUSION, json!(true))];
    if let (Some(subject), Some(issuer)) = (vector["identity"].as_str(), vector["issuer"].as_str()) {
        checks.push((IDENTITY, json!({ "subject": subject, "issuer": issuer })));
    }
    if let Some(key) = vector["public_key"].as_str() {
        let pem = String::from_utf8(file(&format!("sigstore/{key}"))).unwrap();
        let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        checks.push((PUBLIC_KEY, json!(base64)));
    }
    demand(&digest_of(vector), &checks)
}

#[test]
fn every_vector_has_its_verdict() {
    let index = json("sigstore/INDEX.json");
    let vectors = index["vectors"].as_array().unwrap();
    assert_eq!(vectors.iter().filter(|vector| vector["expected"] == "verified").count(), 7);
    assert_eq!(vectors.len(), 16);
    for vector in vectors {
        let name = vector["bundle"].as_str().unwrap();
        let bytes = file(&format!("sigstore/{name}"));
        let root = root(root_name(vector));
        let demand = demand_of(vector);
        let judge = Judge::new(&root, at());
        let candidates = [Candidate { name, bytes: Ok(&bytes) }];
        let (outcome, examinations) = judge.explain(&demand, &candidates);
        let expected = if vector["expected"] == "verified" { Status::Passed } else { Status::Failed };
        assert_eq!(outcome.status(), Some(expected), "{name}: {outcome:#?} {:#?}", examinations[0].steps);
        assert_eq!(outcome.bundle.as_ref().unwrap().sha256.as_deref(), vector["bundle_sha256"].as_str());
        if expected == Status::Failed {
            assert!(outcome.checks.iter().any(|check| !check.reason.is_empty()));
        }
    }
}

/// What a policy demands.
pub fn demands(name: &str) -> Vec<Demand> {
    let text = Bytes::from(file(name));
    let reading = document::read(text, &Limits::default(), &mut |_| ControlFlow::Continue(()));
    let policy = reading.policy.unwrap();
    policy.metadata().entries().map(|entry| Demand::of(&policy, entry)).collect()
}

#[test]
fn story_one_is_played_with_real_proofs() {
    let names = [
        "positive/rfc8785-0.1.2.whl.v02.hashedrekord.sigstore.json",
        "positive/cosign-blob.v03.hashedrekord-tsa.sigstore.json",
        "positive/conda.v03.rekor-v2.staging.sigstore.json",
        "positive/managed-key.v03.sigstore.json",
    ];
    let bundles: Vec<_> = names.iter().map(|name| file(&format!("sigstore/{name}"))).collect();
    let mut index = EvidenceIndex::new();
    names.iter().zip(&bundles).for_each(|(name, bytes)| {
        index.add(name, Ok(bytes)).unwrap();
    });
    assert!(index.findings().is_empty(), "{:?}", index.findings());
    let root = root("prod");
    let judge = Judge::new(&root, at());
    let mut seen = Vec::new();
    for demand in demands("policy/small-dm.json") {
        let digest = Digest::read(&demand.digest).unwrap();
        let candidates: Vec<_> = index
            .bundles(&digest)
            .iter()
            .map(|id| Candidate { name: index.name(*id).unwrap(), bytes: Ok(&bundles[id.place()]) })
            .collect();
        let outcome = judge.judge(&demand, &candidates);
        seen.push((
            demand.digest[..8].to_owned(),
            outcome.status().map(Status::word),
            crate::words(&outcome),
        ));
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            // No evidence, and a check that nobody here knows.
            ("2cf24dba".to_owned(), Some("not-evaluated"), vec!["not-evaluated", "not-evaluated"]),
            // A bundle of the staging instance, and of somebody else.
            ("54303491".to_owned(), Some("failed"), vec!["failed", "failed"]),
            ("a0cfc712".to_owned(), Some("passed"), vec!["passed", "passed"]),
            ("c4e92e9e".to_owned(), Some("passed"), vec!["passed", "passed"]),
            ("e194b99d".to_owned(), Some("passed"), vec!["passed", "passed"]),
        ]
    );
}

#[test]
fn without_a_trusted_root_nothing_is_evaluated() {
    for demand in demands("policy/small-dm.json") {
        let outcome = without_evidence(&demand, "no trusted root was given");
        assert!(outcome.checks.iter().all(|check| check.status == Status::NotEvaluated));
        assert!(!outcome.is_satisfied());
    }
}

#[test]
fn a_trusted_root_says_what_it_is() {
    for (name, instance, logs) in [
        ("prod", "https://rekor.sigstore.dev", 2),
        ("staging", "https://rekor.sigstage.dev", 4),
        ("github", "fulcio.githubapp.com", 0),
    ] {
        let root = root(name);
        assert_eq!((root.instance().raw(), root.log_count()), (instance, logs));
        assert!(root.newest_key().unwrap() > "2025-01-01T00:00:00Z".parse().unwrap());
    }
    assert!(root("prod").sha256().starts_with("6494e21e"));
    let good = String::from_utf8(file("sigstore/roots/trusted_root.prod.json")).unwrap();
    let key = STANDARD.encode([1; 32]);
    for wrong in [
        String::new(),
        "{}".to_owned(),
        good.replacen('{', "{\"tlogs\":[],", 1),
        good.replace("vnd.dev.sigstore.trustedroot", "vnd.dev.sigstore.bundle"),
        good.replace("wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=", "AAAA"),
        good.replacen("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y", &key, 1),
    ] {
        assert!(limescope::policy::evidence::TrustedRoot::read(wrong.as_bytes()).is_err());
    }
}
