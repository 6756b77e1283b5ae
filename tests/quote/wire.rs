//! What was captured from real agents, and what was made of it.

use limescope::tpm::wire::*;

use super::{attestation, bytes, member, record};

const NAMES: [&str; 3] = ["latest-push-ok", "0-push-ima-ok", "latest-push-pcr-fail"];

#[test]
fn real_keys_are_read_and_named() {
    let ak = Public::read_sized(&bytes(&record(), "aik_tpm")).unwrap();
    assert_eq!(
        ak.attributes.to_string(),
        "fixedTPM fixedParent sensitiveDataOrigin userWithAuth restricted sign"
    );
    assert_eq!((ak.scheme, ak.key.words().as_str()), (Scheme::Rsassa(Hash::Sha256), "RSA 2048"));
    assert_eq!(ak.key.rsa_exponent(), Some(65537));
    // The verifier holds the same key without its size, and its name.
    let held = Public::read(&bytes(&attestation(NAMES[0]), "public")).unwrap();
    assert_eq!(held, ak);
    assert_eq!(ak.name().unwrap().to_string(), member(&attestation(NAMES[0]), "local_identifier"));

    let ek = Public::read_sized(&bytes(&record(), "ek_tpm")).unwrap();
    assert_eq!(ek.symmetric, Some(Symmetric::AES_128_CFB));
    assert_eq!(ek.scheme, Scheme::Open);
    let expected = Attributes::FIXED_TPM
        .and(Attributes::FIXED_PARENT)
        .and(Attributes::SENSITIVE_DATA_ORIGIN)
        .and(Attributes::ADMIN_WITH_POLICY)
        .and(Attributes::RESTRICTED)
        .and(Attributes::DECRYPT);
    assert!(ek.attributes.has(expected), "{:?}", ek.attributes);
    assert_eq!(ek.policy.len(), 32);
}

#[test]
fn real_quotes_are_read() {
    for capture in NAMES.map(attestation) {
        let capture = &capture;
        let attest = Attest::read(&bytes(capture, "message")).unwrap();
        assert_eq!(attest.extra_data, bytes(capture, "challenge"));
        assert_eq!(attest.clock_info.reset_count, 2);
        let signature = Signature::read(&bytes(capture, "signature")).unwrap();
        assert_eq!((signature.hash, signature.word()), (Hash::Sha256, "rsassa"));
        let received = bytes(capture, "subject_data");
        let blob = PcrBlob::read(&received).unwrap();
        assert_eq!(blob.selections, attest.selections);
        let values: Vec<_> = blob.values.iter().map(Vec::as_slice).collect();
        assert_eq!(signature.hash.digest(&values).unwrap(), attest.digest);
        assert_eq!(blob.encode(), received);
    }
    let blob = PcrBlob::read(&bytes(&attestation(NAMES[1]), "subject_data")).unwrap();
    assert_eq!(blob.selections.to_string(), "sha256:10,16");
    assert_eq!(blob.value(Hash::Sha256, 10).unwrap()[..2], [0xf4, 0x64]);
    assert_eq!(blob.value(Hash::Sha1, 10), None);
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let [ak, message, signature, blob] = [
        bytes(&record(), "aik_tpm"),
        bytes(&attestation(NAMES[0]), "message"),
        bytes(&attestation(NAMES[0]), "signature"),
        bytes(&attestation(NAMES[0]), "subject_data"),
    ];
    type Refused = fn(&[u8]) -> bool;
    let readers: [(&[u8], Refused); 5] = [
        (&ak, |bytes| Public::read_sized(bytes).is_err()),
        (&ak[2..], |bytes| Public::read(bytes).is_err()),
        (&message, |bytes| Attest::read(bytes).is_err()),
        (&signature, |bytes| Signature::read(bytes).is_err()),
        (&blob, |bytes| PcrBlob::read(bytes).is_err()),
    ];
    for (whole, refused) in readers {
        assert!(!refused(whole));
        (0..whole.len()).for_each(|cut| assert!(refused(&whole[..cut]), "{cut}"));
        assert!(refused(&[whole, &[0]].concat()));
        assert!(refused(&vec![0xff; 100_000]) && refused(&vec![0; 100_000]));
    }
}

#[test]
fn the_blob_ignores_what_nothing_covers() {
    let bytes = bytes(&attestation(NAMES[0]), "subject_data");
    let blob = PcrBlob::read(&bytes).unwrap();
    let mut ignored = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x01;
        match PcrBlob::read(&changed) {
            Ok(other) if other == blob => ignored += 1,
            _ => {}
        }
    }
    // 15 of 16 selections, a byte of the bitmap's room and one of padding; 6
    // of 8 values with their sizes, and half of the two rooms.
    assert_eq!(ignored, 15 * 8 + 1 + 1 + 6 * 66 + 2 * 32);
}

fn ecc(coordinate: &[u8]) -> Vec<u8> {
    let size = [0, coordinate.len() as u8];
    let parts: [&[u8]; 8] = [
        &[0, 0x23, 0, 0x0b, 0, 0x05, 0, 0x72, 0, 0],
        &[0, 0x10, 0, 0x18, 0, 0x0b],
        &[0, 3, 0, 0x10],
        &size,
        coordinate,
        &size,
        coordinate,
        &[],
    ];
    parts.concat()
}

#[test]
fn coordinates_are_padded_and_never_too_long() {
    let key = Public::read(&ecc(&[7; 31])).unwrap();
    assert_eq!((key.scheme, key.key.words().as_str()), (Scheme::Ecdsa(Hash::Sha256), "P-256"));
    let point = key.key.ecc_point().unwrap();
    assert_eq!(point.len(), 65);
    assert_eq!((&point[..3], point[33], point[34]), ([4, 0, 7].as_slice(), 0, 7));
    assert_eq!(key.key.rsa_exponent(), None);
    assert!(Public::read(&ecc(&[7; 32])).is_ok());
    assert_eq!(
        Public::read(&ecc(&[7; 33])).unwrap_err().to_string(),
        "TPMT_PUBLIC, byte 20, unique.ecc.x: 33 bytes; a coordinate of P-256 has 32"
    );
    assert!(Public::read(&ecc(&[])).is_err());
    assert_eq!(
        Key::Ecc { curve: Curve::P521, kdf: None, x: vec![1], y: vec![2] }.ecc_point().unwrap().len(),
        133
    );
}

#[test]
fn faults_are_told_with_their_place() {
    let fault = |result: Result<(), WireError>| result.unwrap_err().to_string();
    let public = |change: fn(&mut Vec<u8>)| {
        let mut bytes = bytes(&record(), "aik_tpm");
        change(&mut bytes);
        Public::read_sized(&bytes).map(drop)
    };
    assert_eq!(
        fault(public(|bytes| bytes[3] = 8)),
        "TPM2B_PUBLIC, byte 2, type: a keyed-hash object has no public key"
    );
    assert_eq!(
        fault(public(|bytes| bytes[5] = 9)),
        "TPM2B_PUBLIC, byte 4, nameAlg: 0x0009 is no hash algorithm"
    );
    assert_eq!(
        fault(public(|bytes| bytes[1] -= 1)),
        "TPM2B_PUBLIC, byte 26, unique.rsa: it ends too early: 256 bytes are needed, 255 are left"
    );
    assert_eq!(fault(public(|bytes| bytes.push(0))), "TPM2B_PUBLIC, byte 282, end: 1 bytes follow its end");
    let attest = |change: fn(&mut Vec<u8>)| {
        let mut bytes = bytes(&attestation(NAMES[0]), "message");
        change(&mut bytes);
        Attest::read(&bytes).map(drop)
    };
    assert_eq!(
        fault(attest(|bytes| bytes[0] = 0)),
        "TPMS_ATTEST, byte 0, magic: 0x00544347; what a TPM makes has 0xff544347"
    );
    assert_eq!(
        fault(attest(|bytes| bytes[5] = 0x17)),
        "TPMS_ATTEST, byte 4, type: 0x8017: it certifies a key, not PCRs"
    );
    let mut blob = bytes(&attestation(NAMES[0]), "subject_data");
    blob[..4].reverse();
    assert_eq!(
        fault(PcrBlob::read(&blob).map(drop)),
        "PCR blob, byte 0, TPML_PCR_SELECTION: 16777216 banks; at most 16 have room (or the agent is big-endian)"
    );
}

#[test]
fn other_signatures_are_refused_by_name() {
    let ecdsa = [0, 0x18, 0, 0x0b, 0, 1, 7, 0, 2, 8, 9];
    let read = Signature::read(&ecdsa).unwrap();
    assert_eq!(read.value, SignatureValue::Ecdsa { r: vec![7], s: vec![8, 9] });
    assert_eq!(read.encode(), ecdsa);
    let schnorr = [0, 0x1c, 0, 0x0b, 0, 1, 7, 0, 1, 8];
    assert_eq!(
        Signature::read(&schnorr).unwrap_err().to_string(),
        "TPMT_SIGNATURE, byte 0, sigAlg: EC Schnorr signatures are not verified"
    );
}

#[test]
fn a_qualified_name_hashes_the_parent_before_the_name() {
    let name = Public::read(&ecc(&[7; 32])).unwrap().name().unwrap();
    let owner = 0x4000_0001u32.to_be_bytes();
    let primary = name.qualified(&owner).unwrap();
    let digest = Hash::Sha256.digest(&[&owner, name.bytes()]).unwrap();
    assert_eq!(primary.bytes(), [&[0, 0x0b], digest.as_slice()].concat());
}
