//! Envelopes: no panic; nothing is valid but what was signed, however the
//! text around it is changed; what is refused shows no policy; nothing hostile
//! in a message; places inside the text.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use limescope::policy::envelope::{Format, SignedBytes};
use limescope::policy::examination::json::Report;
use limescope::policy::examination::{Examination, Options, examine};
use limescope::policy::json::{Limits, canonical};
use limescope::policy::sign::{FileKey, Signer, dsse, signed};
use limescope::policy::signature::{encoding, material};
use limescope::policy::trust::{Store, Trust};
use limescope::policy::{PolicyVerdict, Severity, SignatureVerdict};

use crate::mutate;

const PIECES: &[&str] = &[
    "\"payload\": ",
    "\"payloadType\": ",
    "\"signatures\": ",
    "\"signed\": ",
    "\"keyid\": ",
    "\"keytype\": ",
    "\"sig\": ",
    "\"digests\": {}, ",
    "\"p\\u0061yload\": \"e30=\", ",
    "\"application/vnd.keylime+json\"",
    "\"application/json\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\",
    "\\/",
    "\\u002b",
    "\\u0000",
    "=",
    "==",
    "+",
    "-",
    "_",
    "/",
    "\n",
    " ",
    "A",
    "zz",
    "30",
    "7b7d",
    "null",
    "1.5",
    "1",
    "\u{feff}",
    "\u{202e}",
    "\u{1b}",
    "é",
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
    "MIIB",
    "0000000000000000000000000000000000000000 /x",
];

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(file)).unwrap()
}

fn key(file: &str) -> FileKey {
    FileKey::from_pem(read(file).as_bytes()).unwrap()
}

fn look(text: &str, trust: &Trust, options: &Options<'_>) -> Examination {
    let found = examine(text.as_bytes().to_vec(), trust, options, &mut |_step| ControlFlow::Continue(()));
    let report = Report::of("fuzz", &found, 5).to_json();
    assert!(!report.chars().any(|char| char.is_control()), "{text:?}\n{report}");
    for placed in &found.findings {
        let message = &placed.finding.message;
        let hostile = |char: char| char.is_control() || matches!(char, '\u{202e}' | '\u{feff}');
        assert!(!message.chars().any(hostile), "{text:?}: {message:?}");
        assert!(
            placed.finding.offset.is_none_or(|at| at <= text.len().max(found.size)),
            "{text:?}: {placed:?}"
        );
    }
    for signer in &found.signers {
        assert!(!signer.key_id.as_str().chars().any(char::is_control), "{text:?}");
        assert!(!signer.trusted || signer.verified);
    }
    if !found.signature.lets_the_policy_be_read() {
        assert!(found.document.is_none() && found.policy == PolicyVerdict::NotEvaluated, "{text:?}");
        assert!(found.of_severity(Severity::Error).next().is_some(), "refused without a word: {text:?}");
    }
    let trusted = found.signers.iter().any(|signer| signer.trusted);
    assert!(trusted || found.signature != SignatureVerdict::Valid, "{text:?}");
    found
}

/// The document that was verified, in a form that does not depend on spelling.
fn said(found: &Examination) -> Vec<u8> {
    let text = found.document.as_ref().map(|policy| policy.text().to_vec()).unwrap_or_default();
    match found.format {
        Format::SignedCanonical => canonical::to_vec(&text, &Limits::default()).unwrap_or_default(),
        _ => text,
    }
}

#[test]
fn envelopes() {
    let policy = read("policy/empty.json");
    let (ecdsa, ed25519) = (key("keys/ecdsa-p256.key.pem"), key("keys/ed25519.key.pem"));
    let corpus = vec![
        dsse(policy.as_bytes(), &ecdsa).unwrap(),
        signed(&policy, &ed25519, &Limits::default()).unwrap(),
        signed(&policy, &ecdsa, &Limits::default()).unwrap(),
        read("dsse/empty.ecdsa-p256.json"),
        read("negative/x03-attacker-cert.json"),
        policy,
    ];
    let material = [ecdsa.public_key(), ed25519.public_key()]
        .into_iter()
        .map(|key| material::read(key.pem().as_bytes()).unwrap().remove(0));
    let trust = Trust::given(material);
    let options = Options::at("2026-11-22T00:00:00Z".parse().unwrap());
    let raw = Options { signed_bytes: SignedBytes::Enhancement77Raw, ..options.clone() };
    let signed_once: BTreeSet<_> = corpus
        .iter()
        .map(|text| look(text, &trust, &options))
        .filter(|found| found.signature == SignatureVerdict::Valid)
        .map(|found| said(&found))
        .collect();
    assert_eq!(signed_once.len(), 2, "one payload twice, and one canonical form of it");
    let mut valid = 0_u64;
    mutate::run(&corpus, PIECES, mutate::rounds(1_500), |text| {
        let found = look(text, &trust, &options);
        if found.signature == SignatureVerdict::Valid {
            valid += 1;
            assert!(signed_once.contains(&said(&found)), "never signed, yet valid: {text}");
        }
        assert_ne!(look(text, &Trust::none(), &options).signature, SignatureVerdict::Valid, "{text}");
        let mixed = look(text, &trust, &raw);
        let enhancement = mixed.format == Format::SignedEnhancement77Raw;
        assert!(!enhancement || mixed.signature != SignatureVerdict::Valid, "the modes are mixed: {text}");
        let beside = Options { detached: Some(text.as_bytes()), ..options.clone() };
        assert_ne!(look("{}", &trust, &beside).signature, SignatureVerdict::Valid, "{text:?}");
    });
    assert!(valid > 10, "only {valid} texts stayed valid: the mutations say little");
}

#[test]
fn base64() {
    let corpus: Vec<String> = ["e30=", "+/8=", "-_8=", "AAAA", "eyJh", "", "e3"].map(str::to_owned).to_vec();
    mutate::run(&corpus, PIECES, mutate::rounds(50_000), |text| {
        match encoding::decode_base64(text.as_bytes()) {
            // Every value has one text.
            Ok((value, alphabet)) => {
                let again = encoding::base64(&value);
                let again = match alphabet {
                    encoding::Alphabet::Standard => again,
                    encoding::Alphabet::UrlSafe => again.replace('+', "-").replace('/', "_"),
                };
                assert_eq!(again, text);
                assert!(!encoding::is_hex(text.as_bytes()));
            }
            Err(fault) => assert!(!fault.code().is_empty()),
        }
    });
}

#[test]
fn keys_and_trust_stores() {
    let store = format!(
        "version = 1\n[[trusted]]\nlabel = \"a\"\nkey = '''{}'''\ngroups = [\"g\"]\nadded_at = 2026-01-01T00:00:00Z\n",
        read("keys/ecdsa-p256.pub.pem")
    );
    let corpus = vec![
        read("keys/ecdsa-p256.pub.pem"),
        read("keys/ed25519.pub.pem"),
        read("keys/rsa3072.pub.pem"),
        read("keys/x509-small.crt.pem"),
        read("keys/ecdsa-p256.key.pem"),
        store,
    ];
    mutate::run(&corpus, PIECES, mutate::rounds(5_000), |text| {
        if let Ok(found) = material::read(text.as_bytes()) {
            for one in found {
                let _ = (one.key().keylime_id(), one.key().securesystemslib_id(), one.key().concern());
            }
        }
        let _ = FileKey::from_pem(text.as_bytes());
        if let Err(error) = Store::parse(text) {
            assert!(!error.to_string().chars().any(|char| char.is_control() && char != '\n'), "{error:?}");
        }
    });
}
