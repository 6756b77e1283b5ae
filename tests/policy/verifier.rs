//! What we say that a verifier does, beside what the verifier's own functions do, on policies made wrong.

use limescope::policy::verifier::{Upload, predict};
use serde_json::Value;

use crate::python;

/// `verify_runtime_policy` without signatures, then `runtime_policy_db_contents`, as an upload runs them.
const PROGRAM: &str = r#"
import json, logging, sys
logging.disable(logging.CRITICAL)
from keylime.ima import ima
def accepted(text):
    try:
        ima.verify_runtime_policy(text.encode(), None, verify_sig=False)
        ima.runtime_policy_db_contents("name", text)
        return True
    except Exception:
        return False
texts = json.load(sys.stdin)
sys.__stdout__.write(json.dumps([accepted(text) for text in texts]))
"#;

/// The same texts in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "-0",
    "1.0",
    "0.5",
    "1e2",
    "1e400",
    "3",
    "4",
    "3.0",
    "true",
    "null",
    "NaN",
    "\"\"",
    "\"x\"",
    "\"sha1\"",
    "\"sha512\"",
    "\"SHA1\"",
    "[]",
    "[\"\"]",
    "[\"(\"]",
    "[1]",
    "[null]",
    "{}",
    "{\"a\": []}",
    "{\"a\": \"x\"}",
    "{\"a\": [\"0123456789012345678901234567890123456789\"]}",
    "{\"a\": [\"0123456789012345678901234567890123456789\\n\"]}",
    "{\"a\": [\"0123456789012345678901234567890123456789\\n\\n\"]}",
    "{\"a\": [\"A123456789012345678901234567890123456789\"]}",
    "{\"a\": [\"01234567890123456789012345678901234567890\"]}",
    "{\"a\": [\"012345678901234567890123456789012345678\"]}",
    "{\"a\": [], \"a\": [\"0123456789012345678901234567890123456789\"]}",
    "\"{\\\"keyids\\\": [], \\\"pubkeys\\\": []}\"",
    "\"{\\\"keyids\\\": [1.0], \\\"pubkeys\\\": [\\\"?\\\"], \\\"meta\\\": {\\\"version\\\": 1}}\"",
    "\"{\\\"keyids\\\": [true], \\\"pubkeys\\\": []}\"",
    "\"{\\\"keyids\\\": [], \\\"pubkeys\\\": [], \\\"meta\\\": {\\\"version\\\": 0}}\"",
    "\"{\\\"keyids\\\": [], \\\"pubkeys\\\": [], \\\"meta\\\": {}}\"",
    "\"[]\"",
    "\"e30=\"",
    "\"7b7d\"",
    "\"\\ud800\"",
    "\"\\u0073ha1\"",
];

const MEMBERS: &[(&str, &str)] = &[
    ("meta", "{\"version\": 1, \"generator\": 3}"),
    ("release", "0"),
    ("digests", "{\"/a\": [\"0123456789012345678901234567890123456789\"]}"),
    ("excludes", "[\"/tmp\"]"),
    ("keyrings", "{}"),
    ("ima", "{\"ignored_keyrings\": [], \"log_hash_alg\": \"sha1\", \"dm_policy\": null}"),
    ("ima-buf", "{}"),
    ("verification-keys", "\"\""),
];

fn object(members: &[(String, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", members.join(", "))
}

fn made(seeded: &mut Seeded) -> String {
    let value = |seeded: &mut Seeded| VALUES[seeded.below(VALUES.len())].to_owned();
    let mut members: Vec<(String, String)> =
        MEMBERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for _ in 0..1 + seeded.below(2) {
        let at = seeded.below(members.len());
        match seeded.below(7) {
            0 => {
                members.remove(at);
            }
            // A second one of the same name, before or behind.
            1 => {
                let (name, value) = (members[at].0.clone(), value(seeded));
                members.insert(seeded.below(members.len() + 1), (name, value));
            }
            2 => {
                let name = ["payload", "exclude", "digest_metadata", "x"][seeded.below(4)];
                members.insert(at, (name.to_owned(), value(seeded)));
            }
            3 => {
                let inner = ["ignored_keyrings", "log_hash_alg", "dm_policy"];
                let right = ["[]", "\"sha1\"", "null"];
                let changed = seeded.below(3);
                let ima: Vec<(String, String)> = (0..3)
                    .map(|index| {
                        let new = if index == changed { value(seeded) } else { right[index].to_owned() };
                        (inner[index].to_owned(), new)
                    })
                    .collect();
                members.retain(|member| member.0 != "ima");
                members.push(("ima".to_owned(), object(&ima)));
            }
            4 => {
                let meta = [("version", "1"), ("generator", "3"), ("timestamp", "\"x\"")];
                let changed = seeded.below(3);
                let meta: Vec<(String, String)> = (0..3)
                    .map(|index| {
                        let new = if index == changed { value(seeded) } else { meta[index].1.to_owned() };
                        (meta[index].0.to_owned(), new)
                    })
                    .collect();
                members.retain(|member| member.0 != "meta");
                members.push(("meta".to_owned(), object(&meta)));
            }
            _ => members[at].1 = value(seeded),
        }
        if members.is_empty() {
            break;
        }
    }
    let text = object(&members);
    match seeded.below(12) {
        0 => text.replacen(", ", ",, ", 1),
        1 => format!("\u{feff}{text}"),
        2 => format!("{text}{text}"),
        3 => {
            use base64::Engine as _;
            let payload = base64::engine::general_purpose::STANDARD.encode(&text);
            format!("{{\"payload\": \"{payload}\"}}")
        }
        _ => text,
    }
}

#[test]
fn policies_made_wrong_are_accepted_as_the_real_verifier_does() {
    let mut seeded = Seeded(0x6b65_796c_696d_6535);
    let texts: Vec<String> = (0..1200).map(|_| made(&mut seeded)).collect();
    let answers = python::run(PROGRAM, &serde_json::to_vec(&texts).unwrap());
    let answers: Vec<Value> = serde_json::from_slice(&answers).unwrap();
    assert_eq!(answers.len(), texts.len());
    let accepted = answers.iter().filter(|answer| **answer == true).count();
    assert!(
        accepted > 100 && accepted < 1100,
        "{accepted} of the texts are accepted: the test tells nothing"
    );
    for (text, theirs) in texts.iter().zip(&answers) {
        let ours = predict(&Upload { text: text.as_bytes(), key: None, known: None });
        assert_eq!(ours.default.is_accepted(), *theirs == true, "{}\n{text}", ours.reason());
    }
}
