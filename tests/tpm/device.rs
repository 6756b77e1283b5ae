//! Keys of a TPM at work, and what is said when they are not.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use limescope::text::Secret;
use limescope::tpm::device::{Choice, DeviceError, DeviceKey, KeyFile, Kind, Tpm, Way, create, status};

use crate::support::agent::software_tpm::SoftwareTpm;

const MESSAGE: &[u8] = b"what is to be signed";

pub fn device(software: &SoftwareTpm) -> Arc<Tpm> {
    Arc::new(Tpm::new(choice(software)))
}

fn impatient(software: &SoftwareTpm) -> Arc<Tpm> {
    Arc::new(Tpm::with_time_out(choice(software), Duration::from_secs(1)))
}

fn choice(software: &SoftwareTpm) -> Choice {
    Choice::named("TCTI", &software.text()).unwrap()
}

fn secret(text: &str) -> Option<Secret> {
    Some(Secret::new(text.as_bytes().to_vec()))
}

fn sign(key: &DeviceKey, way: Way) -> Result<Vec<u8>, DeviceError> {
    key.sign(way, digest(&SHA256, MESSAGE).as_ref())
}

fn verify(key: &DeviceKey, algorithm: &'static dyn VerificationAlgorithm, signature: &[u8]) {
    UnparsedPublicKey::new(algorithm, key.file().public_key()).verify(MESSAGE, signature).unwrap();
}

#[test]
fn keys_of_both_kinds_sign_and_their_files_are_read_again() {
    let software = SoftwareTpm::start();
    let tpm = device(&software);
    let about = status(&tpm).unwrap();
    assert!(!about.manufacturer.is_empty() && !about.owner_password, "{about:?}");
    assert_eq!(about.lockout.unwrap().left(), 3, "{about:?}");
    for (kind, pin, ways) in [
        (Kind::P256, None, &[(Way::Ecdsa, &ECDSA_P256_SHA256_ASN1 as &dyn VerificationAlgorithm)][..]),
        (Kind::P256, Some("1234"), &[(Way::Ecdsa, &ECDSA_P256_SHA256_ASN1)]),
        (
            Kind::Rsa(2048),
            Some("a longer one: ünïcödé"),
            &[(Way::RsaPss, &RSA_PSS_2048_8192_SHA256), (Way::RsaPkcs1, &RSA_PKCS1_2048_8192_SHA256)],
        ),
    ] {
        let made = create(&tpm, kind, pin.and_then(secret)).unwrap();
        let pem = made.to_pem().unwrap();
        let file = KeyFile::from_pem(format!("a comment before\n{pem}").as_bytes()).unwrap();
        assert_eq!(file, made);
        assert_eq!(file.needs_pin(), pin.is_some());
        let key = DeviceKey::new(Arc::clone(&tpm), file, pin.and_then(secret));
        for (way, algorithm) in ways {
            for _ in 0..3 {
                verify(&key, *algorithm, &sign(&key, *way).unwrap());
            }
        }
        assert!(matches!(key.sign(ways[0].0, b"too short"), Err(DeviceError::Internal(_))));
    }
}

#[test]
fn nothing_is_left_in_the_tpm_and_many_can_ask_at_once() {
    let software = SoftwareTpm::start();
    let tpm = device(&software);
    let file = create(&tpm, Kind::P256, secret("1234")).unwrap();
    let key = DeviceKey::new(Arc::clone(&tpm), file, secret("1234"));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| sign(&key, Way::Ecdsa))).collect();
        for thread in threads {
            verify(&key, &ECDSA_P256_SHA256_ASN1, &thread.join().unwrap().unwrap());
        }
    });
    drop((key, tpm));
    for kind in ["handles-transient", "handles-loaded-session", "handles-saved-session"] {
        let output = tool(&software, "tpm2_getcap", &[kind]);
        assert!(output.0 && output.1.trim().is_empty(), "{kind}: {output:?}");
    }
}

#[test]
fn a_wrong_pin_is_said_and_never_tried_again() {
    let software = SoftwareTpm::start();
    let tpm = device(&software);
    let unprotected = create(&tpm, Kind::P256, None).unwrap();
    let file = create(&tpm, Kind::P256, secret("right")).unwrap();
    let key = DeviceKey::new(Arc::clone(&tpm), file.clone(), secret("wrong"));
    let error = sign(&key, Way::Ecdsa).unwrap_err();
    assert_eq!(error.to_string(), "the PIN is wrong; 2 more wrong ones lock the TPM, for other programs too");
    std::thread::scope(|scope| {
        for thread in (0..4).map(|_| scope.spawn(|| sign(&key, Way::Ecdsa))).collect::<Vec<_>>() {
            assert_eq!(thread.join().unwrap(), Err(DeviceError::PinRefused));
        }
    });
    assert_eq!(status(&tpm).unwrap().lockout.unwrap().counted, 1);
    let without = DeviceKey::new(Arc::clone(&tpm), file.clone(), None);
    assert_eq!(sign(&without, Way::Ecdsa), Err(DeviceError::PinMissing));
    assert_eq!(status(&tpm).unwrap().lockout.unwrap().counted, 1);

    for (wrong, words) in [
        ("b", "one more wrong PIN locks the TPM"),
        ("c", "the TPM is locked now; it forgets one wrong try every 16 min"),
    ] {
        let key = DeviceKey::new(Arc::clone(&tpm), file.clone(), secret(wrong));
        let error = sign(&key, Way::Ecdsa).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    // Who has no PIN has nothing that can be guessed, and works on.
    let open = DeviceKey::new(Arc::clone(&tpm), unprotected, None);
    sign(&open, Way::Ecdsa).unwrap();
    let right = DeviceKey::new(Arc::clone(&tpm), file, secret("right"));
    let error = sign(&right, Way::Ecdsa).unwrap_err();
    assert!(matches!(error, DeviceError::LockedOut(Some(lockout)) if lockout.left() == 0), "{error}");
    assert!(error.to_string().contains("tpm2_dictionarylockout --clear-lockout"), "{error}");
    assert!(tool(&software, "tpm2_dictionarylockout", &["--clear-lockout"]).0);
    // The right PIN was not spent by the lockout.
    sign(&right, Way::Ecdsa).unwrap();
}

#[test]
fn the_key_of_another_tpm_is_told_from_a_damaged_file() {
    let (one, other) = (SoftwareTpm::start(), SoftwareTpm::start());
    let file = create(&device(&one), Kind::P256, None).unwrap();
    let pem = file.to_pem().unwrap();
    let key = DeviceKey::new(device(&other), file, None);
    assert_eq!(sign(&key, Way::Ecdsa), Err(DeviceError::OtherTpm));
    let damaged = pem.replacen("-----\nMII", "-----\nMIJ", 1).replacen("-----\nMIH", "-----\nMIJ", 1);
    assert_ne!(damaged, pem);
    assert!(KeyFile::from_pem(damaged.as_bytes()).is_err());
    assert!(KeyFile::from_pem(b"-----BEGIN PRIVATE KEY-----").is_err());
}

#[test]
fn a_tpm_that_hangs_costs_one_time_out_and_comes_back() {
    let software = SoftwareTpm::start();
    let tpm = impatient(&software);
    let file = create(&tpm, Kind::P256, None).unwrap();
    let key = DeviceKey::new(Arc::clone(&tpm), file, None);
    sign(&key, Way::Ecdsa).unwrap();
    software.hang();
    let began = Instant::now();
    assert_eq!(sign(&key, Way::Ecdsa), Err(DeviceError::TimedOut(Duration::from_secs(1))));
    for _ in 0..100 {
        assert_eq!(sign(&key, Way::Ecdsa), Err(DeviceError::Stuck));
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    software.go_on();
    let limit = Instant::now() + Duration::from_secs(30);
    while sign(&key, Way::Ecdsa).is_err() {
        assert!(Instant::now() < limit, "it did not come back");
        std::thread::sleep(Duration::from_millis(5));
    }
    software.hang();
    let began = Instant::now();
    drop(key);
    // Nothing was asked since it hangs: the end waits once for what it has to flush.
    drop(tpm);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_tpm_that_dies_is_used_again_when_it_is_back() {
    let mut software = SoftwareTpm::start();
    let tpm = device(&software);
    let file = create(&tpm, Kind::P256, secret("1234")).unwrap();
    let key = DeviceKey::new(Arc::clone(&tpm), file, secret("1234"));
    sign(&key, Way::Ecdsa).unwrap();
    software.die();
    for _ in 0..3 {
        let error = sign(&key, Way::Ecdsa).unwrap_err();
        assert!(matches!(error, DeviceError::Unreachable(_)), "{error}");
        assert!(error.is_absence());
    }
    software.restart();
    // What was saved out of the old one is of no use to the new one; the file is.
    verify(&key, &ECDSA_P256_SHA256_ASN1, &sign(&key, Way::Ecdsa).unwrap());
}

#[test]
fn openssl_signs_with_our_file_and_we_with_one_of_openssl() {
    let software = SoftwareTpm::start();
    let tpm = device(&software);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("message"), MESSAGE).unwrap();
    let file = create(&tpm, Kind::P256, None).unwrap();
    std::fs::write(path("ours.pem"), file.to_pem().unwrap()).unwrap();
    let provider = ["-provider", "tpm2", "-provider", "default", "-propquery", "?provider=tpm2"];
    let signed = tool(
        &software,
        "openssl",
        &[
            &["dgst", "-sha256", "-sign", &path("ours.pem"), "-out", &path("signature")],
            &provider[..],
            &[&path("message")],
        ]
        .concat(),
    );
    assert!(signed.0, "{signed:?}");
    let key = DeviceKey::new(Arc::clone(&tpm), file, None);
    verify(&key, &ECDSA_P256_SHA256_ASN1, &std::fs::read(path("signature")).unwrap());

    for (algorithm, option, kind) in
        [("EC", "group:P-256", Kind::P256), ("RSA", "bits:2048", Kind::Rsa(2048))]
    {
        let made = tool(
            &software,
            "openssl",
            &[
                &["genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", &path("theirs.pem")],
                &provider[..4],
            ]
            .concat(),
        );
        assert!(made.0, "{made:?}");
        let file = KeyFile::from_pem(&std::fs::read(path("theirs.pem")).unwrap()).unwrap();
        assert_eq!(file.kind(), kind);
        let key = DeviceKey::new(Arc::clone(&tpm), file, None);
        let (way, verifier): (_, &dyn VerificationAlgorithm) = match kind {
            Kind::P256 => (Way::Ecdsa, &ECDSA_P256_SHA256_ASN1),
            Kind::Rsa(_) => (Way::RsaPss, &RSA_PSS_2048_8192_SHA256),
        };
        verify(&key, verifier, &sign(&key, way).unwrap());
    }
}

/// Runs another program on the TPM: whether it succeeded, and what it printed.
pub fn tool(software: &SoftwareTpm, program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program)
        .args(arguments)
        .env("TPM2TOOLS_TCTI", software.text())
        .env("TPM2OPENSSL_TCTI", software.text())
        .env("TSS2_LOG", "all+ERROR")
        .current_dir(Path::new("/"))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error} (`make keylime` installs it)"));
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}
