//! Policies that a real Keylime stores: uploaded through its API, listed, read byte for byte, and compared.

use std::path::Path;
use std::process::Command;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limescope::config;
use limescope::fleet::policies::{Agreement, Standing, Visibility, catalogue};
use limescope::keylime::Limits;
use limescope::keylime::policies::PolicyKind;
use limescope::policy::sign::{FileKey, dsse};
use limescope::policy::signature::material;
use limescope::policy::trust::{Entry, Store};
use limescope::tasks::policies::{FetchError, Policies};
use limescope::text::RemoteText;
use serde_json::{Value, json};

use crate::support::command::{Finished, Place};
use crate::support::configuration::{Block, write_configuration};
use crate::support::keylime::{Group, Stack};

const GROUPS: [Group; 2] = [Group::Pair, Group::Push];
const RUNTIME: PolicyKind = PolicyKind::Runtime;

/// A policy with one file, and whatever members more.
fn policy(digest: &str, more: &str) -> String {
    let digest = digest.repeat(64 / digest.len());
    format!(
        r#"{{"meta": {{"version": 1, "generator": 3}}, "release": 0, "digests": {{"/usr/bin/a": ["{digest}"]}},
 "excludes": [], "keyrings": {{}}, "ima": {{"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null}},
 "ima-buf": {{}}, "verification-keys": ""{more}}}"#
    )
}

/// An envelope as `keylime-policy sign` makes it; another text every time.
fn signed(policy: &str) -> String {
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let kind = "application/vnd.keylime+json";
    let message = format!("DSSEv1 {} {kind} {} {policy}", kind.len(), policy.len());
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    let signature = json!({"keyid": "test", "sig": STANDARD.encode(signature)});
    json!({"payload": STANDARD.encode(policy), "payloadType": kind, "signatures": [signature]}).to_string()
}

fn upload(stack: &Stack, group: Group, method: &str, name: &str, text: &str) {
    let url = format!("{}/v2.6/allowlists/{name}", stack.verifier(group, 1));
    let body = json!({"runtime_policy": STANDARD.encode(text)});
    let (status, answer) = stack.exchange(group, method, &url, Some(&body));
    assert_eq!(status, 201, "{method} {url}: {answer}");
}

/// What the console reads with, for the groups of this file.
fn reading(stack: &Stack) -> Policies {
    let folder = tempfile::tempdir().unwrap();
    let blocks = GROUPS.map(|group| Block::of(stack.deployment(group)));
    let path = write_configuration(folder.path(), 1, &blocks);
    let text = std::fs::read_to_string(&path).unwrap();
    let (config, _) = config::parse(&text, &path, None).unwrap();
    Policies::of(&config, Limits::default(), &mut |_| None)
}

async fn text(policies: &Policies, group: &str, kind: PolicyKind, name: &str) -> Result<String, FetchError> {
    let fetched = policies.fetch(group, kind, &name.into(), &|_| {}).await?;
    Ok(String::from_utf8(fetched.text.unwrap().to_vec()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_between_groups_is_seen_and_named() {
    let stack = Stack::shared();
    let _held = stack.hold(&GROUPS, &[]);
    let same = policy("a1", "");
    for (group, drifted) in GROUPS.into_iter().zip(["b2", "c3"]) {
        upload(stack, group, "POST", "deployed-same", &same);
        upload(stack, group, "POST", "deployed-drift", &policy(drifted, ""));
        upload(stack, group, "POST", "deployed-re-signed", &signed(&same));
        let url = format!("{}/v2.6/mbpolicies/deployed-boot", stack.verifier(group, 1));
        let body = json!({"mb_policy": format!(r#"{{"scrtm_and_bios": [], "drift": "{drifted}"}}"#)});
        assert_eq!(stack.exchange(group, "POST", &url, Some(&body)).0, 201);
    }
    upload(stack, Group::Push, "POST", "deployed-once", &same);

    let policies = reading(stack);
    let found = catalogue(&policies.survey().await);
    assert_eq!(found.failures, [], "both groups have lists of both kinds");
    let seen = |kind, name: &str| {
        let comparison = &found.row(kind, name).unwrap_or_else(|| panic!("{name} is not listed")).comparison;
        (comparison.agreement, comparison.words())
    };
    assert_eq!(seen(RUNTIME, "deployed-same"), (Agreement::Same, "the same in pair and push".to_owned()));
    let drift = "pair / push differ, and none has a majority".to_owned();
    assert_eq!(seen(RUNTIME, "deployed-drift"), (Agreement::Drift, drift.clone()));
    assert_eq!(seen(PolicyKind::MeasuredBoot, "deployed-boot"), (Agreement::Drift, drift.clone()));
    let re_signed = format!("the same policy in other texts (no trusted key vouches): {drift}");
    assert_eq!(seen(RUNTIME, "deployed-re-signed"), (Agreement::ReSigned, re_signed));
    let once = "only in push; missing in pair".to_owned();
    assert_eq!(seen(RUNTIME, "deployed-once"), (Agreement::Alone, once));

    // What is mended is seen the next time; what is deleted is gone.
    upload(stack, Group::Push, "PUT", "deployed-drift", &policy("b2", ""));
    let url = format!("{}/v2.6/allowlists/deployed-once", stack.verifier(Group::Push, 1));
    assert_eq!(stack.exchange(Group::Push, "DELETE", &url, None).0, 204);
    let found = catalogue(&policies.survey().await);
    assert_eq!(found.row(RUNTIME, "deployed-drift").unwrap().comparison.agreement, Agreement::Same);
    assert!(found.row(RUNTIME, "deployed-once").is_none());
    let gone = text(&policies, "push", RUNTIME, "deployed-once").await.unwrap_err();
    assert_eq!(gone.to_string(), "push has no runtime policy of the name deployed-once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_uploaded_comes_back_byte_for_byte() {
    let stack = Stack::shared();
    let _held = stack.hold(&GROUPS, &[]);
    // Blanks, order, escapes, numbers and checks that nobody knows: none of it is ours to change.
    let metadata = concat!(
        ",\n\t\"digest_metadata\" : {\"a1a1\" :{\"transparency_log_inclusion_proof\": true, ",
        r#""\u0073igner_identity": {"subject":"Zo\u00eb \ud834\udd1e 𝄞 \"\\/", "issuer": "https://x"}, "#,
        r#""unheard_of": [1e2, 1.0, 12345678901234567890123, -0, null, {"b": 1, "a": 2}]}}"#
    );
    let bare = policy("a1", metadata);
    let large: Vec<_> =
        (0..20_000).map(|number| format!(r#""/opt/{number}\u00e9": ["{number:064x}"]"#)).collect();
    let large = policy("a1", &format!(", \"unknown\": {{{}}}", large.join(", ")));
    for (name, uploaded) in
        [("deployed-bare", bare.clone()), ("deployed-signed", signed(&bare)), ("deployed-large", large)]
    {
        for group in GROUPS {
            upload(stack, group, "POST", name, &uploaded);
        }
        let policies = reading(stack);
        for group in ["pair", "push"] {
            for times in ["first", "again"] {
                let read = text(&policies, group, RUNTIME, name).await.unwrap();
                assert!(
                    read == uploaded,
                    "{name} from {group}, {times}: {} bytes instead of {}",
                    read.len(),
                    uploaded.len()
                );
            }
        }
    }
    let signed = text(&reading(stack), "pair", RUNTIME, "deployed-signed").await.unwrap();
    let envelope: Value = serde_json::from_str(&signed).unwrap();
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    assert!(payload == bare.as_bytes(), "the metadata inside of the envelope is untouched");
}

/// Another last byte in the first signature: the payload stays.
fn tampered(envelope: &str) -> String {
    let mut envelope: Value = serde_json::from_str(envelope).unwrap();
    let mut bytes = STANDARD.decode(envelope["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    envelope["signatures"][0]["sig"] = STANDARD.encode(bytes).into();
    envelope.to_string()
}

/// `limescope policy …` on the configuration in this place.
fn ours(place: &Place, config: &Path, arguments: &[&str]) -> Finished {
    let config = config.to_str().unwrap();
    let all: Vec<_> = ["--config", config, "policy"].iter().chain(arguments).copied().collect();
    place.run(&all)
}

fn verified(place: &Place, config: &Path, code: i32, name: &str, more: &[&str]) -> Value {
    let run = ours(place, config, &[&["verify", name, "--format", "json"], more].concat());
    assert_eq!(run.code, Some(code), "{name} {more:?}: {} {}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn the_command_line_verifies_what_is_deployed() {
    let stack = Stack::shared();
    let _held = stack.hold(&GROUPS, &[]);
    let place = Place::new();
    let config =
        write_configuration(place.path(), 1, &GROUPS.map(|group| Block::of(stack.deployment(group))));
    let file = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys");
    let (private, public) = (format!("{keys}/ecdsa-p256.key.pem"), format!("{keys}/ecdsa-p256.pub.pem"));
    let wrong = format!("{keys}/ecdsa-p256-wrong.pub.pem");
    let digest = "a1".repeat(32);
    let metadata = format!(",\n \"digest_metadata\": {{\"{digest}\": {{\"unheard_of\": [1e2, null]}}}}");
    std::fs::write(file("policy.json"), policy("a1", &metadata)).unwrap();

    // Signed by Keylime's own tool and by us: two texts of one policy, one for each group.
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/.keylime-venv/bin/keylime-policy");
    let theirs = Command::new(tool)
        .args(["sign", "runtime", "-r", &file("policy.json"), "-k", &private, "-b", "ecdsa"])
        .args(["-o", &file("theirs.json")])
        .output()
        .unwrap();
    assert!(theirs.status.success(), "{}", String::from_utf8_lossy(&theirs.stderr));
    let signed =
        ours(&place, &config, &["sign", &file("policy.json"), "--key", &private, "-o", &file("ours.json")]);
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    let read = |name: &str| std::fs::read_to_string(file(name)).unwrap();
    upload(stack, Group::Pair, "POST", "wired", &read("theirs.json"));
    upload(stack, Group::Push, "POST", "wired", &read("ours.json"));

    for (name, uploaded) in [("group:pair/wired", "theirs.json"), ("group:push/wired", "ours.json")] {
        let found = verified(&place, &config, 0, name, &["--key", &public]);
        assert_eq!((&found["file"], &found["format"]), (&json!(name), &json!("dsse")));
        assert_eq!((&found["signature"], &found["policy"]), (&json!("valid"), &json!("valid")), "{found}");
        let local = verified(&place, &config, 0, &file(uploaded), &["--key", &public]);
        assert_eq!(found["sha256"], local["sha256"], "byte for byte: {name}");
        let check = &found["metadata"][0]["checks"][0];
        assert_eq!((&check["name"], &check["status"]), (&json!("unheard_of"), &json!("not-evaluated")));
        assert_eq!(found["metadata"][0]["paths"], json!(["/usr/bin/a"]));
        let found = verified(&place, &config, 1, name, &["--key", &wrong]);
        assert_eq!((&found["signature"], &found["policy"]), (&json!("invalid"), &json!("not-evaluated")));
    }

    // The trust store counts where its scope says so.
    let store = file("trust.toml");
    let add = ["trust", "add", &public, "--label", "release", "--group", "pair", "--trust", &store, "--yes"];
    assert_eq!(ours(&place, &config, &add).code, Some(0));
    let inside = verified(&place, &config, 0, "group:pair/wired", &["--trust", &store]);
    assert_eq!(inside["signers"][0]["label"], "release");
    let outside = verified(&place, &config, 1, "group:push/wired", &["--trust", &store]);
    assert_ne!(outside["signature"], "valid", "{outside}");

    // A verifier stores a tampered envelope all the same; we say so.
    upload(stack, Group::Push, "PUT", "wired", &tampered(&read("ours.json")));
    let found = verified(&place, &config, 1, "group:push/wired", &["--key", &public]);
    assert_eq!(found["signature"], "invalid");
    assert_eq!(
        (&found["verifier"]["default"], &found["verifier"]["signatures_required"]),
        (&json!("accepts"), &json!("rejects"))
    );
    let gone = ours(&place, &config, &["verify", "group:push/wired-away"]);
    assert_eq!((gone.code, gone.stdout.as_str()), (Some(2), ""));
    assert!(gone.stderr.contains("push has no runtime policy of the name wired-away"), "{}", gone.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tampered_envelope_is_drift_and_a_new_signature_is_not() {
    let stack = Stack::shared();
    let _held = stack.hold(&GROUPS, &[]);
    let same = policy("a1", "");
    let key = include_str!("../policies/keys/ecdsa-p256.key.pem");
    let sign = || dsse(same.as_bytes(), &FileKey::from_pem(key.as_bytes()).unwrap()).unwrap();
    for group in GROUPS {
        upload(stack, group, "POST", "wired-signed", &sign());
    }
    upload(stack, Group::Pair, "POST", "wired-tampered", &sign());
    upload(stack, Group::Push, "POST", "wired-tampered", &tampered(&sign()));

    let policies = reading(stack);
    let told = async |name: &str| {
        let found = catalogue(&policies.survey().await);
        let comparison = &found.row(RUNTIME, name).unwrap().comparison;
        (comparison.agreement, comparison.words())
    };
    let tie = "pair / push differ, and none has a majority";
    let unknown =
        (Agreement::ReSigned, format!("the same policy in other texts (no trusted key vouches): {tie}"));
    assert_eq!(told("wired-signed").await, unknown);
    assert_eq!(told("wired-tampered").await, unknown, "nobody can know without a key");

    let public = include_bytes!("../policies/keys/ecdsa-p256.pub.pem");
    let mut store = Store::default();
    let pin = material::read(public).unwrap().remove(0).into();
    store.entries.push(Entry::new("release", pin, jiff::Timestamp::now()));
    policies.trust(store);
    let verified = (Agreement::ReSigned, format!("the same policy in other texts: {tie}"));
    assert_eq!(told("wired-signed").await, verified);
    let (agreement, words) = told("wired-tampered").await;
    assert_eq!(agreement, Agreement::Drift);
    assert!(words.starts_with(&format!("{tie}; in push: its signature is invalid: ")), "{words}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_of_agents_are_shown_as_theirs_and_the_empty_ones_hidden() {
    let stack = Stack::shared();
    let _held = stack.hold(&GROUPS, &[]);
    let own = policy("d4", "");
    let with = |name: &str| json!({"runtime_policy": STANDARD.encode(&own), "runtime_policy_name": name});
    stack.enrol(Group::Push, 1, "deployed-agent-without");
    stack.enrol_with(Group::Push, 1, "deployed-agent-with", &with(""));
    // An enrolment can bring in a name that nobody can ask for, beside one that only looks like it.
    stack.enrol_with(Group::Push, 1, "deployed-agent-odd", &with("deployed odd"));
    upload(stack, Group::Push, "POST", "deployed%20odd", &policy("e5", ""));

    let policies = reading(stack);
    let found = catalogue(&policies.survey().await);
    let row = |kind, name: &str| found.row(kind, name).unwrap_or_else(|| panic!("{name} is not listed"));
    let without = row(RUNTIME, "deployed-agent-without");
    assert_eq!((without.visibility, without.is_of_an_agent()), (Visibility::Hidden, true));
    let boot = row(PolicyKind::MeasuredBoot, "deployed-agent-without");
    assert_eq!(boot.visibility, Visibility::Hidden, "{boot:?}");
    let theirs = row(RUNTIME, "deployed-agent-with");
    assert_eq!(
        (theirs.visibility, theirs.agent_in.as_slice()),
        (Visibility::Shown, ["push".to_owned()].as_slice())
    );
    assert_eq!(theirs.comparison.words(), "only in push", "it is not missing where the agent is not");
    assert_eq!(text(&policies, "push", RUNTIME, "deployed-agent-with").await.unwrap(), own);

    let odd = row(RUNTIME, "deployed odd");
    assert_eq!((odd.visibility, odd.is_of_an_agent()), (Visibility::Shown, false));
    let unread = |standing: &Standing| matches!(standing, Standing::Unread(words) if words.contains("cannot be asked for"));
    assert!(odd.standings.iter().any(unread), "{odd:?}");
    assert!(text(&policies, "push", RUNTIME, "deployed odd").await.is_err());
    assert_eq!(text(&policies, "push", RUNTIME, "deployed%20odd").await.unwrap(), policy("e5", ""));
    // Whatever stands in a path as it is can be a name.
    let name = "deployed.~_-!$&'()*+,;=:@%41";
    upload(stack, Group::Push, "POST", name, &own);
    let listed = catalogue(&policies.survey().await);
    assert!(listed.row(RUNTIME, name).is_some(), "it is stored under another name");
    let read = policies.fetch("push", RUNTIME, &RemoteText::from(name), &|_| {}).await.unwrap();
    assert_eq!(read.text.as_deref(), Some(own.as_bytes()));
}
