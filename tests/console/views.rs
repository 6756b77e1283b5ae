//! Views and where the operator has been, in a real terminal.

use crate::support::command::Place;
use crate::support::screen::Screen;

fn start(place: &Place, view: &str) -> Screen {
    let mut arguments = super::DEMO.to_vec();
    arguments.extend(["--view", view]);
    Screen::start_with(place, &arguments, 100, 30, &[("SSH_TTY", "x")])
}

#[test]
fn a_view_is_opened_kept_and_opened_again_by_its_name() {
    let place = Place::new();
    let mut screen = start(&place, "agents?verdict=stopped&sort=-age&columns=verdict,agent,age");
    let text = screen.wait_for("1 of 60 agents");
    assert!(text.contains("AGE ↑") && !text.contains("REASON"), "{text}");
    screen.keys(":save-view halted\r");
    screen.wait_for("kept as halted: agents?verdict=stopped");
    screen.keys(":copy-view\r");
    screen.wait_for(": the view");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
    let file = place.path().join("config/limescope/views.toml");
    let kept = std::fs::read_to_string(&file).unwrap();
    assert_eq!(kept, "halted = \"agents?verdict=stopped&sort=-age&columns=verdict,agent,age\"\n");
    // What cannot be read costs itself only, and is told.
    std::fs::write(&file, format!("{kept}bad = \"agnets\"\n")).unwrap();
    let mut screen = start(&place, "halted");
    screen.wait_for("1 of 60 agents");
    screen.wait_for("views.toml:2:8: there is no view agnets");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn the_way_back_and_forth() {
    let place = Place::new();
    let mut screen = start(&place, "overview");
    screen.wait_for("60 agents in 4 groups");
    screen.keys("2");
    screen.wait_for("VERDICT");
    screen.keys("/verdict=stopped\r");
    screen.wait_for("1 of 60 agents");
    screen.keys("\r");
    screen.wait_for("only delete and add resume it");
    screen.keys("3");
    screen.wait_for("newest first");
    screen.keys("-");
    screen.wait_for("only delete and add resume it");
    screen.keys("[");
    screen.wait_for("1 of 60 agents");
    screen.keys("[");
    screen.wait_until("no filter", |text| text.contains("60 agents") && !text.contains("of 60"));
    screen.keys("[");
    screen.wait_for("60 agents in 4 groups");
    screen.keys("]]");
    screen.wait_for("1 of 60 agents");
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn columns_marks_and_counts() {
    let place = Place::new();
    let mut screen = start(&place, "agents?sort=agent");
    screen.wait_for("60 agents");
    screen.keys("  ");
    screen.wait_for("2 marked");
    screen.keys("7j7kV");
    screen.wait_for("3 marked");
    screen.keys("y");
    screen.wait_for(": the ids of 3 marked agents");
    // As terminals send shift and an arrow.
    screen.keys("\u{1b}[1;2C\u{1b}[1;2D");
    screen.wait_for("column verdict, o sorts by it");
    screen.keys("o");
    screen.wait_for("worst first");
    screen.keys("c");
    screen.wait_for("[x] reason");
    screen.keys("Gk ");
    screen.wait_until("a column less", |text| text.contains("[ ] reason") && !text.contains("REASON"));
    screen.keys("\r012G");
    screen.wait_until("the list to close", |text| !text.contains("[x]"));
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}

#[test]
fn a_view_that_is_none_stops_the_start() {
    let place = Place::new();
    let run = place.run(&["demo", "--still", "--view", "agents?verdict=fialed"]);
    assert_eq!(run.code, Some(2));
    for words in [
        "--view:1:8: error: there is no verdict fialed; did you mean failed?",
        "agents?verdict=fialed",
        "       ^^^^^^^^^^^^^^",
    ] {
        assert!(run.stderr.contains(words), "{words:?} is missing:\n{}", run.stderr);
    }
}
