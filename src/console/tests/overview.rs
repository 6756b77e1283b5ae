//! The Overview's tiles: what warns, what went by, and that it stands still.

use std::sync::Arc;

use serde_json::json;

use super::events::eventful;
use super::pages::{SIZES, at, screen, snapshot_of};
use super::picture::picture;
use crate::console::test_fleet::{PULL, agents, down, later, now, plan, press, record, small_fleet, up};
use crate::console::{Message, Outcome, update};
use crate::fleet::Fleet;
use crate::keylime::AddressState;

#[test]
fn tiles_at_every_size() {
    for (name, size) in SIZES {
        insta::assert_snapshot!(format!("tiles-{name}"), picture(&at(size, snapshot_of(eventful()), "1")));
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
    for (name, size) in SIZES {
        let mut state = at(size, snapshot_of(Fleet::new(1, 60, [])), "1");
        state.start =
            Some(vec!["Nothing is configured yet.".into(), "Looked at x.".into(), "Press d.".into()]);
        insta::assert_snapshot!(format!("start-{name}"), picture(&state));
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

/// 3A.36: fewer alive than wanted is never shown as if it were enough.
#[test]
fn fewer_groups_than_are_wanted_are_degraded() {
    let screen_of = |fleet: &mut Fleet| screen(&at((100, 30), Arc::new(fleet.snapshot()), "1"));
    let mut fleet = Fleet::new(2, 60, [plan("one", "10.1.0"), plan("other", "10.2.0")]);
    (0..3).for_each(|address| fleet.apply(0, up(address, PULL), now()));
    assert!(!screen_of(&mut fleet).contains("DEGRADED"), "the other was not asked yet");
    (0..3).for_each(|address| fleet.apply(1, up(address, PULL), now()));
    let shown = screen_of(&mut fleet);
    assert!(shown.contains("each wanted in 2") && !shown.contains("DEGRADED"), "{shown}");
    (0..2).for_each(|address| fleet.apply(1, down(address, AddressState::Refused, "no"), now()));
    let shown = screen_of(&mut fleet);
    assert!(shown.contains("each wanted in 2: DEGRADED 1/2"), "{shown}");
}
