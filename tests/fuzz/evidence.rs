//! The reader of bundles and trusted roots, and all that is said of them.

use jiff::Timestamp;
use limescope::policy::evidence::{
    Candidate, Demand, Digest, EvidenceIndex, IDENTITY, INCLUSION, Judge, Status, TrustedRoot, report,
};
use serde_json::json;

use super::mutate::{rounds, run};

fn file(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/sigstore").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// What breaks readers of bundles: structure, numbers, encodings.
const PIECES: [&str; 20] = [
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    "null",
    "\\n",
    "\\n\\n",
    "\u{2014} x AAAAAAAA\\n",
    "-1",
    "18446744073709551615",
    "9223372036854775808",
    "==",
    "AAAA",
    "0.3",
    "\"logIndex\":\"1\",",
    "\\u0000",
    "\\ud800",
    "intoto",
];

#[test]
fn bundles_are_judged_without_a_panic() {
    let names = [
        "positive/rfc8785-0.1.2.whl.v02.hashedrekord.sigstore.json",
        "positive/cosign-blob.v03.hashedrekord-tsa.sigstore.json",
        "positive/conda.v03.rekor-v2.staging.sigstore.json",
        "positive/managed-key.v03.sigstore.json",
        "positive/npm-sigstore-2.0.0.v01.intoto.sha512.sigstore.json",
        "negative/github-release-attestation.no-tlog.sigstore.json",
        "negative/dsse-2sigs.sigstore.json",
    ];
    let corpus: Vec<_> = names.iter().map(|name| file(name)).collect();
    let root = TrustedRoot::read(file("roots/trusted_root.prod.json").as_bytes()).unwrap();
    let judge = Judge::new(&root, Timestamp::from_second(1_795_300_000).unwrap());
    // A digest that no bundle of the corpus is about: nothing may ever pass.
    let demand = Demand {
        digest: "5a".repeat(32),
        checks: vec![
            (INCLUSION.to_owned(), json!(true)),
            (IDENTITY.to_owned(), json!({"issuer": "https://a.example", "subject": "b"})),
        ],
    };
    run(&corpus, &PIECES, rounds(400), |text| {
        let mut index = EvidenceIndex::new();
        index.add("a.sigstore.json", Ok(text.as_bytes()));
        let _ = index.bundles(&Digest::read(&demand.digest).unwrap());
        let candidates = [Candidate { name: "a.sigstore.json", bytes: Ok(text.as_bytes()) }];
        let (outcome, examinations) = judge.explain(&demand, &candidates);
        assert!(outcome.checks.iter().all(|check| check.status != Status::Passed));
        let report = report(&judge, &outcome, &examinations, &[]);
        assert!(serde_json::from_str::<serde_json::Value>(&report.text).is_ok());
        for step in examinations.iter().flat_map(|examination| &examination.steps) {
            assert!(step.said.chars().all(|character| !character.is_control()), "{}", step.said);
            step.facts.iter().for_each(|fact| assert!(fact.shown(80).as_str().chars().count() <= 104));
        }
    });
}

#[test]
fn trusted_roots_are_read_without_a_panic() {
    let corpus: Vec<_> = ["prod", "staging", "github"]
        .iter()
        .map(|name| file(&format!("roots/trusted_root.{name}.json")))
        .collect();
    run(&corpus, &PIECES, rounds(300), |text| {
        if let Err(error) = TrustedRoot::read(text.as_bytes()) {
            assert!(error.to_string().chars().all(|character| !character.is_control()));
        }
    });
}
