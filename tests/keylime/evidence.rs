//! Evidence and identities of agents that really attest, checked again by us: the verifiers are not believed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::agents::{measured_policy, wait_for_verdict_in};
use crate::support::{
    agent::{Agent, keys::Algorithm},
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    wait::wait_for,
};

/// Runs `limescope identity` and reads its JSON.
fn identity(place: &Place, configuration: &Path, code: i32, arguments: &[&str]) -> Value {
    let configuration = ["--config", configuration.to_str().unwrap(), "--format", "json"];
    let run = place.run(&[&["identity"], arguments, &configuration].concat());
    assert_eq!(run.code, Some(code), "identity {arguments:?}: {}\n{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn configuration(stack: &Stack, place: &Place) -> PathBuf {
    let blocks = [Group::Pair, Group::Push].map(|group| Block::of(stack.deployment(group)));
    write_configuration(place.path(), 1, &blocks)
}

/// The check of the only agent; every step of it has passed, these among them.
fn all_passed<'a>(checked: &'a Value, codes: &[&str]) -> &'a Value {
    let [agent] = &checked["agents"].as_array().unwrap()[..] else { panic!("not one agent: {checked}") };
    let steps = agent["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["result"] == "passed"), "{agent}");
    for code in codes {
        assert!(steps.iter().any(|step| step["code"] == *code), "no step {code}: {agent}");
    }
    assert_eq!((&agent["conclusion"], &agent["clean"]), (&json!("holds"), &json!(true)), "{agent}");
    agent
}

#[test]
fn a_quote_for_our_own_nonce_is_proven_step_by_step() {
    const STEPS: [&str; 5] = ["signature", "nonce", "selection", "pcr-digest", "ima-pcr"];
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = configuration(stack, &place);
    for (id, algorithm) in [("evidence-curve", Algorithm::EllipticCurve), ("evidence-rsa", Algorithm::Rsa)] {
        let agent = Agent::start_with(stack, Group::Pair, id, algorithm);
        for (path, content) in [("boot_aggregate", "firmware"), ("/usr/bin/known", "known")] {
            agent.run(path, content.as_bytes());
        }
        agent.enrol_measured(
            2,
            &measured_policy(&[("boot_aggregate", "firmware"), ("/usr/bin/known", "known")]),
        );
        wait_for_verdict_in("pair", &place, &configuration, id, "attested");
        let ask = ["check", id, "--ask-agent", "--group", "pair"];
        let checked = identity(&place, &configuration, 0, &ask);
        let seen = all_passed(&checked, &STEPS);
        assert_eq!(seen["verifier"]["attestation_status"], "PASS", "{seen}");
        // Our question has not disturbed the verifier's.
        let before = agent.quotes();
        wait_for("the verifier to ask again", || match agent.quotes() - before {
            2.. => Ok(()),
            few => Err(format!("{few} quotes")),
        });
        wait_for_verdict_in("pair", &place, &configuration, id, "attested");
    }
}

#[test]
fn what_push_agents_have_sent_is_proven_whatever_the_verifier_says_of_it() {
    const STEPS: [&str; 5] = ["signature", "nonce", "selection-requested", "pcr-digest", "ima-pcr"];
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    let place = Place::new();
    let configuration = configuration(stack, &place);
    let cases = [
        ("evidence-accepted", "/usr/bin/known", "attested", "pass"),
        ("evidence-refused", "/usr/bin/unknown", "failed", "fail"),
    ];
    for (id, path, verdict, evaluation) in cases {
        let agent = Agent::start(stack, Group::Push, id);
        agent.run(path, b"a file");
        agent.enrol_measured(1, &measured_policy(&[("/usr/bin/known", "a file")]));
        agent.push(1);
        wait_for_verdict_in("push", &place, &configuration, id, verdict);
        let checked = identity(&place, &configuration, 0, &["check", id, "--group", "push"]);
        let seen = all_passed(&checked, &STEPS);
        assert_eq!(seen["verifier"]["evaluation"], evaluation, "{seen}");
        let is_against_policy = seen["said"].as_str().unwrap().contains("goes against a policy");
        assert_eq!(is_against_policy, evaluation == "fail", "{seen}");
    }
}

#[test]
fn one_tpm_under_two_ids_is_found() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = configuration(stack, &place);
    let agent = Agent::start(stack, Group::Pair, "evidence-original");
    agent.register_copy("evidence-copied");
    stack.register(Group::Pair, "evidence-alone");
    let audit = identity(&place, &configuration, 1, &["audit", "--group", "pair"]);
    let codes = |id: &str| -> Vec<&str> {
        let seen = audit["agents"].as_array().unwrap().iter().find(|agent| agent["id"] == id);
        let seen = seen.unwrap_or_else(|| panic!("no agent {id} in {audit}"));
        assert_eq!(seen["endorsement_key"]["default_template"], true, "{seen}");
        let findings = seen["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
    };
    for id in ["evidence-original", "evidence-copied"] {
        assert_eq!(codes(id), ["ek-shared", "ak-shared"]);
    }
    assert!(codes("evidence-alone").is_empty(), "{audit}");
}
