//! Evidence is found by the digests inside.

use limescope::policy::evidence::{Candidate, Digest, EvidenceIndex, INCLUSION, Judge, MAX_FINDINGS};
use serde_json::json;

use crate::{at, demand, file, json, root, words};

#[test]
fn bundles_are_found_by_what_they_hold() {
    let vectors = json("sigstore/INDEX.json");
    let mut index = EvidenceIndex::new();
    for vector in vectors["vectors"].as_array().unwrap() {
        let name = vector["bundle"].as_str().unwrap();
        let id = index.add(name, Ok(&file(&format!("sigstore/{name}")))).unwrap();
        assert_eq!(index.name(id), Some(name));
    }
    for vector in vectors["vectors"].as_array().unwrap() {
        let digest = Digest::read(&crate::vectors::digest_of(vector)).unwrap();
        let names: Vec<_> = index.bundles(&digest).iter().map(|id| index.name(*id).unwrap()).collect();
        // One vector asks for another digest than the bundle's, on purpose.
        let held = vector["why"] != "good bundle, OTHER digest (last nibble)";
        assert_eq!(names.contains(&vector["bundle"].as_str().unwrap()), held, "{vector}");
    }
    assert_eq!((index.len(), index.unreadable()), (16, 0));
    assert!(index.findings().is_empty(), "{:?}", index.findings());
}

#[test]
fn a_name_says_what_the_operator_meant() {
    let digest = "e194b99df6639501325c5f44da79fe3a8efae6f239bd79443a19787e06fb1764";
    let wanted = Digest::read(digest).unwrap();
    let managed = file("sigstore/positive/managed-key.v03.sigstore.json");
    let judge_root = root("prod");
    for (name, bytes, code) in [
        (format!("{digest}.sigstore.json"), Ok(b"no JSON".as_slice()), "evidence-unreadable"),
        (format!("a/b/{digest}.sigstore"), Err("no permission"), "evidence-unreadable"),
        (format!("sha256-{digest}.sigstore.json"), Ok(&managed), "evidence-named-otherwise"),
    ] {
        let mut index = EvidenceIndex::new();
        index.add(&name, bytes).unwrap();
        assert_eq!(index.findings().iter().map(|finding| finding.code).collect::<Vec<_>>(), [code]);
        let candidates: Vec<_> =
            index.bundles(&wanted).iter().map(|_| Candidate { name: &name, bytes }).collect();
        assert_eq!(candidates.len(), 1);
        let outcome =
            Judge::new(&judge_root, at()).judge(&demand(digest, &[(INCLUSION, json!(true))]), &candidates);
        assert_eq!(words(&outcome), ["failed"], "{name}");
    }
    // With another name, what cannot be read is only a finding.
    let mut index = EvidenceIndex::new();
    index.add("tool.sigstore.json", Ok(b"no JSON")).unwrap();
    assert!(index.bundles(&wanted).is_empty());
    assert_eq!(index.findings().len(), 1);
}

#[test]
fn what_is_wrong_is_bounded_and_shown_safely() {
    let mut index = EvidenceIndex::new();
    for number in 0..MAX_FINDINGS + 7 {
        index.add(&format!("\u{1b}[31m{number}.sigstore.json"), Ok(b"{}")).unwrap();
    }
    assert_eq!((index.findings().len(), index.dropped_findings()), (MAX_FINDINGS, 7));
    assert!(index.findings().iter().all(|finding| !finding.message.contains('\u{1b}')));
    assert_eq!(
        (index.len(), index.unreadable(), index.digest_count()),
        (MAX_FINDINGS + 7, MAX_FINDINGS + 7, 0)
    );
}

#[test]
fn every_digest_of_every_subject_counts() {
    use base64::Engine;
    let subjects: Vec<_> = (0..50u8)
        .map(|number| {
            json!({"name": "x", "digest": {
                "sha256": format!("{number:02x}").repeat(32), "sha384": format!("{number:02x}").repeat(48),
                "sha512": format!("{number:02x}").repeat(64), "gitCommit": "aa".repeat(20), "sha1": "zz"
            }})
        })
        .collect();
    let statement =
        json!({"_type": "https://in-toto.io/Statement/v1", "subject": subjects, "predicateType": "p"});
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(statement.to_string());
    let bundle = json!({"dsseEnvelope": {"payload": payload, "payloadType": "application/vnd.in-toto+json"}});
    let mut index = EvidenceIndex::new();
    index.add("a.json", Ok(bundle.to_string().as_bytes())).unwrap();
    assert_eq!(index.digest_count(), 150);
    assert_eq!(index.bundles(&Digest::read(&"31".repeat(48)).unwrap()).len(), 1);
}
