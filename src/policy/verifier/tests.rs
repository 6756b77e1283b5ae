use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Answer, Known, Upload, decode, lax::Lax, predict};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies")
}

fn vectors() -> Vec<Value> {
    let index = std::fs::read(folder().join("INDEX.json")).unwrap();
    let index: Value = serde_json::from_slice(&index).unwrap();
    index["vectors"].as_array().unwrap().clone()
}

/// The key that the recorded run of the real tool was given: never a certificate, but for the vector that is
/// about exactly that.
fn key_of(vector: &Value) -> Option<Vec<u8>> {
    let trust = &vector["trust"];
    let key = trust["public_key"].as_str().or_else(|| {
        (vector["id"] == "negative/d40-key-is-cert").then(|| trust["certificate"].as_str()).flatten()
    })?;
    Some(std::fs::read(folder().join(key)).unwrap())
}

#[test]
fn each_recorded_answer_of_the_real_verifier_is_foretold() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for vector in vectors() {
        let tool = &vector["real_tool"];
        let Some(default) = tool["verifier.default(no sig check)"].as_str() else { continue };
        let text = std::fs::read(folder().join(vector["file"].as_str().unwrap())).unwrap();
        // Where the recorded run had no key although the vector names one, the tool says so itself.
        let required = tool["verifier.require_signatures"].as_str().unwrap();
        let key = key_of(&vector).filter(|_| !required.contains("no key was given"));
        let found = predict(&Upload { text: &text, key: key.as_deref(), known: None });
        let contents = tool["verifier.schema(runtime_policy_db_contents)"].as_str().unwrap();
        for (name, recorded, ours) in [
            ("default", default, &found.without_check),
            ("required", required, &found.with_check),
            ("schema", contents, &found.contents),
        ] {
            compared += 1;
            if (recorded == "ok") != ours.is_accepted() {
                wrong.push(format!("{} {name}: {ours:?}, but the tool: {recorded}", vector["id"]));
            }
            // The words that the verifier answers with are its own.
            if let Some(reason) = recorded.strip_prefix("reject(401) ") {
                assert_eq!(ours.reason(), reason, "{}", vector["id"]);
            }
        }
        assert_eq!(found.default.is_accepted(), default == "ok" && contents == "ok");
        assert_eq!(found.signatures_required.is_accepted(), required == "ok" && contents == "ok");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 250, "only {compared} answers compared");
}

#[test]
fn what_was_read_strictly_is_not_read_again() {
    let vector = folder().join("dsse/small-dm.ecdsa-p256.json");
    let text = std::fs::read(vector).unwrap();
    let key = std::fs::read(folder().join("keys/ecdsa-p256.pub.pem")).unwrap();
    for verifies in [None, Some(true)] {
        let known = Known { is_envelope: true, schema: Ok(()), verifies };
        let with = Upload { text: &text, key: Some(&key), known: Some(&known) };
        let without = Upload { known: None, ..with };
        assert_eq!(predict(&with), predict(&without));
    }
    let known = Known { is_envelope: false, schema: Err("x".to_owned()), verifies: None };
    let found = predict(&Upload { text: b"{}", key: None, known: Some(&known) });
    assert_eq!(found.default, Answer::rejects("Runtime policy is malformatted: x"));
    assert_eq!(found.signatures_required.reason(), super::NO_KEY);
}

#[test]
fn what_the_strict_reader_found_foretells_the_same() {
    let limits = crate::policy::json::Limits::default();
    let mut compared = 0;
    for vector in vectors().iter().filter(|vector| vector["format"] == "policy") {
        let text = std::fs::read(folder().join(vector["file"].as_str().unwrap())).unwrap();
        let reading = crate::policy::document::read(text.clone().into(), &limits, &mut |_| {
            std::ops::ControlFlow::Continue(())
        });
        let Some(known) = Known::of(&reading, false, None) else { continue };
        let anew = predict(&Upload { text: &text, key: None, known: None });
        let known = predict(&Upload { text: &text, key: None, known: Some(&known) });
        assert_eq!(anew.default.is_accepted(), known.default.is_accepted(), "{}", vector["id"]);
        assert_eq!(anew.signatures_required, known.signatures_required);
        compared += 1;
    }
    assert!(compared > 30, "only {compared}");
}

const GOOD: &str = r#"{"meta":{"version":1,"generator":3},"release":0,"digests":{"/a":["0000000000000000000000000000000000000000"]},"excludes":[],"keyrings":{},"ima":{"ignored_keyrings":[],"log_hash_alg":"sha1","dm_policy":null},"ima-buf":{},"verification-keys":""}"#;

fn by_default(text: &[u8]) -> bool {
    predict(&Upload { text, key: None, known: None }).default.is_accepted()
}

#[test]
fn the_quirks_of_pythons_reader_are_known() {
    assert!(by_default(GOOD.as_bytes()));
    let replaced = |from: &str, to: &str| {
        assert!(GOOD.contains(from));
        by_default(GOOD.replacen(from, to, 1).as_bytes())
    };
    // Of two members with one name the last counts, whatever the first was.
    assert!(replaced("\"release\":0", "\"release\":\"x\",\"release\":0"));
    assert!(!replaced("\"release\":0", "\"release\":0,\"release\":\"x\""));
    assert!(replaced("\"/a\":", "\"/a\":[],\"\\u002fa\":"));
    assert!(!replaced("\"excludes\"", "\"x\":0,\"ex\\u0063ludes\":{},\"exclude\""));
    assert!(replaced("\"release\":0", "\"release\":1.0"));
    assert!(replaced("\"release\":0", "\"release\":1e2"));
    assert!(replaced("\"release\":0", "\"release\":-0"));
    assert!(replaced("\"release\":0", "\"release\":10000000000000000000000000000000"));
    assert!(!replaced("\"release\":0", "\"release\":-1"));
    assert!(!replaced("\"release\":0", "\"release\":6.5"));
    assert!(!replaced("\"release\":0", "\"release\":true"));
    assert!(!replaced("\"release\":0", "\"release\":NaN"));
    assert!(!replaced("\"release\":0", "\"release\":01"));
    assert!(!replaced("\"release\":0", &format!("\"release\":{}", "9".repeat(4301))));
    assert!(replaced("\"release\":0", &format!("\"release\":{}", "9".repeat(4300))));
    assert!(replaced("\"meta\"", "\"x\":[NaN,-Infinity,\"\\ud800\"],\"meta\""));
    assert!(!replaced("\"generator\":3", "\"generator\":4"));
    assert!(replaced("0000\"]", "0000\\n\"]"));
    assert!(!replaced("0000\"]", "0000\\n\\n\"]"));
    assert!(!replaced("0000\"]", "000A\"]"));
    assert!(!replaced("0000\"]", "\"]"));
    assert!(replaced("0000\"]", "00000\"]"));
    assert!(!replaced("\"dm_policy\":null", "\"dm_policy\":\"\""));
    assert!(!replaced("\"sha1\"", "\"sha224\""));
    assert!(replaced(
        "\"verification-keys\":\"\"",
        r#""verification-keys":"{\"keyids\":[],\"pubkeys\":[\"?\"]}""#
    ));
    assert!(!replaced("\"verification-keys\":\"\"", r#""verification-keys":"{}""#));
    assert!(!replaced("\"verification-keys\":\"\"", r#""verification-keys":"x""#));
    assert!(!replaced("\"verification-keys\":\"\"", r#""verification-keys":[]"#));
    assert!(replaced("{\"meta\"", "{\"payload\":\"\",\"meta\""));
    assert!(replaced("{\"meta\"", "{\"payload\":0.0,\"meta\""));
    assert!(!replaced("{\"meta\"", "{\"payload\":1,\"meta\""));
    assert!(!replaced("{\"meta\"", "{\"exclude\":[\"(\"],\"meta\""));
    assert!(replaced("{\"meta\"", "{\"exclude\":\"abc\",\"meta\""));
    assert!(!replaced("{\"meta\"", "{\"exclude\":\"a(c\",\"meta\""));
    assert!(replaced("{\"meta\"", "{\"exclude\":{\"a\":1},\"meta\""));
    assert!(!replaced("{\"meta\"", "{\"exclude\":[1],\"meta\""));
    assert!(!replaced("{\"meta\"", "{\"exclude\":true,\"meta\""));
    assert!(replaced("{\"meta\"", "{\"excludez\":[\"(\"],\"meta\""));
    assert!(!by_default(format!("\u{feff}{GOOD}").as_bytes()));
    assert!(!by_default(format!("{GOOD}{GOOD}").as_bytes()));
    assert!(by_default(format!(" \r\n{GOOD}\t").as_bytes()));
    assert!(!by_default(b"[]"));
    assert!(!by_default(b""));
    assert!(!by_default(b"\xff"));
}

/// Asks the real `json.loads` (of bytes) and `b64dec`, as `keylime/dsse/dsse.py` has it.
const PROGRAM: &str = r#"
import base64, binascii, json, sys
def b64dec(m_str):
    m = m_str.encode("utf-8")
    decoded = None
    try:
        decoded = binascii.unhexlify(m)
    except binascii.Error:
        pass
    if not decoded:
        try:
            decoded = base64.b64decode(m, validate=True)
        except binascii.Error:
            decoded = base64.b64decode(m, altchars="-_", validate=True)
    return decoded
def attempt(do, *with_):
    try:
        return do(*with_)
    except Exception:
        return None
asked = json.load(sys.stdin)
json.dump({
    "documents": [attempt(lambda t: [json.loads(bytes.fromhex(t))], one) is not None for one in asked["documents"]],
    "texts": [(lambda b: None if b is None else b.hex())(attempt(b64dec, one)) for one in asked["texts"]],
}, sys.stdout)
"#;

struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn seeded_texts_are_read_as_python_does() {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"a\":",
        "\"\\u00e9\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"é\"",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "1",
        "-0",
        "01",
        "1.",
        "1.5",
        "1e5",
        "1e+",
        "-",
        "NaN",
        "-Infinity",
        "Infinity",
        "-NaN",
        "true",
        "false",
        "null",
        "nul",
        " ",
        "\n",
        "\u{a0}",
        "\"",
        "{\"a\":1}",
        "[1,2]",
        "{}",
        "[]",
        "{\"a\":1,\"a\":2}",
        "[1,]",
        "{\"a\":1,}",
        "\u{feff}",
    ];
    let mut seeded = Seeded(0x7665_7269_6669_6572);
    let mut documents: Vec<Vec<u8>> = Vec::new();
    for _ in 0..6000 {
        let mut text: String = (0..1 + seeded.below(7)).map(|_| seeded.pick(PIECES)).collect();
        if seeded.below(3) > 0 {
            text = format!("[{text}]");
        }
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bytes: Vec<u8> = match seeded.below(8) {
            0 => units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            1 => units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            2 => text.chars().flat_map(|one| u32::from(one).to_le_bytes()).collect(),
            3 => text.chars().flat_map(|one| u32::from(one).to_be_bytes()).collect(),
            _ => text.into_bytes(),
        };
        if seeded.below(12) == 0 {
            let at = seeded.below(bytes.len());
            let strange: &[u8] = [&b"\xed\xa0\x80"[..], b"\xff", b"\0", b"\xc3"][seeded.below(4)];
            bytes.splice(at..at, strange.iter().copied());
        }
        documents.push(bytes);
    }
    documents.push("[".repeat(100_000).into_bytes());
    documents.push(format!("{}{}", "[".repeat(900), "]".repeat(900)).into_bytes());
    let letters = ["A", "b", "0", "f", "+", "/", "-", "_", "=", "==", "\n", " ", "é", "AAAA", "abcd", "Zm8="];
    let texts: Vec<String> =
        (0..6000).map(|_| (0..seeded.below(6)).map(|_| seeded.pick(&letters)).collect()).collect();
    let question = json!({
        "documents": documents.iter().map(|one| hexadecimal(one)).collect::<Vec<_>>(),
        "texts": texts,
    });
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Debian's python3; run make keylime");
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(question.to_string().as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (document, python) in documents.iter().zip(answer["documents"].as_array().unwrap()) {
        let ours = decode::text(document).is_ok_and(|text| Lax::read(&text).is_ok());
        assert_eq!(ours, python.as_bool().unwrap(), "{:?}", String::from_utf8_lossy(document));
    }
    for (text, python) in texts.iter().zip(answer["texts"].as_array().unwrap()) {
        let ours = decode::base64(text).ok().map(|bytes| hexadecimal(&bytes));
        assert_eq!(ours.as_deref(), python.as_str(), "{text:?}");
    }
}

#[test]
fn hostile_texts_are_bounded() {
    let started = std::time::Instant::now();
    for text in [
        "[".repeat(10_000_000),
        format!("{{\"digests\":{{{}\"a\":0}}}}", "\"a\":0,".repeat(300_000)),
        format!("{{\"payload\":\"{}\"}}", "QUFB".repeat(1_000_000)),
        GOOD.replacen("\"/a\":", &"\"/a\":0,".repeat(300_000), 1) + "",
    ] {
        let _ = predict(&Upload { text: text.as_bytes(), key: Some(b"x"), known: None });
    }
    assert!(started.elapsed().as_secs() < 30, "took {:?}", started.elapsed());
}
