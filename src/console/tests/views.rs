//! Views: going to one, keeping it, starting at one.

use std::sync::Arc;

use super::pages::screen;
use super::rig::operate;
use crate::console::outside::Request;
use crate::console::state::State;
use crate::console::test_fleet::{self, fleet, later, press, unasked};
use crate::console::view_string::{SavedViews, View};
use crate::console::{Faults, Message, Options, Outcome, Source, update};

fn write(state: &mut State, text: &str) {
    for character in text.chars() {
        update(state, Message::Key(crate::console::keymap::Key::character(character)));
    }
}

fn run(state: &mut State, line: &str) -> Vec<Request> {
    write(state, ":");
    write(state, line);
    update(state, Message::Key("enter".parse().unwrap())).requests
}

fn saved(text: &str) -> SavedViews {
    let origin = std::path::Path::new("views.toml");
    SavedViews::read(Source { origin, text }, &mut Faults::default())
}

fn view(text: &str) -> View {
    text.parse().unwrap()
}

#[test]
fn every_view_is_gone_to_and_is_then_what_is_looked_at() {
    let mut state = test_fleet::state(Options::default());
    for text in [
        "agents?verdict=failed&sort=-age&columns=verdict,age,agent",
        "agents?filter=!group=lab%20node&sort=reason",
        "events?kind=gone",
        "log?level=warn",
        "group/eu-south",
        "agent/node-12",
        "help",
        "overview",
    ] {
        run(&mut state, &format!("view {text}"));
        assert_eq!(state.view().to_string(), text, "{}", screen(&state));
    }
    run(&mut state, "view agents?verdict=fialed");
    let error = state.palette.as_ref().unwrap().error().unwrap();
    assert_eq!(error, "there is no verdict fialed; did you mean failed?");
    press(&mut state, "esc");
    run(&mut state, "view agent/node-99");
    let shown = screen(&state);
    assert!(shown.contains("there is no agent node-99; did you mean node-00?"), "{shown}");
}

#[test]
fn columns_of_a_view_are_those_of_the_table() {
    let mut state = test_fleet::state(Options::default());
    run(&mut state, "view agents?columns=age,agent,verdict,flags");
    let shown = screen(&state);
    let titles = shown.lines().find(|line| line.contains("VERDICT")).unwrap();
    assert_eq!(titles.split_whitespace().collect::<Vec<_>>(), ["AGE", "AGENT", "VERDICT", "↓", "FLAGS"]);
    assert!(!shown.contains("no room"), "{shown}");
    update(&mut state, Message::Resize(crate::console::state::Size { width: 50, height: 24 }));
    assert!(screen(&state).contains("1 column has no room"), "{}", screen(&state));
}

#[test]
fn views_are_kept_and_forgotten_outside_also_in_a_read_only_console() {
    let mut state = test_fleet::state(Options { read_only: true, ..Options::default() });
    run(&mut state, "view agents?verdict=failed");
    let name = "worst".to_owned();
    let wanted = Some(view("agents?verdict=failed"));
    assert_eq!(run(&mut state, "save-view worst"), [Request::KeepView { name: name.clone(), view: wanted }]);
    assert_eq!(run(&mut state, "save-view agents"), []);
    assert!(screen(&state).contains("agents is a page; choose another name"), "{}", screen(&state));
    press(&mut state, "esc");
    let views = saved("worst = \"agents?verdict=failed\"");
    let notice = crate::console::state::Notice::information("kept as worst");
    assert!(update(&mut state, Message::Saved { views, notice }).redraw);
    run(&mut state, "view overview");
    run(&mut state, "view worst");
    assert_eq!(state.view(), view("agents?verdict=failed"));
    assert_eq!(run(&mut state, "forget-view worst"), [Request::KeepView { name, view: None }]);
    assert_eq!(run(&mut state, "forget-view wort"), []);
    assert!(screen(&state).contains("there is no saved view wort; did you mean worst?"));
}

#[test]
fn the_string_of_a_view_is_copied() {
    let mut state = test_fleet::state(Options::default());
    run(&mut state, "view agents?group=\"a b\"");
    let text = "agents?group=%22a%20b%22".to_owned();
    let what = format!("the view {text}");
    assert_eq!(run(&mut state, "copy-view"), [Request::Copy { text, what }]);
}

fn started(text: &str) -> State {
    let mut options = Options::default();
    options.settings.view = Some(view(text));
    let size = crate::console::state::Size { width: 80, height: 24 };
    let nothing = Arc::new(unasked().snapshot());
    State::new(options, size, nothing, test_fleet::now()).unwrap()
}

fn answer(state: &mut State) {
    let snapshot = Arc::new(fleet().snapshot());
    update(state, Message::Snapshot { snapshot, now: later(1) });
}

#[test]
fn the_view_of_the_start_waits_for_its_agent() {
    let mut state = started("agent/node-02");
    assert!(screen(&state).contains("waiting for the agent node-02"), "{}", screen(&state));
    answer(&mut state);
    assert_eq!(state.view(), view("agent/node-02"));
    press(&mut state, "-");
    assert_eq!(state.view(), view("agents"));
    // Who presses a key does not wait any more.
    let mut state = started("agent/node-02");
    press(&mut state, "1");
    answer(&mut state);
    assert_eq!(state.view(), view("overview"));
    let mut state = started("group/eu-sout");
    assert!(screen(&state).contains("there is no group eu-sout; did you mean eu-south?"));
    answer(&mut state);
    assert_eq!(state.view(), view("overview"));
}

#[test]
fn the_list_of_columns_marks_and_the_cursor_of_columns() {
    for (name, keys) in
        [("agents-columns-80x24", "2 c j j j space"), ("agents-marked-80x24", "2 space j space > > > > > 5")]
    {
        let mut state = test_fleet::state(Options::default());
        press(&mut state, keys);
        insta::assert_snapshot!(name, screen(&state));
    }
}

#[test]
fn they_are_drawn_in_ascii_and_at_any_size() {
    for keys in ["2 c G", "2 space > >", "2 c space"] {
        let mut state = test_fleet::state(Options { ascii: true, ..Options::default() });
        press(&mut state, keys);
        for (width, height) in [(1, 1), (39, 9), (40, 10), (41, 12), (80, 24), (200, 60)] {
            update(&mut state, Message::Resize(crate::console::state::Size { width, height }));
            let shown = screen(&state);
            assert!(shown.is_ascii(), "{shown}");
            if height >= 10 && keys == "2 c G" {
                assert!(shown.contains("[x] reason"), "the selected one stays in sight:\n{shown}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn keeping_a_view_is_asked_of_the_world_outside() {
    let ended = operate(fleet(), |operator| async move {
        operator.press("2");
        operator.see("VERDICT").await;
        operator.press(": s a v e - v i e w space m i n e enter");
        operator.see("done outside").await;
        let asked = operator.asked.0.borrow().clone();
        assert_eq!(asked, [Request::KeepView { name: "mine".to_owned(), view: Some(view("agents")) }]);
        operator.press("1 -");
        operator.see("VERDICT").await;
        operator.press("8");
        operator.see("8 …").await;
        // Nothing is armed by a count: it waits for the next key, not for a time.
        let before = operator.screen().counted();
        operator.rest(60).await;
        assert_eq!(operator.screen().counted(), before);
        operator.press("j q");
    })
    .await;
    assert_eq!(ended.unwrap(), Outcome::Quit);
}
