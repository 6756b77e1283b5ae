//! Our rules beside the schema of the real verifier, on policies with faults
//! made at random: what we take it takes; what only we refuse has a reason.

use std::ops::ControlFlow;

use bytes::Bytes;
use limescope::policy::document::{codes, read};
use limescope::policy::json::Limits;
use limescope::policy::{PolicyVerdict, Severity};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::python;

/// One policy a line comes in; whether Keylime's own schema takes it goes out.
const SCRIPT: &str = r"
import json, sys
import jsonschema
from keylime.ima.ima import RUNTIME_POLICY_SCHEMA
validator = jsonschema.Draft7Validator(RUNTIME_POLICY_SCHEMA)
for line in sys.stdin.buffer:
    print('taken' if validator.is_valid(json.loads(line)) else 'refused')
";

const DIGEST: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "-0",
    "-0.0",
    "1.0",
    "3.0",
    "3",
    "4",
    "6.5",
    "1e2",
    "1e30",
    "1e400",
    "-1e-400",
    "15e-1",
    "123456789012345678901234567890",
    "\"\"",
    "\"6.5.0\"",
    "\"sha1\"",
    "\"sha256\"",
    "\"md5\"",
    "\"SHA1\"",
    "[]",
    "{}",
    "[\"\"]",
    "[\"a\", 1]",
    "[null]",
    "{\"a\": []}",
    "{\"a\": [\"b\"]}",
    "{\"a\": null}",
];

fn value(random: &mut StdRng) -> String {
    let digest = match random.random_range(0..9) {
        0 => DIGEST[..40].to_owned(),
        1 => DIGEST[..41].to_owned(),
        2 => DIGEST[..39].to_owned(),
        3 => DIGEST.repeat(2),
        4 => format!("{DIGEST}{DIGEST}a"),
        5 => format!("{DIGEST}\\n"),
        6 => format!("sha256:{DIGEST}"),
        7 => DIGEST.to_uppercase(),
        _ => DIGEST.replacen('2', "\\u0032", 2),
    };
    match random.random_range(0..6) {
        0 => format!("{{\"/bin/a\": [\"{DIGEST}\", \"{digest}\"]}}"),
        1 => format!("{{\"\": [\"{digest}\"], \"/b\": []}}"),
        2 => format!("[\"{digest}\"]"),
        _ => VALUES[random.random_range(0..VALUES.len())].to_owned(),
    }
}

/// A member with its usual value, another one, or not at all.
fn member(random: &mut StdRng, name: &str, usual: &str) -> Option<String> {
    match random.random_range(0..24) {
        0 => None,
        1 | 2 => Some(format!("\"{name}\": {}", value(random))),
        _ => Some(format!("\"{name}\": {usual}")),
    }
}

fn object(random: &mut StdRng, members: &[(&str, &str)]) -> String {
    let members: Vec<_> = members.iter().filter_map(|(name, usual)| member(random, name, usual)).collect();
    format!("{{{}}}", members.join(", "))
}

fn policy(seed: u64) -> String {
    let random = &mut StdRng::seed_from_u64(seed);
    let meta = object(random, &[("version", "1"), ("generator", "3"), ("timestamp", "\"now\"")]);
    let ima = object(
        random,
        &[("ignored_keyrings", "[\"*\"]"), ("log_hash_alg", "\"sha1\""), ("dm_policy", "null")],
    );
    let digests = format!("{{\"/bin/a\": [\"{DIGEST}\"]}}");
    object(
        random,
        &[
            ("meta", &meta),
            ("release", "0"),
            ("digests", &digests),
            ("excludes", "[\"/tmp/.*\"]"),
            ("keyrings", "{}"),
            ("ima", &ima),
            ("ima-buf", &digests),
            ("verification-keys", "\"\""),
            ("x-other", "[1]"),
        ],
    )
}

#[test]
fn what_is_taken_here_is_taken_by_the_verifier() {
    let policies: Vec<_> = (0..6_000).map(policy).collect();
    let said = String::from_utf8(python::run(SCRIPT, (policies.join("\n") + "\n").as_bytes())).unwrap();
    let theirs: Vec<_> = said.lines().collect();
    assert_eq!(theirs.len(), policies.len());
    let (mut taken, mut refused, mut stricter) = (0, 0, 0);
    for (policy, theirs) in policies.iter().zip(theirs) {
        let reading =
            read(Bytes::from(policy.clone()), &Limits::default(), &mut |_| ControlFlow::Continue(()));
        let errors = reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<_> = errors.map(|finding| finding.code).collect();
        match (reading.verdict() == PolicyVerdict::Valid, theirs == "taken") {
            (true, true) => taken += 1,
            (false, false) => refused += 1,
            // Python's `$` lets a line end pass.
            (false, true) if errors.iter().all(|code| *code == codes::DIGEST_NEWLINE) => stricter += 1,
            (ours, _) => panic!("here {ours}, there {theirs}, {errors:?}\n{policy}"),
        }
    }
    assert!(
        taken > 500 && refused > 500 && stricter > 2,
        "{taken} taken, {refused} refused, {stricter} stricter"
    );
}
