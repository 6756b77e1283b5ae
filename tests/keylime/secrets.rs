//! `v` is one share of an agent's payload key. Keylime hands it to every operator; we hand it to nobody.

use serde_json::json;

use crate::support::{
    agent::Agent,
    command::{Finished, Place},
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    wait::wait_for,
};

/// 32 bytes, as the tenant sends them.
const SHARE: &str = "bGltZXNjb3BlLW5ldmVyLXNob3dzLXRoaXMtc2hhcmU=";
const SHARE_BYTES: &str = "limescope-never-shows-this-share";

#[test]
fn the_payload_key_share_is_in_no_output_and_in_no_file() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair, Group::Push], &[]);
    let place = Place::new();
    let blocks = [Group::Pair, Group::Push].map(|group| Block::of(stack.deployment(group)));
    let configuration = write_configuration(place.path(), 1, &blocks);
    let agent = Agent::start(stack, Group::Pair, "secrets-payload");
    agent.enrol_with(1, &json!({"v": SHARE}));
    stack.enrol_with(Group::Push, 1, "secrets-payload", &json!({"v": SHARE}));
    wait_for("the agent to be given its share", || match agent.shares() {
        0 => Err("none was delivered".to_owned()),
        _ => Ok(()),
    });
    for group in [Group::Pair, Group::Push] {
        assert_eq!(
            stack.bulk(group, 1)["secrets-payload"]["v"],
            SHARE,
            "the server must send what we must drop"
        );
    }

    let path = configuration.to_str().unwrap();
    for format in ["json", "table", "csv"] {
        let run = place.run(&["status", "--config", path, "--format", format]);
        assert_eq!(run.code, Some(0), "status --format {format}: {}", run.stderr);
        assert!(
            run.stdout.contains("secrets-payload"),
            "status --format {format} lacks the agent: {}",
            run.stdout
        );
        assert!(!run.stdout.contains('\u{1b}'), "a pipe gets no escape codes");
        holds_no_share(&run, format);
        if format == "json" {
            assert!(!run.stdout.contains("\"v\":"), "{}", run.stdout);
        }
    }
    let check = place.run(&["check", "--config", path]);
    assert!(check.code.is_some(), "check died: {}", check.stderr);
    holds_no_share(&check, "check");
    let written = place.written();
    assert!(!written.contains(SHARE) && !written.contains(SHARE_BYTES), "the share is in a file");
}

fn holds_no_share(run: &Finished, what: &str) {
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(SHARE) && !text.contains(SHARE_BYTES), "{what} shows the share");
    }
}
