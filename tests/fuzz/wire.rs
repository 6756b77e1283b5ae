//! The parsers of TPM structures and of the logs beside a quote: no panic, no
//! more kept than was sent, and what is read encodes to the same bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use limescope::tpm::identity::{Registration, VendorRoots, audit, certificates_of_file};
use limescope::tpm::quote::{ImaLog, ImaPart, Step, replay_ima, replay_uefi};
use limescope::tpm::wire::{Attest, Hash, PcrBlob, PcrSelection, PcrSelections, Public, Signature};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::mutate::{self, rounds};

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

/// Who registers such bytes gets findings that can be shown, and no panic.
#[test]
fn registrations() {
    let at = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let keys = corpus(&["aik_tpm", "ek_tpm"]);
    let (roots, _) = VendorRoots::new(corpus(&["ekcert"]), at);
    run(&["ekcert"], |bytes| {
        let text = |bytes: &[u8]| Some(STANDARD.encode(bytes).into());
        let key = &keys[bytes.len() % keys.len()];
        let pem = |bytes: &[u8]| {
            format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(bytes))
        };
        let registration = Registration {
            ek_tpm: text(key),
            aik_tpm: text(bytes),
            ekcert: text(bytes),
            mtls_cert: Some(pem(bytes).into()),
            ..Registration::default()
        };
        let identity = audit(&registration, Some(&roots), at);
        for finding in &identity.findings {
            let message = finding.message();
            assert!(!message.chars().any(char::is_control) && message.len() < 4_000, "{message:?}");
        }
        assert_eq!(certificates_of_file(bytes).len(), usize::from(identity.certificate.is_some()));
        VendorRoots::new([bytes.to_vec()], at);
        identity.certificate.is_some()
    });
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

fn quoted() -> PcrBlob {
    let bitmap = vec![0xff, 0xff, 0];
    PcrBlob {
        selections: PcrSelections(vec![PcrSelection { bank: Hash::Sha256, bitmap }]),
        values: vec![vec![0; 32]; 16],
    }
}

fn fit_to_be_shown(steps: &[Step]) {
    for step in steps {
        let texts = step.facts.iter().map(|fact| &fact.value).chain([&step.said]);
        for text in texts {
            assert!(text.chars().count() < 400 && !text.chars().any(char::is_control), "{text:?}");
        }
    }
}

#[test]
fn measurement_lists() {
    let line = "10 97106d3b0c6c2b948ee24eb5a9cde2a52f7f967b ima-ng sha256:f2c181e4 /usr/sbin/sshd\n";
    let corpus = [
        line.to_owned(),
        line.replace("ima-ng", "ima-sig") + " 030204" + line,
        line.replace("ima-ng", "ima-buf").replace("sshd", "sshd 0001"),
        line.replace("ima-ng", "ima").replace("sha256:f2c181e4", &"00".repeat(20)),
        line.replace("97106d3b0c6c2b948ee24eb5a9cde2a52f7f967b", &"00".repeat(20)),
    ];
    let pieces =
        ["10 ", "11", " ", "\n", ":", "\0", "\u{1b}", "é", "0", "ff", "ima", "ima-ngv2", "4294967296"];
    let quoted = quoted();
    mutate::run(&corpus, &pieces, rounds(20_000), |text| {
        for offset in [0, 1] {
            let log = ImaLog::join(&[ImaPart { index: 0, offset, entries: text }]);
            fit_to_be_shown(&replay_ima(&log, &quoted));
        }
    });
}

#[test]
fn firmware_logs() {
    let mut log = vec![0, 0, 0, 0, 3, 0, 0, 0];
    log.extend([0; 20]);
    log.extend([33, 0, 0, 0]);
    log.extend(b"Spec ID Event03\0\0\0\0\0\0\x02\0\x02\x01\0\0\0\x0b\0\x20\0\0");
    for pcr in 0..4 {
        log.extend([pcr, 0, 0, 0, if pcr == 0 { 3 } else { 8 }, 0, 0, 0, 1, 0, 0, 0, 0x0b, 0]);
        log.extend([pcr; 32]);
        log.extend([17, 0, 0, 0]);
        log.extend(b"StartupLocality\0\x03");
    }
    let corpus = [log];
    let quoted = quoted();
    assert!(replay_uefi(&corpus[0], &quoted).len() > 1, "it is read");
    for round in 0..rounds(20_000) {
        let mut random = StdRng::seed_from_u64(round);
        let mut bytes = corpus[0].clone();
        for _ in 0..random.random_range(1..4) {
            mutated(&mut bytes, &corpus, &mut random);
        }
        fit_to_be_shown(&replay_uefi(&bytes, &quoted));
    }
}
