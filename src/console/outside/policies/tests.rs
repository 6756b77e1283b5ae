//! Real policies, through the whole way from a wish to its news.

use std::path::Path;
use std::sync::Arc;

use super::{Means, Track, work};
use crate::console::state::{PolicyNews, PolicyPicture, PolicySource, PolicyWish, SharedPolicy, Where};
use crate::policy::evidence::Status;
use crate::policy::{PolicyVerdict, Severity, SignatureVerdict};

pub fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies");
    folder.join(name).to_str().unwrap().to_owned()
}

/// Means with a trust store of one's own.
pub fn means(folder: &tempfile::TempDir) -> Means {
    Means { policies: None, trust_file: Some(folder.path().join("data/trust.toml")), ..Means::default() }
}

pub async fn done(wish: PolicyWish, means: &Means) -> PolicyNews {
    work::carry_out(wish, means.clone(), Arc::new(Track::default())).await
}

pub async fn opened(file: &str, means: &Means) -> Result<Arc<PolicyPicture>, String> {
    let source = PolicySource::File(file.to_owned());
    match done(PolicyWish::Open { generation: 1, source }, means).await {
        PolicyNews::Opened { generation: 1, opened } => opened,
        other => panic!("{other:?}"),
    }
}

async fn pin(key: &str, means: &Means) {
    let path = vector(key);
    let wish = PolicyWish::ReadKey { generation: 1, path: path.clone(), label: "release".to_owned() };
    let PolicyNews::Key { key: Ok(key), .. } = done(wish, means).await else { panic!() };
    let other = PolicyWish::AddKey {
        generation: 1,
        path: path.clone(),
        label: "release".to_owned(),
        fingerprint: "0".repeat(64),
    };
    assert!(
        matches!(done(other, means).await, PolicyNews::Trust { trust: Err(words), .. } if words.contains("another key"))
    );
    let (label, fingerprint) = (key.label, key.fingerprint);
    let add = PolicyWish::AddKey { generation: 1, path, label, fingerprint };
    let PolicyNews::Trust { trust: Ok(trust), done: Some(_), .. } = done(add, means).await else { panic!() };
    assert_eq!((trust.entries.len(), trust.history.len()), (1, 1));
}

#[tokio::test]
async fn a_signed_policy_is_valid_only_with_its_key_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let file = vector("dsse/small-dm.ecdsa-p256.json");
    let before = opened(&file, &means).await.unwrap();
    assert_eq!((before.shape, before.signature), ("dsse", SignatureVerdict::Untrusted));
    pin("keys/ecdsa-p256.pub.pem", &means).await;
    let policy = opened(&file, &means).await.unwrap();
    assert_eq!((policy.signature, policy.verdict), (SignatureVerdict::Valid, PolicyVerdict::Valid));
    assert!(
        policy.signers.iter().any(|signer| signer.is_trusted && signer.label.as_deref() == Some("release"))
    );
    assert!(policy.verifier.as_ref().unwrap().accepts, "{:?}", policy.verifier);
    assert!(policy.payload_sha256.is_some());
    // From a path over its digest to the checks, and back.
    let document = &policy.document;
    assert!(document.demands() > 0 && document.demands() == policy.counts.metadata);
    let digest = document.demanded(0).into_owned();
    assert_eq!(document.demand_of(&digest), Some(0));
    let (entries, all) = document.entries_of(&digest, 10);
    assert!(all > 0 && entries.len() == all);
    let entry = usize::try_from(entries[0]).unwrap();
    assert_eq!(document.digest(entry, 0).as_deref(), Some(digest.as_str()));
    assert!(document.checks(0).iter().all(|check| check.status == Status::NotEvaluated));
    // Found by a part of its path, and by the beginning of its digest.
    let path = document.path(entry).into_owned();
    for sought in [path.as_str(), &digest[..12]] {
        let policy = SharedPolicy(Arc::clone(&policy));
        let wish =
            PolicyWish::Find { generation: 7, policy, place: Where::Digests, sought: sought.to_owned() };
        let PolicyNews::Found { generation: 7, rows } = done(wish, &means).await else { panic!() };
        assert!(rows.contains(&entries[0]), "{sought}: {rows:?}");
    }
}

#[tokio::test]
async fn what_is_no_policy_says_so_and_is_shown_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let file = folder.path().join("broken.json");
    std::fs::write(&file, "{\"meta\": {\"version\": 1,}\n\u{feff}").unwrap();
    let broken = opened(file.to_str().unwrap(), &means).await.unwrap();
    assert!(broken.count(Severity::Error) > 0 && broken.findings[0].place.is_some(), "{:?}", broken.findings);
    assert_eq!(broken.document.paths(), 0);
    assert_eq!(broken.document.text_row(0), "{\"meta\": {\"version\": 1,}");
    let missing = opened("/no/such/policy.json", &means).await.unwrap_err();
    assert!(missing.contains("no such file"), "{missing}");
    let folder = opened(folder.path().to_str().unwrap(), &means).await.unwrap_err();
    assert!(folder.contains("no file"), "{folder}");
}

#[tokio::test]
async fn two_policies_are_compared_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let one = vector("policy/small-dm.json");
    let policy = SharedPolicy(opened(&one, &means).await.unwrap());
    let compare = async |other: &str| {
        let (policy, other) = (policy.clone(), PolicySource::File(other.to_owned()));
        match done(PolicyWish::Compare { generation: 3, policy, other }, &means).await {
            PolicyNews::Compared { generation: 3, compared } => compared,
            other => panic!("{other:?}"),
        }
    };
    let same = compare(&vector("policy/small-dm.pretty.json")).await.unwrap();
    assert!(same.summary[0].1.starts_with("The same policy in another text"), "{:?}", same.summary);
    assert_eq!(same.differences.lines(), 0);
    let signed = compare(&vector("dsse/small-dm.ecdsa-p256.json")).await.unwrap();
    assert!(signed.summary[0].1.starts_with("The same policy"), "{:?}", signed.summary);
    let other = compare(&vector("policy/small.json")).await.unwrap();
    let summary: Vec<_> = other.summary.iter().map(|(_, words)| words.as_str()).collect();
    assert!(summary.iter().any(|words| words.contains("digest_metadata")), "{summary:?}");
    let lines: Vec<_> = (0..other.differences.lines()).map(|line| other.differences.line(line)).collect();
    assert!(lines.iter().any(|(sign, text)| *sign == '-' && text.len() >= 40), "{lines:?}");
    let rejected = compare(&vector("keys/ecdsa-p256.pub.pem")).await.unwrap_err();
    assert!(rejected.contains("holds no policy"), "{rejected}");
}

#[tokio::test]
async fn what_is_signed_verifies_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let out = folder.path().join("signed.json").to_str().unwrap().to_owned();
    let sign = async |file: String, key: &str| {
        let key = vector(key);
        let sha256 = opened(&file, &means).await.unwrap().sha256.clone();
        match done(PolicyWish::Sign { generation: 1, file, sha256, key, out: out.clone() }, &means).await {
            PolicyNews::Signed(signed) => signed,
            other => panic!("{other:?}"),
        }
    };
    let file = vector("policy/small-dm.json");
    sign(file.clone(), "keys/ecdsa-p256.key.pem").await.unwrap();
    let again = sign(file.clone(), "keys/ecdsa-p256.key.pem").await.unwrap_err();
    assert!(again.contains("is there already"), "{again}");
    pin("keys/ecdsa-p256.pub.pem", &means).await;
    let signed = opened(&out, &means).await.unwrap();
    assert_eq!((signed.signature, signed.verdict), (SignatureVerdict::Valid, PolicyVerdict::Valid));
    let public = sign(file, "keys/ecdsa-p256.pub.pem").await.unwrap_err();
    assert!(public.contains("public part"), "{public}");
    let twice = sign(out.clone(), "keys/ecdsa-p256.key.pem").await.unwrap_err();
    assert!(twice.contains("no bare policy"), "{twice}");
}

#[tokio::test]
async fn what_was_changed_since_it_was_looked_at_is_not_signed() {
    let folder = tempfile::tempdir().unwrap();
    let means = means(&folder);
    let name = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, out) = (name("policy.json"), name("signed.json"));
    std::fs::copy(vector("policy/small-dm.json"), &file).unwrap();
    let sha256 = opened(&file, &means).await.unwrap().sha256.clone();
    std::fs::copy(vector("policy/small.json"), &file).unwrap();
    let key = vector("keys/ecdsa-p256.key.pem");
    let wish = PolicyWish::Sign { generation: 1, file, sha256, key, out: out.clone() };
    let PolicyNews::Signed(Err(why)) = done(wish, &means).await else { panic!("it was signed") };
    assert!(why.contains("was changed since it was opened"), "{why}");
    assert!(!std::path::Path::new(&out).exists());
}
