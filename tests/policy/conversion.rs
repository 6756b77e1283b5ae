//! Conversions beside the real `keylime_convert_runtime_policy`.

use std::fs;
use std::path::Path;
use std::process::Command;

use limescope::policy::convert::convert;
use limescope::policy::json::Limits;
use limescope::policy::verifier::{Upload, predict};
use serde_json::Value;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the real tool makes of a file, without the time of day.
fn theirs(option: &str, file: &Path) -> Value {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.json");
    let tool = root().join(".keylime-venv/bin/keylime_convert_runtime_policy");
    let output = Command::new(&tool)
        .args([option, file.to_str().unwrap(), "-o", out.to_str().unwrap()])
        .output()
        .unwrap_or_else(|error| panic!("{} cannot be run ({error}): run `make keylime`", tool.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut policy: Value = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    policy["meta"].as_object_mut().unwrap().remove("timestamp");
    policy
}

fn is_accepted(text: &[u8]) -> bool {
    predict(&Upload { text, key: None, known: None }).default.is_accepted()
}

#[test]
fn conversions_agree_with_the_real_tool_but_for_what_it_loses() {
    for (option, name) in [
        ("-a", "legacy/flat-allowlist.txt"),
        ("-a", "legacy/flat-keyring.txt"),
        ("-a", "legacy/json-allowlist-full.json"),
        ("-a", "legacy/json-allowlist.json"),
        ("-r", "legacy/small-dm-v0.json"),
        ("-r", "policy/small-dm.json"),
    ] {
        let file = root().join("tests/policies").join(name);
        let theirs = theirs(option, &file);
        let text = fs::read(&file).unwrap();
        let made = convert(&text, "2026-11-22 00:00:00", &Limits::default()).unwrap();
        assert!(is_accepted(&made.text), "{name}");
        let mut ours: Value = serde_json::from_slice(&made.text).unwrap();
        ours["meta"].as_object_mut().unwrap().remove("timestamp");
        match name {
            // The tool drops the field, which is the whole point of this one.
            "legacy/small-dm-v0.json" => {
                assert!(theirs.get("digest_metadata").is_none());
                let before: Value = serde_json::from_slice(&text).unwrap();
                assert_eq!(
                    ours.as_object_mut().unwrap().remove("digest_metadata").as_ref(),
                    before.get("digest_metadata")
                );
            }
            // The tool's policy lacks what verifiers demand.
            "legacy/json-allowlist.json" => {
                assert!(!is_accepted(theirs.to_string().as_bytes()));
                let ima = ours["ima"].as_object_mut().unwrap();
                assert!(ima.remove("log_hash_alg").is_some() && ima.remove("dm_policy").is_some());
            }
            _ => {}
        }
        assert_eq!(ours, theirs, "{name}");
    }
}
