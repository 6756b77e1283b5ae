//! The parsers of TPM structures: no panic, no more kept than was sent, and
//! what is read encodes to the same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use limescope::tpm::wire::{Attest, PcrBlob, Public, Signature};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::mutate::rounds;

/// The values of all members of that name in all captures, each once.
fn corpus(names: &[&str]) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "http") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        for name in names {
            for (at, start) in text.match_indices(&format!("\"{name}\": \"")) {
                let value = text[at + start.len()..].split('"').next().unwrap();
                // Some members of these names hold no structure.
                found.extend(STANDARD.decode(value).ok().filter(|bytes| bytes.len() > 40));
            }
        }
    }
    found.sort();
    found.dedup();
    assert!(!found.is_empty(), "no {names:?} in the captures");
    found
}

/// Sizes and identifiers that parsers trip over.
const PIECES: [&[u8]; 14] = [
    &[0],
    &[0xff],
    &[0, 0],
    &[0xff, 0xff],
    &[0, 0x10],
    &[0, 0x0b],
    &[0x0b, 0],
    &[0, 0x18],
    &[0, 0x23],
    &[0, 1],
    &[0, 0, 0, 1],
    &[0xff, 0xff, 0xff, 0xff],
    &[0x80, 0, 0, 0],
    &[0x01, 0x00, 0x00, 0x00],
];

fn mutated(bytes: &mut Vec<u8>, corpus: &[Vec<u8>], random: &mut StdRng) {
    let at = random.random_range(0..=bytes.len());
    let end = (at + random.random_range(0..12)).min(bytes.len());
    match random.random_range(0..6) {
        0 => drop(bytes.drain(at..end)),
        1 => drop(bytes.splice(at..at, PIECES[random.random_range(0..PIECES.len())].iter().copied())),
        2 => {
            let piece = PIECES[random.random_range(0..PIECES.len())];
            let end = (at + piece.len()).min(bytes.len());
            drop(bytes.splice(at..end, piece.iter().copied()));
        }
        3 => {
            let donor = &corpus[random.random_range(0..corpus.len())];
            let from = random.random_range(0..donor.len());
            let to = (from + 40).min(donor.len());
            drop(bytes.splice(at..end, donor[from..to].iter().copied()));
        }
        4 => bytes.truncate(at),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.random_range(0..8);
            }
        }
    }
}

/// Calls `try_one` with every value of the corpus and with mutations of them;
/// it says whether the bytes were read.
fn run(names: &[&str], mut try_one: impl FnMut(&[u8]) -> bool) {
    let corpus = corpus(names);
    assert!(corpus.iter().any(|bytes| try_one(bytes)), "nothing real is read");
    let mut read = 0;
    for round in 0..rounds(20_000) {
        let mut random = StdRng::seed_from_u64(round);
        let mut bytes = corpus[random.random_range(0..corpus.len())].clone();
        for _ in 0..random.random_range(1..4) {
            mutated(&mut bytes, &corpus, &mut random);
        }
        read += u32::from(try_one(&bytes));
    }
    assert!(read > 0, "every mutation is refused: nothing was tried but the first field");
}

fn words(error: &limescope::tpm::wire::WireError, bytes: &[u8]) {
    assert!(error.offset <= bytes.len(), "{error}");
    assert!(error.to_string().chars().all(|character| !character.is_control()));
}

#[test]
fn public_areas() {
    run(&["aik_tpm", "ek_tpm"], |bytes| {
        let whole = Public::read_sized(bytes);
        match &whole {
            Err(error) => words(error, bytes),
            Ok(public) => {
                assert_eq!(public.encode(), bytes[2..]);
                assert!(public.key.ecc_point().is_none_or(|point| point.len() % 2 == 1));
                assert!(public.name().is_none_or(|name| name.bytes().len() > 2));
                assert_eq!(Public::read(&bytes[2..]).as_ref(), Ok(public));
            }
        }
        whole.is_ok()
    });
    run(&["public"], |bytes| Public::read(bytes).map_err(|error| words(&error, bytes)).is_ok());
}

#[test]
fn signatures() {
    run(&["signature"], |bytes| match Signature::read(bytes) {
        Err(error) => {
            words(&error, bytes);
            false
        }
        Ok(signature) => {
            assert_eq!(signature.encode(), bytes);
            true
        }
    });
}

#[test]
fn attestations() {
    run(&["message"], |bytes| match Attest::read(bytes) {
        Err(error) => {
            words(&error, bytes);
            false
        }
        Ok(attest) => {
            assert_eq!(attest.encode(), bytes);
            assert!(attest.selections.to_string().len() < 1600);
            true
        }
    });
}

#[test]
fn pcr_blobs() {
    run(&["subject_data"], |bytes| match PcrBlob::read(bytes) {
        Err(error) => {
            words(&error, bytes);
            false
        }
        Ok(blob) => {
            assert_eq!(blob.values.len(), blob.selections.pcrs().count());
            // Written with its unused bytes at zero, it says the same.
            assert_eq!(PcrBlob::read(&blob.encode()).as_ref(), Ok(&blob));
            true
        }
    });
}
