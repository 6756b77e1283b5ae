//! The one reader of JSON: no panic, refusals inside the text, nothing taken
//! that another strict reader refuses or reads as something else, and a
//! canonical form that is its own.

use std::fs;
use std::path::Path;

use limescope::policy::json::{Content, Event, Limits, Reader, Value, canonical, code, place};

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
    "\\\"",
    "\\u",
    "\\u0061",
    "\\ud800",
    "\\udc00",
    "\\uD83D\\uDE00",
    "\\/",
    "null",
    "true",
    "false",
    "NaN",
    "Infinity",
    "-",
    "-0",
    "0",
    "01",
    "1.0",
    "1e2",
    "1e",
    ".5",
    "\u{feff}",
    "\0",
    "\n",
    "\t",
    " ",
    "\u{7f}",
    "é",
    "e\u{301}",
    "\u{202e}",
    "\u{10000}",
    "\u{ffff}",
    "\"a\":1,",
    "\"a\":",
    "{\"a\":1,\"a\":2}",
    "[[[[[[[[",
    "]]]]]]]]",
    "{\"a\":{\"a\":",
    "//",
    "/*",
    "'",
    "\"digests\": {}",
    "\"digest_metadata\": null",
];

/// Whether both say the same; numbers by their spelling as far as `serde_json` keeps it.
fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    match (&ours.content, theirs) {
        (Content::Null, serde_json::Value::Null) => true,
        (Content::Bool(one), serde_json::Value::Bool(other)) => one == other,
        (Content::Number(one), serde_json::Value::Number(other)) => {
            // serde_json is a little off in the last bit of long ones.
            let (one, other): (f64, f64) = (one.raw.parse().unwrap(), other.as_f64().unwrap());
            (one - other).abs() <= one.abs() * 1e-15
        }
        (Content::Text(one), serde_json::Value::String(other)) => one.value() == *other && one.is(other),
        (Content::Array(one), serde_json::Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Content::Object(one), serde_json::Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|member| {
                    other.get(member.name.value().as_ref()).is_some_and(|other| same(&member.value, other))
                })
        }
        _ => false,
    }
}

/// Tries one text.
pub fn try_one(text: &str) {
    let bytes = text.as_bytes();
    let limits = Limits::default();
    let theirs = serde_json::from_str::<serde_json::Value>(text);
    match Value::read(bytes, &limits) {
        Err(refusal) => {
            assert!(refusal.offset <= bytes.len(), "{refusal:?}\n{text}");
            let at = place(bytes, refusal.offset);
            assert!(at.line >= 1 && at.column >= 1);
            assert!(!refusal.message.chars().any(char::is_control), "{refusal:?}\n{text}");
            // We are stricter in these only. A number too large for them is none for us.
            let stricter = [code::DUPLICATE_KEY, code::TOO_DEEP].contains(&refusal.code)
                || (refusal.code == code::NOT_UTF8 && bytes.iter().take(4).any(|byte| *byte == 0));
            assert!(stricter || theirs.is_err(), "{refusal:?}\n{text}");
        }
        Ok(value) => {
            let too_large = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            assert!(too_large || theirs.is_ok_and(|theirs| same(&value, &theirs)), "{text}");
            assert_eq!(serde_json::from_slice::<serde_json::Value>(value.span.of(bytes)).is_ok(), !too_large);
            canonical_is_its_own(bytes, &limits);
        }
    }
}

fn canonical_is_its_own(bytes: &[u8], limits: &Limits) {
    let Ok(once) = canonical::to_vec(bytes, limits) else { return };
    // Controls stand raw in it: then it is no JSON, and cannot be read again.
    if once.iter().any(|byte| *byte < 0x20) {
        return;
    }
    let shown = String::from_utf8_lossy(bytes);
    let twice = canonical::to_vec(&once, limits).unwrap_or_else(|refusal| panic!("{refusal:?}\n{shown}"));
    assert_eq!(once, twice, "{shown}");
    assert!(same(
        &Value::read(&once, limits).unwrap(),
        &serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}\n{shown}"))
    ));
}

/// Bytes that are no text: no panic, and every step moves on.
fn try_bytes(text: &str) {
    let bytes: Vec<u8> =
        text.bytes().enumerate().map(|(at, byte)| if at % 7 == 3 { byte ^ 0x80 } else { byte }).collect();
    let Ok(mut reader) = Reader::new(&bytes, &Limits::default()) else { return };
    let mut last = 0;
    while let Ok(Some(event)) = reader.next() {
        assert!(reader.position() > last && reader.start() < reader.position(), "{event:?}");
        last = reader.position();
        if let Event::Text(text) | Event::Key(text) = event {
            assert!(std::str::from_utf8(text.raw).is_ok());
        }
    }
}

/// The texts of the corpus.
pub fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/json");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn json() {
    mutate::run(&corpus(), PIECES, mutate::rounds(20_000), |text| {
        try_one(text);
        try_bytes(text);
    });
}
