//! An audit of identities in a real terminal.

use crate::support::command::Place;

#[test]
fn identities_are_audited_and_looked_through() {
    let place = Place::new();
    let mut screen = super::demo(&place, 120, 40);
    screen.keys("2");
    screen.wait_for("VERDICT");
    screen.keys("I");
    screen.wait_for("Nothing was asked yet.");
    screen.keys("a");
    let shown = screen.wait_for("3 with errors");
    assert!(shown.contains("ek-shared") && shown.contains("ak-not-restricted"), "{shown}");
    // The embedded fleet's agents have no place among the operator's.
    assert!(!shown.contains("pinned"), "{shown}");
    assert!(!place.path().join("state/limescope/identities.jsonl").exists());
    screen.keys("/restricted\r");
    screen.wait_for("1 holding restricted");
    screen.wait_for("is not restricted: its TPM signs with it");
    screen.keys("\r");
    let detail = screen.wait_for("VERDICT");
    assert!(detail.contains("agents"), "{detail}");
    screen.keys(":view agents?columns=verdict,agent,identity&sort=identity\r");
    screen.wait_for("IDENTITY");
    screen.keys("gg");
    screen.wait_until("three errors, the worst first", |text| text.matches("✗ error").count() == 3);
    screen.keys("q");
    assert!(screen.ended_with_the_terminal_restored().success());
}
