//! Story 1 of Enhancement 86 on the command line, with real proofs: require, sign, verify, explain.

use std::fs;
use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::instance;
use crate::support::command::{Finished, Place};
use crate::support::screen::Screen;

const AT: &str = "2026-11-22T00:00:00Z";
const GITHUB: &str = "https://token.actions.githubusercontent.com";
const LOGIN: &str = "https://github.com/login/oauth";
const WHEEL: &str = "c4e92e9ecc828bef2aa7dba1de8ac983511f7532a0df11c770d39099a25cf201";
const WHEEL_SIGNER: &str =
    "https://github.com/trailofbits/rfc8785.py/.github/workflows/release.yml@refs/tags/v0.1.2";
const BLOB: &str = "e194b99df6639501325c5f44da79fe3a8efae6f239bd79443a19787e06fb1764";
const STAGING: &str = "54303491a8418fbed24344b513546182c29b43bf282ceb433af65e2299f9271f";
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const INCLUSION: &str = "transparency_log_inclusion_proof";

fn vector(name: &str) -> String {
    let path = format!("{}/tests/policies/{name}", env!("CARGO_MANIFEST_DIR"));
    assert!(fs::exists(&path).unwrap(), "{path} is missing");
    path
}

fn root(name: &str) -> String {
    vector(&format!("sigstore/roots/trusted_root.{name}.json"))
}

/// A place with files, and what is run in it.
struct Desk(Place);

impl Desk {
    fn new() -> Self {
        Self(Place::new())
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The real bundles of four digests, under other names than theirs.
    fn evidence(&self) -> String {
        let folder = self.path("evidence");
        fs::create_dir_all(&folder).unwrap();
        for (number, name) in [
            "rfc8785-0.1.2.whl.v02.hashedrekord",
            "cosign-blob.v03.hashedrekord-tsa",
            "conda.v03.rekor-v2.staging",
            "managed-key.v03",
        ]
        .iter()
        .enumerate()
        {
            let from = vector(&format!("sigstore/positive/{name}.sigstore.json"));
            fs::copy(from, format!("{folder}/tool-{number}.sigstore.json")).unwrap();
        }
        folder
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Finished {
        let all: Vec<_> = ["policy", command].iter().chain(arguments).copied().collect();
        self.0.run(&all)
    }

    /// A demand that is written.
    fn require(&self, from: &str, to: &str, arguments: &[&str]) -> Finished {
        let run = self.run("require", &[&[from], arguments, &["-o", to]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
        run
    }

    /// The JSON of `verify`, which ends with this code.
    fn verify(&self, code: i32, arguments: &[&str]) -> Value {
        let run = self.run("verify", &[arguments, &["--at", AT, "--format", "json"]].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {} {}", run.stdout, run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }
}

/// The statuses of the checks of a digest.
fn statuses(answer: &Value, digest: &str) -> Vec<(String, String)> {
    let entry = answer["metadata"].as_array().unwrap().iter().find(|entry| entry["digest"] == digest);
    let entry = entry.unwrap_or_else(|| panic!("{digest} is not in {answer:#}"));
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let checks = entry["checks"].as_array().unwrap().iter();
    checks
        .map(|check| {
            assert!(check["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{check}");
            (word(&check["name"]), word(&check["status"]))
        })
        .collect()
}

fn both(status: &str) -> Vec<(String, String)> {
    [INCLUSION, "signer_identity"].map(|name| (name.to_owned(), status.to_owned())).to_vec()
}

#[test]
fn story_one_from_the_demand_to_the_verdict() {
    let desk = Desk::new();
    let (evidence, trusted) = (desk.evidence(), root("prod"));
    let (start, made, signed) =
        (vector("policy/small-dm-empty.json"), desk.path("made.json"), desk.path("made.signed.json"));
    // The vendor's policy demands nothing; the operator demands a log and a signer of the own application.
    let typed = format!("sha256:{WHEEL}");
    let demand = ["--digest", &typed, "--log-inclusion", "--identity", WHEEL_SIGNER, "--issuer", GITHUB];
    let run = desk.require(&start, &made, &demand);
    assert!(run.stderr.contains(&format!("{typed} (1 path): {INCLUSION} added, signer_identity added")));
    let next = format!(
        "the policy is not signed; the next step: limescope policy sign {made} --key KEY -o {signed}"
    );
    assert!(run.stderr.contains(&next), "{}", run.stderr);
    let given = ["--evidence", &evidence, "--trusted-root", &trusted, "--require-metadata"];
    let answer = desk.verify(1, &[&[made.as_str()], &given[..]].concat());
    assert_eq!((&answer["signature"], &answer["policy"]), (&json!("unsigned"), &json!("valid")));
    assert_eq!(statuses(&answer, WHEEL), both("passed"));

    // The step that was told, with a key.
    let (key, public) = (vector("keys/ecdsa-p256.key.pem"), vector("keys/ecdsa-p256.pub.pem"));
    assert_eq!(desk.run("sign", &[&made, "--key", &key, "-o", &signed]).code, Some(0));
    let trust = [&[signed.as_str(), "--key", public.as_str()], &given[..]].concat();
    let answer = desk.verify(0, &trust);
    assert_eq!((&answer["signature"], &answer["policy"]), (&json!("valid"), &json!("valid")));
    assert_eq!(statuses(&answer, WHEEL), both("passed"));
    let told = &answer["evidence"];
    assert_eq!(told["coverage"], json!({"demanded": 1, "with_evidence": 1, "passed": 1}));
    assert_eq!((&told["bundles"], &told["unreadable"]), (&json!(4), &json!(0)));
    let shown = &told["trusted_root"];
    assert!(shown["sha256"].as_str().unwrap().starts_with("6494e21e"), "{told:#}");
    assert_eq!(shown["instance"], "https://rekor.sigstore.dev");
    assert!(shown["age_s"].as_u64() > Some(300 * 86_400) && shown["newest_key"].is_string(), "{told:#}");
    let words = desk.run("verify", &[&trust[..], &["--at", AT]].concat()).stdout;
    for said in [
        "trusted root 6494e21e",
        " of https://rekor.sigstore.dev\n",
        " ago; what was revoked since",
        "coverage   1 digest with demands, 1 with evidence, 1 passed\n",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    // The same with the console's own trust store, and without the evidence.
    assert_eq!(desk.run("trust", &["add", &public, "--label", "release", "--yes"]).code, Some(0));
    desk.verify(0, &[&[signed.as_str()], &given[..]].concat());
    let answer = desk.verify(1, &[&signed, "--require-metadata"]);
    assert_eq!(statuses(&answer, WHEEL), both("not-evaluated"));
    assert!(answer.get("evidence").is_none());
}

#[test]
fn failures_and_what_is_not_evaluated_turn_the_exit_code() {
    let desk = Desk::new();
    let (evidence, trusted) = (desk.evidence(), root("prod"));
    let (key, public) = (vector("keys/ecdsa-p256.key.pem"), vector("keys/ecdsa-p256.pub.pem"));
    let (mut last, mut codes) = (vector("policy/small.json"), Vec::new());
    // Passes; somebody else signed; a bundle of another instance; no evidence.
    for (number, (digest, subject, issuer, expected)) in [
        (WHEEL, WHEEL_SIGNER, GITHUB, ["passed", "passed"]),
        (BLOB, "somebody@example.org", LOGIN, ["passed", "failed"]),
        (STAGING, "jku@goto.fi", LOGIN, ["failed", "failed"]),
        (HELLO, "jku@goto.fi", LOGIN, ["not-evaluated", "not-evaluated"]),
    ]
    .into_iter()
    .enumerate()
    {
        let (made, signed) =
            (desk.path(&format!("{number}.json")), desk.path(&format!("{number}.signed.json")));
        let demand = ["--digest", digest, "--log-inclusion", "--identity", subject, "--issuer", issuer];
        desk.require(&last, &made, &demand);
        assert_eq!(desk.run("sign", &[&made, "--key", &key, "-o", &signed]).code, Some(0));
        let given = [&signed, "--key", &public, "--evidence", &evidence, "--trusted-root", &trusted];
        let answer = desk.verify(0, &given);
        let found: Vec<_> = statuses(&answer, digest).into_iter().map(|(_, status)| status).collect();
        assert_eq!(found, expected, "{digest}: {answer:#}");
        let run = desk.run("verify", &[&given[..], &["--require-metadata", "--at", AT]].concat());
        codes.push(run.code.unwrap());
        last = made;
    }
    assert_eq!(codes, [0, 1, 1, 1]);
    // A second signer of the blob, of whom either will do: now it passes.
    let either = desk.path("either.json");
    let demand = ["--digest", BLOB, "--identity", "w.vollprecht@gmail.com", "--issuer", LOGIN];
    let run = desk.require(&last, &either, &demand);
    assert!(
        run.stderr.contains("signer_identity has 2 identities now, of which any will do"),
        "{}",
        run.stderr
    );
    let answer = desk.verify(1, &[&either, "--evidence", &evidence, "--trusted-root", &trusted]);
    assert_eq!(statuses(&answer, BLOB), both("passed"));
    assert_eq!(answer["evidence"]["coverage"], json!({"demanded": 4, "with_evidence": 3, "passed": 2}));
}

#[test]
fn explain_tells_a_pass_a_failure_and_what_is_missing() {
    let desk = Desk::new();
    let (evidence, trusted, policy) = (desk.evidence(), root("prod"), vector("policy/small-dm.json"));
    let explain = |digest: &str, more: &[&str]| {
        let given = [&policy, digest, "--evidence", &evidence, "--trusted-root", &trusted, "--at", AT];
        desk.run("explain", &[&given[..], more].concat())
    };
    let upper = format!("SHA256:{}", WHEEL.to_uppercase());
    for (digest, code, status) in [(upper.as_str(), 0, "passed"), (BLOB, 0, "passed"), (STAGING, 1, "failed")]
    {
        let run = explain(digest, &["--format", "json"]);
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((&report["status"], report["bundles"].as_array().unwrap().len()), (&json!(status), 1));
        let hash = digest_of(run.stdout.as_bytes());
        let words = explain(digest, &[]);
        assert_eq!(words.code, Some(code));
        assert!(words.stdout.starts_with(&format!("{}: {status}\n", report["digest"].as_str().unwrap())));
        assert!(words.stdout.contains(&format!("report sha256 {hash} ")), "{}", words.stdout);
        assert!(words.stdout.contains("trusted root 6494e21e") && words.stdout.contains(" ago; "));
        for step in report["bundles"][0]["steps"].as_array().unwrap() {
            assert!(words.stdout.contains(step["title"].as_str().unwrap()), "{step}");
            for fold in step["values"]["folds"].as_array().into_iter().flatten() {
                assert!(words.stdout.contains(&format!("hash {}", fold["hash"].as_str().unwrap())), "{fold}");
            }
        }
    }
    let words = explain(WHEEL, &[]).stdout;
    for said in ["leaf_hash 268fea7b149eff7a", "tree_size", WHEEL_SIGNER, GITHUB] {
        assert!(words.contains(said), "{said}: {words}");
    }
    let words = explain(STAGING, &[]).stdout;
    assert!(words.contains("  fails ") && words.contains("no log of the entry's id"), "{words}");

    // Demanded, and nothing is there; and not demanded at all.
    let made = desk.path("made.json");
    desk.require(&policy, &made, &["--digest", HELLO, "--log-inclusion", "--replace"]);
    let given = ["--evidence", evidence.as_str(), "--trusted-root", &trusted, "--format", "json"];
    let run = desk.run("explain", &[&[made.as_str(), HELLO], &given[..]].concat());
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &report["status"]), (Some(1), &json!("not-evaluated")));
    assert_eq!(report["bundles"], json!([]));
    let run = explain(&"5".repeat(64), &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
    assert!(run.stderr.contains("digest_metadata of the policy does not name"), "{}", run.stderr);
}

#[test]
fn a_report_is_made_again_and_what_is_said_holds() {
    let desk = Desk::new();
    let (policy, evidence, trusted) = (vector("policy/small-dm.json"), desk.evidence(), root("prod"));
    let given = ["--evidence", evidence.as_str(), "--trusted-root", &trusted];
    // The words name the hash of a report that holds the time: with that time it is made again.
    let words = desk.run("explain", &[&[policy.as_str(), WHEEL], &given[..]].concat()).stdout;
    let last = words.lines().last().unwrap();
    let (sum, again) = last.strip_prefix("report sha256 ").unwrap().split_once(" (the same with ").unwrap();
    let again: Vec<_> = again.trim_end_matches(')').split(' ').collect();
    let report = desk.run("explain", &[&[policy.as_str(), WHEEL], &given[..], &again].concat()).stdout;
    assert_eq!(digest_of(report.as_bytes()), sum, "{last}");

    // Evidence for what is not demanded covers nothing.
    let text = fs::read_to_string(vector("policy/small-dm-seed.json")).unwrap();
    let off = desk.path("off.json");
    let demand = format!("\"{INCLUSION}\": true");
    assert!(text.contains(&demand));
    fs::write(&off, text.replace(&demand, &format!("\"{INCLUSION}\": false"))).unwrap();
    let json = ["--format", "json"];
    let run = desk.run("verify", &[&[off.as_str()], &given[..], &json[..]].concat());
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(told["evidence"]["coverage"], json!({"demanded": 0, "with_evidence": 0, "passed": 0}));

    // What is wrong is said once.
    let run = desk.run("verify", &[policy.as_str(), "--evidence", "nowhere", "--trusted-root", &trusted]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
    assert_eq!(run.stderr.matches("there is no such folder").count(), 1, "{}", run.stderr);
    let run = desk.run("verify", &[policy.as_str(), "--evidence", &evidence, "--trusted-root", &policy]);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stderr.matches("no usable trusted_root.json").count(), 1, "{}", run.stderr);

    // Nothing is told to be written that was not.
    let made = desk.path("made.json");
    fs::write(&made, "").unwrap();
    let run =
        desk.run("require", &[policy.as_str(), "--digest", BLOB, "--log-inclusion", "-o", made.as_str()]);
    assert_eq!(run.code, Some(2));
    assert!(!run.stderr.contains("is written"), "{}", run.stderr);
}

fn digest_of(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_real_bundle_has_its_verdict_on_the_command_line() {
    let desk = Desk::new();
    let index: Value = serde_json::from_slice(&fs::read(vector("sigstore/INDEX.json")).unwrap()).unwrap();
    let small: Value = serde_json::from_slice(&fs::read(vector("policy/small.json")).unwrap()).unwrap();
    let vectors = index["vectors"].as_array().unwrap();
    for (number, case) in vectors.iter().enumerate() {
        let text = |name: &str| case[name].as_str();
        let given = text("digest").unwrap();
        let hex = match given.split_once(':') {
            Some((_, hex)) => hex.to_owned(),
            None => digest_of(&fs::read(vector(&format!("sigstore/{given}"))).unwrap()),
        };
        let mut policy = small.clone();
        policy["digests"]["/opt/vendor/tool"] = json!([hex]);
        if let Some(key) = text("public_key") {
            let pem = fs::read_to_string(vector(&format!("sigstore/{key}"))).unwrap();
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            policy["digest_metadata"] = json!({ &hex: { "public_key": base64 } });
        }
        let folder = desk.path(&format!("evidence-{number}"));
        fs::create_dir(&folder).unwrap();
        // cosign's way to name them, but for those that no index could find otherwise.
        let bundle = vector(&format!("sigstore/{}", text("bundle").unwrap()));
        fs::copy(bundle, format!("{folder}/{hex}.sigstore.json")).unwrap();
        let (from, made) = (desk.path("from.json"), desk.path(&format!("{number}.json")));
        fs::write(&from, policy.to_string()).unwrap();
        let mut demand = vec!["--digest", hex.as_str(), "--log-inclusion"];
        if let (Some(subject), Some(issuer)) = (text("identity"), text("issuer")) {
            demand.extend(["--identity", subject, "--issuer", issuer]);
        }
        desk.require(&from, &made, &demand);
        let trusted = vector(&format!("sigstore/{}", text("trusted_root").unwrap()));
        let answer = desk.verify(1, &[&made, "--evidence", &folder, "--trusted-root", &trusted]);
        let found = statuses(&answer, &hex);
        let passed = found.iter().all(|(_, status)| status == "passed");
        assert_eq!(passed, case["expected"] == "verified", "{case:#} {found:?}");
        let failed = found.iter().any(|(_, status)| status == "failed");
        assert_eq!(failed, case["expected"] != "verified", "{case:#} {found:?}");
        assert_eq!(answer["evidence"]["coverage"]["passed"], u8::from(passed), "{case:#}");
    }
    assert_eq!(vectors.len(), 16);
}

#[test]
fn a_demand_is_the_only_difference_and_conflicts_are_refused() {
    let desk = Desk::new();
    let policy = vector("policy/small-dm.pretty.json");
    let before = fs::read_to_string(&policy).unwrap();
    // To standard output, and nothing is to be done the second time.
    let run = desk.run("require", &[&policy, "--digest", HELLO, "--log-inclusion"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    assert!(run.stderr.contains("`transparency_log_inclusion_proof` says false"), "{}", run.stderr);
    assert!(run.stderr.contains("--replace"), "{}", run.stderr);
    let run = desk.run("require", &[&policy, "--digest", HELLO, "--log-inclusion", "--replace"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let hello = before.find(&format!("\"{HELLO}\": {{")).unwrap();
    let at = hello + before[hello..].find("false").unwrap();
    assert_eq!(run.stdout, format!("{}true{}", &before[..at], &before[at + 5..]));
    assert!(run.stderr.contains("the next step: limescope policy sign POLICY --key KEY"), "{}", run.stderr);
    let again = ["policy", "require", "-", "--digest", HELLO, "--log-inclusion"];
    let again = desk.0.run_with(&again, run.stdout.as_bytes(), &[]);
    assert_eq!((again.code, again.stdout), (Some(0), run.stdout), "{}", again.stderr);
    assert!(again.stderr.contains("all of it was demanded already"), "{}", again.stderr);

    // Several digests, one of them of no path and one that can never pass; a list from standard input.
    let made = desk.path("made.json");
    let sha1 = "a".repeat(40);
    let list = format!("# ours\n{BLOB}  ./blob\n\n\\{WHEEL}  ./a\\\\b\n");
    let arguments =
        ["policy", "require", &policy, "--digest", &sha1, "--digests", "-", "--log-inclusion", "-o", &made];
    let run = desk.0.run_with(&arguments, list.as_bytes(), &[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("warning: no path of the policy has this digest"), "{}", run.stderr);
    assert!(run.stderr.contains("a SHA-1 digest is in no transparency log"), "{}", run.stderr);
    let policy: Value = serde_json::from_slice(&desk.read("made.json")).unwrap();
    assert_eq!(policy["digest_metadata"][&sha1], json!({INCLUSION: true}));
    assert_eq!(policy["digest_metadata"].as_object().unwrap().len(), 6);
}

#[test]
fn no_file_is_replaced_unasked_and_no_signature_is_kept() {
    let desk = Desk::new();
    let made = desk.path("made.json");
    fs::copy(vector("policy/small.json"), &made).unwrap();
    let before = desk.read("made.json");
    let demand = ["--digest", WHEEL, "--log-inclusion", "-o", &made];
    let run = desk.run("require", &[&[made.as_str()], &demand[..]].concat());
    assert_eq!((run.code, desk.read("made.json")), (Some(2), before.clone()), "{}", run.stderr);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    let run = desk.run("require", &[&[made.as_str()], &demand[..], &["--force"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_ne!(desk.read("made.json"), before);
    assert_eq!(desk.verify(1, &[&made])["counts"]["metadata"], 1);

    // A signed policy: what was signed, with the demand and without the signature.
    let (envelope, key) = (vector("dsse/small.ecdsa-p256.json"), vector("keys/ecdsa-p256.pub.pem"));
    let payload = fs::read(vector("policy/small.json")).unwrap();
    let bare = desk.run("require", &[&vector("policy/small.json"), "--digest", WHEEL, "--log-inclusion"]);
    for (trust, said) in
        [(&[][..], "nobody whom you trust signed this policy"), (&["--key", &key], "a trusted key signed")]
    {
        let run = desk
            .run("require", &[&[envelope.as_str(), "--digest", WHEEL, "--log-inclusion"], trust].concat());
        assert_eq!((run.code, &run.stdout), (Some(0), &bare.stdout), "{}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert!(run.stderr.contains("that signature does not cover the new policy"), "{}", run.stderr);
        assert!(run.stderr.contains("the policy is not signed"), "{}", run.stderr);
    }
    assert!(bare.stdout.len() > payload.len());
    let wrong = ["--key", &vector("keys/ecdsa-p256-wrong.pub.pem")];
    let run = desk
        .run("require", &[&[envelope.as_str(), "--digest", WHEEL, "--log-inclusion"], &wrong[..]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    assert!(run.stderr.contains("its signature is invalid"), "{}", run.stderr);
    let run =
        desk.run("require", &[&vector("legacy/flat-allowlist.txt"), "--digest", WHEEL, "--log-inclusion"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{}", run.stderr);
    assert!(run.stderr.contains("limescope policy convert"), "{}", run.stderr);

    let policy = vector("policy/small.json");
    for wrong in [
        &["--log-inclusion"][..],
        &["--digest", WHEEL],
        &["--digest", "xyz", "--log-inclusion"],
        &["--digest", WHEEL, "--identity", "x"],
        &["--digest", WHEEL, "--identity", "x", "--issuer", "http://a.example"],
        &["--digest", WHEEL, "--identity", "", "--issuer", GITHUB],
        &["--digests", &policy, "--log-inclusion"],
        &["--digests", "/nowhere", "--log-inclusion"],
    ] {
        let run = desk.run("require", &[&[policy.as_str()], wrong].concat());
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{wrong:?}: {}", run.stderr);
    }
}

#[test]
fn many_bundles_are_told_on_a_terminal_and_can_be_cancelled() {
    let desk = Desk::new();
    let made = instance::make(600).unwrap();
    made.write(desk.path("evidence").as_ref()).unwrap();
    let policy = instance::policy(made.bundles.iter().map(|(digest, _)| digest.clone()));
    fs::write(desk.path("policy.json"), policy.to_string()).unwrap();
    let arguments = [
        "policy",
        "verify",
        "policy.json",
        "--evidence",
        "evidence",
        "--metadata-limit",
        "0",
        "--trusted-root",
        "evidence/trusted_root.json",
    ];
    let mut screen = Screen::start(&desk.0, &arguments, 120, 30);
    screen.wait_for(" of 600 (ctrl-c cancels)");
    screen.keys("\u{3}");
    let ended = screen.ended_with_the_terminal_restored();
    assert!(ended.signal().is_some_and(|signal| signal.contains("nterrupt")), "{ended:?}");

    let screen = Screen::start(&desk.0, &arguments, 120, 30);
    screen.wait_for("checking digests: ");
    let text = screen.wait_for("coverage   600 digests with demands, 600 with evidence, 600 passed");
    assert!(!text.contains("ctrl-c"), "the line is gone at the end: {text}");
    screen.ended_with_the_terminal_restored();
    // Nothing of it where standard error is no terminal.
    let run = desk.0.run(&["policy", "verify", &desk.path("policy.json")]);
    assert!(!run.stderr.contains("ctrl-c"), "{}", run.stderr);
}
