//! Servers that die and come back while we watch.

use serde_json::{Value, json};

use super::agents::wait_for_verdict;
use crate::support::{
    agent::Agent,
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    status::{address, group, judged, states},
};

/// Each run chooses its verifier anew; so many runs hardly all choose the living one first (1 in 256).
const RUNS: usize = 8;

#[test]
fn a_dead_member_degrades_its_group_and_the_other_one_goes_on_judging() {
    let stack = Stack::shared();
    let _held = stack.hold(&[], &[Group::Pair]);
    let place = Place::new();
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Pair))]);
    let agents = [(2, "outages-of-the-living"), (1, "outages-of-the-dead")].map(|(member, id)| {
        let agent = Agent::start(stack, Group::Pair, id);
        agent.enrol(member);
        agent
    });
    for id in ["outages-of-the-living", "outages-of-the-dead"] {
        wait_for_verdict(&place, &configuration, id, "attested");
    }
    assert_eq!(group(&place.status(&configuration), "pair")["reachability"], "up");

    let killed = stack.kill(&Group::Pair.verifier(1));
    for _ in 0..RUNS {
        let status = place.status(&configuration);
        assert_eq!(group(&status, "pair")["reachability"], "degraded");
        let dead = address(&status, "pair", "verifier", stack.verifier(Group::Pair, 1));
        assert_eq!(dead["state"], "refused", "{dead}");
        assert!(dead["error"].as_str().is_some_and(|words| !words.is_empty()), "{dead}");
        let alive = address(&status, "pair", "verifier", stack.verifier(Group::Pair, 2));
        assert_eq!(alive["state"], "up", "{alive}");
        assert_eq!(judged(&status, "outages-of-the-living", "pair")["verdict"], "attested");
    }

    // Nobody asks the dead member's agents any more, and the living one goes on calling them PASS.
    let quotes = agents[1].quotes();
    let seen = wait_for_verdict(&place, &configuration, "outages-of-the-dead", "stale");
    assert_eq!(seen["keylime"]["attestation_status"], "PASS", "{seen}");
    assert!(seen["age_s"].as_f64().is_some_and(|age| age > 10.0), "{seen}");
    assert_eq!(agents[1].quotes(), quotes, "somebody asks it");

    killed.start();
    wait_for_verdict(&place, &configuration, "outages-of-the-dead", "attested");
    assert_eq!(group(&place.status(&configuration), "pair")["reachability"], "up");
}

#[test]
fn a_group_whose_only_verifier_dies_is_down_until_it_is_back() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[Group::Lone]);
    let place = Place::new();
    let blocks = [Group::Lone, Group::Push].map(|group| Block::of(stack.deployment(group)));
    let configuration = write_configuration(place.path(), 1, &blocks);
    stack.register(Group::Lone, "outages-lone");
    stack.enrol(Group::Push, 1, "outages-elsewhere");
    let status = place.status(&configuration);
    assert_eq!(judged(&status, "outages-lone", "lone")["verdict"], "registered");

    let killed = stack.kill(&Group::Lone.verifier(1));
    let status = place.status(&configuration);
    assert_eq!(group(&status, "lone")["reachability"], "down");
    let dead = address(&status, "lone", "verifier", stack.verifier(Group::Lone, 1));
    assert_eq!((&dead["state"], &dead["tls"]), (&json!("refused"), &Value::Null), "{dead}");
    assert_eq!(states(&status, "lone", "registrar"), ["up"]);
    let seen = judged(&status, "outages-lone", "lone");
    assert_eq!(seen["verdict"], "unknown", "{seen}");
    assert_eq!(group(&status, "push")["reachability"], "up", "another group is no concern of it");
    assert_eq!(judged(&status, "outages-elsewhere", "push")["verdict"], "unproven");

    let path = configuration.to_str().unwrap();
    let generous = ["check", "--config", path, "--max-failed", "1000", "--max-stale", "1000"];
    assert_eq!(place.run(&generous).code, Some(2), "check: one of two groups is down");
    let one_is_enough = [&generous[..], &["--min-up", "1"]].concat();
    assert_eq!(place.run(&one_is_enough).code, Some(0), "check --min-up 1: one group is up");

    killed.start();
    let status = place.status(&configuration);
    assert_eq!(group(&status, "lone")["reachability"], "up");
    assert_eq!(judged(&status, "outages-lone", "lone")["verdict"], "registered");
}
