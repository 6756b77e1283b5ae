//! Canonical JSON is what securesystemslib's `encode_canonical` says, on
//! documents made at random; the real library is asked.

use std::collections::HashSet;
use std::fmt::Write;

use limescope::policy::json::{Limits, canonical, code};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::python;

/// One document a line comes in; its canonical form in hexadecimal goes out, or `refused`.
const SCRIPT: &str = r"
import json, sys
from securesystemslib.exceptions import FormatError
from securesystemslib.formats import encode_canonical
for line in sys.stdin.buffer:
    try:
        print(encode_canonical(json.loads(line)).encode('utf-8').hex())
    except FormatError:
        print('refused')
";

const CHARACTERS: [char; 28] = [
    '\0',
    '\u{1}',
    '\u{8}',
    '\t',
    '\n',
    '\r',
    '\u{1f}',
    ' ',
    '"',
    '\\',
    '/',
    '0',
    'A',
    'Z',
    'a',
    'z',
    '\u{7f}',
    '\u{80}',
    'é',
    '\u{301}',
    '\u{202e}',
    '\u{2028}',
    '漢',
    '\u{d7ff}',
    '\u{e000}',
    '\u{ffff}',
    '\u{10000}',
    '😀',
];

/// A text in JSON; each character is written as it is or escaped, by chance.
/// Gives what it says.
fn text(random: &mut StdRng, out: &mut String) -> String {
    let mut said = String::new();
    out.push('"');
    for _ in 0..random.random_range(0..7) {
        let character = CHARACTERS[random.random_range(0..CHARACTERS.len())];
        said.push(character);
        let must = character < ' ' || matches!(character, '"' | '\\');
        if must || random.random_bool(0.3) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").unwrap();
            }
        } else {
            out.push(character);
        }
    }
    out.push('"');
    said
}

fn space(random: &mut StdRng, out: &mut String) {
    if random.random_bool(0.2) {
        out.push(if random.random_bool(0.5) { ' ' } else { '\t' });
    }
}

fn value(random: &mut StdRng, depth: usize, out: &mut String) {
    space(random, out);
    match random.random_range(0..if depth == 0 { 6 } else { 10 }) {
        0 => out.push_str(["true", "false", "null"][random.random_range(0..3)]),
        1 => write!(out, "{}", random.random::<i64>()).unwrap(),
        2 => out.push_str(
            ["0", "-0", "-1", "340282366920938463463374607431768211456"][random.random_range(0..4)],
        ),
        3 if random.random_bool(0.05) => out.push_str(["1.0", "-0.0", "1e2"][random.random_range(0..3)]),
        3..6 => drop(text(random, out)),
        6 | 7 => {
            out.push('[');
            for place in 0..random.random_range(0..5) {
                if place > 0 {
                    out.push(',');
                }
                value(random, depth - 1, out);
            }
            out.push(']');
        }
        _ => {
            out.push('{');
            // Python keeps the last of two equal names, we refuse them: there are none here.
            let mut names = HashSet::new();
            for _ in 0..random.random_range(0..6) {
                let mut name = String::new();
                if !names.insert(text(random, &mut name)) {
                    continue;
                }
                if names.len() > 1 {
                    out.push(',');
                }
                out.push_str(&name);
                space(random, out);
                out.push(':');
                value(random, depth - 1, out);
            }
            out.push('}');
        }
    }
    space(random, out);
}

#[test]
fn canonical_json_is_that_of_securesystemslib() {
    let documents: Vec<_> = (0..4_000)
        .map(|seed| {
            let mut document = String::new();
            value(&mut StdRng::seed_from_u64(seed), 5, &mut document);
            document
        })
        .collect();
    let said = String::from_utf8(python::run(SCRIPT, (documents.join("\n") + "\n").as_bytes())).unwrap();
    let theirs: Vec<_> = said.lines().collect();
    assert_eq!(theirs.len(), documents.len());
    let (mut equal, mut refused) = (0, 0);
    for (document, theirs) in documents.iter().zip(theirs) {
        match canonical::to_vec(document.as_bytes(), &Limits::default()) {
            Ok(ours) => {
                let ours: String = ours.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(ours, theirs, "{document}");
                equal += 1;
            }
            Err(refusal) => {
                assert_eq!((refusal.code, theirs), (code::NOT_CANONICAL, "refused"), "{document}");
                refused += 1;
            }
        }
    }
    assert!(equal > 2_000 && refused > 20, "{equal} equal, {refused} refused");
}
