//! The trust store's anchor: edits and old copies are noticed, also after a restart of the TPM.

use std::path::PathBuf;

use serde_json::Value;

use crate::device::tool;
use crate::support::agent::software_tpm::SoftwareTpm;
use crate::support::command::{Finished, Place};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys/");

struct Case {
    place: Place,
    software: SoftwareTpm,
}

impl Case {
    fn new() -> Self {
        let case = Self { place: Place::new(), software: SoftwareTpm::start() };
        for (name, pin) in [("pin", "4711\n"), ("wrong", "0815\n"), ("other", "1234\n")] {
            std::fs::write(case.path(name), pin).unwrap();
        }
        case
    }

    fn path(&self, name: &str) -> String {
        self.place.path().join(name).display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        self.place.run_with(arguments, b"", &[("TPM2TOOLS_TCTI", &self.software.text())])
    }

    /// Runs it; its exit code, and all that it said.
    fn say(&self, arguments: &[&str]) -> (i32, String) {
        let run = self.run(arguments);
        (run.code.unwrap(), format!("{}{}", run.stdout, run.stderr))
    }

    fn trust(&self, key: &str, label: &str, pin: &str) -> (i32, String) {
        let key = format!("{KEYS}{key}");
        self.say(&["policy", "trust", "add", &key, "--label", label, "--yes", "--pin-file", &self.path(pin)])
    }

    fn commit(&self, pin: &str, more: &[&str]) -> (i32, String) {
        self.say(&[&["tpm", "anchor", "commit", "--pin-file", &self.path(pin)], more].concat())
    }

    fn check(&self) -> (i32, String) {
        self.say(&["tpm", "anchor", "check"])
    }

    fn store(&self) -> PathBuf {
        self.place.path().join("data/limescope/trust.toml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.store()).unwrap()
    }

    /// The signature's verdict by the console's own store, and the warnings.
    fn verify(&self, more: &[&str]) -> (String, String) {
        let signed = self.path("signed.json");
        let run = self.run(&[&["policy", "verify", &signed, "--format", "json"], more].concat());
        let found: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stderr));
        (found["signature"].as_str().unwrap().to_owned(), found["warnings"].to_string())
    }

    /// A policy that the key `release` signed, and the store that trusts it.
    fn with_a_store(&self) {
        let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/policy/small-dm.json");
        let key = format!("{KEYS}ecdsa-p256.key.pem");
        let signed = self.say(&["policy", "sign", policy, "--key", &key, "-o", &self.path("signed.json")]);
        assert_eq!(signed.0, 0, "{}", signed.1);
        let added = self.trust("ecdsa-p256.pub.pem", "release", "pin");
        assert_eq!(added.0, 0, "{}", added.1);
        assert!(!added.1.contains("committed"), "{}", added.1);
    }
}

#[test]
fn changes_are_committed_and_edits_and_old_copies_are_noticed() {
    let mut case = Case::new();
    let nothing = case.commit("pin", &[]);
    assert!(nothing.0 == 1 && nothing.1.contains("there is no trust store yet"), "{}", nothing.1);
    case.with_a_store();
    assert_eq!(case.check(), (0, "absent: the trust store was never committed to the TPM\n".to_owned()));
    assert_eq!(case.verify(&[]).0, "valid");

    let first = case.commit("pin", &[]);
    assert_eq!(first, (0, "committed: the trust store is version 1 from now on\n".to_owned()));
    let one = case.text();
    assert_eq!(case.check(), (0, "match: the trust store is version 1, as committed\n".to_owned()));
    let added = case.trust("ecdsa-p384.pub.pem", "second", "pin");
    assert!(added.0 == 0 && added.1.contains("committed to the TPM as version 2"), "{}", added.1);
    let two = case.text();
    let (signature, warnings) = case.verify(&[]);
    assert_eq!((signature.as_str(), warnings.contains("trust-store")), ("valid", false), "{warnings}");

    // An old copy, whole and well-formed.
    std::fs::write(case.store(), &one).unwrap();
    let rolled = case.check();
    assert_eq!(rolled.0, 1);
    let words = "rolled back: the trust store is version 1, and version 2 was committed\n→ compare it with its backup";
    assert!(rolled.1.starts_with(words), "{}", rolled.1);
    let (signature, warnings) = case.verify(&[]);
    assert_eq!(
        (signature.as_str(), warnings.contains("trust-store-mismatch")),
        ("untrusted", true),
        "{warnings}"
    );
    assert_eq!(
        case.verify(&["--key", &format!("{KEYS}ecdsa-p256.pub.pem")]).0,
        "valid",
        "a given key is not affected"
    );
    let listed = case.run(&["policy", "trust", "list"]);
    assert!(
        listed.code == Some(0) && listed.stderr.starts_with("trust store: rolled back"),
        "{}",
        listed.stderr
    );
    let refused = case.trust("ed25519.pub.pem", "third", "pin");
    assert!(refused.0 == 1 && refused.1.contains("not changed while it does not match"), "{}", refused.1);
    assert_eq!(case.text(), one);
    let refused = case.commit("pin", &[]);
    assert!(refused.0 == 1 && refused.1.contains("--force commits it as it is"), "{}", refused.1);

    // Edited, and replaced by one that knows of no anchor.
    std::fs::write(case.store(), format!("{two}# a word more\n")).unwrap();
    assert!(case.check().1.starts_with("mismatch: the trust store was edited"), "{:?}", case.check());
    assert_eq!(case.verify(&[]).0, "untrusted");
    std::fs::write(case.store(), "version = 1\n").unwrap();
    assert!(case.check().1.starts_with("mismatch: the trust store was replaced"), "{:?}", case.check());

    // What the TPM keeps survives its restart.
    std::fs::write(case.store(), &two).unwrap();
    case.software.restart();
    assert_eq!(case.check(), (0, "match: the trust store is version 2, as committed\n".to_owned()));
    assert_eq!(case.verify(&[]).0, "valid");

    // An administrator looks, and commits what is there.
    std::fs::write(case.store(), format!("{two}# a word more\n")).unwrap();
    assert_eq!(case.commit("pin", &["--force"]).0, 0);
    assert_eq!(case.check().1, "match: the trust store is version 3, as committed\n");
    let removed =
        case.say(&["policy", "trust", "remove", "second", "--yes", "--pin-file", &case.path("pin")]);
    assert!(removed.0 == 0 && removed.1.contains("as version 4"), "{}", removed.1);
    assert_eq!(case.check().0, 0);
}

#[test]
fn without_its_pin_the_store_stays_as_it_was() {
    let case = Case::new();
    case.with_a_store();
    assert_eq!(case.commit("pin", &[]).0, 0);
    let before = case.text();
    let refused = case.trust("ecdsa-p384.pub.pem", "second", "wrong");
    assert!(
        refused.0 == 1 && refused.1.contains("the PIN is wrong; 2 more wrong ones lock the TPM"),
        "{}",
        refused.1
    );
    assert!(refused.1.contains("as it was before"), "{}", refused.1);
    assert_eq!(case.text(), before);
    assert_eq!(case.check().0, 0);
    // Without a terminal and without a file nobody can be asked.
    let key = format!("{KEYS}ecdsa-p384.pub.pem");
    let refused = case.say(&["policy", "trust", "add", &key, "--label", "second", "--yes"]);
    assert!(refused.0 == 2 && refused.1.contains("--pin-file"), "{}", refused.1);
    assert_eq!(case.text(), before);
}

#[test]
fn an_anchor_that_was_removed_or_made_anew_is_noticed() {
    let case = Case::new();
    case.with_a_store();
    assert_eq!(case.commit("pin", &[]).0, 0);
    let before = case.text();
    // Whoever owns the TPM can do this without the PIN.
    let again = case.commit("other", &["--recreate"]);
    assert_eq!(again.0, 0, "{}", again.1);
    assert_eq!(case.check().0, 0);
    std::fs::write(case.store(), &before).unwrap();
    let (code, words) = case.check();
    assert!(code == 1 && words.starts_with("mismatch: index recreated"), "{words}");
    assert_eq!(case.verify(&[]).0, "untrusted");

    for index in ["0x01804b4c", "0x01804b4d"] {
        let (ok, text) = tool(&case.software, "tpm2_nvundefine", &[index, "-C", "o"]);
        assert!(ok, "{text}");
        let (code, words) = case.check();
        assert!(code == 1 && words.starts_with("mismatch: "), "{words}");
    }
    assert!(case.check().1.contains("the TPM has no anchor"), "{:?}", case.check());
    let anew = case.commit("pin", &["--force"]);
    assert_eq!(anew.0, 0, "{}", anew.1);
    assert_eq!(case.check().0, 0);
    assert_eq!(case.verify(&[]).0, "valid");
}

#[test]
fn a_tpm_that_is_away_costs_a_warning_or_the_trust_as_is_configured() {
    let mut case = Case::new();
    case.with_a_store();
    let required = case.path("required.toml");
    std::fs::write(&required, "anchor = \"required\"\n[[servers]]\nregistrars = [\"127.0.0.1\"]\n").unwrap();
    let demanded = ["--config", required.as_str()];
    let (signature, warnings) = case.verify(&demanded);
    assert_eq!(signature, "untrusted", "never committed");
    assert!(warnings.contains("trust-store-not-anchored"), "{warnings}");
    assert_eq!(case.say(&["tpm", "anchor", "check", "--config", &required]).0, 1);
    assert_eq!(case.commit("pin", &[]).0, 0);
    assert_eq!(case.verify(&demanded).0, "valid");

    case.software.die();
    let (code, words) = case.check();
    assert!(code == 1 && words.starts_with("unavailable: the TPM (swtpm:"), "{words}");
    let (signature, warnings) = case.verify(&[]);
    assert_eq!(
        (signature.as_str(), warnings.contains("trust-store-unchecked")),
        ("valid", true),
        "{warnings}"
    );
    let (signature, warnings) = case.verify(&demanded);
    assert_eq!(
        (signature.as_str(), warnings.contains("trust-store-unchecked")),
        ("untrusted", true),
        "{warnings}"
    );
    let before = case.text();
    let refused = case.trust("ecdsa-p384.pub.pem", "second", "pin");
    assert!(refused.0 == 1 && refused.1.contains("cannot be reached"), "{}", refused.1);
    assert_eq!(case.text(), before);
}

#[test]
fn the_own_store_is_committed_by_whatever_path_it_is_named() {
    let case = Case::new();
    case.with_a_store();
    assert_eq!(case.commit("pin", &[]).0, 0);
    let (key, store, pin) = (
        format!("{KEYS}ecdsa-p384.pub.pem"),
        case.path("data/limescope/../limescope/trust.toml"),
        case.path("pin"),
    );
    let add = ["policy", "trust", "add", &key, "--label", "second", "--yes", "--trust", &store];
    let refused = case.say(&add);
    assert!(refused.0 == 2 && refused.1.contains("--pin-file"), "{}", refused.1);
    let added = case.say(&[&add[..], &["--pin-file", &pin]].concat());
    assert!(added.0 == 0 && added.1.contains("committed to the TPM as version 2"), "{}", added.1);
    assert_eq!(case.check().0, 0);
    // Any other store is none of the anchor's business.
    let other = case.path("other.toml");
    let added = case.say(&["policy", "trust", "add", &key, "--label", "second", "--yes", "--trust", &other]);
    assert!(added.0 == 0 && !added.1.contains("committed"), "{}", added.1);
}

#[test]
fn a_store_that_is_gone_can_be_put_back_or_begun_anew() {
    let case = Case::new();
    case.with_a_store();
    assert_eq!(case.commit("pin", &[]).0, 0);
    std::fs::remove_file(case.store()).unwrap();
    let refused = case.trust("ecdsa-p384.pub.pem", "second", "pin");
    assert!(refused.0 == 1 && refused.1.contains("limescope tpm anchor commit"), "{}", refused.1);
    let refused = case.commit("pin", &[]);
    assert!(refused.0 == 1 && refused.1.contains("put its backup"), "{}", refused.1);
    let wrong = case.commit("wrong", &["--force"]);
    assert!(wrong.0 == 1 && wrong.1.contains("the PIN is wrong"), "{}", wrong.1);
    assert!(!case.store().exists(), "nothing is left of it");
    let begun = case.commit("pin", &["--force"]);
    assert_eq!(begun, (0, "committed: the trust store is version 2 from now on\n".to_owned()));
    let added = case.trust("ecdsa-p384.pub.pem", "second", "pin");
    assert!(added.0 == 0 && added.1.contains("as version 3"), "{}", added.1);
}

/// What can be no PIN would only bring the TPM closer to its lockout.
#[test]
fn an_empty_pin_is_not_tried() {
    let case = Case::new();
    case.with_a_store();
    assert_eq!(case.commit("pin", &[]).0, 0);
    std::fs::write(case.path("empty"), "\n4711\n").unwrap();
    let refused = case.trust("ecdsa-p384.pub.pem", "second", "empty");
    assert!(refused.0 == 2 && refused.1.contains("a PIN has 1 to 32 bytes"), "{}", refused.1);
    let status = case.say(&["tpm", "status"]);
    assert!(status.1.contains("lockout: 0 wrong PINs"), "{}", status.1);
    // Wrong ones are, and once it is locked, status says how that ends. The store is read all the same.
    for _ in 0..3 {
        assert_eq!(case.trust("ecdsa-p384.pub.pem", "second", "wrong").0, 1);
    }
    let status = case.say(&["tpm", "status"]);
    assert!(status.1.contains("locked, 3 wrong PINs; it forgets one"), "{}", status.1);
    assert_eq!(case.check().0, 0);
    assert_eq!(case.verify(&[]).0, "valid");
}
