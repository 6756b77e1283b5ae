//! The Events page: its states, that it follows the newest, its filter.

use std::sync::Arc;

use serde_json::json;

use super::pages::{at, drawn, screen, snapshot_of};
use crate::console::test_fleet::{agents, down, fleet, later, now, press, record, small_fleet, unasked};
use crate::console::{Message, update};
use crate::fleet::{Fleet, Input};
use crate::keylime::AddressState;

const SIZES: [(&str, (u16, u16)); 3] = [("80x24", (80, 24)), ("120x40", (120, 40)), ("200x60", (200, 60))];

/// A fleet to which something of every kind happened.
pub fn eventful() -> Fleet {
    let mut fleet = fleet();
    let failed = json!({
        "operational_state": 9, "attestation_status": "FAIL",
        "last_event_id": "ima.validation.ima-ng.not_in_allowlist",
    });
    let records = json!({
        "node-11": record(failed), "node-12": record(json!({})), "node-13": record(json!({})),
        "evil\u{202e}\u{1b}[2J": record(json!({ "attestation_count": 0 })),
    });
    fleet.apply(1, agents(1, records, 0.02), later(30));
    fleet.apply(
        1,
        down(0, AddressState::UnknownCa, "the certificate is not from this group's CA"),
        later(61),
    );
    fleet.apply(1, down(2, AddressState::Refused, "nobody listens there"), later(62));
    fleet.apply(0, Input::Lost, later(86_500));
    fleet
}

#[test]
fn in_every_state_at_every_size() {
    for (name, size) in SIZES {
        let ready = screen(&at(size, snapshot_of(eventful()), "3"));
        insta::assert_snapshot!(format!("events-ready-{name}"), ready);
    }
    let mut quiet = small_fleet();
    quiet.apply(0, agents(0, json!({}), 0.01), now());
    for (state, fleet, keys) in [
        ("asking", unasked(), "3"),
        ("quiet", quiet, "3"),
        ("filtered", eventful(), "3 / k i n d = a d d r e s s , g r o u p enter j"),
        ("nothing", eventful(), "3 / x y z"),
        ("mistake", eventful(), "3 / k i n d = g o"),
        ("detail", eventful(), "3 / n o d e - 1 3 enter enter"),
    ] {
        let shown = screen(&at((80, 24), snapshot_of(fleet), keys));
        insta::assert_snapshot!(format!("events-{state}-80x24"), shown);
    }
    let beside = screen(&at((120, 40), snapshot_of(eventful()), "3 / n o d e - 1 3 enter enter"));
    insta::assert_snapshot!("events-detail-120x40", beside);
}

/// More events than a screen holds, one for each verdict that turns.
fn many(fleet: &mut Fleet, rounds: std::ops::Range<i64>) {
    for round in rounds {
        let state = if round % 2 == 0 { 3 } else { 9 };
        let turned = json!({ "node": record(json!({ "operational_state": state })) });
        fleet.apply(0, agents(0, turned, 0.01), later(round));
    }
}

#[test]
fn it_follows_the_newest_unless_scrolled() {
    let mut fleet = small_fleet();
    many(&mut fleet, 0..60);
    let mut state = at((80, 24), Arc::new(fleet.snapshot()), "3");
    let top = |state: &crate::console::State| screen(state).lines().nth(5).unwrap().to_owned();
    let first = top(&state);
    many(&mut fleet, 60..61);
    let snapshot = Arc::new(fleet.snapshot());
    assert!(update(&mut state, Message::Snapshot { snapshot, now: now() }).redraw);
    assert_ne!(top(&state), first);
    press(&mut state, "ctrl-d ctrl-d ctrl-d");
    let scrolled = top(&state);
    many(&mut fleet, 61..64);
    update(&mut state, Message::Snapshot { snapshot: Arc::new(fleet.snapshot()), now: now() });
    assert_eq!(top(&state), scrolled);
    assert!(screen(&state).contains("newer above"), "{}", screen(&state));
    press(&mut state, "g g");
    assert!(screen(&state).contains("newest first"), "{}", screen(&state));
}

#[test]
fn events_that_the_filter_hides_draw_nothing() {
    let mut fleet = eventful();
    let mut state = at((80, 24), Arc::new(fleet.snapshot()), "3 / k i n d = g o n e enter");
    let before = drawn(&state, true);
    let total = state.snapshot.events.len();
    // The number of all events is in sight; that it grows is news.
    fleet.apply(2, Input::Lost, later(90_000));
    let snapshot = Arc::new(fleet.snapshot());
    assert_eq!(snapshot.events.len(), total);
    assert!(!update(&mut state, Message::Snapshot { snapshot, now: now() }).redraw);
    assert_eq!(drawn(&state, true), before);
}

#[test]
fn hostile_ids_reach_no_cell() {
    for size in [(80, 24), (200, 60)] {
        let shown = screen(&at(size, snapshot_of(eventful()), "3"));
        assert!(!shown.contains(['\u{202e}', '\u{1b}']) && shown.contains("\\u{202e}"), "{shown}");
    }
}

#[test]
fn enter_opens_the_group_of_an_event_about_one() {
    let state = at((80, 24), snapshot_of(eventful()), "3 enter");
    assert!(screen(&state).contains("pull: the verifiers ask the agents"), "{}", screen(&state));
}
