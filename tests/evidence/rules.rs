//! The rules between checks, digests and bundles.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limescope::policy::evidence::{
    Candidate, Demand, IDENTITY, INCLUSION, Judge, Outcome, PUBLIC_KEY, SIGNATURE, Status,
};
use serde_json::{Value, json};

use crate::{at, demand, file, judged, root, words};

const COSIGN: &str = "sigstore/positive/cosign-blob.v03.hashedrekord-tsa.sigstore.json";
const COSIGN_DIGEST: &str = "e194b99df6639501325c5f44da79fe3a8efae6f239bd79443a19787e06fb1764";
const MANAGED: &str = "sigstore/positive/managed-key.v03.sigstore.json";
const MANAGED_DIGEST: &str = "a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf";
const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAExRRST79+PsrRBnGAI4cMu6Omz2JhfwlMW+gIutNKVRaMyS4rQKvgngc5p8U\
                   bLj55pVHhIoAxi/SRgURZI0J3Xw==";

fn signer() -> Value {
    json!({ "issuer": "https://github.com/login/oauth", "subject": "w.vollprecht@gmail.com" })
}

fn with(demand: &Demand, candidates: &[(&str, Result<&[u8], &str>)]) -> Outcome {
    let candidates: Vec<_> =
        candidates.iter().map(|(name, bytes)| Candidate { name, bytes: *bytes }).collect();
    let root = root("prod");
    Judge::new(&root, at()).judge(demand, &candidates)
}

#[test]
fn an_identity_is_any_of_those_listed_and_exact() {
    let root = root("prod");
    let bundle = file(COSIGN);
    let other = |member: &str, value: &str| {
        let mut signer = signer();
        signer[member] = value.into();
        signer
    };
    for (value, word) in [
        (signer(), "passed"),
        (json!([other("subject", "somebody@example.com"), signer()]), "passed"),
        (json!([other("subject", "somebody@example.com")]), "failed"),
        // Both must be of one and the same entry of the list.
        (
            json!([
                other("subject", "somebody@example.com"),
                other("issuer", "https://accounts.example.com")
            ]),
            "failed",
        ),
        (other("subject", "W.vollprecht@gmail.com"), "failed"),
        (other("subject", "w.vollprecht@gmail.com "), "failed"),
        (other("subject", ".*"), "failed"),
        (other("issuer", "https://github.com/login/oauth/"), "failed"),
        (other("extra", "1"), "not-evaluated"),
        (json!("w.vollprecht@gmail.com"), "not-evaluated"),
        (json!([]), "not-evaluated"),
    ] {
        let outcome = judged(&root, &demand(COSIGN_DIGEST, &[(IDENTITY, value.clone())]), &bundle);
        assert_eq!(words(&outcome), [word], "{value}");
    }
}

#[test]
fn a_managed_key_proves_inclusion_and_no_identity() {
    let root = root("prod");
    let bundle = file(MANAGED);
    let other = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/\
                 iy55GhWP/9A/bY2LhC30M9+RYtw==";
    for (checks, expected) in [
        (vec![(INCLUSION, json!(true)), (PUBLIC_KEY, json!(KEY))], vec!["passed", "passed"]),
        (vec![(PUBLIC_KEY, json!(KEY))], vec!["passed"]),
        (vec![(INCLUSION, json!(true))], vec!["not-evaluated"]),
        (vec![(INCLUSION, json!(true)), (PUBLIC_KEY, json!(false))], vec!["not-evaluated", "not-evaluated"]),
        (vec![(INCLUSION, json!(true)), (PUBLIC_KEY, json!(other))], vec!["failed", "failed"]),
        (vec![(INCLUSION, json!(true)), (PUBLIC_KEY, json!("AAAA"))], vec!["not-evaluated", "not-evaluated"]),
        (vec![(INCLUSION, json!(true)), (IDENTITY, signer())], vec!["not-evaluated", "failed"]),
        (
            vec![(INCLUSION, json!(true)), (IDENTITY, signer()), (PUBLIC_KEY, json!(KEY))],
            vec!["passed", "failed", "passed"],
        ),
    ] {
        let outcome = judged(&root, &demand(MANAGED_DIGEST, &checks), &bundle);
        assert_eq!(words(&outcome), expected, "{checks:?} {outcome:?}");
    }
}

/// The key of a certificate is a key too; a signature is compared as bytes.
#[test]
fn a_key_and_a_signature_can_be_demanded_of_any_bundle() {
    let root = root("prod");
    let bytes = file(COSIGN);
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let signature = bundle["messageSignature"]["signature"].as_str().unwrap();
    let der = STANDARD
        .decode(bundle.pointer("/verificationMaterial/certificate/rawBytes").unwrap().as_str().unwrap());
    let (_, certificate) = x509_parser::parse_x509_certificate(der.as_ref().unwrap()).unwrap();
    let own = STANDARD.encode(certificate.public_key().raw);
    for (name, value, word) in [
        (SIGNATURE, signature.to_owned(), "passed"),
        (SIGNATURE, STANDARD.encode(b"something else"), "failed"),
        (SIGNATURE, "not base64".to_owned(), "not-evaluated"),
        (PUBLIC_KEY, own, "passed"),
        (PUBLIC_KEY, KEY.to_owned(), "failed"),
    ] {
        let outcome = judged(&root, &demand(COSIGN_DIGEST, &[(name, json!(value))]), &bytes);
        assert_eq!(words(&outcome), [word], "{name} {value}");
    }
}

#[test]
fn one_bundle_must_satisfy_all_checks() {
    let (cosign, managed) = (file(COSIGN), file(MANAGED));
    let all = demand(COSIGN_DIGEST, &[(INCLUSION, json!(true)), (IDENTITY, signer())]);
    // Whatever stands before or after the one that satisfies.
    for order in [
        vec![("a", Err("no permission")), ("b", Ok(cosign.as_slice())), ("c", Ok(b"{}".as_slice()))],
        vec![("a", Ok(managed.as_slice())), ("b", Ok(cosign.as_slice()))],
        vec![("b", Ok(cosign.as_slice())), ("a", Ok(managed.as_slice()))],
    ] {
        let outcome = with(&all, &order);
        assert_eq!((outcome.status(), outcome.candidates), (Some(Status::Passed), order.len()));
        assert_eq!(outcome.bundle.unwrap().name, "b");
    }
    // Two that satisfy one check each do not satisfy both.
    let both = demand(COSIGN_DIGEST, &[(IDENTITY, signer()), (PUBLIC_KEY, json!(KEY))]);
    let outcome = with(&both, &[("a", Ok(&cosign)), ("b", Ok(&managed))]);
    assert_eq!(words(&outcome), ["passed", "failed"]);
    assert_eq!(outcome.status(), Some(Status::Failed));
}

#[test]
fn evidence_that_cannot_be_used_fails_and_missing_evidence_is_not_passed() {
    let checks = demand(COSIGN_DIGEST, &[(INCLUSION, json!(true)), ("reproducible_build", json!(true))]);
    let outcome = with(&checks, &[]);
    assert_eq!(words(&outcome), ["not-evaluated", "not-evaluated"]);
    assert!(!outcome.is_satisfied());
    assert_eq!(outcome.checks[0].reason, "no evidence was given for this digest");
    for bytes in
        [Err("no permission"), Ok(b"".as_slice()), Ok(b"{\"a\":1,\"a\":1}"), Ok(b"\xff"), Ok(b"[[[[")]
    {
        let outcome = with(&checks, &[("a", bytes)]);
        assert_eq!(words(&outcome), ["failed", "not-evaluated"], "{bytes:?}");
    }
    let large = vec![b' '; limescope::policy::evidence::MAX_BUNDLE + 1];
    assert_eq!(words(&with(&checks, &[("a", Ok(&large))])), ["failed", "not-evaluated"]);
    // A check that nobody knows keeps the whole from passing, never the one beside it.
    let outcome = with(&checks, &[("a", Ok(&file(COSIGN)))]);
    assert_eq!(words(&outcome), ["passed", "not-evaluated"]);
    assert!(!outcome.is_satisfied());
}

#[test]
fn what_is_set_to_false_does_not_count() {
    let checks = demand(COSIGN_DIGEST, &[(INCLUSION, json!(false)), (IDENTITY, json!(false))]);
    for outcome in [with(&checks, &[]), with(&checks, &[("a", Ok(&file(COSIGN)))])] {
        assert_eq!(words(&outcome), ["not-evaluated", "not-evaluated"]);
        assert!(outcome.checks.iter().all(|check| check.reason == "not demanded" && !check.demanded));
        assert_eq!(outcome.status(), None);
        assert!(outcome.is_satisfied());
    }
    let half = demand(COSIGN_DIGEST, &[(INCLUSION, json!(false)), (IDENTITY, signer())]);
    let outcome = with(&half, &[("a", Ok(&file(COSIGN)))]);
    assert_eq!((words(&outcome), outcome.status()), (vec!["not-evaluated", "passed"], Some(Status::Passed)));
    assert_eq!(with(&demand(COSIGN_DIGEST, &[]), &[]).status(), None);
}

#[test]
fn sha_1_and_what_is_no_digest_are_not_evaluable() {
    let bundle = file(COSIGN);
    for digest in ["da39a3ee5e6b4b0d3255bfef95601890afd80709", "e194", "", "sha256"] {
        let checks = demand(digest, &[(INCLUSION, json!(true)), (IDENTITY, json!(false))]);
        let outcome = with(&checks, &[("a", Ok(&bundle))]);
        assert_eq!(words(&outcome), ["not-evaluated", "not-evaluated"], "{digest}");
        assert!(!outcome.is_satisfied());
    }
}

/// What the library cannot judge without the file is neither passed nor wrong.
#[test]
fn sha_384_is_taken_from_the_same_subject_or_not_judged() {
    let bundle = file("sigstore/positive/npm-sigstore-2.0.0.v01.intoto.sha512.sigstore.json");
    let digest = "ab".repeat(48);
    let outcome = judged(&root("prod"), &demand(&digest, &[(INCLUSION, json!(true))]), &bundle);
    assert_eq!(words(&outcome), ["failed"]);
}

#[test]
fn hostile_text_in_a_bundle_is_never_said_as_it_is() {
    let bundle = String::from_utf8(file(COSIGN)).unwrap();
    let hostile = bundle.replacen("vnd.dev.sigstore.bundle", "\\u001b[31m\\u202e\\u009b", 1);
    let outcome =
        judged(&root("prod"), &demand(COSIGN_DIGEST, &[(INCLUSION, json!(true))]), hostile.as_bytes());
    assert_eq!(words(&outcome), ["failed"]);
    let reason = &outcome.checks[0].reason;
    assert!(reason.contains("\\u{1b}") && !reason.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{reason}");
}
