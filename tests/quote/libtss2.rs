//! Our parsers beside libtss2's, as tss-esapi calls them: what ours reads,
//! libtss2 reads too, and writes the same bytes; and what libtss2 reads so
//! that it writes the same, ours reads, but for what is named here.

use limescope as _;
use limescope::tpm::link;
use limescope::tpm::wire::{self, Refusal, WireError};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tss_esapi::structures;
use tss_esapi::traits::{Marshall, UnMarshall};
use tss_esapi::tss2_esys::TPMT_PUBLIC;

use super::{attestation, bytes, record};

/// What ours makes of some bytes.
type Own = fn(&[u8]) -> Result<Vec<u8>, WireError>;

/// What libtss2 makes of them; none: it refuses them.
type Theirs = fn(&[u8]) -> Option<Vec<u8>>;

/// Mutations of each sample.
const ROUNDS: u64 = 4_000;

fn mutated(whole: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    for _ in 0..random.random_range(1..3) {
        let at = random.random_range(0..bytes.len().max(1));
        match random.random_range(0..4) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at.min(bytes.len()), random.random()),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.random_range(0..8);
                }
            }
        }
    }
    bytes
}

/// Whether ours may refuse what libtss2 takes: it is stricter about values.
fn is_stricter(error: &WireError) -> bool {
    matches!(error.refusal, Refusal::Value(_) | Refusal::Unsupported(_))
}

fn compare(samples: &[Vec<u8>], own: Own, theirs: Theirs) {
    // Its own words on every refusal would hide those of the test.
    if let Err(error) = link::load() {
        panic!("{error}");
    }
    let (mut both, mut differing) = (0, 0);
    for whole in samples {
        assert_eq!(own(whole).as_ref(), Ok(whole));
        assert_eq!(theirs(whole).as_ref(), Some(whole), "libtss2 reads what a real agent sent");
        for round in 0..ROUNDS {
            let bytes = mutated(whole, &mut StdRng::seed_from_u64(round));
            // What libtss2 reads in another way than it writes is no reading at all.
            let theirs = theirs(&bytes).filter(|written| *written == bytes);
            match (own(&bytes), theirs) {
                (Ok(written), Some(_)) => {
                    assert_eq!(written, bytes);
                    both += 1;
                }
                (Ok(_), None) => panic!("ours alone reads {bytes:02x?}"),
                (Err(error), Some(_)) => {
                    assert!(is_stricter(&error), "{error}: {bytes:02x?}");
                    differing += 1;
                }
                (Err(_), None) => {}
            }
        }
    }
    assert!(both > 100, "{both} were read by both, {differing} by libtss2 alone");
}

#[test]
fn public_areas_are_read_alike() {
    let record = record();
    let samples = [bytes(&record, "aik_tpm"), bytes(&record, "ek_tpm")].map(|whole| whole[2..].to_vec());
    compare(
        &samples,
        |bytes| wire::Public::read(bytes).map(|public| public.encode()),
        |bytes| {
            let public = structures::Public::unmarshall(bytes).ok()?;
            // tss-esapi has no equal of a few raw values; those are not compared.
            let _raw: TPMT_PUBLIC = public.clone().into();
            public.marshall().ok()
        },
    );
}

#[test]
fn signatures_are_read_alike() {
    let samples = ["latest-push-ok", "0-push-ima-ok"].map(|name| bytes(&attestation(name), "signature"));
    compare(
        &samples,
        |bytes| wire::Signature::read(bytes).map(|signature| signature.encode()),
        |bytes| structures::Signature::unmarshall(bytes).ok()?.marshall().ok(),
    );
}

#[test]
fn attestations_are_read_alike() {
    let samples = ["latest-push-ok", "0-push-ima-ok"].map(|name| bytes(&attestation(name), "message"));
    compare(
        &samples,
        |bytes| wire::Attest::read(bytes).map(|attest| attest.encode()),
        |bytes| structures::Attest::unmarshall(bytes).ok()?.marshall().ok(),
    );
}
