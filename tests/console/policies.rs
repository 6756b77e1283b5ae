//! Policies in a real terminal: a large one opened, searched, compared; the
//! groups' own; the trust store.

use std::fmt::Write;
use std::path::PathBuf;

use crate::support::command::Place;

/// Paths of the large policy: a million, and fewer where the program is built
/// without optimisation, which judges a million only in half a minute.
const PATHS: usize = if cfg!(debug_assertions) { 200_000 } else { 1_000_000 };

/// A policy of so many paths in one line, as Keylime's tools write it; the last
/// one's digest has metadata. `salt` changes one digest.
fn policy(paths: usize, salt: u64) -> String {
    let mut text = String::with_capacity(paths * 105);
    text.push_str(r#"{"meta": {"version": 1, "generator": 3}, "release": 0, "digests": {"#);
    for number in 0..paths {
        let gap = if number == 0 { "" } else { ", " };
        let digest = digest(number as u64 + if number == 7 { salt << 32 } else { 0 });
        write!(text, r#"{gap}"/usr/lib/package-{}/file-{number:07}": ["{digest}"]"#, number % 97).unwrap();
    }
    let last = digest(paths as u64 - 1);
    write!(
        text,
        r#"}}, "excludes": ["/tmp/.*$"], "keyrings": {{}}, "ima": {{"ignored_keyrings": [], "log_hash_alg": "sha256", "dm_policy": null}}, "ima-buf": {{}}, "verification-keys": "", "digest_metadata": {{"{last}": {{"transparency_log_inclusion_proof": true}}}}}}"#
    )
    .unwrap();
    text
}

fn digest(number: u64) -> String {
    format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4)
}

fn file(place: &Place, name: &str, text: &str) -> PathBuf {
    let path = place.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_large_policy_is_opened_searched_and_compared() {
    let place = Place::new();
    let one = file(&place, "one.json", &policy(PATHS, 0));
    let other = file(&place, "other.json", &policy(PATHS, 1));
    let mut screen = super::demo(&place, 80, 24);
    screen.keys(&format!(":policy {}\r", one.display()));
    screen.wait_for("What we say");
    screen.keys("G");
    screen.wait_for(&format!("{PATHS} paths"));
    screen.keys("ll");
    screen.wait_for("/usr/lib/package-0/file-0000000");
    let last = format!("file-{:07}", PATHS - 1);
    screen.keys(&format!("/{last}"));
    screen.wait_for(&format!("1 of {PATHS}"));
    screen.keys("\r\r");
    let shown = screen.wait_for("not enforced by the verifier today");
    assert!(shown.contains("transparency_log_inclusion_proof = true"), "{shown}");
    screen.wait_for(&last);
    // And back to the paths of that digest.
    screen.keys("\r");
    screen.wait_for(&format!("1 of {PATHS}"));
    screen.keys("=");
    screen.wait_for(":policy-diff");
    screen.keys(&format!("{}\r", other.display()));
    screen.wait_for("paths: 1 changed");
    screen.keys("G");
    let shown = screen.wait_for("/usr/lib/package-7/file-0000007");
    assert!(shown.contains("excludes: the same"), "{shown}");
    screen.keys("\u{1b}");
    screen.wait_for("SIGNATURE");
    screen.wait_for("one.json");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn opening_is_given_up_at_once_and_quitting_does_not_wait() {
    let place = Place::new();
    let one = file(&place, "one.json", &policy(PATHS, 0));
    let mut screen = super::demo(&place, 80, 24);
    for _ in 0..2 {
        screen.keys(&format!(":policy {}\r", one.display()));
        screen.wait_for("esc gives it up");
        screen.keys("\u{1b}");
        screen.wait_until("the table", |text| text.contains("drift first"));
    }
    screen.keys(&format!(":policy {}\r", one.display()));
    screen.wait_for("esc gives it up");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn what_the_groups_hold_is_listed_and_looked_into() {
    let place = Place::new();
    let mut screen = super::demo(&place, 120, 40);
    screen.keys("6");
    let shown = screen.wait_until("the drift", |text| text.contains("drift: ") && !text.contains("asking"));
    assert!(shown.contains("= same") && shown.contains("boot"), "{shown}");
    assert!(shown.contains("lab"), "the group that is down is named:\n{shown}");
    screen.keys("\r");
    screen.wait_for("What today's verifier does with it");
    screen.keys("\u{1b}");
    screen.wait_for("SIGNATURE");
    screen.keys("/signed\r");
    screen.wait_for("holding signed");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_key_is_pinned_after_its_fingerprint_was_seen_and_removed_again() {
    let place = Place::new();
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys/ecdsa-p256.pub.pem");
    let mut screen = super::demo(&place, 80, 24);
    screen.keys(&format!(":trust-read {key} release\r"));
    screen.wait_for("a pins this key, ecdsa-p256");
    screen.keys("a");
    screen.wait_for("Pin the key");
    screen.keys("y");
    screen.wait_for("pinned release");
    screen.wait_for("added release");
    let file = place.path().join("data/limescope/trust.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("label = \"release\"") && text.contains("BEGIN PUBLIC KEY"), "{text}");
    screen.keys("x");
    screen.wait_for("Trust no more the key");
    screen.keys("y");
    screen.wait_for("release is not trusted any more");
    assert!(!std::fs::read_to_string(&file).unwrap().contains("BEGIN PUBLIC KEY"));
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}
