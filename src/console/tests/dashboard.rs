//! The wall-board: its pages, that they turn by themselves, that it is quiet.

use std::sync::Arc;

use serde_json::json;

use super::pages::{SIZES, screen, snapshot_of};
use super::picture::picture;
use crate::console::command;
use crate::console::state::{Board, Size, State};
use crate::console::test_fleet::{agents, fleet, later, now, press, record, small_fleet, unasked};
use crate::console::{Message, Options, Outcome, update};
use crate::fleet::{Fleet, Input, Snapshot};

fn board(snapshot: Arc<Snapshot>, (width, height): (u16, u16), ascii: bool) -> State {
    let options = Options { dashboard: true, ascii, ..Options::default() };
    State::new(options, Size { width, height }, snapshot, now()).unwrap()
}

fn tick(state: &mut State, seconds: i64) -> bool {
    update(state, Message::Tick { now: later(seconds) }).redraw
}

fn shown(state: &State) -> Board {
    state.dashboard.as_ref().unwrap().board
}

#[test]
fn every_page_at_every_size() {
    for (name, size) in SIZES {
        let mut state = board(snapshot_of(fleet()), size, false);
        let mut pages = vec![picture(&state)];
        for turn in 1..=2 {
            tick(&mut state, turn * 10);
            pages.push(picture(&state));
        }
        tick(&mut state, 30);
        pages.push(picture(&state));
        insta::assert_snapshot!(format!("dashboard-{name}"), pages.join("\n"));
    }
    let states = [unasked(), Fleet::new(1, 60, []), small_fleet()].map(|fleet| {
        let state = board(snapshot_of(fleet), (80, 24), true);
        screen(&state)
    });
    insta::assert_snapshot!("dashboard-states-ascii-80x24", states.join("\n"));
    let ascii = screen(&board(snapshot_of(fleet()), (80, 24), true));
    assert!(ascii.is_ascii(), "{ascii}");
    insta::assert_snapshot!("dashboard-ascii-80x24", ascii);
}

#[test]
fn pages_turn_by_themselves_the_problems_first() {
    let mut state = board(snapshot_of(fleet()), (120, 40), false);
    let mut seen = Vec::new();
    for second in 0..60 {
        if tick(&mut state, second) || second == 0 {
            seen.push((second, shown(&state)));
        }
    }
    let pages =
        [Board::Fleet, Board::Group(2), Board::Group(0), Board::Failed(0), Board::Group(1), Board::Failed(1)];
    let expected: Vec<_> = (0..).step_by(10).zip(pages).collect();
    assert_eq!(seen, expected, "it draws when the page turns, and only then");
}

/// No key does anything but those that quit or suspend, and whatever writes is refused.
#[test]
fn it_is_read_only_by_its_make() {
    let mut state = board(snapshot_of(fleet()), (80, 24), false);
    let before = screen(&state);
    for key in "1 2 3 4 ? / : j k g enter esc tab y Y v f s M d ctrl-r ctrl-e".split(' ') {
        press(&mut state, key);
        assert!(state.outcome.is_none() && state.overlay.is_none() && screen(&state) == before, "{key}");
    }
    assert!(state.read_only && state.requests.is_empty());
    for bound in state.keymap.rows().iter().filter(|row| row.contexts.contains(&state.context())) {
        assert!(["quit", "suspend"].contains(&command::find(&bound.command).unwrap().id));
    }
    press(&mut state, "q");
    assert_eq!(state.outcome, Some(Outcome::Quit));
}

#[test]
fn a_new_failure_is_shown_at_once_and_stays() {
    let mut fleet = fleet();
    let mut state = board(Arc::new(fleet.snapshot()), (80, 24), false);
    let failed =
        json!({ "node-10": record(json!({})), "node-11": record(json!({ "operational_state": 9 })) });
    fleet.apply(1, agents(1, failed, 0.02), later(3));
    update(&mut state, Message::Snapshot { snapshot: Arc::new(fleet.snapshot()), now: later(3) });
    assert_eq!(shown(&state), Board::Failed(1));
    let text = screen(&state);
    assert!(text.contains("new problem at") && text.contains("node-11"), "{text}");
    for second in 4..63 {
        assert!(!tick(&mut state, second), "it stays");
    }
    assert!(tick(&mut state, 63));
    assert_ne!(shown(&state), Board::Failed(1));
    assert!(!screen(&state).contains("new problem at"), "{}", screen(&state));
}

/// Polls that bring nothing new draw nothing between two turns; a fleet without
/// a problem has one page, whose clock moves once a minute.
#[test]
fn it_is_quiet() {
    let mut fleet = small_fleet();
    let answer = || agents(0, json!({ "node": record(json!({})) }), 0.01);
    fleet.apply(0, answer(), now());
    let mut state = board(Arc::new(fleet.snapshot()), (80, 24), false);
    let mut draws = 0;
    for second in 1..=600 {
        if second % 10 == 0 {
            fleet.apply(0, answer(), later(second));
            let snapshot = Arc::new(fleet.snapshot());
            let message = Message::Snapshot { snapshot, now: later(second) };
            draws += usize::from(update(&mut state, message).redraw);
        }
        if state.next_tick().is_some_and(|at| at <= later(second)) {
            draws += usize::from(tick(&mut state, second));
        }
    }
    assert!((9..=11).contains(&draws), "{draws} draws in ten minutes");
    assert!(screen(&state).contains("answers to"), "{}", screen(&state));
    fleet.apply(0, Input::Overdue, later(640));
    update(&mut state, Message::Snapshot { snapshot: Arc::new(fleet.snapshot()), now: later(640) });
    assert!(screen(&state).contains("last answer 40 s ago"), "{}", screen(&state));
}
