//! What leaves the console: copies, and the terminal itself.

use std::os::unix::fs::PermissionsExt;

use crate::support::command::Place;
use crate::support::screen::Screen;

fn program(place: &Place, name: &str, text: &str) -> String {
    let folder = place.path().join("some programs");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn agents(place: &Place, variables: &[(&str, &str)]) -> Screen {
    let mut screen = Screen::start_with(place, &super::DEMO, 120, 30, variables);
    screen.wait_for("60 agents in 4 groups");
    screen.keys("2");
    screen.wait_for("VERDICT");
    screen
}

/// The editor reads a line from the keyboard: if the console still took keys,
/// some would be missing.
#[test]
fn an_editor_gets_the_terminal_and_all_keys() {
    let place = Place::new();
    let editor = program(
        &place,
        "editor",
        "#!/bin/sh\n[ \"$1\" = -w ] || exit 9\n\
         printf 'EDITING %s %s\\n' \"$(stat -c %a \"$2\")\" \"$(cat \"$2\")\"\n\
         read -r line\nprintf '%s\\n' \"$line\" > \"$2\"\n",
    );
    let mut screen = agents(&place, &[("VISUAL", &format!("'{editor}' -w")), ("EDITOR", "false")]);
    screen.keys("/group=lab\r");
    screen.wait_for("filter group=lab");
    screen.keys("e");
    screen.wait_for("EDITING 600 group=lab");
    screen.keys("verdict=stopped\r");
    let text = screen.wait_for("filter verdict=stopped");
    assert!(!text.contains("EDITING"), "{text}");
    screen.keys("/\u{15}node\r");
    screen.wait_for("filter node");
    screen.keys("/\u{1b}[A\u{1b}[A\r");
    screen.wait_for("filter group=lab");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
    let kept = std::fs::read_to_string(place.path().join("state/limescope/filters")).unwrap();
    assert_eq!(kept.lines().collect::<Vec<_>>(), ["node", "group=lab"]);
}

#[test]
fn a_pager_that_is_interrupted_ends_alone() {
    let place = Place::new();
    // It counts: what an earlier one wrote still stands on the screen below.
    let pager = program(
        &place,
        "pager",
        "#!/bin/sh\ncat \"$1\"\necho >> \"$0.log\"\necho READING $(wc -l < \"$0.log\")\nread -r line\n",
    );
    let mut screen = agents(&place, &[("PAGER", &format!("'{pager}'"))]);
    screen.keys("/verdict=stopped\r");
    screen.wait_for("filter verdict=stopped");
    for number in 1..=2 {
        screen.keys("v");
        let text = screen.wait_for(&format!("READING {number}"));
        assert!(text.contains("\"operational_state\": 10"), "{text}");
        screen.keys("\u{3}");
        screen.wait_for("filter verdict=stopped");
        screen.wait_for("failed (signal: 2");
    }
    screen.keys("v");
    screen.wait_for("READING 3");
    screen.signal("TERM");
    screen.ended_with_the_terminal_restored();
}

/// What a C library would do, done from outside: the same file is written to.
#[test]
fn what_libraries_write_to_standard_error_goes_to_the_log() {
    let place = Place::new();
    let pager = program(&place, "pager", "#!/bin/sh\necho READING of standard error >&2\nread -r line\n");
    let mut screen = agents(&place, &[("PAGER", &format!("'{pager}'"))]);
    let standard_error = format!("/proc/{}/fd/2", screen.process());
    let write = |text: &str| {
        let mut file = std::fs::OpenOptions::new().write(true).open(&standard_error).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    };
    write("** (process:7): WARNING **: a \u{1b}[41mservice\u{1b}[0m is gone\n");
    screen.keys("4");
    let text = screen.wait_for("wrote to standard error");
    assert!(text.contains("WARNING **: a "), "{text}");
    assert!(!String::from_utf8_lossy(&screen.bytes()).contains("[41mservice\u{1b}"), "not sanitised");
    // Whoever is lent the terminal has standard error too, and afterwards we catch it again.
    screen.keys("2");
    screen.wait_for("VERDICT");
    screen.keys("v");
    screen.wait_for("READING of standard error");
    screen.keys("\r");
    screen.wait_for("VERDICT");
    write("another line\n");
    screen.keys("4");
    screen.wait_for("standard error: another line");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_pager_that_does_not_start_is_told() {
    let place = Place::new();
    let mut screen = agents(&place, &[("PAGER", "/no/such/pager -x")]);
    screen.keys("v");
    screen.wait_for("/no/such/pager does not start");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_copy_goes_to_the_terminal_and_says_so() {
    let place = Place::new();
    for (variable, words) in [("SSH_TTY", "sent to the terminal by OSC 52"), ("TMUX", "to tmux")] {
        let mut screen = agents(&place, &[(variable, "x"), ("DISPLAY", ":9")]);
        screen.keys("y");
        screen.wait_for(words);
        let bytes = String::from_utf8_lossy(&screen.bytes()).into_owned();
        assert!(bytes.contains("\u{1b}]52;c;"), "no OSC 52");
        screen.keys("q");
        assert!(screen.ended_with_the_terminal_restored().success());
    }
}

#[test]
fn a_local_tool_gets_the_id() {
    let place = Place::new();
    let tool = program(&place, "xclip", "#!/bin/sh\nexec cat > \"$HOME/../copied\"\n");
    std::fs::create_dir_all(place.path().join("home")).unwrap();
    let folder = std::path::Path::new(&tool).parent().unwrap().to_str().unwrap();
    let path = format!("{folder}:/usr/bin:/bin");
    let mut screen = agents(&place, &[("PATH", &path), ("DISPLAY", ":9")]);
    screen.keys("y");
    let text = screen.wait_for("with xclip");
    let copied = std::fs::read_to_string(place.path().join("copied")).unwrap();
    assert!(text.contains(&format!("copied the id {copied} with xclip")), "{copied}\n{text}");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn frozen_data_is_badged_and_a_refresh_says_what_it_does() {
    let place = Place::new();
    let mut screen = agents(&place, &[]);
    screen.keys("f");
    screen.wait_for("frozen less than 10 s");
    screen.wait_for("frozen 10 s");
    screen.keys("f");
    screen.wait_until("no badge", |text| !text.contains("frozen"));
    screen.keys("\u{12}");
    screen.wait_for("asking 4 groups now");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}
