//! The console on real servers, in a real pseudo-terminal.

use std::fs;

use serde_json::json;

use crate::support::{
    agent::Agent,
    command::Place,
    configuration::{Block, write_configuration},
    keylime::{Group, Stack},
    screen::Screen,
    tmux::Tmux,
};

#[test]
fn an_operator_watches_real_groups_while_a_verifier_dies_and_returns() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair, Group::Push], &[Group::Lone]);
    let agent = Agent::start(stack, Group::Pair, "console-failing");
    agent.enrol(1);
    agent.fail();
    stack.enrol(Group::Lone, 1, "console-lone");
    let place = Place::new();
    let blocks: Vec<_> = stack.deployments().iter().map(Block::of).collect();
    let configuration = write_configuration(place.path(), 1, &blocks);
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, format!("poll_interval_s = 1\n{text}")).unwrap();

    let mut screen = Screen::start(&place, &["--config", configuration.to_str().unwrap()], 100, 30);
    let overview = screen.wait_until("every group to be up", |text| text.matches("▲ up").count() == 3);
    for name in ["pair", "push", "lone"] {
        assert!(overview.contains(name), "{name} is missing:\n{overview}");
    }

    screen.keys("2/console-failing\r");
    screen.wait_until("the failed agent alone", |text| {
        text.contains("1 of ") && text.contains("✗ failed") && text.contains("console-failing")
    });
    screen.keys("\r");
    // What only the details say: the list may show the reason too.
    let detail = screen.wait_for("attested by 0 of 1 wanted");
    assert!(detail.contains("the evidence did not verify"), "{detail}");
    screen.keys("\u{1b}");
    screen.wait_until("the list again", |text| text.contains("VERDICT ↓") && !text.contains("attested by"));
    screen.keys("1");

    let killed = stack.kill(&Group::Lone.verifier(1));
    let down = screen.wait_for("nobody listens there");
    assert!(down.contains("▼ down"), "{down}");
    screen.wait_for("1 unknown");
    killed.start();
    screen.wait_until("the verifier to return", |text| {
        text.matches("▲ up").count() == 3 && !text.contains("1 unknown")
    });
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

/// The same hands, on real servers and in tmux: an agent fails, is found, read, copied; the look changes.
#[test]
fn an_operator_finds_an_agent_that_fails_reads_why_and_copies_it_in_tmux() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Pair, Group::Push], &[]);
    let agents = ["console-tmux-a", "console-tmux-b"].map(|id| {
        let agent = Agent::start(stack, Group::Pair, id);
        agent.enrol(2);
        agent
    });
    let place = Place::new();
    let blocks: Vec<_> = stack.deployments().iter().map(Block::of).collect();
    let configuration = write_configuration(place.path(), 1, &blocks);
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, format!("poll_interval_s = 1\n{text}")).unwrap();

    let tmux = Tmux::start(&place, 80, 24);
    tmux.run(&["set", "-s", "set-clipboard", "on"]);
    tmux.write(&format!("\"$LIMESCOPE\" --config {}", configuration.display()));
    tmux.keys(&["Enter"]);
    tmux.wait_until("the groups to be up", |text| text.matches("▲ up").count() >= 2);
    tmux.write("2");
    tmux.wait_for("VERDICT");
    tmux.write("/console-tmux");
    tmux.keys(&["Enter"]);
    tmux.wait_for("2 of ");
    tmux.wait_until("both to be attested", |text| text.matches("✓ attested").count() == 2);

    // It fails while the operator looks.
    agents[1].fail();
    tmux.wait_for("✗ failed");
    tmux.write("/");
    tmux.keys(&["C-u"]);
    tmux.write("verdict=failed console-tmux");
    tmux.keys(&["Enter"]);
    let found = tmux.wait_for("1 of ");
    assert!(found.contains("console-tmux-b") && !found.contains("console-tmux-a"), "{found}");
    tmux.keys(&["Enter"]);
    tmux.wait_for("the evidence did not verify");
    tmux.keys(&["Escape"]);
    tmux.wait_for("VERDICT");
    tmux.write("s");
    tmux.wait_for("by id");
    tmux.write("y");
    tmux.wait_for("sent to tmux by OSC 52");
    assert_eq!(tmux.wait_buffer().trim_end(), "console-tmux-b");

    tmux.write(":theme high-contrast");
    tmux.keys(&["Enter"]);
    tmux.wait_until("another theme", |_| tmux.coloured().contains("\u{1b}[38;"));
    tmux.run(&["resize-window", "-x", "120", "-y", "40"]);
    tmux.wait_until("a wider table", |text| text.lines().any(|line| line.chars().count() > 100));
    tmux.keys(&["C-z"]);
    tmux.wait_for("Stopped");
    tmux.write("fg");
    tmux.keys(&["Enter"]);
    tmux.wait_for("console-tmux-b");
    tmux.write("q");
    tmux.wait_until("the shell", |text| text.trim_end().ends_with("ready>"));
}

/// The console's own configuration, edited while it runs: a group comes with its agents, and goes.
#[test]
fn a_group_is_added_in_the_editor_and_its_agents_appear_and_go_again() {
    let stack = Stack::shared();
    // All of them have to be up.
    let _held = stack.hold(&[Group::Pair, Group::Push, Group::Lone], &[]);
    stack.enrol(Group::Push, 1, "console-edited");
    let place = Place::new();
    let blocks: Vec<_> = stack.deployments().iter().map(Block::of).collect();
    let push = stack.deployments().iter().position(|deployment| deployment.name == "push").unwrap();
    let all = write_configuration(place.path(), 1, &blocks);
    let all = fs::read_to_string(all).unwrap();
    let few: Vec<_> = stack
        .deployments()
        .iter()
        .map(Block::of)
        .enumerate()
        .filter(|(number, _)| *number != push)
        .map(|(_, block)| block)
        .collect();
    let configuration = write_configuration(place.path(), 1, &few);
    let before = fs::read_to_string(&configuration).unwrap();
    let text = |text: &str| format!("poll_interval_s = 1\n{text}");
    fs::write(&configuration, text(&before)).unwrap();
    fs::write(place.path().join("with-push.toml"), text(&all)).unwrap();
    let editor = place.path().join("editor");
    fs::write(&editor, format!("#!/bin/sh\ncat '{}/with-push.toml' > \"$1\"\n", place.path().display()))
        .unwrap();
    fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();

    let arguments = ["--config", configuration.to_str().unwrap()];
    let mut screen = Screen::start_with(&place, &arguments, 120, 40, &[("EDITOR", editor.to_str().unwrap())]);
    let start = screen.wait_until("the groups to be up", |text| text.matches("▲ up").count() == few.len());
    assert!(!start.contains("push "), "{start}");
    screen.keys("5");
    screen.wait_for("limescope's own");
    // An address of a real registrar, looked at on request: duplication, block, registrar.
    screen.keys("jjp");
    let looked = screen.wait_for("p looks again");
    for words in
        ["registrar https://127.0.0.1:", "▲ up", "TLS 1.3, chain and name checked", "API 2.6", "valid to "]
    {
        assert!(looked.contains(words), "{words} is missing:\n{looked}");
    }
    assert!(!looked.contains('▼'), "{looked}");
    // It is that row's: elsewhere it is out of sight.
    screen.keys("kk");
    screen.wait_until("the rows alone", |text| !text.contains("p looks again"));
    screen.keys("e");
    screen.wait_for("changed");
    screen.keys("w");
    screen.wait_for("What saving changes in");
    screen.keys("wy");
    screen.wait_for("saved: now asking push;");
    screen.keys("2/console-edited\r");
    screen.wait_for("1 of ");
    assert_eq!(fs::read_to_string(&configuration).unwrap(), text(&all));

    // By the form: the block of the group, and away with it.
    screen.keys("5");
    screen.wait_for("limescope's own");
    let block = format!("block {} push", push + 1);
    screen.keys("g");
    screen.keys("g");
    let here = |text: &str| text.contains(&block);
    screen.wait_until("the block", here);
    let shown = screen.text();
    let first = shown.lines().position(|line| line.trim_start().starts_with("duplication ")).unwrap();
    let row = shown.lines().position(|line| line.contains(&block)).unwrap();
    assert!(row > first, "{shown}");
    screen.keys(&"j".repeat(row - first));
    screen.keys("x");
    screen.wait_until("the block to go", |text| !text.contains(&block));
    screen.keys("w");
    screen.wait_for("What saving changes in");
    screen.keys("wy");
    screen.wait_for("saved: no longer asking push;");
    screen.keys("2");
    screen.wait_for("0 of ");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

/// One verifier, written under two names as if it were two backends: its answers give it away, and so does a look.
#[test]
fn two_blocks_of_one_backend_are_told() {
    let stack = Stack::shared();
    let _held = stack.hold(&[Group::Push], &[]);
    stack.enrol(Group::Push, 1, "console-alike");
    let ago = json!(jiff::Timestamp::now().as_second() - 30);
    stack.edit_push_agent(
        "console-alike",
        &[("attestation_count", json!(7)), ("last_successful_attestation", ago)],
    );
    let place = Place::new();
    let push = stack.deployment(Group::Push);
    let url = stack.verifier(Group::Push, 1);
    let block = |name: &str, host: &str| {
        Block::of(push).named(name).with_verifiers(&[url.replace("127.0.0.1", host)])
    };
    let blocks = [block("one", "127.0.0.1"), block("other", "localhost")];
    let configuration = write_configuration(place.path(), 1, &blocks);
    let text = fs::read_to_string(&configuration).unwrap();
    fs::write(&configuration, format!("poll_interval_s = 1\n{text}")).unwrap();
    let mut screen = Screen::start(&place, &["--config", configuration.to_str().unwrap()], 120, 40);
    screen.wait_until("both groups to be up", |text| text.matches("▲ up").count() == 2);
    screen.keys("5");
    screen.wait_for("limescope's own");
    let row = |text: &str, words: &str| text.lines().position(|line| line.contains(words));
    let shown = screen.wait_until("the second block", |text| row(text, "block 2 other").is_some());
    let first = row(&shown, " duplication ").unwrap();
    screen.keys(&"j".repeat(row(&shown, "block 2 other").unwrap() - first));
    screen.wait_for("blocks 1 and 2 look like one backend: the same");
    // The last address is the verifier of the second block.
    screen.keys("Gkp");
    screen.wait_for("verifier https://localhost:");
    screen.wait_for("▲ up");
    screen.wait_for("blocks 1 and 2 name one verifier under two names");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}
