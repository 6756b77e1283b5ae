//! `limescope check`: one line and an exit code for the monitoring (contract §3).

use std::{fs, path::Path};

use super::agents::wait_for_verdict;
use crate::support::{
    agent::Agent,
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
};

/// Runs `check` with more arguments; its exit code, having looked at the shape of its line.
fn check(place: &Place, configuration: &Path, more: &[&str]) -> Option<i32> {
    let mut arguments = vec!["check", "--config", configuration.to_str().unwrap()];
    arguments.extend(more);
    let run = place.run(&arguments);
    let line = run.stdout.strip_suffix('\n').unwrap_or(&run.stdout);
    assert!(!line.is_empty() && !line.contains('\n'), "check {more:?} says one line, not: {}", run.stdout);
    if run.code != Some(3) {
        assert!(line.contains('|'), "check {more:?}: no performance data in: {line}");
    }
    run.code
}

#[test]
fn a_quiet_group_is_ok() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Lone], &[]);
    let place = Place::new();
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Lone))]);
    assert_eq!(check(&place, &configuration, &[]), Some(0));
    assert_eq!(check(&place, &configuration, &["--min-up", "2"]), Some(2), "there is but one group");
}

#[test]
fn failed_agents_are_critical_and_stale_ones_a_warning() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair], &[]);
    let place = Place::new();
    let configuration = write_configuration(place.path(), 1, &[Block::of(stack.deployment(Group::Pair))]);
    let mut agents = ["check-failed", "check-stale"].map(|id| {
        let agent = Agent::start(stack, Group::Pair, id);
        agent.enrol(2);
        wait_for_verdict(&place, &configuration, id, "attested");
        agent
    });
    agents[0].fail();
    // One that vanished would fail soon; on this one the verifier waits for minutes.
    agents[1].fall_silent();
    wait_for_verdict(&place, &configuration, "check-failed", "failed");
    wait_for_verdict(&place, &configuration, "check-stale", "stale");
    assert_eq!(check(&place, &configuration, &[]), Some(2));
    assert_eq!(check(&place, &configuration, &["--max-failed", "1000"]), Some(1));
    assert_eq!(check(&place, &configuration, &["--max-failed", "1000", "--max-stale", "1000"]), Some(0));
}

#[test]
fn servers_that_do_not_answer_and_configurations_that_cannot_be_read_are_unknown() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Lone], &[]);
    let place = Place::new();
    let mut nowhere = stack.deployment(Group::Lone).clone();
    // Port 1 on loopback: nobody listens, every connection is refused.
    nowhere.verifiers[0].0 = "https://127.0.0.1:1".to_owned();
    nowhere.registrars = vec!["https://127.0.0.1:1".to_owned()];
    nowhere.registrar_agent_faces = vec!["http://127.0.0.1:1".to_owned()];
    let configuration = write_configuration(place.path(), 1, &[Block::of(&nowhere)]);
    assert_eq!(check(&place, &configuration, &[]), Some(3), "nothing answered");

    let broken = place.path().join("broken.toml");
    fs::write(&broken, "[[servers]\nname = 3\n").unwrap();
    let run = place.run(&["check", "--config", broken.to_str().unwrap()]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let missing = place.path().join("missing.toml");
    let run = place.run(&["check", "--config", missing.to_str().unwrap()]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
}
