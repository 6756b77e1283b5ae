//! `digest_metadata` carried out with real Sigstore data: verdicts, every
//! value of one proof, the rules between checks and bundles, and mutations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod explanation;
mod folder;
mod index;
mod instance;
#[path = "../../benches/performance/evidence/instance.rs"]
#[allow(dead_code, reason = "the benchmark writes it to disk")]
mod made;
mod mutations;
mod others;
mod rules;
mod vectors;

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use limescope::policy::evidence::{Candidate, Demand, Judge, Outcome, TrustedRoot};
use serde_json::Value;

/// A file of the vectors.
pub fn file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A JSON file of the vectors.
pub fn json(name: &str) -> Value {
    serde_json::from_slice(&file(name)).unwrap()
}

/// A trusted root of the vectors: `prod`, `staging` or `github`.
pub fn root(name: &str) -> TrustedRoot {
    TrustedRoot::read(&file(&format!("sigstore/roots/trusted_root.{name}.json"))).unwrap()
}

/// The time that the tests judge at.
pub fn at() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

/// A demand of a digest.
pub fn demand(digest: &str, checks: &[(&str, Value)]) -> Demand {
    let checks = checks.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Demand { digest: digest.to_owned(), checks }
}

/// Judges a demand with one bundle.
pub fn judged(root: &TrustedRoot, demand: &Demand, bundle: &[u8]) -> Outcome {
    let candidates = [Candidate { name: "bundle.sigstore.json", bytes: Ok(bundle) }];
    Judge::new(root, at()).judge(demand, &candidates)
}

/// The words of the statuses, in the order of the checks.
pub fn words(outcome: &Outcome) -> Vec<&'static str> {
    outcome.checks.iter().map(|check| check.status.word()).collect()
}
