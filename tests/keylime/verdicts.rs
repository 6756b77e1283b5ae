//! Our verdicts beside what a real verifier says (contract §2).

use serde_json::{Value, json};

use crate::support::{
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    status::{agent, flags, group, judged},
};

/// An agent made by editing the push verifier's row, and how it must read.
struct Case {
    id: &'static str,
    columns: Vec<(&'static str, Value)>,
    keylime: &'static str,
    verdict: &'static str,
    /// Flags that must be there, and flags that must not.
    flags: (&'static [&'static str], &'static [&'static str]),
    /// The age of the last success, give or take a minute.
    age: Option<i64>,
}

/// The columns of evidence: accepting, failures, successes, and seconds since the last quote and the last success.
fn evidence(accepting: u8, failures: u8, count: u8, quote: i64, success: i64) -> Vec<(&'static str, Value)> {
    let now = jiff::Timestamp::now().as_second();
    vec![
        ("accept_attestations", json!(accepting)),
        ("consecutive_attestation_failures", json!(failures)),
        ("attestation_count", json!(count)),
        ("last_received_quote", json!(now - quote)),
        ("last_successful_attestation", json!(now - success)),
    ]
}

/// The same for a pull agent: with an address, the verifier reads the row as one. (It polls nobody: it is a push
/// verifier.)
fn pull(state: i64, event: Option<&str>, count: u8, quote: i64, success: i64) -> Vec<(&'static str, Value)> {
    let mut columns = evidence(1, 0, count, quote, success);
    columns.extend([("ip", json!("127.0.0.1")), ("port", json!(9002)), ("operational_state", json!(state))]);
    columns.extend([("last_event_id", json!(event)), ("severity_level", json!(event.map(|_| 6)))]);
    columns
}

fn play(cases: &[Case]) {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    let place = Place::new();
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Push))]);
    for case in cases {
        stack.enrol(Group::Push, 1, case.id);
        if !case.columns.is_empty() {
            stack.edit_push_agent(case.id, &case.columns);
        }
    }
    let status = place.status(&configuration);
    assert_eq!(group(&status, "push")["mode"], "push");
    for case in cases {
        let row = agent(&status, case.id).unwrap_or_else(|| panic!("no agent {} in {status}", case.id));
        let seen = judged(&status, case.id, "push");
        assert_eq!(seen["keylime"]["attestation_status"], case.keylime, "{}: {seen}", case.id);
        assert_eq!(seen["verdict"], case.verdict, "{}: {seen}", case.id);
        assert_eq!(row["verdict"], case.verdict, "{}: {row}", case.id);
        for flag in case.flags.0 {
            assert!(flags(seen).contains(flag), "{} lacks {flag}: {seen}", case.id);
        }
        for flag in case.flags.1 {
            assert!(!flags(seen).contains(flag), "{} has {flag}: {seen}", case.id);
        }
        if let Some(expected) = case.age {
            let age = seen["age_s"].as_f64().unwrap_or_else(|| panic!("{}: no age in {seen}", case.id));
            let expected = expected as f64;
            assert!((expected..expected + 60.0).contains(&age), "{}: age {age}, not {expected}", case.id);
        }
    }
    let counts = group(&status, "push")["counts"].as_object().unwrap();
    for case in cases {
        assert!(counts.get(case.verdict).and_then(Value::as_u64) > Some(0), "{} in {counts:?}", case.verdict);
    }
}

/// What takes a push agent minutes: its verifier takes one attestation in 60 s, and waits 300 s before it misses one.
#[test]
fn push_agents_get_our_verdict_beside_keylimes_word() {
    let case = |id, keylime, verdict, flags, age, columns| Case { id, columns, keylime, verdict, flags, age };
    const NONE: (&[&str], &[&str]) = (&[], &["latched", "historic-event", "clock-ahead"]);
    play(&[
        // The server says PASS for as long as its timer has not fired.
        case("push-stale", "PASS", "stale", NONE, Some(1000), evidence(1, 0, 5, 1000, 1000)),
        case("push-timed-out", "TIMEOUT", "timed-out", NONE, Some(1000), evidence(0, 0, 5, 1000, 1000)),
        case("push-failed-silent", "FAIL", "failed", NONE, Some(1050), evidence(0, 1, 5, 1000, 1050)),
        // It passes again and stays FAIL: Keylime does not forgive by default.
        case("push-latched", "FAIL", "failed", (&["latched"], &[]), Some(0), evidence(1, 1, 5, 0, 0)),
        case("push-unproven", "PENDING", "unproven", NONE, None, Vec::new()),
        case("push-ahead", "PASS", "attested", (&["clock-ahead"], &[]), None, evidence(1, 0, 5, -600, -600)),
    ]);
}

/// What a verifier leaves within a moment; everything that lasts is told of real agents (`agents.rs`).
#[test]
fn passing_states_of_pull_agents_get_our_verdict_beside_keylimes_word() {
    const EVENT: Option<&str> = Some("pcr_validation.invalid_pcr_23");
    let case =
        |id, keylime, verdict, flags, columns| Case { id, columns, keylime, verdict, flags, age: None };
    play(&[
        case("pull-starting", "PENDING", "attested", (&[], &[]), pull(1, None, 5, 0, 0)),
        case("pull-removing", "PENDING", "removing", (&[], &[]), pull(8, None, 5, 0, 0)),
        case("pull-retrying", "PASS", "attested", (&["retrying"], &[]), pull(3, EVENT, 5, 0, 100)),
    ]);
}

#[test]
fn an_agent_is_registered_enrolled_or_both() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    let place = Place::new();
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Push))]);
    stack.register(Group::Push, "listed-registered");
    stack.enrol(Group::Push, 1, "listed-enrolled");
    stack.register(Group::Push, "listed-both");
    stack.enrol(Group::Push, 1, "listed-both");

    let status = place.status(&configuration);
    let registered = judged(&status, "listed-registered", "push");
    assert_eq!(registered["verdict"], "registered", "{registered}");
    let nothing = json!({"attestation_status": null, "operational_state": null});
    assert_eq!(registered["keylime"], nothing, "the verifier knows nothing of it: {registered}");
    let enrolled = judged(&status, "listed-enrolled", "push");
    assert_eq!(enrolled["verdict"], "unproven", "{enrolled}");
    assert!(flags(enrolled).contains(&"not-registered"), "{enrolled}");
    let both = judged(&status, "listed-both", "push");
    assert_eq!(both["verdict"], "unproven", "{both}");
    assert!(!flags(both).contains(&"not-registered"), "{both}");
}

#[test]
fn a_group_without_verifiers_judges_nobody_and_says_why() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    let place = Place::new();
    let block = Block::of(stack.deployment(Group::Push)).without_verifiers();
    let configuration = write_configuration(place.path(), 1, &[block]);
    stack.register(Group::Push, "listed-unasked");

    let status = place.status(&configuration);
    assert_eq!(group(&status, "push")["reachability"], "up", "its registrar answers");
    let seen = judged(&status, "listed-unasked", "push");
    assert_eq!((&seen["verdict"], &seen["reason"]), (&json!("unknown"), &json!("no verifier configured")));
}
