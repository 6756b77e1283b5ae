//! An agent that really attests, on a TPM of its own: what an operator sees of it, at a terminal and in `status`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, keys::Algorithm, measurements::file_digest},
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    screen::Screen,
    status::{flags, judged},
    wait::wait_up_to,
};

/// Retries of an unreachable agent take 2 + 4 + 8 + 16 s, on a busy machine longer.
pub const LIMIT: Duration = Duration::from_secs(90);

/// Waits until `status` judges an agent of the pair so; what the pair says about it.
pub fn wait_for_verdict(place: &Place, configuration: &Path, id: &str, verdict: &str) -> Value {
    wait_for_verdict_in("pair", place, configuration, id, verdict)
}

/// As [`wait_for_verdict`], in another group.
pub fn wait_for_verdict_in(
    group: &str,
    place: &Place,
    configuration: &Path,
    id: &str,
    verdict: &str,
) -> Value {
    wait_up_to(LIMIT, &format!("{id} to be {verdict}"), || {
        let status = place.status(configuration);
        let seen = judged(&status, id, group).clone();
        if seen["verdict"] == verdict { Ok(seen) } else { Err(seen.to_string()) }
    })
}

/// A configuration of the pair alone, asked every second.
fn pair(stack: &Stack, place: &Place) -> PathBuf {
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Pair))]);
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, format!("poll_interval_s = 1\n{text}")).unwrap();
    configuration
}

/// A console that shows the agents of this name, next to them the details of one.
fn watch(place: &Place, configuration: &Path, id: &str) -> Screen {
    let mut screen = Screen::start(place, &["--config", configuration.to_str().unwrap()], 180, 45);
    screen.wait_for("▲ up");
    screen.keys(&format!("2/{id}\r"));
    screen.wait_for("1 of ");
    screen
}

/// Leaves the details of an agent for its events, waits until all of these are among them, and returns to the list.
fn events(screen: &mut Screen, wanted: &[&str]) {
    screen.keys("\u{1b}");
    screen.wait_until("the details to close", |text| !text.contains("attested by"));
    screen.keys("3");
    screen.wait_until(&format!("the events {wanted:?}"), |text| {
        wanted.iter().all(|event| text.contains(event))
    });
    screen.keys("2");
    screen.wait_for("VERDICT");
}

/// Waits until the verifier has this state for an agent.
fn wait_for_state(stack: &Stack, id: &str, state: u8) {
    wait_up_to(LIMIT, &format!("{id} to be in state {state}"), || {
        let record = &stack.bulk(Group::Pair, 1)[id];
        if record["operational_state"] == state { Ok(()) } else { Err(record.to_string()) }
    });
}

/// A runtime policy that allows these files, each with its path and its content.
pub fn measured_policy(files: &[(&str, &str)]) -> Value {
    let digests =
        files.iter().map(|(path, content)| ((*path).to_owned(), json!([file_digest(content.as_bytes())])));
    json!({
        "meta": {"version": 1, "generator": 3},
        "release": 0,
        "digests": digests.collect::<serde_json::Map<_, _>>(),
        "excludes": [],
        "keyrings": {},
        "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null},
        "ima-buf": {},
        "verification-keys": "",
    })
}

#[test]
fn an_operator_sees_an_agent_register_attest_fail_and_attest_again() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = pair(stack, &place);
    let id = "agents-extended";
    let agent = Agent::start(stack, Group::Pair, id);
    let mut screen = watch(&place, &configuration, id);
    screen.wait_for("· registered");
    assert_eq!(agent.quotes(), 0, "nobody has asked it yet");

    agent.enrol(2);
    screen.wait_for("✓ attested");
    let seen = wait_for_verdict(&place, &configuration, id, "attested");
    assert_eq!(seen["keylime"]["attestation_status"], "PASS", "{seen}");
    assert_eq!((&seen["event_id"], flags(&seen)), (&Value::Null, Vec::new()), "{seen}");
    assert!(agent.quotes() > 0);

    // Something was loaded that its policy does not allow.
    agent.fail();
    screen.wait_for("✗ failed");
    screen.keys("\r");
    screen.wait_for("the evidence did not verify: pcr_validation.invalid_pcr_23");
    let seen = wait_for_verdict(&place, &configuration, id, "failed");
    assert_eq!(seen["keylime"], json!({"attestation_status": "FAIL", "operational_state": 9}), "{seen}");
    assert_eq!(seen["event_id"], "pcr_validation.invalid_pcr_23", "{seen}");
    assert!(!seen["severity"].is_null(), "{seen}");
    events(&mut screen, &["✓ attested → ✗ failed"]);

    agent.recover();
    stack.reactivate(Group::Pair, 2, id);
    screen.wait_for("✓ attested");
    let seen = wait_for_verdict(&place, &configuration, id, "attested");
    // Keylime goes on naming the old event.
    assert_eq!(seen["event_id"], "pcr_validation.invalid_pcr_23", "{seen}");
    assert_eq!(flags(&seen), ["historic-event"], "{seen}");

    stack.stop(Group::Pair, 2, id);
    screen.wait_for("■ stopped");
    let seen = wait_for_verdict(&place, &configuration, id, "stopped");
    assert_eq!(seen["keylime"], json!({"attestation_status": "FAIL", "operational_state": 10}), "{seen}");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn an_operator_sees_agents_given_up_that_cannot_be_reached_and_one_come_back() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = pair(stack, &place);
    let id = "agents-vanishing";
    let mut agent = Agent::start(stack, Group::Pair, id);
    agent.enrol(1);
    let mut screen = watch(&place, &configuration, id);
    screen.wait_for("✓ attested");

    // One vanishes, and one was never there. Keylime says PASS for both while it tries again and again.
    agent.vanish();
    let never = "agents-never-reached";
    stack.enrol(Group::Pair, 2, never);
    wait_for_state(stack, never, 3);
    let seen = wait_for_verdict(&place, &configuration, never, "unproven");
    assert_eq!(seen["keylime"], json!({"attestation_status": "PASS", "operational_state": 3}), "{seen}");
    assert_eq!((&seen["event_id"], &seen["severity"]), (&Value::Null, &Value::Null), "{seen}");
    let seen = wait_for_verdict(&place, &configuration, id, "stale");
    assert_eq!(seen["keylime"], json!({"attestation_status": "PASS", "operational_state": 3}), "{seen}");
    assert!(seen["age_s"].as_f64().is_some_and(|age| age > 10.0), "{seen}");
    for id in [id, never] {
        wait_for_state(stack, id, 7);
        let seen = wait_for_verdict(&place, &configuration, id, "failed");
        assert_eq!(seen["keylime"], json!({"attestation_status": "FAIL", "operational_state": 7}), "{seen}");
        assert_eq!(seen["event_id"], "internal.verifier.not_reachable", "{seen}");
        assert!(!seen["severity"].is_null(), "{seen}");
    }
    screen.wait_for("✗ failed");
    screen.keys("\r");
    screen.wait_for("the verifier gave up: internal.verifier.not_reachable");
    events(&mut screen, &["✓ attested → ◔ stale", "◔ stale → ✗ failed"]);

    agent.come_back();
    stack.reactivate(Group::Pair, 1, id);
    let seen = wait_for_verdict(&place, &configuration, id, "attested");
    assert_eq!(flags(&seen), ["historic-event"], "{seen}");
    screen.wait_for("✓ attested");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_file_that_no_policy_knows_fails_the_agent_that_runs_it() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = pair(stack, &place);
    let id = "agents-measured";
    // With keys of the kind that upstream's agents have.
    let agent = Agent::start_with(stack, Group::Pair, id, Algorithm::Rsa);
    let files = [("boot_aggregate", "firmware"), ("/usr/bin/known", "known"), ("/usr/bin/later", "later")];
    let policy = measured_policy(&files);
    for (path, content) in &files[..2] {
        agent.run(path, content.as_bytes());
    }
    agent.enrol_measured(2, &policy);
    let seen = wait_for_verdict(&place, &configuration, id, "attested");
    assert!(flags(&seen).is_empty(), "{seen}");

    // The verifier asks for the lines that it does not know yet.
    agent.run(files[2].0, files[2].1.as_bytes());
    let before = agent.quotes();
    wait_up_to(LIMIT, "two quotes with the third file", || match agent.quotes() - before {
        2.. => Ok(()),
        few => Err(format!("{few} quotes")),
    });
    wait_for_verdict(&place, &configuration, id, "attested");

    agent.run("/usr/bin/unknown", b"unknown");
    let seen = wait_for_verdict(&place, &configuration, id, "failed");
    assert_eq!(seen["keylime"], json!({"attestation_status": "FAIL", "operational_state": 9}), "{seen}");
    assert_eq!(seen["event_id"], "ima.validation.ima-ng.not_in_allowlist", "{seen}");
}

#[test]
fn push_agents_are_judged_by_what_they_send() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    let place = Place::new();
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Push))]);
    let wait = |id, verdict| wait_for_verdict_in("push", &place, &configuration, id, verdict);
    let [good, bad] = ["agents-pushing", "agents-pushing-unknown"].map(|id| {
        let agent = Agent::start(stack, Group::Push, id);
        agent.run("/usr/bin/known", b"known");
        wait(id, "registered");
        agent.enrol_measured(1, &measured_policy(&[("/usr/bin/known", "known")]));
        let seen = wait(id, "unproven");
        assert_eq!(seen["keylime"]["attestation_status"], "PENDING", "{seen}");
        agent
    });

    good.push(1);
    let seen = wait("agents-pushing", "attested");
    assert_eq!(
        (&seen["keylime"]["attestation_status"], flags(&seen)),
        (&json!("PASS"), Vec::new()),
        "{seen}"
    );
    bad.run("/usr/bin/unknown", b"unknown");
    bad.push(1);
    let seen = wait("agents-pushing-unknown", "failed");
    assert_eq!(seen["keylime"]["attestation_status"], "FAIL", "{seen}");
    assert!(seen["reason"].as_str().unwrap().contains("the verifier refused the agent's evidence"), "{seen}");
    for (id, evaluation) in [("agents-pushing", "pass"), ("agents-pushing-unknown", "fail")] {
        let url = format!("{}/v3.0/agents/{id}/attestations/latest", stack.verifier(Group::Push, 1));
        let (_, record) = stack.exchange(Group::Push, "GET", &url, None);
        assert_eq!(record["data"]["attributes"]["evaluation"], evaluation, "{record}");
    }
}

/// Runs Keylime's own tenant for the pair's first member and its first registrar.
fn tenant(stack: &Stack, place: &Place, arguments: &[&str]) {
    let pair = stack.deployment(Group::Pair);
    let port = |address: &str| address.rsplit(':').next().unwrap().to_owned();
    let configuration = include_str!("templates/tenant.conf")
        .replace("{{verifier_port}}", &port(&pair.verifiers[0].0))
        .replace("{{registrar_tls_port}}", &port(&pair.registrars[0]))
        .replace("{{folder}}", place.path().to_str().unwrap());
    let file = place.path().join("tenant.conf");
    fs::write(&file, configuration).unwrap();
    // The CA is in a folder of its own in Keylime's.
    let home = pair.ca.parent().and_then(Path::parent).unwrap();
    let ran = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(".keylime-venv/bin/keylime_tenant"))
        .args(arguments)
        .current_dir(place.path())
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")])
        .env("KEYLIME_DIR", home)
        .env("KEYLIME_TENANT_CONFIG", &file)
        .env("KEYLIME_CA_CONFIG", home.with_file_name("ca.conf"))
        .env("KEYLIME_LOGGING_CONFIG", home.with_file_name("logging.conf"))
        .output()
        .unwrap();
    let said = [&ran.stdout, &ran.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(ran.status.success(), "keylime_tenant {arguments:?}: {}\n{}", ran.status, said.join("\n"));
}

/// So the agent is one by Keylime's own measure: its identity's quote is checked, and it takes a payload's key.
#[test]
fn keylimes_own_tenant_enrols_an_agent() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = pair(stack, &place);
    let id = "agents-by-tenant";
    let agent = Agent::start_with(stack, Group::Pair, id, Algorithm::Rsa);
    let payload = place.path().join("payload");
    fs::write(&payload, "a payload").unwrap();
    let policy = format!("{{\"23\": [\"{}\"]}}", "0".repeat(64));
    let payload = payload.to_str().unwrap();
    tenant(stack, &place, &["-c", "add", "--uuid", id, "--tpm_policy", &policy, "-f", payload]);
    wait_for_verdict(&place, &configuration, id, "attested");
    assert_eq!(agent.shares(), 2, "the tenant's share of the payload's key, and the verifier's");
}
