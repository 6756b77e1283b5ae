//! Findings about the keys themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limescope::tpm::identity::{Registration, Severity};
use limescope::tpm::wire::{Attributes, Curve, Hash, Key, Public, Scheme};

use crate::makers::*;

fn with_attestation(change: impl FnOnce(&mut Public)) -> Vec<&'static str> {
    let mut key = attestation_key(1);
    change(&mut key);
    codes(&judged(&registration(&endorsement_key(1), &key)))
}

fn with_endorsement(change: impl FnOnce(&mut Public)) -> Vec<&'static str> {
    let mut key = endorsement_key(1);
    change(&mut key);
    codes(&judged(&registration(&key, &attestation_key(1))))
}

fn without(key: &mut Public, attribute: Attributes) {
    key.attributes = Attributes::new(key.attributes.bits() & !attribute.bits());
}

#[test]
fn what_keylimes_agent_registers_is_without_a_finding() {
    let identity = judged(&registration(&endorsement_key(1), &attestation_key(1)));
    assert_eq!(codes(&identity), [""; 0]);
    assert_eq!(notes(&identity), ["ek-certificate-missing"]);
    let endorsement = identity.endorsement_key.unwrap();
    assert!(endorsement.is_default_template);
    assert_eq!((endorsement.kind.as_str(), endorsement.attributes.bits()), ("RSA 2048", 0x0003_00b2));
    let name = endorsement_key(1).name().unwrap().to_string();
    assert_eq!(endorsement.name.unwrap().to_string(), name);
    assert_eq!(identity.attestation_key.unwrap().kind, "RSA 2048");
}

#[test]
fn each_attribute_that_an_attestation_key_lacks_is_told() {
    for (attribute, code) in [
        (Attributes::RESTRICTED, "ak-not-restricted"),
        (Attributes::FIXED_TPM, "ak-not-fixed-tpm"),
        (Attributes::FIXED_PARENT, "ak-not-fixed-parent"),
        (Attributes::SENSITIVE_DATA_ORIGIN, "ak-imported"),
        (Attributes::SIGN, "ak-cannot-sign"),
    ] {
        assert_eq!(with_attestation(|key| without(key, attribute)), [code]);
    }
    let decrypts = with_attestation(|key| key.attributes = key.attributes.and(Attributes::DECRYPT));
    assert_eq!(decrypts, ["ak-decrypts"]);
    // What means nothing for an attestation is no matter.
    assert_eq!(with_attestation(|key| key.attributes = key.attributes.and(Attributes::NO_DA)), [""; 0]);
}

#[test]
fn each_attribute_that_an_endorsement_key_lacks_is_told() {
    for (attribute, code) in [
        (Attributes::RESTRICTED, "ek-not-restricted"),
        (Attributes::DECRYPT, "ek-cannot-decrypt"),
        (Attributes::FIXED_TPM, "ek-not-fixed-tpm"),
        (Attributes::FIXED_PARENT, "ek-not-fixed-parent"),
        (Attributes::SENSITIVE_DATA_ORIGIN, "ek-imported"),
    ] {
        assert_eq!(with_endorsement(|key| without(key, attribute)), [code]);
    }
    assert_eq!(with_endorsement(|key| key.attributes = key.attributes.and(Attributes::SIGN)), ["ek-signs"]);
}

#[test]
fn weak_keys_are_told() {
    let rsa = |bits: u16, exponent: u32, first: u8| {
        let mut modulus = vec![first; usize::from(bits / 8)];
        modulus[0] = first;
        Key::Rsa { bits, exponent, modulus }
    };
    assert_eq!(with_attestation(|key| key.key = rsa(1024, 0, 0xc1)), ["ak-weak"]);
    assert_eq!(with_endorsement(|key| key.key = rsa(1024, 0, 0xc1)), ["ek-weak"]);
    assert_eq!(with_endorsement(|key| key.key = rsa(2048, 0, 0x41)), ["ek-weak"], "2047 bits only");
    assert_eq!(with_attestation(|key| key.key = rsa(2048, 3, 0xc1)), ["ak-odd-exponent"]);
    assert_eq!(with_attestation(|key| key.key = rsa(2048, 65_537, 0xc1)), [""; 0]);
    let curve = |curve, length| Key::Ecc { curve, kdf: None, x: vec![1; length], y: vec![2; length] };
    let on = |key: Key| {
        with_attestation(|area| {
            area.scheme = Scheme::Ecdsa(Hash::Sha256);
            area.key = key;
        })
    };
    assert_eq!(on(curve(Curve::P192, 24)), ["ak-weak"]);
    assert_eq!(on(curve(Curve::P256, 32)), [""; 0]);
    assert_eq!(with_attestation(|key| key.scheme = Scheme::Rsassa(Hash::Sha1)), ["ak-signs-sha1"]);
    assert_eq!(with_attestation(|key| key.scheme = Scheme::Open), ["ak-no-scheme"]);
    assert_eq!(with_attestation(|key| key.name_hash = Hash::Sha1), ["ak-name-hash"]);
}

#[test]
fn one_key_for_both_is_made_up() {
    let both = with_attestation(|key| key.key = endorsement_key(1).key);
    assert_eq!(both, ["ak-is-ek"]);
}

#[test]
fn a_template_of_nobodys_is_worth_knowing() {
    let mut key = endorsement_key(1);
    key.policy = Vec::new();
    let identity = judged(&registration(&key, &attestation_key(1)));
    assert_eq!(codes(&identity), [""; 0]);
    assert!(notes(&identity).contains(&"ek-not-default-template"));
    assert!(!identity.endorsement_key.unwrap().is_default_template);
    // The templates for more than 2048 bits (H-3) are as good.
    let high = Public {
        name_hash: Hash::Sha384,
        attributes: Attributes::new(0x0003_00f2),
        policy: hex(
            "b26e7d28d11a50bc53d882bcf5fd3a1a074148bb35d3b4e4cb1c0ad9bde419cacb47ba09699646150f9fc000f3f80e12",
        ),
        key: Key::Ecc { curve: Curve::P384, kdf: None, x: vec![1; 48], y: vec![2; 48] },
        ..endorsement_key(1)
    };
    assert!(judged(&registration(&high, &attestation_key(1))).endorsement_key.unwrap().is_default_template);
}

#[test]
fn a_record_without_keys_says_so() {
    let nothing = judged(&Registration::default());
    assert_eq!(codes(&nothing), ["ek-missing", "ak-missing"]);
    assert_eq!(nothing.worst(), Some(Severity::Error));
    let empty = Registration { ek_tpm: Some("".into()), aik_tpm: Some("".into()), ..Registration::default() };
    assert_eq!(codes(&judged(&empty)), ["ek-missing", "ak-missing"]);
}

#[test]
fn what_is_no_key_is_told_with_its_place() {
    let good = registration(&endorsement_key(1), &attestation_key(1));
    let trailing = [&STANDARD.decode(good.ek_tpm.as_ref().unwrap().raw()).unwrap()[..], &[0]].concat();
    for (text, why) in [
        ("%%%".to_owned(), "no base64"),
        (STANDARD.encode(b"\0\x04abcd"), "byte 2"),
        (STANDARD.encode(&trailing), "1 bytes follow its end"),
        ("A".repeat(100_000), "100000 characters"),
        ("\u{1b}[2J".to_owned(), "no base64"),
    ] {
        let bad = Registration { ek_tpm: Some(text.into()), ..good.clone() };
        let identity = judged(&bad);
        assert_eq!(codes(&identity), ["ek-unreadable"]);
        let words = &identity.findings[0].words;
        assert!(words.contains(why), "{words}");
        let bad = Registration { aik_tpm: bad.ek_tpm, ..good.clone() };
        assert_eq!(codes(&judged(&bad)), ["ak-unreadable"]);
    }
    let key = sent(&attestation_key(2));
    let iak = Registration { iak_tpm: Some("%".into()), idevid_tpm: Some("%".into()), ..good.clone() };
    assert_eq!(codes(&judged(&iak)), ["iak-unreadable", "idevid-unreadable"]);
    let iak = Registration { iak_tpm: Some(key.clone()), idevid_tpm: Some(key), ..good };
    assert_eq!(codes(&judged(&iak)), [""; 0]);
}

#[test]
fn every_finding_says_what_to_do() {
    let mut key = attestation_key(1);
    key.attributes = Attributes::new(0);
    let mut other = endorsement_key(1);
    other.attributes = Attributes::SIGN;
    for finding in judged(&registration(&other, &key)).findings {
        assert!(finding.words.ends_with('.') && finding.next_step.ends_with('.'), "{finding:?}");
        assert!(finding.message().contains(&*finding.words), "{finding:?}");
    }
}
