//! Rows that are arranged elsewhere: until they come, what is seen and done
//! stays true.

use std::sync::Arc;

use super::crowd::{Hand, many};
use super::pages::screen;
use super::rig::operate;
use crate::console::state::Arrange;
use crate::console::test_fleet::{now, small_fleet};
use crate::console::{Effects, Message, update};
use crate::fleet::Snapshot;

const COUNT: usize = 3_000;

fn picture(salt: usize) -> Arc<Snapshot> {
    let mut fleet = small_fleet();
    fleet.apply(0, many(COUNT, salt), now());
    Arc::new(fleet.snapshot())
}

fn open() -> Hand {
    let mut hand = Hand::new((120, 24), picture(0));
    hand.press("2");
    hand
}

fn key(hand: &mut Hand, keys: &str) -> Effects {
    let mut last = Effects::default();
    for key in keys.split_whitespace() {
        last = update(&mut hand.state, Message::Key(key.parse().unwrap()));
    }
    last
}

fn carried_out(wish: Arrange) -> Message {
    Message::Arranged(Arc::new(wish.carry_out(|| false).unwrap()))
}

#[test]
fn the_page_shows_what_it_has_until_what_is_wished_for_comes() {
    let mut hand = open();
    let before = screen(&hand.state);
    assert!(before.contains("3000 agents"), "{before}");
    let effects = key(&mut hand, "s");
    let wish = effects.arrange.unwrap();
    // The first row is still the first that failed; nothing says anything yet.
    assert!(hand.state.agents.is_waiting());
    assert!(screen(&hand.state).contains("✗ failed"));
    assert!(!screen(&hand.state).contains("sorting"));
    assert!(update(&mut hand.state, Message::StillArranging).redraw);
    assert!(screen(&hand.state).contains("sorting…"), "{}", screen(&hand.state));
    assert!(update(&mut hand.state, carried_out(wish)).redraw);
    assert!(screen(&hand.state).contains("by id") && !screen(&hand.state).contains("sorting"));
    assert!(!update(&mut hand.state, Message::StillArranging).redraw);
}

#[test]
fn answers_to_older_wishes_are_dropped() {
    let mut hand = open();
    let by_id = key(&mut hand, "s").arrange.unwrap();
    let by_age = key(&mut hand, "s").arrange.unwrap();
    assert!(by_id.generation < by_age.generation);
    assert!(!update(&mut hand.state, carried_out(by_id.clone())).redraw);
    assert!(hand.state.agents.is_waiting());
    update(&mut hand.state, carried_out(by_age));
    assert!(!hand.state.agents.is_waiting());
    assert!(!update(&mut hand.state, carried_out(by_id)).redraw);
}

#[test]
fn of_pictures_that_come_quickly_an_older_one_is_better_than_none() {
    let mut hand = open();
    let mut tell = |salt| update(&mut hand.state, Message::Snapshot { snapshot: picture(salt), now: now() });
    let (first, second) = (tell(1).arrange.unwrap(), tell(2).arrange.unwrap());
    assert!(!hand.state.agents.is_waiting(), "what was asked for is in sight");
    assert!(update(&mut hand.state, carried_out(first.clone())).redraw);
    assert!(update(&mut hand.state, carried_out(second)).redraw);
    let shown = screen(&hand.state);
    assert!(!update(&mut hand.state, carried_out(first)).redraw);
    assert_eq!(screen(&hand.state), shown);
}

#[test]
fn keys_wait_for_the_rows_that_they_are_meant_for() {
    let mut hand = open();
    key(&mut hand, "/ 0 0 2 9 9 9");
    // The line is left and the details are opened before the rows came.
    key(&mut hand, "enter enter");
    assert!(hand.state.line.is_none() && hand.state.overlay.is_none());
    let wish = hand.state.agents.filter().to_string();
    assert_eq!(wish, "002999");
    let mut hand_2 = Hand { state: hand.state.clone() };
    hand.arrange(Effects { arrange: Some(newest_wish(&hand)), ..Effects::default() });
    let shown = screen(&hand.state);
    assert!(shown.contains("1 of 3000 agents") && shown.contains("Keylime says"), "{shown}");
    // Where the rows will never come, the keys do not wait for ever.
    let generation = newest_wish(&hand_2).generation;
    update(&mut hand_2.state, Message::NotArranged { generation });
    assert!(screen(&hand_2.state).contains("could not be sorted") || hand_2.state.overlay.is_some());
    // The way out is open all the time.
    let mut hand = open();
    assert!(key(&mut hand, "s enter ctrl-c").outcome.is_some());
}

/// The wish that the state waits for, asked for once more.
fn newest_wish(hand: &Hand) -> Arrange {
    let agents = &hand.state.agents;
    let generation = agents.generation();
    let (filter, sort) = (agents.filter().clone(), agents.sort());
    Arrange { generation, snapshot: Arc::clone(&hand.state.snapshot), filter, sort, identities: None }
}

#[tokio::test(start_paused = true)]
async fn the_loop_has_them_arranged() {
    let mut fleet = small_fleet();
    fleet.apply(0, many(COUNT, 0), now());
    operate(fleet, async |mut operator| {
        operator.press("2 / 0 0 2 9 9 9 enter enter");
        operator.see("Keylime says").await;
        operator.press("esc esc");
        operator.see("3000 agents   worst first").await;
        operator.press("s S");
        operator.see("by id, last first").await;
        operator.fleet.apply(0, many(COUNT + 1, 1), now());
        operator.publish();
        operator.see("3001 agents").await;
        operator.press("/ 0 0 3 0 0 0");
        operator.see("1 of 3001 agents").await;
        operator.press("esc esc q");
    })
    .await
    .unwrap();
}
