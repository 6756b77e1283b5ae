//! The console on real servers, in a real pseudo-terminal.

use std::fs;

use serde_json::json;

use crate::support::{
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
    stack.enrol(Group::Push, 1, "console-failing");
    stack.edit_push_agent("console-failing", &[("consecutive_attestation_failures", json!(1))]);
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
    let found = screen.wait_until("the failed agent alone", |text| text.contains("1 of "));
    assert!(found.contains("✗ failed") && found.contains("console-failing"), "{found}");
    screen.keys("\r");
    // What only the details say: the list may show the reason too.
    let detail = screen.wait_for("attested by 0 of 1 wanted");
    assert!(detail.contains("the verifier refused the agent's evidence"), "{detail}");
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
    stack.enrol(Group::Push, 1, "console-tmux-a");
    stack.enrol(Group::Push, 1, "console-tmux-b");
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

    // It fails while the operator looks.
    stack.edit_push_agent("console-tmux-b", &[("consecutive_attestation_failures", json!(1))]);
    tmux.wait_for("✗ failed");
    tmux.write("/");
    tmux.keys(&["C-u"]);
    tmux.write("verdict=failed console-tmux");
    tmux.keys(&["Enter"]);
    let found = tmux.wait_for("1 of ");
    assert!(found.contains("console-tmux-b") && !found.contains("console-tmux-a"), "{found}");
    tmux.keys(&["Enter"]);
    tmux.wait_for("the verifier refused the agent's evidence");
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
