//! Policies: no panic, places inside the text, messages that can be shown, and
//! the same paths, digests and metadata that another reader sees.

use std::ops::ControlFlow;

use bytes::Bytes;
use limescope::policy::PolicyVerdict;
use limescope::policy::diff::compare;
use limescope::policy::document::{PathSearch, Policy, read};
use limescope::policy::json::Limits;
use serde_json::Value;

use crate::{json, mutate};

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0031",
    "null",
    "true",
    "0",
    "-1",
    "1.0",
    "6.5",
    "1e400",
    "\u{202e}",
    "é",
    "\"digests\": ",
    "\"excludes\": [\"\"],",
    "\"digest_metadata\": null,",
    "\"release\": 1,",
    "\"meta\": {},",
    "\"transparency_log_inclusion_proof\": 1,",
    "\"signer_identity\": [],",
    "\"public_key\": \"AAAA\",",
    "sha256:",
    "AB",
    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    "\\n",
    "{\"a\": [\"x\"]}",
    "[[]]",
];

fn policy(text: &str) -> Option<Policy> {
    read(Bytes::from(text.to_owned()), &Limits::default(), &mut |_| ControlFlow::Continue(())).policy
}

/// Tries one text.
pub fn try_one(text: &str) {
    let reading = read(Bytes::from(text.to_owned()), &Limits::default(), &mut |_| ControlFlow::Continue(()));
    for finding in &reading.findings {
        assert!(finding.offset.is_none_or(|offset| offset <= text.len()), "{finding:?}\n{text}");
        assert!(!finding.message.chars().any(char::is_control), "{finding:?}\n{text}");
    }
    let Some(policy) = &reading.policy else {
        assert_ne!(reading.verdict(), PolicyVerdict::Valid, "{text}");
        return;
    };
    let Ok(theirs) = serde_json::from_str::<Value>(text) else { return };
    for (name, map) in
        [("digests", policy.digests()), ("keyrings", policy.keyrings()), ("ima-buf", policy.ima_buf())]
    {
        let empty = serde_json::Map::new();
        let theirs = theirs[name].as_object().unwrap_or(&empty);
        assert_eq!(map.len(), theirs.len(), "{text}");
        for (number, entry) in map.entries().enumerate() {
            let digests = theirs[entry.path().as_ref()].as_array().cloned().unwrap_or_default();
            let digests: Vec<_> = digests.iter().filter_map(Value::as_str).collect();
            let ours: Vec<_> = entry.digests().map(|digest| digest.value().into_owned()).collect();
            assert_eq!(ours, digests, "{text}");
            assert_eq!(map.find(&entry.path()), Some(number), "{text}");
            for digest in ours.iter().filter(|_| reading.verdict() == PolicyVerdict::Valid) {
                assert!(map.holding(digest).any(|holding| holding == number), "{text}");
            }
        }
    }
    metadata(policy, &theirs, text);
    for fragment in ["u", "/usr", "1", ""] {
        let slow =
            policy.digests().entries().enumerate().filter(|(_, entry)| entry.path().contains(fragment));
        let slow: Vec<_> = slow.map(|(number, _)| number).collect();
        assert_eq!(PathSearch::all(fragment, policy.digests()), slow, "{fragment}\n{text}");
    }
}

fn metadata(policy: &Policy, theirs: &Value, text: &str) {
    let empty = serde_json::Map::new();
    let theirs = theirs["digest_metadata"].as_object().unwrap_or(&empty);
    assert_eq!(policy.metadata().len(), theirs.len(), "{text}");
    for entry in policy.metadata().entries() {
        let value = &theirs[entry.digest().as_ref()];
        assert_eq!(
            serde_json::from_slice::<Value>(entry.value.of(policy.text())).ok().as_ref(),
            Some(value),
            "{text}"
        );
        let checks = entry.checks();
        assert_eq!(checks.len(), value.as_object().map_or(0, serde_json::Map::len), "{text}");
        for check in checks {
            let kept = serde_json::from_slice::<Value>(check.span().of(policy.text())).unwrap();
            assert_eq!(kept, value[check.name.value().as_ref()], "{text}");
        }
    }
}

/// A policy is the same as itself, and two differ by as much either way.
fn differences(policy: &Policy, other: &Policy, text: &str) {
    let compared =
        |one, other| compare(one, other, &mut |_| ControlFlow::Continue(())).expect("nobody stops it");
    assert!(compared(policy, policy).is_same(), "{text}");
    let (there, back) = (compared(policy, other), compared(other, policy));
    for (there, back) in [
        (&there.paths, &back.paths),
        (&there.keyrings, &back.keyrings),
        (&there.buffers, &back.buffers),
        (&there.metadata, &back.metadata),
    ] {
        let sizes = (there.added.len(), there.removed.len(), there.changed.len());
        assert_eq!(sizes, (back.removed.len(), back.added.len(), back.changed.len()), "{text}");
    }
    assert_eq!(there.members.len(), back.members.len(), "{text}");
    assert_eq!(there.digests.added.len(), back.digests.removed.len(), "{text}");
    assert_eq!(there.excludes.added.len(), back.excludes.removed.len(), "{text}");
}

#[test]
fn policies() {
    let base = json::corpus().iter().find_map(|text| policy(text)).expect("a policy is in the corpus");
    mutate::run(&json::corpus(), PIECES, mutate::rounds(10_000), |text| {
        try_one(text);
        if let Some(policy) = policy(text) {
            differences(&policy, &base, text);
        }
    });
}
