//! One id in several groups, and at several members of one.

use serde_json::json;

use super::agents::wait_for_verdict;
use crate::support::{
    agent::Agent,
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    status::{agent, flags, judged},
};

#[test]
fn one_agent_in_two_groups_is_one_row_with_a_verdict_for_each() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair, Group::Push], &[]);
    let place = Place::new();
    let blocks = [Group::Pair, Group::Push].map(|group| Block::of(stack.deployment(group)));
    let configuration = write_configuration(place.path(), 2, &blocks);
    let id = "identities-both";
    let attesting = Agent::start(stack, Group::Pair, id);
    attesting.enrol(1);
    stack.enrol(Group::Push, 1, id);
    wait_for_verdict(&place, &configuration, id, "attested");

    let status = place.status(&configuration);
    // Two members of the pair list it, and so does the other group.
    let rows = status["agents"].as_array().unwrap().iter().filter(|row| row["id"] == id).count();
    assert_eq!(rows, 1, "{status}");
    let row = agent(&status, id).unwrap();
    assert_eq!(row["groups"].as_array().unwrap().len(), 2, "{row}");
    assert_eq!(judged(&status, id, "pair")["verdict"], "attested", "{row}");
    assert_eq!(judged(&status, id, "push")["verdict"], "unproven", "{row}");
    assert_eq!((&row["verdict"], &row["split"]), (&json!("unproven"), &json!(true)), "{row}");
    assert_eq!(row["coverage"], json!({"have": 1, "want": 2}), "{row}");
}

#[test]
fn an_agent_in_fewer_groups_than_asked_for_is_flagged() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair, Group::Push], &[]);
    let place = Place::new();
    let blocks = [Group::Pair, Group::Push].map(|group| Block::of(stack.deployment(group)));
    let configuration = write_configuration(place.path(), 2, &blocks);
    stack.enrol(Group::Push, 1, "identities-once");

    let status = place.status(&configuration);
    let row = agent(&status, "identities-once").unwrap();
    assert!(flags(row).contains(&"under-duplicated"), "{row}");
    assert_eq!((&row["split"], &row["coverage"]), (&json!(false), &json!({"have": 0, "want": 2})), "{row}");
}
