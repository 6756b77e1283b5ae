//! The console in a real pseudo-terminal, on the embedded fleet.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod evidence;
mod hands;
mod hangup;
mod identities;
mod mouse;
mod pictures;
mod policies;
mod servers;
mod tmux;
mod views;

use support::command::Place;
use support::screen::Screen;

const DEMO: [&str; 4] = ["demo", "--still", "--agents", "60"];

fn demo(place: &Place, columns: u16, rows: u16) -> Screen {
    let screen = Screen::start(place, &DEMO, columns, rows);
    screen.wait_for("60 agents in 4 groups");
    screen
}

#[test]
fn an_operator_sees_every_group_filters_an_agent_and_quits() {
    let place = Place::new();
    let mut screen = demo(&place, 80, 24);
    let overview = screen.wait_until("every group's state", |text| text.matches("▲ up").count() == 3);
    for words in [
        "eu-west",
        "us-east",
        "ap-south",
        "lab",
        "▼ down",
        "pull",
        "push",
        "mixed",
        "nobody",
        "listens there",
    ] {
        assert!(overview.contains(words), "{words} is missing:\n{overview}");
    }
    screen.keys("2");
    screen.wait_for("VERDICT");
    screen.keys("/verdict=stopped\r");
    let filtered =
        screen.wait_until("one agent", |text| text.contains("of 60 agents") || text.contains("1 of 60"));
    assert!(filtered.contains("■ stopped"), "{filtered}");
    assert!(!filtered.contains("✗ failed"), "{filtered}");
    screen.keys("\r");
    let detail = screen.wait_for("only delete and add resume it");
    assert!(detail.contains("FAIL"), "Keylime's own word stands beside ours:\n{detail}");
    // Escape and a letter in one go would be alt and that letter.
    let closed = |text: &str| text.contains("VERDICT");
    screen.keys("\u{1b}");
    screen.wait_until("the details to close", closed);
    screen.keys("?");
    screen.wait_for("Everywhere");
    screen.keys("\u{1b}");
    screen.wait_until("the help to close", closed);
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn escape_never_quits_and_sizes_change_without_harm() {
    let place = Place::new();
    let mut screen = demo(&place, 120, 40);
    for (columns, rows) in [(200, 60), (40, 10), (10, 3), (1, 1), (80, 24)] {
        screen.resize(columns, rows);
        screen.keys("\u{1b}j2k1");
    }
    screen.wait_for("60 agents in 4 groups");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn without_a_configuration_the_demo_is_a_key_away() {
    let place = Place::new();
    let mut screen = Screen::start(&place, &[], 80, 24);
    let start = screen.wait_for("Nothing is configured yet.");
    for words in ["limescope.toml", "/etc/keylime", "Press d"] {
        assert!(start.contains(words), "{words} is missing:\n{start}");
    }
    screen.keys("d");
    screen.wait_for("120 agents in 4 groups");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn signals_end_it_and_restore_the_terminal() {
    for signal in ["TERM", "HUP", "INT", "QUIT"] {
        let place = Place::new();
        let screen = demo(&place, 80, 24);
        screen.signal(signal);
        screen.ended_with_the_terminal_restored();
    }
}

#[test]
fn a_still_fleet_costs_no_byte() {
    let place = Place::new();
    let screen = demo(&place, 80, 24);
    screen.wait_until("every group's state", |text| text.matches("▲ up").count() == 3);
    // Three polls of two seconds each, in which only 304 come back.
    let settled = support::wait::wait_for("a quiet terminal", || {
        let before = screen.bytes().len();
        std::thread::sleep(std::time::Duration::from_secs(7));
        let after = screen.bytes().len();
        if before == after { Ok(after) } else { Err(format!("{} bytes", after - before)) }
    });
    assert!(settled > 0);
    screen.signal("TERM");
    screen.ended_with_the_terminal_restored();
}

#[test]
fn a_hostile_id_is_shown_and_does_nothing() {
    let place = Place::new();
    let mut screen = Screen::start(&place, &["demo", "--still"], 160, 50);
    screen.wait_for("120 agents in 4 groups");
    screen.keys("2/flag=odd-id\r");
    let text = screen.wait_for("\\u{1b}");
    assert!(text.contains("\\u{202e}"), "{text}");
    let bytes = String::from_utf8_lossy(&screen.bytes()).into_owned();
    for forbidden in ["\u{202e}", "\u{200b}", "\u{1b}]0;", "\u{1b}[31mdb"] {
        assert!(!bytes.contains(forbidden), "{forbidden:?} reached the terminal");
    }
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn no_colour_means_no_colour_and_ascii_means_ascii() {
    let place = Place::new();
    let mut arguments = DEMO.to_vec();
    arguments.extend(["--ascii", "--theme", "dark"]);
    let mut screen = Screen::start_with(&place, &arguments, 80, 24, &[("NO_COLOR", "1")]);
    screen.wait_for("NO_COLOR is set and wins over --theme dark");
    screen.wait_for("60 agents in 4 groups");
    screen.keys("2");
    screen.wait_for("VERDICT");
    let bytes = screen.bytes();
    assert!(bytes.is_ascii(), "{}", String::from_utf8_lossy(&bytes));
    let text = String::from_utf8(bytes).unwrap();
    for colour in ["\u{1b}[38;", "\u{1b}[48;", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"] {
        assert!(!text.contains(colour), "{colour:?} with NO_COLOR");
    }
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_dumb_terminal_is_refused_in_words() {
    let place = Place::new();
    let screen = Screen::start_with(&place, &DEMO, 80, 24, &[("TERM", "dumb")]);
    screen.wait_for("dumb");
    assert!(!screen.ended_with_the_terminal_restored().success());
    let run = place.run(&["demo", "--still"]);
    assert_eq!(run.code, Some(2), "standard output is no terminal: {}", run.stderr);
    assert!(run.stderr.contains("terminal"), "{}", run.stderr);
}

#[test]
fn commands_are_written_and_themes_are_changed_live() {
    let place = Place::new();
    let own = place.path().join("config/limescope/themes");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(
        own.join("mine.toml"),
        "inherits = \"light\"\n[roles]\nkey = { foreground = \"#010203\" }",
    )
    .unwrap();
    let variables = [("COLORTERM", "truecolor")];
    let mut screen = Screen::start_with(&place, &DEMO, 80, 24, &variables);
    screen.wait_for("60 agents in 4 groups");
    screen.keys(":them");
    screen.wait_for("Show everything in a theme");
    screen.keys("\tmi\t\r");
    screen.wait_until("the palette to close", |text| !text.contains(":theme"));
    let written = |screen: &Screen| String::from_utf8_lossy(&screen.bytes()).into_owned();
    screen.wait_until("the operator's own theme", |_| written(&screen).contains("38;2;1;2;3"));
    screen.keys(":agents verdict=stopped\r");
    screen.wait_for("1 of 60 agents");
    screen.keys(":agnets");
    screen.wait_for("did you mean agents?");
    screen.keys("\u{15}q\r");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn an_unknown_theme_stops_the_start() {
    let place = Place::new();
    let run = place.run(&["demo", "--still", "--theme", "drak"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("there is no theme drak") && run.stderr.contains("did you mean dark?"));
}
