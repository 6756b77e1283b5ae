//! The help: what is looked for in it, where it was opened, what cannot be had.

use super::pages::screen;
use crate::console::Options;
use crate::console::state::{Overlay, State};
use crate::console::test_fleet::{press, state};

fn help(keys: &str) -> State {
    let mut state = state(Options::default());
    press(&mut state, keys);
    state
}

#[test]
fn what_is_looked_for_is_found_while_it_is_written() {
    let state = help("? / q x z");
    assert!(screen(&state).contains("nothing holds this text"), "{}", screen(&state));
    let state = help("? / s o r t");
    let shown = screen(&state);
    assert!(shown.contains("Sort by the next column") && !shown.contains("Go down half"), "{shown}");
    let kept = help("? / s o r t enter");
    assert!(screen(&kept).contains("Sort by the next column"), "{}", screen(&kept));
    let cleared = help("? / s o r t enter esc");
    assert!(screen(&cleared).contains("Let the data stand still"), "{}", screen(&cleared));
    let closed = help("? / s o r t enter esc esc");
    assert!(closed.overlay.is_none());
}

#[test]
fn it_is_for_where_it_was_opened_and_goes_back_there() {
    for (keys, title) in [("1 ?", "Overview"), ("2 ?", "Agents"), ("1 enter ?", "Group")] {
        let shown = screen(&help(keys));
        assert!(shown.contains(&format!("Here: {title}")), "{shown}");
    }
    let mut state = help("2 enter ?");
    assert!(screen(&state).contains("Here: Details"), "{}", screen(&state));
    press(&mut state, "?");
    assert!(matches!(state.overlay, Some(Overlay::Detail(_))));
}

#[test]
fn what_cannot_be_had_is_told_with_its_reason() {
    let shown = screen(&help("1 ? / a g e n t . r a w"));
    assert!(!shown.contains("no agent is open"), "ids are not searched: {shown}");
    let shown = screen(&help("1 ? / j s o n"));
    assert!(shown.contains("no agent is open"), "{shown}");
    let shown = screen(&help("2 enter ? / j s o n"));
    assert!(!shown.contains("no agent is open"), "{shown}");
}
