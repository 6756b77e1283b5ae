//! The pictures of the README, from real screens of the embedded fleet.

use std::path::Path;

use crate::support::command::Place;
use crate::support::screen::Screen;

/// Not a check: `make pictures` runs it to write `assets/*.svg` anew.
#[test]
#[ignore = "writes the README's pictures; run it with `make pictures`"]
fn draw() {
    let place = Place::new();
    let mut screen = Screen::start(&place, &["demo", "--still"], 100, 28);
    screen.wait_for("120 agents in 4 groups");
    let write = |name: &str, screen: &Screen| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
        std::fs::write(path, screen.svg()).unwrap();
    };
    screen.wait_until("every group's state", |text| text.matches("▲ up").count() == 3);
    write("overview.svg", &screen);
    screen.keys("2");
    screen.wait_for("VERDICT ↓");
    write("agents.svg", &screen);
    screen.keys("\r");
    screen.wait_for("in eu-west");
    write("agent.svg", &screen);
}
