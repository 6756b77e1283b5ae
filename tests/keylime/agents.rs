//! An agent that really attests, on a TPM of its own: what an operator sees of it, at a terminal and in `status`.

use std::{
    fs,
    path::{Path, PathBuf},
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
    wait_up_to(LIMIT, &format!("{id} to be {verdict}"), || {
        let status = place.status(configuration);
        let seen = judged(&status, id, "pair").clone();
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
    let digests = files.map(|(path, content)| (path, vec![file_digest(content.as_bytes())]));
    let policy = json!({
        "meta": {"version": 1, "generator": 3},
        "release": 0,
        "digests": digests.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "excludes": [],
        "keyrings": {},
        "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null},
        "ima-buf": {},
        "verification-keys": "",
    });
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
