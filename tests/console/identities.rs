//! An audit of identities in a real terminal.

use limescope::demo::{DemoFleet, DemoOptions};

use crate::support::command::Place;
use crate::support::screen::Screen;

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

/// A console of its own over a served fleet, with these lines above its configuration.
async fn configured(place: &Place, lines: &str) -> (DemoFleet, String) {
    let options = DemoOptions { agents: 12, still: true, ..DemoOptions::default() };
    let fleet = DemoFleet::start(&options).await.unwrap();
    let file = place.path().join("own.toml");
    std::fs::write(&file, format!("{lines}{}", fleet.config_toml())).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (fleet, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chains_are_judged_by_the_configurations_folder() {
    let place = Place::new();
    let makers = place.path().join("makers");
    std::fs::create_dir(&makers).unwrap();
    let (fleet, file) = configured(&place, "vendor_roots = \"nowhere\"\n").await;
    let root = std::fs::read(fleet.vendor_folder().join("manufacturer.pem")).unwrap();
    std::fs::write(makers.join("lime.pem"), root).unwrap();
    tokio::task::block_in_place(|| {
        let editor = [("VISUAL", "sed -i s/nowhere/makers/")];
        let mut screen = Screen::start_with(&place, &["--config", &file], 160, 40, &editor);
        screen.wait_for("12 agents in 4 groups");
        screen.keys("Ia");
        // Everything else is audited.
        let shown = screen.wait_for("no chain to a TPM maker was judged, for vendor_roots cannot be used: ");
        for words in ["nowhere: No such file", "new agents pinned", "Nothing else was found"] {
            assert!(shown.contains(words), "{words} is missing: {shown}");
        }
        // Another folder counts as soon as it is saved.
        screen.keys("\u{1b}");
        screen.wait_until("the page to close", |text| !text.contains("new agents pinned"));
        screen.keys("5");
        screen.wait_for("limescope's own");
        screen.keys("e");
        screen.wait_for("changed");
        screen.keys("w");
        screen.wait_for("+ vendor_roots = \"makers\"");
        screen.keys("wy");
        screen.wait_for("the next audit of identities goes by the new vendor_roots");
        screen.keys("1I");
        screen.wait_for("new agents pinned");
        screen.keys("a");
        let shown = screen.wait_for("chains to TPM makers were judged by 1 certificate (1 root) in");
        assert!(shown.contains("no findings."), "{shown}");
        screen.keys("q");
        screen.ended_with_the_terminal_restored();
    });
}
