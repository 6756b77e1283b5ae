//! Excludes, lint, conversion and the model of the verifier: no panic, messages that can be shown, and conversions
//! that verifiers take.

use std::ops::ControlFlow;

use bytes::Bytes;
use limescope::policy::Finding;
use limescope::policy::convert::convert;
use limescope::policy::document::read;
use limescope::policy::exclude::{Excludes, Outcome};
use limescope::policy::json::Limits;
use limescope::policy::lint;
use limescope::policy::verifier::{Known, Upload, predict};

use crate::mutate;

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\n",
    "\\ud800",
    "null",
    "true",
    "-1",
    "1e400",
    "NaN",
    "\u{feff}",
    "\u{202e}",
    "é",
    "(",
    ")",
    "|",
    "(?",
    "(?:",
    "(?P<x>",
    "(?i)",
    "\\\\1",
    "*",
    "+",
    "?",
    "{2}",
    "$",
    "^",
    ".*",
    "\"hashes\": {\"/a\": \"x\"},",
    "\"payload\": \"7b7d\",",
    "\"signed\": {\"digests\": {}},",
    "\"signatures\": [],",
    "\"exclude\": [\"(\"],",
    "\"digest_metadata\": {},",
    "\"verification-keys\": \"{}\",",
    "\n",
    "\u{85}",
    "%keyring:",
    "#",
    "sha256:",
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 /x\n",
];

fn shown(findings: &[Finding], text: &str) {
    for finding in findings {
        let hint = finding.hint.as_deref().unwrap_or_default();
        assert!(!finding.message.chars().chain(hint.chars()).any(char::is_control), "{finding:?}\n{text}");
        assert!(finding.offset.is_none_or(|offset| offset <= text.len()), "{finding:?}\n{text}");
    }
}

/// Tries one text.
pub fn try_one(text: &str) {
    let limits = Limits::default();
    let answer = predict(&Upload { text: text.as_bytes(), key: Some(b"no key"), known: None });
    assert!(!answer.reason().chars().any(char::is_control), "{}\n{text}", answer.reason());
    let reading = read(Bytes::from(text.to_owned()), &limits, &mut |_| ControlFlow::Continue(()));
    if let Some(policy) = &reading.policy {
        let excludes = lint::excludes(policy);
        shown(&lint::lint(policy, &excludes, &lint::Options::default()), text);
        let looked_up =
            policy.unknown_members().any(|member| member.name.is("exclude") || member.name.is("payload"));
        if let Some(known) = Known::of(&reading, false, None).filter(|_| !looked_up) {
            let known = predict(&Upload { text: b"", key: None, known: Some(&known) });
            assert_eq!(
                known.default.is_accepted(),
                answer.default.is_accepted(),
                "{}\n{text}",
                answer.reason()
            );
        }
    }
    let lines: Vec<&str> = text.lines().take(20).collect();
    let excludes = Excludes::new(&lines);
    for found in excludes.findings(&[], &[]) {
        shown(&[found.finding], &text.repeat(2));
    }
    match (excludes.excludes("/usr/bin/ls"), excludes.which("/usr/bin/ls")) {
        (Some(true), Outcome::Excluded(_) | Outcome::Unknown { .. }) | (None, _) => {}
        (Some(false), Outcome::Included | Outcome::ListIgnored { .. }) => {}
        (fast, which) => panic!("{fast:?} but {which:?}\n{text}"),
    }
    if let Ok(made) = convert(text.as_bytes(), "2026-11-22 00:00:00", &limits) {
        shown(&made.changes, text);
        let answer = predict(&Upload { text: &made.text, key: None, known: None });
        // The text of keys is kept as it is, whatever it says, and so is what nobody reads.
        let kept =
            ["verification-keys", "'keyids'", "'pubkeys'", "'version'", "exclude", "Exclude", "payload"];
        let reason = answer.default.reason();
        let keys = kept.iter().any(|word| reason.contains(word));
        assert!(
            answer.default.is_accepted() || keys,
            "{}\n{text}\n{}",
            answer.reason(),
            String::from_utf8_lossy(&made.text)
        );
    }
}

#[test]
fn seeded_policies() {
    let corpus = [
        include_str!("../policies/policy/small-dm.json"),
        include_str!("../policies/legacy/flat-allowlist.txt"),
        include_str!("../policies/legacy/json-allowlist.json"),
        include_str!("../policies/legacy/small-dm-v0.json"),
        include_str!("../policies/dsse/small.ecdsa-p256.json"),
        include_str!("../policies/negative/p06-exclude-alternation-injection.json"),
    ]
    .map(str::to_owned);
    mutate::run(&corpus, PIECES, mutate::rounds(2000), try_one);
}
