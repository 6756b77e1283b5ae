//! Shapes of evidence that other makers write, in bundles of our own instance.

use limescope::policy::evidence::{
    Candidate, IDENTITY, INCLUSION, Judge, MAX_CANDIDATES, Outcome, PUBLIC_KEY, Status, TrustedRoot,
};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512};
use serde_json::{Value, json};

use crate::made::{ISSUER, Instance, SUBJECT, TIME, make, make_of};
use crate::{at, demand, file, judged, root, words};

/// One digest with its bundle, and the root of its instance.
struct One {
    root: TrustedRoot,
    digest: String,
    bundle: Value,
}

fn one(instance: Instance) -> One {
    let root = TrustedRoot::read(instance.trusted_root.as_bytes()).unwrap();
    let (digest, bundle) = instance.bundles.into_iter().next().unwrap();
    One { root, digest, bundle: serde_json::from_str(&bundle).unwrap() }
}

fn signer() -> Value {
    json!({"issuer": ISSUER, "subject": SUBJECT})
}

impl One {
    fn judged(&self, bundle: &Value) -> Outcome {
        let demand = demand(&self.digest, &[(INCLUSION, json!(true)), (IDENTITY, signer())]);
        judged(&self.root, &demand, bundle.to_string().as_bytes())
    }

    /// The words of both checks, and the reason of the first, for a bundle that was changed.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> (Vec<&'static str>, String) {
        let mut bundle = self.bundle.clone();
        change(&mut bundle);
        let outcome = self.judged(&bundle);
        (words(&outcome), outcome.checks[0].reason.clone())
    }

    /// What an explanation says in a step.
    fn said(&self, bundle: &Value, code: &str) -> String {
        let demand = demand(&self.digest, &[(INCLUSION, json!(true))]);
        let bytes = bundle.to_string().into_bytes();
        let candidates = [Candidate { name: "a", bytes: Ok(&bytes) }];
        let (_, examinations) = Judge::new(&self.root, at()).explain(&demand, &candidates);
        examinations[0].steps.iter().find(|step| step.code == code).unwrap().said.clone()
    }
}

fn entry(bundle: &mut Value) -> &mut Value {
    &mut bundle["verificationMaterial"]["tlogEntries"][0]
}

const V01: &str = "application/vnd.dev.sigstore.bundle+json;version=0.1";

/// The first bundles v0.1 had proofs without checkpoints: the log's promise holds, the proof proves nothing.
#[test]
fn a_proof_that_nobody_signed_is_left_out_of_a_bundle_v0_1() {
    let one = one(make(3).unwrap());
    let without = |bundle: &mut Value| {
        bundle["mediaType"] = V01.into();
        entry(bundle)["inclusionProof"].as_object_mut().unwrap().remove("checkpoint").unwrap();
    };
    let (words, reason) = one.changed(without);
    assert_eq!(words, ["failed", "passed"], "{reason}");
    assert_eq!(reason, "the bundle has the log's promise only, no inclusion proof");
    let mut bundle = one.bundle.clone();
    without(&mut bundle);
    assert!(one.said(&bundle, "inclusion").contains("nobody signed its root"));
    // Without the promise nothing is left; and whoever signed a checkpoint is looked at in v0.1 too.
    let (words, _) = one.changed(|bundle| {
        without(bundle);
        entry(bundle).as_object_mut().unwrap().remove("inclusionPromise").unwrap();
    });
    assert_eq!(words, ["failed", "failed"]);
    let (words, _) = one.changed(|bundle| {
        bundle["mediaType"] = V01.into();
        entry(bundle)["inclusionProof"]["checkpoint"]["envelope"] = "rekor.bench.example\n1\n".into();
    });
    assert_eq!(words, ["failed", "failed"]);
}

#[test]
fn a_later_bundle_owes_a_proof_and_its_checkpoint() {
    let one = one(make(3).unwrap());
    let (words, reason) = one.changed(|bundle| {
        entry(bundle).as_object_mut().unwrap().remove("inclusionProof").unwrap();
    });
    assert_eq!(words, ["failed", "failed"]);
    assert!(reason.contains("brings no inclusion proof for this entry, which"), "{reason}");
    let (words, reason) = one.changed(|bundle| {
        entry(bundle)["inclusionProof"].as_object_mut().unwrap().remove("checkpoint").unwrap();
    });
    assert_eq!(words, ["failed", "failed"]);
    assert!(reason.contains("checkpoint is not a signed note"), "{reason}");
}

/// Of two of a choice one reader takes the first and another the last.
#[test]
fn a_bundle_says_one_thing_only() {
    let one = one(make(1).unwrap());
    assert_eq!(words(&one.judged(&one.bundle)), ["passed", "passed"]);
    let refused = |change: &dyn Fn(&mut Value), why: &str| {
        let (words, reason) = one.changed(change);
        assert_eq!(words, ["failed", "failed"]);
        assert!(reason.contains(why), "{reason}");
    };
    let envelope = json!({"payload": "e30=", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "AA=="}]});
    refused(&|bundle| bundle["dsseEnvelope"] = envelope.clone(), "two of a choice");
    let material = |member: &'static str, value: Value| {
        move |bundle: &mut Value| bundle["verificationMaterial"][member] = value.clone()
    };
    refused(&material("publicKey", json!({"hint": "a"})), "two of a choice");
    refused(&material("x509CertificateChain", json!({"certificates": []})), "two of a choice");
    refused(&|bundle| drop(bundle.as_object_mut().unwrap().remove("mediaType")), "no mediaType");
    refused(
        &|bundle| *bundle = json!({"attestations": [{"bundle": bundle.clone()}]}),
        "list of attestations",
    );
}

/// Protocol buffers write null for what is missing.
#[test]
fn null_is_what_is_missing() {
    let one = one(make(2).unwrap());
    let (words, reason) = one.changed(|bundle| {
        bundle["dsseEnvelope"] = Value::Null;
        bundle["verificationMaterial"]["publicKey"] = Value::Null;
        bundle["verificationMaterial"]["timestampVerificationData"] = json!({"rfc3161Timestamps": null});
    });
    assert_eq!(words, ["passed", "passed"], "{reason}");
    // What must be there is missing with null, too.
    for member in ["inclusionProof", "logId", "canonicalizedBody", "kindVersion"] {
        assert_eq!(
            one.changed(|bundle| entry(bundle)[member] = Value::Null).0,
            ["failed", "failed"],
            "{member}"
        );
    }
}

/// A kind of key that the library does not know is nothing wrong with the bundle.
#[test]
fn a_curve_that_cannot_be_judged_is_not_evaluated() {
    let one = one(make_of(1, &PKCS_ECDSA_P521_SHA512, TIME).unwrap());
    let outcome = one.judged(&one.bundle);
    assert_eq!(words(&outcome), ["not-evaluated", "not-evaluated"]);
    assert!(outcome.checks[0].reason.contains("P-521"), "{}", outcome.checks[0].reason);
    // What is wrong beside it is still wrong.
    let (words, _) = one.changed(|bundle| entry(bundle)["inclusionProof"]["rootHash"] = "AAAA".into());
    assert_eq!(words, ["failed", "failed"]);
}

/// The file's digest is SHA-256 while a key on P-384 signs SHA-384: the digest alone cannot show it.
#[test]
fn a_signature_over_another_digest_is_not_evaluated_or_wrong_but_never_passed() {
    let one = one(make_of(1, &PKCS_ECDSA_P384_SHA384, TIME).unwrap());
    let outcome = one.judged(&one.bundle);
    assert!(!words(&outcome).contains(&"passed"), "{outcome:#?}");
}

#[test]
fn an_instance_that_the_root_does_not_know_is_named_as_that() {
    let (one, other) = (one(make(1).unwrap()), one(make(1).unwrap()));
    let demand = demand(&one.digest, &[(INCLUSION, json!(true))]);
    let reason =
        |bundle: &Value| judged(&other.root, &demand, bundle.to_string().as_bytes()).checks[0].reason.clone();
    assert!(reason(&one.bundle).contains("another Sigstore instance"), "{}", reason(&one.bundle));
    // With a promise only, that is no broken promise.
    let mut promised = one.bundle.clone();
    promised["mediaType"] = V01.into();
    entry(&mut promised).as_object_mut().unwrap().remove("inclusionProof").unwrap();
    assert!(reason(&promised).contains("another Sigstore instance"), "{}", reason(&promised));
}

#[test]
fn a_checkpoint_of_another_name_is_the_checkpoints_fault() {
    let staging = root("staging");
    let name = "sigstore/positive/staging-rekor-v2.v03.hashedrekord002.sigstore.json";
    let bundle = String::from_utf8(file(name)).unwrap();
    let index = crate::json("sigstore/INDEX.json");
    let vector = index["vectors"]
        .as_array()
        .unwrap()
        .iter()
        .find(|vector| name.ends_with(vector["bundle"].as_str().unwrap()));
    let demand = crate::vectors::demand_of(vector.unwrap());
    assert_eq!(judged(&staging, &demand, bundle.as_bytes()).status(), Some(Status::Passed));
    let renamed = bundle
        .replace("rekor.sigstage.dev\\n", "rekor.example.dev\\n")
        .replace("rekor.sigstage.dev ", "rekor.example.dev ");
    assert_ne!(renamed, bundle);
    let outcome = judged(&staging, &demand, renamed.as_bytes());
    assert_eq!(outcome.status(), Some(Status::Failed));
    assert!(outcome.checks[0].reason.contains("names another log"), "{}", outcome.checks[0].reason);
}

#[test]
fn an_expired_certificate_is_told_with_times() {
    // Of the same signature: a promise of a time at which the certificate was not valid any more.
    let one = one(make_of(1, &PKCS_ECDSA_P256_SHA256, "2026-06-01T00:20:00Z").unwrap());
    let outcome = one.judged(&one.bundle);
    assert_eq!(words(&outcome), ["failed", "failed"]);
    let reason = &outcome.checks[0].reason;
    assert!(reason.contains("had expired at the time of the signature"), "{reason}");
    assert!(reason.contains("2026-06-01T00:20:00Z") && !reason.contains("UnixTime"), "{reason}");
}

#[test]
fn a_key_that_cannot_be_used_is_not_called_missing() {
    let managed = file("sigstore/positive/managed-key.v03.sigstore.json");
    let digest = "a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf";
    let reason = |key: Option<Value>| {
        let mut checks = vec![(INCLUSION, json!(true))];
        checks.extend(key.map(|key| (PUBLIC_KEY, key)));
        judged(&root("prod"), &demand(digest, &checks), &managed).checks[0].reason.clone()
    };
    assert!(reason(None).contains("put the key as public_key beside"), "{}", reason(None));
    let unusable = reason(Some(json!("AAAA")));
    assert!(unusable.contains("the public_key beside this check cannot be used"), "{unusable}");
}

/// A good bundle behind too many others is not looked at: that is said.
#[test]
fn bundles_that_were_not_looked_at_are_told() {
    let one = one(make(1).unwrap());
    let good = one.bundle.to_string().into_bytes();
    let bad = b"{}".to_vec();
    let mut candidates = vec![Candidate { name: "bad", bytes: Ok(&bad) }; MAX_CANDIDATES + 2];
    candidates.push(Candidate { name: "good", bytes: Ok(&good) });
    let demand = demand(&one.digest, &[(INCLUSION, json!(true))]);
    let outcome = Judge::new(&one.root, at()).judge(&demand, &candidates);
    assert_eq!(words(&outcome), ["failed"]);
    assert!(outcome.checks[0].reason.contains("; 3 more bundles"), "{}", outcome.checks[0].reason);
    candidates.swap(0, MAX_CANDIDATES + 2);
    let outcome = Judge::new(&one.root, at()).judge(&demand, &candidates);
    assert_eq!(words(&outcome), ["passed"]);
    assert!(!outcome.checks[0].reason.contains("more bundles"));
}

#[test]
fn a_trusted_root_a_line_is_told_from_a_broken_one() {
    let root = make(1).unwrap().trusted_root;
    let said = |text: &str| TrustedRoot::read(text.as_bytes()).unwrap_err().to_string();
    assert!(said(&format!("{root}\n{root}\n")).contains("a trusted root a line"));
    assert!(
        said(&format!("{root}\n{root}\n")).contains("no usable trusted_root.json of a Sigstore instance")
    );
    assert!(!said(&root[..root.len() - 1]).contains("a line"));
    assert!(TrustedRoot::read(format!("\n{root}\n\n").as_bytes()).is_ok());
}
