//! The check of a quote: real ones hold, and nothing near them does.

use limescope::tpm::quote::{
    Conclusion, Evidence, KeySource, Quote, Requested, Step, StepResult, against_earlier, check, conclude,
};
use limescope::tpm::wire::*;
use serde_json::Value;

use super::sample::{Sample, ecdsa, rsa};
use super::{attestation, bytes, record};

/// The parts of a real record.
struct Real {
    key: Public,
    source: KeySource,
    ek: Option<Public>,
    named: Public,
    message: Vec<u8>,
    signature: Vec<u8>,
    blob: Vec<u8>,
    nonce: Vec<u8>,
    requested: Requested,
}

impl Real {
    fn new(name: &str) -> Self {
        let attestation = attestation(name);
        let named = Public::read(&bytes(&attestation, "public")).unwrap();
        let (key, source, ek) = match name.ends_with("push-ok") {
            // The record of this agent alone was captured.
            true => {
                let record = record();
                let key = Public::read_sized(&bytes(&record, "aik_tpm")).unwrap();
                let ek = Public::read_sized(&bytes(&record, "ek_tpm")).unwrap();
                (key, KeySource::Registrar, Some(ek))
            }
            false => (named.clone(), KeySource::Attestation, None),
        };
        let selected =
            &attestation["data"]["attributes"]["evidence"][0]["chosen_parameters"]["selected_subjects"];
        let index = |index: &Value| (Hash::Sha256, u8::try_from(index.as_u64().unwrap()).unwrap());
        let pcrs = selected["sha256"].as_array().unwrap().iter().map(index).collect();
        Self {
            key,
            source,
            ek,
            named,
            message: bytes(&attestation, "message"),
            signature: bytes(&attestation, "signature"),
            blob: bytes(&attestation, "subject_data"),
            nonce: bytes(&attestation, "challenge"),
            requested: Requested { pcrs, scheme: Some("rsassa".to_owned()), hash: Some(Hash::Sha256) },
        }
    }

    fn check(&self) -> Quote {
        check(&Evidence {
            key: &self.key,
            key_source: self.source,
            named_key: Some(&self.named),
            ek: self.ek.as_ref(),
            message: &self.message,
            signature: &self.signature,
            pcr_blob: &self.blob,
            nonce: &self.nonce,
            requested: &self.requested,
        })
    }

    fn conclusion(&self) -> Conclusion {
        conclude(&self.check().steps)
    }
}

fn step<'a>(steps: &'a [Step], code: &str) -> &'a Step {
    steps.iter().find(|step| step.code == code).unwrap_or_else(|| panic!("no step {code}"))
}

fn failed(quote: &Quote) -> Vec<&'static str> {
    quote.steps.iter().filter(|step| step.result == StepResult::Failed).map(|step| step.code).collect()
}

#[test]
fn real_quotes_hold() {
    let names = ["push-ok", "push-ima-ok", "push-ima-fail", "push-pcr-fail", "push-lost"];
    for name in names.iter().flat_map(|name| [format!("latest-{name}"), format!("0-{name}")]) {
        let quote = Real::new(&name).check();
        assert_eq!(conclude(&quote.steps), Conclusion::Holds, "{name}: {:#?}", quote.steps);
        assert_eq!(failed(&quote), Vec::<&str>::new());
    }
    // With the registrar's record nothing is left open.
    let quote = Real::new("latest-push-ok").check();
    let codes: Vec<_> = quote.steps.iter().map(|step| step.code).collect();
    assert_eq!(
        codes,
        [
            "ak-source",
            "ak-attributes",
            "signature",
            "scheme",
            "quote",
            "nonce",
            "selection",
            "selection-requested",
            "pcr-digest",
            "qualified-signer",
            "clock"
        ]
    );
    assert!(quote.steps.iter().all(|step| step.result == StepResult::Passed), "{:#?}", quote.steps);
    assert_eq!(step(&quote.steps, "selection").value("signed"), Some("sha256:16,23"));
    // Without it the key proves only itself.
    let quote = Real::new("latest-push-ima-ok").check();
    assert_eq!(step(&quote.steps, "ak-source").result, StepResult::NotCheckable);
    assert_eq!(step(&quote.steps, "qualified-signer").result, StepResult::NotCheckable);
}

#[test]
fn every_flipped_bit_is_refused() {
    for name in ["latest-push-ok", "0-push-ima-ok"] {
        let mut real = Real::new(name);
        let parts: [fn(&mut Real) -> &mut Vec<u8>; 2] =
            [|real| &mut real.message, |real| &mut real.signature];
        for part in parts {
            for bit in 0..part(&mut real).len() * 8 {
                part(&mut real)[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(real.conclusion(), Conclusion::Fails, "{name}: bit {bit}");
                part(&mut real)[bit / 8] ^= 1 << (bit % 8);
            }
        }
        // Count; hash, size and bitmap of one bank; number of lists; count of
        // the list; size and value of two PCRs.
        let covered: Vec<_> =
            [0..4, 4..10, 132..136, 136..140, 140..174, 206..240].into_iter().flatten().collect();
        let steps = real.check().steps;
        for bit in 0..real.blob.len() * 8 {
            real.blob[bit / 8] ^= 1 << (bit % 8);
            if covered.contains(&(bit / 8)) {
                assert_eq!(real.conclusion(), Conclusion::Fails, "{name}: bit {bit} of the PCRs");
            } else {
                assert_eq!(real.check().steps, steps, "{name}: bit {bit} is not covered");
            }
            real.blob[bit / 8] ^= 1 << (bit % 8);
        }
        for bit in 0..real.nonce.len() * 8 {
            real.nonce[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(failed(&real.check()), ["nonce"]);
            real.nonce[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(real.conclusion(), Conclusion::Holds);
    }
}

#[test]
fn parts_of_other_quotes_are_refused() {
    let (one, other) = (Real::new("latest-push-ok"), Real::new("0-push-ok"));
    let with = |change: fn(&mut Real, &Real)| {
        let mut real = Real::new("latest-push-ok");
        change(&mut real, &other);
        failed(&real.check())
    };
    assert_eq!(with(|real, other| real.message.clone_from(&other.message)), ["signature", "nonce"]);
    assert_eq!(with(|real, other| real.signature.clone_from(&other.signature)), ["signature"]);
    assert_eq!(with(|real, other| real.nonce.clone_from(&other.nonce)), ["nonce"]);
    assert_eq!(with(|real, _| real.nonce.clear()), ["nonce"]);
    assert_eq!(with(|real, _| real.key = Real::new("0-push-lost").key), ["ak-source", "signature"]);
    assert_eq!(with(|real, _| real.requested.pcrs.push((Hash::Sha256, 7))), ["selection-requested"]);
    assert_eq!(with(|real, _| real.requested.hash = Some(Hash::Sha384)), ["scheme"]);
    assert_eq!(with(|real, _| real.message.clear()), ["signature", "quote"]);
    assert_eq!(with(|real, _| real.blob.truncate(100)), ["selection"]);
    // Bytes of another length, and much of them.
    assert_eq!(with(|real, _| real.blob = vec![0xff; 1 << 20]), ["selection"]);
    assert_eq!(with(|real, _| real.signature = vec![0; 1 << 20]), ["signature"]);
    assert_eq!(one.conclusion(), Conclusion::Holds);
}

#[test]
fn every_scheme_is_verified() {
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        for pss in [false, true] {
            let mut sample = Sample::of(rsa(2048), hash);
            sample.pss = pss;
            let quote = sample.checked();
            assert_eq!(conclude(&quote.steps), Conclusion::Holds, "{hash:?} {pss}: {:#?}", quote.steps);
            assert_eq!(step(&quote.steps, "qualified-signer").result, StepResult::Passed);
        }
    }
    for (curve, hash) in
        [(Curve::P256, Hash::Sha256), (Curve::P384, Hash::Sha384), (Curve::P521, Hash::Sha512)]
    {
        // Often enough for numbers with leading zeros.
        for _ in 0..40 {
            let sample = Sample::of(ecdsa(curve), hash);
            let quote = sample.checked();
            assert_eq!(conclude(&quote.steps), Conclusion::Holds, "{curve:?}: {:#?}", quote.steps);
        }
    }
}

#[test]
fn every_flipped_bit_of_an_elliptic_signature_is_refused() {
    let sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
    let (message, blob) = (sample.attest.encode(), sample.blob.encode());
    let signature = sample.sign(&message);
    for bit in 0..signature.len() * 8 {
        let mut changed = signature.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let quote = sample.check(&message, &changed, &blob);
        assert_eq!(conclude(&quote.steps), Conclusion::Fails, "bit {bit}");
    }
    for bit in 0..message.len() * 8 {
        let mut changed = message.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let quote = sample.check(&changed, &signature, &blob);
        assert_eq!(conclude(&quote.steps), Conclusion::Fails, "bit {bit}");
    }
}

#[test]
fn keys_that_prove_nothing_are_told() {
    let without = |taken: Attributes| {
        let mut sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
        sample.key.attributes = Attributes::new(sample.key.attributes.bits() & !taken.bits());
        sample.checked()
    };
    for taken in [
        Attributes::RESTRICTED,
        Attributes::SIGN,
        Attributes::FIXED_TPM,
        Attributes::FIXED_PARENT,
        Attributes::SENSITIVE_DATA_ORIGIN,
    ] {
        assert_eq!(failed(&without(taken)), ["ak-attributes"], "{taken}");
    }
    let quote = without(Attributes::RESTRICTED);
    assert_eq!(
        step(&quote.steps, "ak-attributes").said,
        "restricted is missing: it also signs what no TPM made, so a quote can be made up"
    );
    let mut sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
    sample.key.attributes = sample.key.attributes.and(Attributes::DECRYPT);
    assert_eq!(failed(&sample.checked()), ["ak-attributes"]);

    // A key that says its scheme, and a signature of another.
    let mut sample = Sample::of(rsa(2048), Hash::Sha256);
    sample.key.scheme = Scheme::Rsapss(Hash::Sha256);
    assert_eq!(failed(&sample.checked()), ["signature"]);
    sample.pss = true;
    assert_eq!(conclude(&sample.checked().steps), Conclusion::Holds);

    // Too weak, and not known.
    let mut sample = Sample::of(rsa(2048), Hash::Sha256);
    sample.key.key = Key::Rsa { bits: 1024, exponent: 0, modulus: vec![0xab; 128] };
    assert_eq!(failed(&sample.checked()), ["signature"]);
    let mut sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
    if let Key::Ecc { curve, .. } = &mut sample.key.key {
        *curve = Curve::Sm2;
    }
    let quote = sample.checked();
    assert_eq!(failed(&quote), Vec::<&str>::new());
    assert_eq!(conclude(&quote.steps), Conclusion::NotCheckable, "what is not verified never holds");
}

#[test]
fn labels_that_lie_are_told() {
    // The values are signed; which PCRs they are of is the label's word.
    let mut sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
    sample.blob.selections.0[0].bitmap = vec![0, 0, 1];
    assert_eq!(failed(&sample.checked()), ["selection"]);
    // The same PCRs in a shorter bitmap are another label.
    let mut sample = Sample::of(ecdsa(Curve::P256), Hash::Sha256);
    sample.blob.selections.0[0].bitmap.truncate(2);
    assert_eq!(failed(&sample.checked()), ["selection"]);
}

#[test]
fn several_banks_and_many_pcrs_hold() {
    let values = |length: usize| (0..24).map(|index| (index, vec![index; length])).collect::<Vec<_>>();
    let (sha1, sha256) = (values(20), values(32));
    let sample =
        Sample::new(ecdsa(Curve::P256), Hash::Sha256, &[(Hash::Sha1, &sha1), (Hash::Sha256, &sha256)]);
    assert_eq!(sample.blob.values.len(), 48);
    assert_eq!(PcrBlob::read(&sample.blob.encode()).unwrap(), sample.blob);
    assert_eq!(conclude(&sample.checked().steps), Conclusion::Holds);
}

#[test]
fn clocks_run_forwards() {
    let (earlier, later) = (Real::new("0-push-ok"), Real::new("latest-push-ok"));
    let [earlier, later] = [earlier, later].map(|real| Attest::read(&real.message).unwrap());
    let forwards = against_earlier(&earlier, &later);
    assert_eq!(forwards.result, StepResult::Passed);
    assert_eq!(forwards.said, "the same start of the machine as in the earlier quote");
    assert_eq!(against_earlier(&later, &earlier).result, StepResult::Failed);
    let started = |resets: u32| {
        let mut again = later.clone();
        again.clock_info.reset_count += resets;
        again.clock_info.clock += 1;
        against_earlier(&later, &again).said
    };
    assert_eq!(started(1), "started anew once since the earlier quote");
    assert_eq!(started(3), "started anew 3 times since the earlier quote");
    // A clock that was never safe may fall back when power is lost.
    let (mut before, mut now) = (later.clone(), later.clone());
    before.clock_info.safe = false;
    now.clock_info.clock -= 1;
    now.clock_info.reset_count += 1;
    assert_eq!(against_earlier(&before, &now).result, StepResult::Passed);
    // Counters at their ends.
    now.clock_info.reset_count = u32::MAX;
    before.clock_info.reset_count = 0;
    assert!(against_earlier(&before, &now).said.starts_with("started anew 4294967295 times"));
}
