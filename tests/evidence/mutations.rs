//! One bit is wrong: never passed, never a panic.
//!
//! The bits are flipped in the values, not in their encoding: each mutated
//! bundle says something else than the one that was signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limescope::policy::evidence::{Demand, Judge, Status, TrustedRoot};
use serde_json::Value;

use crate::vectors::{demand_of, root_name};
use crate::{at, json, judged, root};

/// A good bundle with what is demanded of it.
struct Subject {
    name: String,
    root: TrustedRoot,
    demand: Demand,
    bundle: Value,
}

fn subjects() -> Vec<Subject> {
    let index = json("sigstore/INDEX.json");
    let good = index["vectors"].as_array().unwrap().iter().filter(|vector| vector["expected"] == "verified");
    good.map(|vector| Subject {
        name: vector["bundle"].as_str().unwrap().to_owned(),
        root: root(root_name(vector)),
        demand: demand_of(vector),
        bundle: json(&format!("sigstore/{}", vector["bundle"].as_str().unwrap())),
    })
    .collect()
}

impl Subject {
    fn passes(&self, bundle: &Value) -> bool {
        let outcome = judged(&self.root, &self.demand, serde_json::to_string(bundle).unwrap().as_bytes());
        // None of the checks may pass, not only the whole.
        outcome.checks.iter().any(|check| check.status == Status::Passed)
    }

    /// Flips bits of a value and judges each: of every byte all bits, or of
    /// every `nth` byte one.
    #[must_use]
    fn flip(&self, pointer: &str, nth: usize, all_bits: bool) -> usize {
        let Some(value) = self.bundle.pointer(pointer) else { return 0 };
        let kind = Kind::of(pointer);
        let bytes = kind.bytes(value);
        let mut tried = 0;
        for place in (0..bytes.len()).step_by(nth) {
            let bits = if all_bits { 0..8 } else { place % 8..place % 8 + 1 };
            for bit in bits {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1 << bit;
                let Some(value) = kind.value(flipped) else { continue };
                let mut bundle = self.bundle.clone();
                *bundle.pointer_mut(pointer).unwrap() = value;
                tried += 1;
                assert!(!self.passes(&bundle), "{} {pointer} byte {place} bit {bit}", self.name);
            }
        }
        tried
    }
}

/// How a value stands in the JSON.
enum Kind {
    Base64,
    Text,
    Number,
}

impl Kind {
    fn of(pointer: &str) -> Self {
        match pointer.rsplit('/').next().unwrap() {
            "logIndex" | "treeSize" | "integratedTime" => Self::Number,
            "envelope" | "kind" | "version" | "algorithm" | "payloadType" | "mediaType" => Self::Text,
            _ => Self::Base64,
        }
    }

    fn bytes(&self, value: &Value) -> Vec<u8> {
        let text = value.as_str().unwrap();
        match self {
            Self::Base64 => STANDARD.decode(text).unwrap(),
            Self::Text => text.as_bytes().to_vec(),
            Self::Number => text.parse::<u64>().unwrap().to_be_bytes().to_vec(),
        }
    }

    /// `None` for bytes that no JSON can hold.
    fn value(&self, bytes: Vec<u8>) -> Option<Value> {
        Some(match self {
            Self::Base64 => STANDARD.encode(bytes).into(),
            Self::Text => String::from_utf8(bytes).ok()?.into(),
            Self::Number => u64::from_be_bytes(bytes.try_into().unwrap()).to_string().into(),
        })
    }
}

const ENTRY: &str = "/verificationMaterial/tlogEntries/0";

#[test]
fn the_bundles_pass_when_nothing_is_flipped() {
    let subjects = subjects();
    assert_eq!(subjects.len(), 7);
    for subject in &subjects {
        let outcome = judged(&subject.root, &subject.demand, subject.bundle.to_string().as_bytes());
        assert_eq!(outcome.status(), Some(Status::Passed), "{}", subject.name);
    }
}

#[test]
fn no_bit_of_the_proof_may_be_wrong() {
    let mut tried = 0;
    for subject in subjects() {
        for field in [
            "logIndex",
            "logId/keyId",
            "inclusionProof/rootHash",
            "inclusionProof/treeSize",
            "inclusionProof/logIndex",
            "kindVersion/kind",
            "kindVersion/version",
        ] {
            tried += subject.flip(&format!("{ENTRY}/{field}"), 1, true);
        }
        let hashes = subject.bundle.pointer(&format!("{ENTRY}/inclusionProof/hashes")).unwrap();
        for place in 0..hashes.as_array().unwrap().len() {
            tried += subject.flip(&format!("{ENTRY}/inclusionProof/hashes/{place}"), 1, false);
        }
    }
    assert!(tried > 7_000, "only {tried}");
}

/// All of the note but the lines of other witnesses, which nobody judges.
#[test]
fn no_bit_of_the_checkpoint_may_be_wrong() {
    let pointer = format!("{ENTRY}/inclusionProof/checkpoint/envelope");
    let mut tried = 0;
    for subject in subjects() {
        let note = subject.bundle.pointer(&pointer).unwrap().as_str().unwrap();
        let (text, lines) = note.split_once("\n\n").unwrap();
        let own = text.len() + 2 + lines.find('\n').unwrap() + 1;
        // Base64 decodes to other bytes, whichever of its bits is wrong: one of each character there.
        let base64 = text.len() + 2 + lines.match_indices(' ').nth(1).unwrap().0;
        for place in 0..own {
            for bit in if place <= base64 { 0..8 } else { place % 8..place % 8 + 1 } {
                let mut flipped = note.as_bytes().to_vec();
                flipped[place] ^= 1 << bit;
                let Ok(flipped) = String::from_utf8(flipped) else { continue };
                let mut bundle = subject.bundle.clone();
                *bundle.pointer_mut(&pointer).unwrap() = flipped.into();
                tried += 1;
                assert!(!subject.passes(&bundle), "{} checkpoint byte {place} bit {bit}", subject.name);
            }
        }
        // A witness more or less is nobody's business, what is no signature line is.
        for (added, passes) in [
            ("\u{2014} witness.example/one LhqNyQAAAABqFU7c\n", true),
            ("\u{2014} witness.example/one\n", false),
            ("\n", false),
            ("x", false),
            (
                "\u{2014} rekor.sigstore.dev wNI9ajBF\n\u{2014} log2025-alpha1.rekor.sigstage.dev 8w1amQA0\n\u{2014} \
              log2025-alpha3.rekor.sigstage.dev 09OnDHOn\n",
                false,
            ),
        ] {
            let mut bundle = subject.bundle.clone();
            *bundle.pointer_mut(&pointer).unwrap() = format!("{note}{added}").into();
            assert_eq!(subject.passes(&bundle), passes, "{} with {added:?}", subject.name);
        }
    }
    assert!(tried > 5_000, "only {tried}");
}

#[test]
fn no_bit_of_certificate_signature_body_and_promise_may_be_wrong() {
    let mut tried = 0;
    for subject in subjects() {
        // Of long values one bit of each byte, or of every few bytes.
        for (pointer, nth, all_bits) in [
            ("/verificationMaterial/certificate/rawBytes", 2, false),
            ("/verificationMaterial/x509CertificateChain/certificates/0/rawBytes", 3, false),
            ("/messageSignature/signature", 1, true),
            ("/messageSignature/messageDigest/digest", 1, true),
            ("/dsseEnvelope/signatures/0/sig", 1, true),
            ("/dsseEnvelope/payload", 1, false),
            ("/dsseEnvelope/payloadType", 1, true),
            ("/verificationMaterial/tlogEntries/0/canonicalizedBody", 5, false),
            ("/verificationMaterial/tlogEntries/0/inclusionPromise/signedEntryTimestamp", 1, true),
            ("/verificationMaterial/tlogEntries/0/integratedTime", 1, true),
        ] {
            tried += subject.flip(pointer, nth, all_bits);
        }
    }
    assert!(tried > 10_000, "only {tried}");
}

/// Time stamps are the library's to judge, and hold bytes that nobody signed;
/// no flip in them may panic, or make a bundle pass that has no other time.
#[test]
fn time_stamps_may_be_anything() {
    for subject in subjects() {
        let pointer = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
        let Some(value) = subject.bundle.pointer(pointer) else { continue };
        let stamp = STANDARD.decode(value.as_str().unwrap()).unwrap();
        for place in (0..stamp.len()).step_by(5) {
            let mut flipped = stamp.clone();
            flipped[place] ^= 1 << (place % 8);
            let mut bundle = subject.bundle.clone();
            *bundle.pointer_mut(pointer).unwrap() = STANDARD.encode(flipped).into();
            let _ = subject.passes(&bundle);
        }
    }
}

/// An issuer in the bundle that nobody vouches for does not pass, one of the
/// trusted root does.
#[test]
fn issuers_that_the_bundle_brings_are_judged() {
    let subject = subjects().into_iter().find(|subject| subject.name.contains("rfc8785")).unwrap();
    let authorities = json("sigstore/roots/trusted_root.prod.json");
    let issuer = authorities["certificateAuthorities"][1]["certChain"]["certificates"][0].clone();
    let chain = "/verificationMaterial/x509CertificateChain/certificates";
    let with = |issuer: Value| {
        let mut bundle = subject.bundle.clone();
        bundle.pointer_mut(chain).unwrap().as_array_mut().unwrap().push(issuer);
        bundle
    };
    assert!(subject.passes(&with(issuer.clone())));
    let der = STANDARD.decode(issuer["rawBytes"].as_str().unwrap()).unwrap();
    for place in 0..der.len() {
        let mut flipped = der.clone();
        flipped[place] ^= 1 << (place % 8);
        let flipped = serde_json::json!({ "rawBytes": STANDARD.encode(flipped) });
        assert!(!subject.passes(&with(flipped)), "byte {place}");
    }
}

/// Values of one good bundle in another good bundle.
#[test]
fn parts_of_other_bundles_do_not_pass() {
    let subjects = subjects();
    let mut tried = 0;
    for subject in &subjects {
        for donor in &subjects {
            for pointer in [
                "/verificationMaterial/tlogEntries/0".to_owned(),
                "/verificationMaterial/tlogEntries".to_owned(),
                format!("{ENTRY}/inclusionProof"),
                format!("{ENTRY}/inclusionProof/checkpoint"),
                format!("{ENTRY}/inclusionProof/rootHash"),
                format!("{ENTRY}/inclusionPromise"),
                format!("{ENTRY}/canonicalizedBody"),
                format!("{ENTRY}/logId"),
                "/verificationMaterial/certificate".to_owned(),
                "/verificationMaterial/x509CertificateChain".to_owned(),
                "/messageSignature".to_owned(),
                "/messageSignature/signature".to_owned(),
                "/dsseEnvelope".to_owned(),
                "/dsseEnvelope/payload".to_owned(),
            ] {
                let mut bundle = subject.bundle.clone();
                let (Some(place), Some(value)) =
                    (bundle.pointer_mut(&pointer), donor.bundle.pointer(&pointer))
                else {
                    continue;
                };
                if place == value {
                    continue;
                }
                *place = value.clone();
                tried += 1;
                assert!(!subject.passes(&bundle), "{} with {pointer} of {}", subject.name, donor.name);
            }
        }
        // A second entry that is about somebody else's bundle spoils the first.
        for donor in subjects.iter().filter(|donor| donor.name != subject.name) {
            let mut bundle = subject.bundle.clone();
            let entry = donor.bundle.pointer(ENTRY).unwrap().clone();
            bundle
                .pointer_mut("/verificationMaterial/tlogEntries")
                .unwrap()
                .as_array_mut()
                .unwrap()
                .push(entry);
            tried += 1;
            assert!(!subject.passes(&bundle), "{} with a second entry of {}", subject.name, donor.name);
        }
    }
    assert!(tried > 250, "only {tried}");
}

/// Before they were made, no bundle passes: the time is given.
#[test]
fn nothing_passes_before_its_time() {
    for subject in subjects() {
        let text = subject.bundle.to_string();
        let candidates = [limescope::policy::evidence::Candidate { name: "b", bytes: Ok(text.as_bytes()) }];
        let early = Judge::new(&subject.root, "2023-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(
            early.judge(&subject.demand, &candidates).status(),
            Some(Status::Failed),
            "{}",
            subject.name
        );
        let now = Judge::new(&subject.root, at());
        assert_eq!(now.judge(&subject.demand, &candidates).status(), Some(Status::Passed));
    }
}
