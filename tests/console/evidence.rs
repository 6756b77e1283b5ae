//! Story 1 of Enhancement 86 in a real terminal, on real Sigstore data: evidence
//! is given, checks pass and fail, one is explained, and the report kept.

use std::path::Path;

use crate::support::command::Place;

fn vector(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(name).to_str().unwrap().to_owned()
}

/// A folder of real bundles with the root of their instance.
fn folder(place: &Place) -> String {
    let folder = place.path().join("the evidence");
    std::fs::create_dir(&folder).unwrap();
    for bundle in std::fs::read_dir(vector("sigstore/positive")).unwrap() {
        let bundle = bundle.unwrap();
        std::fs::copy(bundle.path(), folder.join(bundle.file_name())).unwrap();
    }
    let root = vector("sigstore/roots/trusted_root.prod.json");
    std::fs::copy(root, folder.join("trusted_root.json")).unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn a_developer_is_named_and_the_proofs_are_judged() {
    let place = Place::new();
    let folder = folder(&place);
    let policy = place.path().join("small-dm.json");
    std::fs::copy(vector("policy/small-dm.json"), &policy).unwrap();
    let mut screen = super::demo(&place, 80, 24);
    screen.keys(&format!(":policy {}\r", policy.display()));
    screen.wait_for("What we say");
    screen.keys(":part metadata\r");
    screen.wait_for("no evidence was given");
    screen.keys("e");
    screen.wait_for(":evidence");
    // The folder's name is completed, with the quotes that its space needs.
    screen.keys(&format!("{}/the\t", place.path().display()));
    screen.wait_for(&format!("'{folder}/'"));
    screen.keys("\r");
    let shown = screen.wait_for("4 with evidence · 3 passed");
    assert!(shown.contains("rekor.sigstore.dev") && shown.contains("6494e21ea73f"), "{shown}");
    assert!(shown.contains("what was revoked since 2025-09-23 still passes"), "{shown}");
    assert!(shown.contains("not enforced by the verifier today"), "{shown}");
    assert!(shown.contains("✗ failed") && shown.contains("✓ passed"), "{shown}");

    screen.keys("s");
    screen.wait_for("OUTCOME ↓");
    screen.keys("ss");
    screen.wait_for("worst first");
    screen.keys("s");

    screen.keys("o");
    let failed = screen.wait_for("only failed: 1");
    assert!(failed.contains("54303491a841") && failed.contains("holds no log of the entry"), "{failed}");
    screen.keys("o");
    let open = screen.wait_for("only not-evaluated: 1");
    assert!(open.contains("2cf24dba5fb0") && open.contains("/root/hello.txt"), "{open}");
    screen.keys("o");
    screen.wait_for("only passed: 3");
    screen.keys("x");
    let top = screen.wait_for("judged at");
    assert!(top.contains("w writes this as a JSON report"), "{top}");
    screen.keys("\u{6}\u{6}\u{6}");
    screen.wait_for("fold 1, with the one on the left");
    screen.keys("G");
    screen.wait_for("/opt/vendor/rfc8785-0.1.2-py3-none-any.whl");

    let report = place.path().join("report.json");
    screen.keys(&format!(":evidence-export {}\r", report.display()));
    screen.wait_for("the report is in");
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(written["status"], "passed");
    screen.keys(&format!(":evidence-export {}\r", report.display()));
    screen.wait_for("is there already");

    // Folded again; more is demanded of the marked one, in a file of its own.
    screen.keys("x");
    screen.wait_for("OUTCOME");
    let more = place.path().join("more.json");
    screen.keys(" R");
    screen.wait_for(":policy-require");
    screen
        .keys(&format!("--identity me@example.org --issuer https://issuer.example.org {}\r", more.display()));
    screen.wait_for("(1) into");
    screen.wait_for("y = yes, n = no");
    screen.keys("y");
    screen.wait_for("not signed yet");
    screen.wait_for("more.json");
    let text = std::fs::read_to_string(&more).unwrap();
    assert!(text.contains("me@example.org"), "{text}");
    // One of two identities will do: the proofs still pass, and are judged at once.
    screen.wait_for("4 with evidence · 3 passed");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn judging_thousands_is_given_up_at_once_and_quitting_does_not_wait() {
    const MANY: usize = 20_000;
    let place = Place::new();
    let folder = place.path().join("many");
    std::fs::create_dir(&folder).unwrap();
    let bundle = folder.join("first.sigstore.json");
    std::fs::copy(vector("sigstore/positive/rfc8785-0.1.2.whl.v02.hashedrekord.sigstore.json"), &bundle)
        .unwrap();
    for number in 0..MANY {
        std::fs::hard_link(&bundle, folder.join(format!("{number:064x}.sigstore.json"))).unwrap();
    }
    let (policy, root) = (vector("policy/small-dm.json"), vector("sigstore/roots/trusted_root.prod.json"));
    let mut screen = super::demo(&place, 120, 40);
    screen.keys(&format!(":policy {policy}\r"));
    screen.wait_for("What we say");
    screen.keys(&format!(":evidence {} {root}\r", folder.display()));
    screen.wait_for("reading evidence");
    screen.keys("\u{1b}");
    screen.wait_for("Given up: 0 of 5 were judged");
    screen.keys(&format!(":evidence {} {root}\r", folder.display()));
    screen.wait_for("esc gives it up");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}
