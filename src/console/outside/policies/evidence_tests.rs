//! Real Sigstore bundles, through the whole way from a wish to its news.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::tests::{done, means, opened, vector};
use super::{Means, Track, Workshop, work};
use crate::console::Message;
use crate::console::state::{
    EvidencePlace, Explanation, JudgedBatch, PolicyNews, PolicyWish, SharedEvidence, SharedPolicy,
};
use crate::policy::SignatureVerdict;
use crate::policy::document::metadata::Identity;
use crate::policy::evidence::{Status, StepResult};
use crate::policy::require::Requirement;
use crate::policy::signature::Fingerprint;

const WHEEL: &str = "c4e92e9ecc828bef2aa7dba1de8ac983511f7532a0df11c770d39099a25cf201";

fn place(root: &str) -> EvidencePlace {
    EvidencePlace {
        folder: vector("sigstore/positive"),
        root: Some(vector(&format!("sigstore/roots/{root}"))),
    }
}

async fn small(means: &Means) -> SharedPolicy {
    SharedPolicy(opened(&vector("policy/small-dm.json"), means).await.unwrap())
}

async fn judged(
    policy: &SharedPolicy,
    place: EvidencePlace,
    means: &Means,
) -> (JudgedBatch, Result<(), String>) {
    let policy = policy.clone();
    match done(PolicyWish::Judge { generation: 4, policy, place }, means).await {
        PolicyNews::Judged { generation: 4, batch, ended: Some(ended), .. } => (batch, ended),
        other => panic!("{other:?}"),
    }
}

async fn explained(
    policy: &SharedPolicy,
    evidence: &SharedEvidence,
    digest: &str,
    means: &Means,
) -> Explanation {
    let demand = policy.0.document.demand_of(digest).unwrap();
    let (policy, evidence) = (policy.clone(), evidence.clone());
    match done(PolicyWish::Examine { generation: 5, policy, demand, evidence }, means).await {
        PolicyNews::Examined { generation: 5, examined } => Arc::into_inner(examined.unwrap()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_story_of_the_enhancement_with_real_proofs() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let policy = small(&means).await;
    let (batch, ended) = judged(&policy, place("trusted_root.prod.json"), &means).await;
    assert_eq!(ended, Ok(()));
    let evidence = batch.evidence.unwrap();
    assert_eq!(evidence.0.instance, "https://rekor.sigstore.dev");
    assert!(evidence.0.root_sha256.starts_with("6494e21ea73f") && evidence.0.bundles >= 7);
    let document = &policy.0.document;
    let came: BTreeMap<_, _> = batch
        .verdicts
        .iter()
        .enumerate()
        .map(|(demand, verdict)| (document.demanded(demand).get(..8).unwrap().to_owned(), verdict))
        .collect();
    let of = |digest: &str| (came[digest].status, came[digest].has_evidence);
    assert_eq!(of("c4e92e9e"), (Some(Status::Passed), true), "the wheel");
    assert_eq!(of("e194b99d"), (Some(Status::Passed), true), "the blob");
    assert_eq!(of("54303491"), (Some(Status::Failed), true), "of another instance");
    assert_eq!(of("a0cfc712"), (Some(Status::Passed), true), "a managed key");
    assert_eq!(of("2cf24dba"), (Some(Status::NotEvaluated), false), "nobody knows this check");
    assert_eq!(&*came["2cf24dba"].checks[0].1, "not demanded");
    // Outcomes that are the same are held once.
    assert!(Arc::ptr_eq(&came["c4e92e9e"].checks, &came["e194b99d"].checks));
    // With the root of the other instance it is the other way round.
    let (batch, _) = judged(&policy, place("trusted_root.staging.json"), &means).await;
    let failed = batch.verdicts.iter().filter(|verdict| verdict.status == Some(Status::Failed)).count();
    assert!(failed >= 3, "{:?}", batch.verdicts);
}

#[tokio::test]
async fn every_value_of_the_proof_can_be_read_and_the_report_kept() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let policy = small(&means).await;
    let (batch, _) = judged(&policy, place("trusted_root.prod.json"), &means).await;
    let evidence = batch.evidence.unwrap();
    let explanation = explained(&policy, &evidence, WHEEL, &means).await;
    assert_eq!(explanation.status, Some(Status::Passed));
    assert_eq!(explanation.paths, ["/opt/vendor/rfc8785-0.1.2-py3-none-any.whl"]);
    let (_, sum, steps) = &explanation.bundles[0];
    assert_eq!(sum, "b49e7c6b452af421e5965321fc31e004d7554af3acd89f661f8c2f0f94c37e9d");
    assert!(steps.iter().all(|step| step.result != StepResult::Fails), "{steps:?}");
    let facts: Vec<_> = steps.iter().flat_map(|step| &step.facts).collect();
    let expected: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(vector("sigstore/explain_v1.json")).unwrap()).unwrap();
    for value in
        ["leaf_hash = SHA256(0x00||body)", "computed_root", "proof.rootHash", "log_id = SHA256(SPKI DER)"]
    {
        let text = expected[value].as_str().unwrap();
        assert!(facts.iter().any(|(_, lines)| lines.iter().any(|line| line == text)), "{value}");
    }
    let folds = facts.iter().filter(|(name, _)| name.starts_with("fold "));
    assert_eq!(folds.count() as u64, expected["path_len"].as_u64().unwrap());
    let named = |name: &str| &facts.iter().find(|(known, _)| known == name).unwrap().1;
    assert_eq!(named("tree_size"), &[expected["tree_size"].to_string()]);
    assert_eq!(named("signer"), &["rekor.sigstore.dev"]);
    assert!(named("subjects")[0].starts_with("https://github.com/trailofbits/rfc8785.py"));

    let (report, sha256) = explanation.report.unwrap();
    let file = folder.path().join("report.json");
    let export = async || {
        let (file, report, sha256) = (file.clone(), Arc::clone(&report), sha256.clone());
        match done(PolicyWish::Export { generation: 6, file, report, sha256 }, &means).await {
            PolicyNews::Exported(exported) => exported,
            other => panic!("{other:?}"),
        }
    };
    assert!(export().await.unwrap().contains(&sha256));
    let written = std::fs::read(&file).unwrap();
    assert_eq!(Fingerprint::of(&written).to_string(), sha256);
    let value: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!((&value["digest"], &value["status"]), (&WHEEL.into(), &"passed".into()));
    let again = export().await.unwrap_err();
    assert!(again.contains("is there already"), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), written);
}

#[tokio::test]
async fn what_cannot_be_judged_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let policy = small(&means).await;
    let own = EvidencePlace { folder: vector("sigstore/positive"), root: None };
    let (_, ended) = judged(&policy, own, &means).await;
    let words = ended.unwrap_err();
    assert!(words.contains("trusted_root.json") && words.contains("name the trusted root"), "{words}");
    let missing = EvidencePlace { folder: vector("sigstore/missing"), ..place("trusted_root.prod.json") };
    let (batch, ended) = judged(&policy, missing, &means).await;
    assert!(batch.evidence.is_none() && ended.is_err(), "{ended:?}");
    // Given up before it began: nothing is judged.
    let track = Arc::new(Track::default());
    track.give_up();
    let wish = PolicyWish::Judge { generation: 4, policy, place: place("trusted_root.prod.json") };
    let PolicyNews::Judged { batch, ended: Some(Err(_)), .. } = work::carry_out(wish, means, track).await
    else {
        panic!()
    };
    assert!(batch.is_empty(), "{batch:?}");
}

/// Ten thousand digests: told in a few messages, each digest once and in order.
#[tokio::test]
async fn very_many_are_told_in_few_messages() {
    const MANY: usize = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.json");
    let mut demands = serde_json::Map::new();
    for number in 0..MANY {
        let demand = serde_json::json!({ "transparency_log_inclusion_proof": true });
        demands.insert(format!("{number:064x}"), demand);
    }
    let text = std::fs::read_to_string(vector("policy/small.json")).unwrap();
    let mut policy: serde_json::Value = serde_json::from_str(&text).unwrap();
    policy["digest_metadata"] = demands.into();
    std::fs::write(&file, policy.to_string()).unwrap();
    let means = means(&folder);
    let policy = SharedPolicy(opened(file.to_str().unwrap(), &means).await.unwrap());
    assert_eq!(policy.0.document.demands(), MANY);
    let workshop = Workshop::new(means);
    let mut wish = PolicyWish::Judge { generation: 9, policy, place: place("trusted_root.prod.json") };
    let (mut told, mut messages) = (0, 0);
    loop {
        let Some(Message::Policies(news)) = workshop.begin(wish).await else { panic!() };
        messages += 1;
        if let PolicyNews::Judged { batch, ended, .. } = news {
            told += batch.verdicts.len();
            if let Some(ended) = ended {
                assert_eq!(ended, Ok(()));
                break;
            }
        }
        wish = PolicyWish::Wait { generation: 9 };
    }
    assert_eq!(told, MANY);
    // One in a moment of the clock, however many were judged in it.
    assert!(messages < MANY / 50, "{messages}");
}

#[tokio::test]
async fn demands_are_written_into_a_copy_that_is_not_signed() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let policy = small(&means).await;
    let before = std::fs::read(vector("policy/small-dm.json")).unwrap();
    let entry = (0..policy.0.document.paths())
        .find_map(|entry| {
            let digest = policy.0.document.digest(entry, 0)?.into_owned();
            policy.0.document.demand_of(&digest).is_none().then_some(digest)
        })
        .unwrap();
    let identity = Identity::new("https://issuer.example.org", "me@example.org").unwrap();
    let requirement = Requirement { log_inclusion: true, identity: Some(identity), replace: false };
    let out: PathBuf = folder.path().join("more.json");
    let require = async || {
        let wish = PolicyWish::Require {
            generation: 7,
            policy: policy.clone(),
            digests: vec![entry.clone()],
            requirement: requirement.clone(),
            file: out.to_str().unwrap().to_owned(),
        };
        match done(wish, &means).await {
            PolicyNews::Required { generation: 7, required } => required,
            other => panic!("{other:?}"),
        }
    };
    let (file, words) = require().await.unwrap();
    assert_eq!((file.as_str(), words.as_str()), (out.to_str().unwrap(), "2 checks written"));
    let more = opened(&file, &means).await.unwrap();
    assert_eq!(more.signature, SignatureVerdict::Unsigned);
    assert_eq!(more.counts.metadata, policy.0.counts.metadata + 1);
    let names: Vec<_> = more
        .document
        .checks(more.document.demand_of(&entry).unwrap())
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, ["transparency_log_inclusion_proof", "signer_identity"]);
    let again = require().await.unwrap_err();
    assert!(again.contains("is there already"), "{again}");
    assert_eq!(std::fs::read(vector("policy/small-dm.json")).unwrap(), before, "the operator's file stays");
}
