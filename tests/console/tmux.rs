//! In tmux, as on most jump hosts.

use crate::support::command::Place;
use crate::support::tmux::Tmux;

fn console(tmux: &Tmux) {
    tmux.write("\"$LIMESCOPE\" demo --still --agents 60");
    tmux.keys(&["Enter"]);
    tmux.wait_for("60 agents in 4 groups");
}

#[test]
fn an_operator_works_in_tmux_and_gets_the_shell_back_as_it_was() {
    let place = Place::new();
    let tmux = Tmux::start(&place, 80, 24);
    tmux.run(&["set", "-s", "set-clipboard", "on"]);
    tmux.write("echo before the console");
    tmux.keys(&["Enter"]);
    console(&tmux);
    tmux.keys(&["2"]);
    tmux.wait_for("VERDICT");
    tmux.write("/verdict=failed");
    tmux.keys(&["Enter"]);
    tmux.wait_for("filter verdict=failed");
    tmux.keys(&["Enter"]);
    let why = tmux.wait_for("Keylime");
    assert!(why.contains("failed"), "{why}");
    tmux.keys(&["Escape"]);
    tmux.wait_until("the table again", |text| text.contains("VERDICT"));

    // The copy goes through tmux, which tells what it got.
    tmux.keys(&["y"]);
    let words = tmux.wait_for("sent to tmux by OSC 52 (needs set-clipboard on): the id");
    let id = words.split("the id").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    let copied = tmux.wait_buffer();
    // A narrow screen shows where it cuts.
    assert!(copied.starts_with(id.trim_end_matches('…')) && copied.len() == 36, "{id} {copied}");

    // The palette, another theme, another size.
    tmux.write(":theme dark");
    tmux.keys(&["Enter"]);
    tmux.wait_until("another theme", |_| tmux.coloured().contains("\u{1b}[38;"));
    tmux.run(&["resize-window", "-x", "140", "-y", "40"]);
    tmux.wait_until("a wider table", |text| text.lines().any(|line| line.chars().count() > 100));

    // The shell and back, all drawn anew.
    tmux.keys(&["C-z"]);
    let shell = tmux.wait_for("Stopped");
    assert!(shell.contains("before the console") && !shell.contains("VERDICT"), "{shell}");
    tmux.write("fg");
    tmux.keys(&["Enter"]);
    tmux.wait_for("filter verdict=failed");

    tmux.keys(&["q"]);
    let shell = tmux.wait_until("the shell", |text| text.trim_end().ends_with("ready>"));
    assert!(shell.contains("before the console") && !shell.contains("VERDICT"), "{shell}");
    tmux.write("stty -a | grep -o ' icanon\\| echo ' | tr -d '\\n'; echo");
    tmux.keys(&["Enter"]);
    tmux.wait_for("\n icanon echo");
    // Neither cursor nor mouse is left behind.
    assert_eq!(
        tmux.run(&["display-message", "-p", "#{cursor_flag}#{mouse_any_flag}#{alternate_on}"]).trim(),
        "100"
    );
}

#[test]
fn a_window_that_is_closed_ends_the_console() {
    let place = Place::new();
    let tmux = Tmux::start(&place, 80, 24);
    console(&tmux);
    let pane = tmux.run(&["display-message", "-p", "#{pane_pid}"]);
    let process = crate::support::wait::wait_for("the console's process", || {
        let children = std::process::Command::new("pgrep").args(["-P", pane.trim()]).output().unwrap();
        String::from_utf8(children.stdout).unwrap().trim().parse::<u32>().map_err(|error| error.to_string())
    });
    drop(tmux);
    crate::support::wait::wait_for("the console to end", || {
        match std::path::Path::new(&format!("/proc/{process}")).exists() {
            true => Err("it still runs".to_owned()),
            false => Ok(()),
        }
    });
}
