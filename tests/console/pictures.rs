//! The pictures of the README, from real screens of the embedded fleet.

use std::path::Path;

use crate::support::command::Place;
use crate::support::screen::Screen;

/// Two blocks of a push agent, with something to put right.
const SERVERS: &str = "# Which servers attest this machine.\nverification_duplication = 2\n\n# Berlin\n[[servers]]\n\
    registrars = [\"reg1.berlin.example\", \"HTTPS://Reg2.berlin.example\"]\nverifiers = [\"ver1.berlin.example\"]\n\n\
    # Paris\n[[servers]]\nregistrars = [\"reg.paris.example\"]\nverifiers = [\"ver.paris.example:443\"]\n";

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
    let file = place.path().join("50-servers.conf");
    std::fs::write(&file, SERVERS).unwrap();
    screen.resize(120, 28);
    screen.keys(&format!(":edit {}\r", file.display()));
    screen.wait_for("push agent");
    screen.keys("jjj");
    screen.wait_for("→ .:");
    write("servers.svg", &screen);
}
