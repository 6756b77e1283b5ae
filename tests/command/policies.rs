//! `limescope policy lint`, `diff`, `search` and `convert`: exit codes, JSON and words.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::command::{Finished, Place};

/// A path that a terminal would obey, and a keyring of the same kind.
const HOSTILE: &str = "/opt/\u{1b}[2J\u{202e}evil";

fn vector(name: &str) -> String {
    format!("{}/tests/policies/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn policy(command: &str, arguments: &[&str]) -> Finished {
    piped(command, arguments, "")
}

fn piped(command: &str, arguments: &[&str], input: &str) -> Finished {
    let all: Vec<_> = ["policy", command].iter().chain(arguments).copied().collect();
    let run = Place::new().run_with(&all, input.as_bytes(), &[]);
    // A policy is printed as it is, unless it is to a terminal.
    let printed = if command == "convert" { "" } else { run.stdout.as_str() };
    for text in [printed, &run.stderr] {
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{command} {arguments:?}: {text:?}");
    }
    run
}

/// The JSON of a run that ends with this code.
fn answer(code: i32, command: &str, arguments: &[&str], input: &str) -> Value {
    let run = piped(command, &[arguments, &["--format", "json"]].concat(), input);
    assert_eq!(run.code, Some(code), "{command} {arguments:?}: {} {}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn digest(digit: char) -> String {
    digit.to_string().repeat(64)
}

/// A policy that is good.
fn good() -> Value {
    json!({
        "meta": {"version": 1, "generator": 3, "timestamp": "2026-11-22 00:00:00"},
        "release": 0,
        "digests": {"boot_aggregate": [digest('0')], "/usr/bin/a": [digest('a')], "/usr/bin/b": [digest('b')]},
        "excludes": [],
        "keyrings": {".ima": [digest('c')]},
        "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null},
        "ima-buf": {},
        "verification-keys": ""
    })
}

/// The same with other paths, metadata, excludes and a hostile path.
fn other() -> Value {
    let mut policy = good();
    policy["release"] = json!(1);
    policy["digests"] = json!({
        "boot_aggregate": [digest('0')],
        "/usr/bin/a": [digest('a'), digest('d')],
        HOSTILE: [digest('e')]
    });
    policy["excludes"] = json!(["/tmp/.*"]);
    policy["digest_metadata"] = json!({digest('a'): {"transparency_log_inclusion_proof": true}});
    policy
}

struct Files(Place);

impl Files {
    fn new() -> Self {
        Self(Place::new())
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[test]
fn lint_names_errors_and_ends_by_them() {
    let good = good().to_string();
    let found = answer(0, "lint", &["-"], &good);
    assert_eq!(
        (&found["file"], &found["format"], &found["policy"]),
        (&json!("-"), &json!("policy"), &json!("valid"))
    );
    assert_eq!((&found["summary"]["errors"], &found["counts"]["paths"]), (&json!(0), &json!(3)));

    let mut wrong: Value = serde_json::from_str(&good).unwrap();
    wrong["excludes"] = json!(["("]);
    wrong["digests"][HOSTILE] = json!(["xyz"]);
    let wrong = serde_json::to_string_pretty(&wrong).unwrap();
    let found = answer(1, "lint", &["-"], &wrong);
    let findings = found["findings"].as_array().unwrap();
    let weights: Vec<_> = findings.iter().map(|finding| finding["severity"].as_str().unwrap()).collect();
    let errors = weights.iter().take_while(|weight| **weight == "error").count();
    assert!(errors >= 1 && !weights[errors..].contains(&"error"), "{weights:?}");
    assert_eq!(found["summary"]["errors"], errors);
    let bad = findings.iter().find(|finding| finding["code"] == "bad-digest").unwrap();
    let line = wrong.lines().position(|line| line.contains("xyz")).unwrap() + 1;
    assert_eq!(bad["line"], line, "{bad}");
    assert!(bad["column"].is_u64() && bad["message"].as_str().unwrap().contains("\\u{1b}"), "{bad}");

    let text = piped("lint", &["-"], &wrong);
    assert_eq!(text.code, Some(1));
    let first = text.stdout.lines().next().unwrap();
    assert!(first.starts_with("-: bare runtime policy: ") && first.contains(" error"), "{first}");
    assert!(text.stdout.contains(&format!("error[bad-digest] {line}:")), "{}", text.stdout);
}

#[test]
fn lint_looks_into_envelopes_and_takes_no_half_text() {
    let found = answer(0, "lint", &[&vector("dsse/small-dm.ecdsa-p256.json")], "");
    assert_eq!((&found["format"], &found["policy"]), (&json!("dsse"), &json!("valid")), "{found}");
    for text in ["", "{", "{} {}", "{\"digests\": {}, \"digests\": {}}", "[]", "null"] {
        let found = answer(1, "lint", &["-"], text);
        assert!(found["summary"]["errors"].as_u64() > Some(0), "{text}: {found}");
    }
    let orphan = {
        let mut policy = good();
        policy["digest_metadata"] = json!({digest('f'): {"transparency_log_inclusion_proof": true}});
        policy.to_string()
    };
    assert_eq!(answer(0, "lint", &["-"], &orphan)["summary"]["errors"], 0);
    assert_eq!(answer(1, "lint", &["-", "--strict"], &orphan)["policy"], "invalid");
    for wrong in [&["/nowhere"][..], &[], &["-", "--format", "xml"]] {
        assert_eq!(policy("lint", wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn equal_policies_are_the_same_however_they_are_spelled() {
    let files = Files::new();
    let good = good();
    let file = files.file("a.json", &good.to_string());
    let found = answer(0, "diff", &[&file, "-"], &good.to_string());
    assert_eq!((&found["same"], &found["relation"]), (&json!(true), &json!("identical")));
    let found = answer(0, "diff", &[&file, "-"], &serde_json::to_string_pretty(&good).unwrap());
    assert_eq!((&found["same"], &found["relation"]), (&json!(true), &json!("same-content")));
    let bare = vector("policy/small-dm.json");
    let found = answer(0, "diff", &[&bare, &vector("dsse/small-dm.ecdsa-p256.json")], "");
    assert_eq!(found["relation"], "re-signed", "{found}");
    assert_eq!(found["left"]["policy_sha256"], found["right"]["policy_sha256"]);
    assert_ne!(found["left"]["sha256"], found["right"]["sha256"]);
    assert!(policy("diff", &[&bare, &bare]).stdout.contains("same: the two texts are identical"));
}

#[test]
fn diff_says_what_was_added_removed_and_changed() {
    let files = Files::new();
    let file = files.file("a.json", &good().to_string());
    let found = answer(1, "diff", &[&file, "-"], &other().to_string());
    assert_eq!(
        (&found["same"], &found["relation"], &found["left_out"]),
        (&json!(false), &json!("different"), &json!(0))
    );
    let paths = json!({"added": 1, "removed": 1, "changed": 1, "reordered": false});
    assert_eq!(found["summary"]["paths"], paths, "{found}");
    assert_eq!(found["paths"]["removed"], json!([{"name": "/usr/bin/b", "digests": [digest('b')]}]));
    assert_eq!(
        found["paths"]["changed"],
        json!([{"name": "/usr/bin/a", "added": [digest('d')], "removed": []}])
    );
    assert_eq!(found["paths"]["added"][0]["name"], "/opt/\\u{1b}[2J\\u{202e}evil");
    assert_eq!(found["digests"], json!({"added": [digest('e'), digest('d')], "removed": [digest('b')]}));
    assert_eq!(found["excludes"], json!({"added": ["/tmp/.*"], "removed": []}));
    assert_eq!(found["metadata"]["added"][0]["name"], json!(digest('a')));
    assert_eq!(found["members"], json!([{"name": "release", "left": "0", "right": "1"}]));

    // The other way round the metadata is gone.
    let back = answer(1, "diff", &["-", &file], &other().to_string());
    assert_eq!(back["summary"]["metadata_lost"], true);

    let run = piped("diff", &[&file, "-", "--limit", "0"], &other().to_string());
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("\n  paths             1 removed, 1 added, 1 changed\n"), "{}", run.stdout);
    assert!(run.stdout.contains("\n9 more left out of the lists; --limit lists more\n"), "{}", run.stdout);
    let run = piped("diff", &[&file, "-"], &other().to_string());
    let (summary, list) = (run.stdout.find("  metadata  "), run.stdout.find("\npaths\n- /usr/bin/b\n"));
    assert!(summary.is_some() && summary < list, "{}", run.stdout);
    assert!(run.stdout.contains(&format!("~ /usr/bin/a\n+   {}\n", digest('d'))), "{}", run.stdout);
}

#[test]
fn diff_compares_nothing_that_cannot_be_read() {
    let good = vector("policy/small.json");
    for wrong in [&["/nowhere", &good][..], &[&good], &["-", "-"], &[&good, "-"]] {
        let run = piped("diff", wrong, "no policy at all {");
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{wrong:?}: {}", run.stderr);
    }
}

#[test]
fn search_finds_digests_and_parts_of_paths_in_many_policies() {
    let files = Files::new();
    let one = files.file("a.json", &good().to_string());
    let two = files.file("b.json", &other().to_string());
    let found = answer(0, "search", &[&digest('a'), &one, &two], "");
    assert_eq!((&found["found"], &found["files"][0]["matches"]), (&json!(true), &json!(1)), "{found}");
    let hits = found["files"][1]["results"].as_array().unwrap();
    assert_eq!(
        (hits.len(), &hits[0]["member"], &hits[1]["member"]),
        (2, &json!("digests"), &json!("digest_metadata"))
    );
    assert_eq!((&hits[0]["name"], &hits[0]["digests"]), (&json!("/usr/bin/a"), &json!([digest('a')])));
    assert_eq!(hits[0]["checks"], json!(["transparency_log_inclusion_proof"]));

    let beginning = answer(0, "search", &["sha256:CCCCCCCC", &one], "");
    assert_eq!(beginning["files"][0]["results"][0]["member"], "keyrings", "{beginning}");
    let path = answer(0, "search", &["evil", "-"], &other().to_string());
    assert_eq!(path["files"][0]["results"][0]["name"], "/opt/\\u{1b}[2J\\u{202e}evil");
    let few = answer(0, "search", &["/usr/", &one, "--limit", "1"], "");
    assert_eq!((&few["files"][0]["matches"], &few["files"][0]["left_out"]), (&json!(2), &json!(1)));
    assert_eq!(answer(1, "search", &["nowhere", &one, &two], "")["found"], false);

    let text = policy("search", &["/usr/bin/a", &two, &one]);
    assert_eq!(text.code, Some(0));
    let expected = format!("{one}: 1 match\n  digests: /usr/bin/a\n    {}\n", digest('a'));
    assert!(text.stdout.ends_with(&expected), "{}", text.stdout);
}

#[test]
fn search_goes_on_after_a_policy_that_cannot_be_read() {
    let good = vector("policy/small.json");
    let found = answer(2, "search", &["/", "/nowhere", "-", &good], "{]");
    assert_eq!(found["found"], true, "{found}");
    assert!(found["files"][0]["error"].is_string() && found["files"][1]["error"].is_string(), "{found}");
    assert!(found["files"][2]["error"].is_null() && found["files"][2]["matches"].as_u64() > Some(0));
    for wrong in [&["x"][..], &["", &good]] {
        assert_eq!(policy("search", wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn convert_makes_a_policy_that_passes_and_says_what_it_changed() {
    let list = format!("{}  /usr/bin/a\n{}  {HOSTILE}\nnonsense\n", digest('A'), digest('b'));
    let run = piped("convert", &["-"], &list);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let made: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(made["digests"]["/usr/bin/a"], json!([digest('a')]), "{made}");
    assert!(
        run.stderr.starts_with("-: a flat allow-list: ") && run.stderr.contains("[convert-"),
        "{}",
        run.stderr
    );
    assert_eq!(answer(0, "lint", &["-"], &run.stdout)["policy"], "valid");

    let again = piped("convert", &["-"], &good().to_string());
    assert_eq!((again.code, &again.stdout), (Some(0), &good().to_string()), "{}", again.stderr);
    assert!(again.stderr.contains("nothing had to be changed"), "{}", again.stderr);
}

#[test]
fn convert_replaces_no_file_unasked_and_takes_no_envelope_on_its_word() {
    let files = Files::new();
    let file = files.file("old.txt", &format!("{}  /usr/bin/a\n", digest('a')));
    let out = files.file("out.json", "ours");
    let run = policy("convert", &[&file, "-o", &out]);
    assert_eq!((run.code, fs::read_to_string(&out).unwrap().as_str()), (Some(2), "ours"), "{}", run.stderr);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    let run = policy("convert", &[&file, "-o", &out, "--force"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    assert!(fs::read_to_string(&out).unwrap().contains("/usr/bin/a"));

    let (envelope, key) = (vector("dsse/small-dm.ecdsa-p256.json"), vector("keys/ecdsa-p256.pub.pem"));
    let run = policy("convert", &[&envelope]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    assert!(run.stderr.contains("[convert-envelope]"), "{}", run.stderr);
    let run = policy("convert", &[&envelope, "--key", &key]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let made: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(made["digest_metadata"].is_object(), "no conversion drops it");
    assert!(run.stderr.contains("[convert-signature-lost]"), "{}", run.stderr);

    for (text, code) in [("{]", 1), ("{\"a\": 1}", 1), ("[]", 1)] {
        let run = piped("convert", &["-"], text);
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{text}: {}", run.stderr);
    }
    assert_eq!(policy("convert", &["/nowhere"]).code, Some(2));
}
