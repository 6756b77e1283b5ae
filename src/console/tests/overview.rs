//! The Overview's tiles: what warns, what went by, and that it stands still.

use std::sync::Arc;

use serde_json::json;

use super::events::eventful;
use super::pages::{at, screen, snapshot_of};
use crate::console::test_fleet::{agents, later, now, press, record, small_fleet};
use crate::console::{Message, Outcome, update};
use crate::fleet::Fleet;

#[test]
fn tiles_at_every_size() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("200x60", (200, 60))] {
        insta::assert_snapshot!(format!("tiles-{name}"), screen(&at(size, snapshot_of(eventful()), "1")));
    }
}

#[test]
fn a_server_that_may_be_posed_as_stands_above_everything() {
    let shown = screen(&at((80, 24), snapshot_of(eventful()), "1"));
    let first = shown.lines().nth(2).unwrap();
    assert!(first.starts_with("  WARNING (and 1 more): somebody may be posing as"), "{shown}");
}

#[test]
fn where_nothing_is_configured_it_says_what_to_do() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("200x60", (200, 60))] {
        let mut state = at(size, snapshot_of(Fleet::new(1, 60, [])), "1");
        state.start =
            Some(vec!["Nothing is configured yet.".into(), "Looked at x.".into(), "Press d.".into()]);
        insta::assert_snapshot!(format!("start-{name}"), screen(&state));
        press(&mut state, "2 d");
        assert_eq!(state.outcome, None);
        press(&mut state, "1 d");
        assert_eq!(state.outcome, Some(Outcome::Demo));
    }
}

#[test]
fn where_groups_are_configured_the_demo_is_refused_with_words() {
    let state = at((80, 24), snapshot_of(small_fleet()), "1 d");
    assert_eq!(state.outcome, None);
    assert!(screen(&state).contains("`limescope demo`"), "{}", screen(&state));
}

/// `node` fails or attests beside one that attests.
fn turn(fleet: &mut Fleet, fails: bool) {
    let state = if fails { 9 } else { 3 };
    let records = json!({ "a": record(json!({})), "node": record(json!({ "operational_state": state })) });
    fleet.apply(0, agents(0, records, 0.01), now());
}

#[test]
fn the_attested_share_is_remembered_by_its_changes() {
    let mut fleet = small_fleet();
    turn(&mut fleet, false);
    let mut state = at((80, 24), Arc::new(fleet.snapshot()), "1");
    assert!(screen(&state).contains("attested 100 % █"), "{}", screen(&state));
    for fails in [false, true, true, false] {
        turn(&mut fleet, fails);
        update(&mut state, Message::Snapshot { snapshot: Arc::new(fleet.snapshot()), now: now() });
    }
    assert!(screen(&state).contains("attested 100 % █▄█"), "{}", screen(&state));
}

/// The age of the last change moves three times and never again.
#[test]
fn the_age_of_the_last_change_moves_in_coarse_steps() {
    let mut fleet = small_fleet();
    turn(&mut fleet, false);
    turn(&mut fleet, true);
    let mut state = at((80, 24), Arc::new(fleet.snapshot()), "1");
    assert!(
        screen(&state).contains("last change just now: node ✓ attested → ✗ failed"),
        "{}",
        screen(&state)
    );
    let mut draws = 0;
    for minute in 0..3_000 {
        draws += usize::from(update(&mut state, Message::Tick { now: later(minute * 60) }).redraw);
    }
    assert_eq!(draws, 3);
    assert!(screen(&state).contains("last change days ago"), "{}", screen(&state));
    assert_eq!(state.next_tick(), None);
}
