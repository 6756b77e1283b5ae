//! A terminal that goes away under the console: a closed window, a broken line.

use std::path::Path;
use std::process::Command;

use crate::support::command::Place;
use crate::support::screen::Screen;
use crate::support::wait::wait_for;

/// Where the run that is left behind writes its process number.
const PLACE: &str = "LIMESCOPE_TEST_LEFT_BEHIND";

/// Not a check: started by the one below in a process of its own, whose end
/// takes the terminal away.
#[test]
#[ignore = "started by `a_console_without_a_terminal_ends`"]
fn leave_a_console_behind() {
    let place = Place::new();
    let screen = Screen::start(&place, &["demo", "--still", "--agents", "20"], 80, 24);
    screen.wait_for("20 agents in 4 groups");
    std::fs::write(std::env::var(PLACE).unwrap(), screen.process().to_string()).unwrap();
}

#[test]
fn a_console_without_a_terminal_ends() {
    let place = Place::new();
    // Which comes first, the signal or the end of input, is chance.
    for round in 0..3 {
        let file = place.path().join(format!("process-{round}"));
        let run = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "hangup::leave_a_console_behind"])
            .env(PLACE, &file)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
        let process = std::fs::read_to_string(&file).unwrap();
        let status = Path::new("/proc").join(process).join("status");
        wait_for("the console to end without its terminal", || match std::fs::read_to_string(&status) {
            Ok(status) if !status.contains("State:\tZ") => Err(status.lines().take(3).collect()),
            _ => Ok(()),
        });
    }
}
