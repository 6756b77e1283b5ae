//! The loop, on a paused clock.

use std::time::Duration;

use serde_json::{Map, json};
use tokio::time::sleep;

use super::rig::{operate, operate_on};
use crate::console::Outcome;
use crate::console::outside::Request;
use crate::console::test_fleet::{agents, fleet, later, now, record, small_fleet, up};
use crate::fleet::{Fleet, Input};
use crate::keylime::Negotiated;

#[tokio::test(start_paused = true)]
async fn the_first_screen_needs_no_answer() {
    let outcome = operate(Fleet::new(1, 60, []), async |operator| {
        operator.see("No group is configured").await;
        assert_eq!(operator.screen().draws(), 1);
        operator.press("q");
    })
    .await;
    assert_eq!(outcome.unwrap(), Outcome::Quit);
}

#[tokio::test(start_paused = true)]
async fn quitting_stopping_and_a_lost_keyboard() {
    let quit = operate(fleet(), async |operator| operator.press("/ ctrl-c")).await;
    assert_eq!(quit.unwrap(), Outcome::Quit);
    let quit = operate(fleet(), async |operator| operator.press("2 / q ctrl-c")).await;
    assert_eq!(quit.unwrap(), Outcome::Quit);
    let stopped = operate(fleet(), async |mut operator| {
        operator.press("esc esc 2 esc");
        operator.see("KEYLIME").await;
        operator.stop();
        // The keyboard stays: without it the console would end by itself.
        sleep(Duration::from_secs(1)).await;
    })
    .await;
    assert_eq!(stopped.unwrap(), Outcome::Stopped);
    let lost = operate(fleet(), async |_operator| {}).await;
    assert_eq!(lost.unwrap(), Outcome::InputEnded);
}

/// One more success, by the server's clock always three seconds ago.
fn poll(fleet: &mut Fleet, successes: i64) {
    fleet.apply(0, up(0, Negotiated::Fallback), now());
    fleet.apply(
        0,
        agents(0, json!({ "node-1": record(json!({ "attestation_count": successes })) }), 0.01),
        now(),
    );
}

#[tokio::test(start_paused = true)]
async fn a_frame_is_one_write_in_one_synchronized_update() {
    operate(fleet(), async |operator| {
        for keys in ["2", "j", "G", "/ n o d e", "enter", "enter", "esc", "?"] {
            operator.press(keys);
            operator.rest(1).await;
        }
        operator.resize((70, 20));
        operator.rest(1).await;
        let writes = operator.screen().writes();
        assert_eq!(writes.len(), operator.screen().draws());
        for write in writes {
            assert!(write.starts_with(b"\x1b[?2026h") && write.ends_with(b"\x1b[?2026l"));
            // Nothing is ever asked of the terminal.
            assert!(!write.windows(4).any(|part| part == b"\x1b[6n"));
        }
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_is_taken_in_at_once_and_drawn_seldom() {
    operate(fleet(), async |operator| {
        operator.press("2");
        operator.see("KEYLIME").await;
        let before = operator.screen().draws();
        for _ in 0..10_000 {
            operator.press("j k j");
        }
        operator.press("/ - 0 2");
        operator.see("1 of 12 agents").await;
        assert!(operator.screen().draws() - before <= 3, "{}", operator.screen().draws() - before);
        operator.press("ctrl-c");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_filter_works_while_it_is_written() {
    operate(fleet(), async |operator| {
        operator.press("2 / v e r d i c t = f a i l e");
        operator.see("there is no verdict faile; did you mean failed?").await;
        operator.press("d");
        operator.see("2 of 12 agents").await;
        operator.see_no("node-00").await;
        operator.press("enter");
        operator.see("filter verdict=failed").await;
        operator.press("enter");
        operator.see("Keylime says").await;
        operator.press("esc");
        operator.see("filter verdict=failed").await;
        operator.press("esc");
        operator.see("node-00").await;
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_selection_stays_with_its_agent() {
    operate_on((120, 24), small_fleet(), async |mut operator| {
        let all = ["node-1", "node-3", "node-5"];
        let records = |ids: &[&str], failed: &[&str]| {
            let one = |id: &str| {
                let state = if failed.contains(&id) { 9 } else { 3 };
                (id.to_owned(), record(json!({ "operational_state": state })))
            };
            agents(0, ids.iter().map(|id| one(id)).collect::<Map<_, _>>().into(), 0.01)
        };
        operator.fleet.apply(0, records(&all, &[]), now());
        operator.publish();
        operator.press("2");
        operator.see("node-1   last success").await;
        operator.press("j");
        operator.see("node-3   last success").await;
        operator.fleet.apply(0, records(&["node-1", "node-2", "node-3", "node-5"], &["node-5"]), now());
        operator.publish();
        operator.see("failed").await;
        operator.see("node-3   last success").await;
        operator.press("s S");
        operator.see("by id, last first").await;
        operator.see("node-3   last success").await;
        operator.press("/ ! n o d e - 3");
        operator.see("3 of 4 agents").await;
        operator.see_no("node-3   last success").await;
        operator.press("esc");
        operator.see("node-3   last success").await;
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn only_an_overdue_observation_moves_the_screen_by_the_clock() {
    operate(small_fleet(), async |mut operator| {
        poll(&mut operator.fleet, 1);
        operator.publish();
        operator.see("1 attested").await;
        operator.rest(25).await;
        operator.fleet.apply(0, Input::Overdue, later(25));
        operator.publish();
        operator.see("last answer 20 s ago").await;
        let before = operator.screen().draws();
        operator.see("last answer 30 s ago").await;
        operator.see("last answer 50 s ago").await;
        assert_eq!(operator.screen().draws() - before, 3);
        operator.rest(60).await;
        operator.see("last answer 1 min ago").await;
        poll(&mut operator.fleet, 1);
        operator.publish();
        operator.see_no("last answer").await;
        let before = operator.screen().counted();
        operator.rest(600).await;
        assert_eq!(operator.screen().counted(), before);
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_resize_is_drawn_at_once() {
    operate(fleet(), async |operator| {
        operator.see("limescope").await;
        operator.resize((30, 8));
        operator.see("limescope needs 40 x 10").await;
        operator.resize((100, 30));
        operator.see("OUR LOAD").await;
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_pictures_is_told() {
    operate(fleet(), async |mut operator| {
        operator.see("limescope").await;
        operator.end_snapshots();
        operator.see("no more news").await;
        operator.press("2");
        operator.see("KEYLIME").await;
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_of_the_world_outside_is_carried_out_once() {
    operate(fleet(), async |operator| {
        operator.press("2 / f a i l e d enter");
        operator.see("done outside").await;
        operator.press("y");
        operator.see("done outside").await;
        operator.press("ctrl-r");
        operator.rest(1).await;
        let kinds: Vec<_> = operator.asked.0.borrow().clone();
        assert_eq!(
            kinds,
            [
                Request::Remember(vec!["failed".to_owned()]),
                Request::Copy { text: "node-02".to_owned(), what: "the id node-02".to_owned() },
                Request::Refresh,
            ]
        );
        let before = operator.screen().writes().len();
        operator.press("e");
        operator.see("filter id=node-03").await;
        // Whatever the editor left on the terminal is cleared.
        let after: Vec<u8> = operator.screen().writes().split_off(before).concat();
        assert!(after.windows(4).any(|part| part == b"\x1b[2J"), "no clear");
        assert_eq!(
            operator.asked.0.borrow().last(),
            Some(&Request::EditFilter { text: "failed".to_owned() })
        );
        operator.press("q");
    })
    .await
    .unwrap();
}
