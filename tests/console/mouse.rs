//! The mouse in a real terminal: what is asked of it, and that it is given back.

use crate::support::command::Place;
use crate::support::screen::Screen;
use crate::support::wait::wait_for;

fn written(screen: &Screen) -> String {
    String::from_utf8_lossy(&screen.bytes()).into_owned()
}

fn waits_for_mouse(screen: &Screen, wanted: bool) {
    wait_for("the mouse", || if screen.has_mouse() == wanted { Ok(()) } else { Err(screen.text()) });
}

#[test]
fn clicks_and_the_wheel_act_and_a_key_gives_the_mouse_back() {
    let place = Place::new();
    let mut screen = super::demo(&place, 80, 24);
    assert!(screen.has_mouse());
    // The press and the release of a click on the second page's name.
    screen.keys("\u{1b}[<0;30;1M\u{1b}[<0;30;1m");
    let agents = screen.wait_for("VERDICT");
    let third =
        agents.lines().nth(7).unwrap().split_whitespace().nth(2).unwrap().trim_end_matches('…').to_owned();
    screen.keys("\u{1b}[<0;5;8M\u{1b}[<0;5;8m");
    screen.wait_until("the selected agent", |text| text.lines().nth(22).unwrap().contains(&third));
    screen.keys("\u{1b}[<0;5;8M\u{1b}[<0;5;8m");
    screen.wait_for("by rule");
    screen.keys("M");
    screen.wait_for("the mouse selects text in the terminal");
    waits_for_mouse(&screen, false);
    screen.keys("M");
    screen.wait_for("the mouse acts here");
    waits_for_mouse(&screen, true);
    let bytes = written(&screen);
    assert!(bytes.contains("\u{1b}[?1000h") && bytes.contains("\u{1b}[?1006h"));
    for motion in ["\u{1b}[?1002h", "\u{1b}[?1003h"] {
        assert!(!bytes.contains(motion), "motion keeps a slow line busy");
    }
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn without_the_mouse_nothing_asks_for_it() {
    let place = Place::new();
    let mut arguments = super::DEMO.to_vec();
    arguments.push("--no-mouse");
    let mut screen = Screen::start(&place, &arguments, 80, 24);
    screen.wait_for("60 agents in 4 groups");
    assert!(!screen.has_mouse() && !written(&screen).contains("\u{1b}[?1000h"));
    screen.keys(":mouse\r");
    screen.wait_for("the mouse acts here");
    waits_for_mouse(&screen, true);
    screen.signal("TERM");
    screen.ended_with_the_terminal_restored();
}

/// A shell and a pager get the terminal without the mouse, and it comes back.
#[test]
fn whoever_gets_the_terminal_gets_the_mouse_too() {
    let place = Place::new();
    let folder = place.path().join("programs");
    std::fs::create_dir_all(&folder).unwrap();
    let pager = folder.join("pager");
    std::fs::write(&pager, "#!/bin/sh\nprintf 'PAGING\\n'\nread -r line\n").unwrap();
    let pager = format!("sh {}", pager.display());
    let mut screen = Screen::start_with(&place, &super::DEMO, 80, 24, &[("PAGER", &pager)]);
    screen.wait_for("60 agents in 4 groups");
    screen.keys("v");
    screen.wait_for("PAGING");
    waits_for_mouse(&screen, false);
    screen.keys("\r");
    screen.wait_for("60 agents in 4 groups");
    waits_for_mouse(&screen, true);
    screen.signal("TSTP");
    waits_for_mouse(&screen, false);
    screen.signal("CONT");
    waits_for_mouse(&screen, true);
    screen.signal("HUP");
    screen.ended_with_the_terminal_restored();
}

#[test]
fn a_wall_board_turns_by_itself_and_takes_no_mouse() {
    let place = Place::new();
    let mut arguments = super::DEMO.to_vec();
    arguments.push("--dashboard");
    let mut screen = Screen::start(&place, &arguments, 80, 24);
    screen.wait_for("the fleet");
    screen.wait_for("✗ failed");
    assert!(!screen.has_mouse());
    screen.keys("2:help\r/");
    screen.wait_for("2 of ");
    let text = screen.text();
    assert!(text.contains("read-only") && !text.contains("VERDICT"), "{text}");
    assert!(!place.path().join("state/limescope/filters").exists());
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}
