//! What is drawn and written, counted on a paused clock: nothing while nothing
//! changes, little where much does.

use std::time::Duration;

use crossterm::event::Event;
use serde_json::{Map, json};
use tokio::time::sleep;

use super::crowd::full_rows;
use super::rig::{Operator, operate, operate_on};
use crate::console::outside::Request;
use crate::console::test_fleet::{NOW, agents, now, record, small_fleet};
use crate::fleet::{Fleet, Input};
use crate::keylime::{AddressReport, Negotiated};

/// Every page and whatever can lie over one.
const PAGES: [&str; 12] =
    ["1", "1 G", "1 enter", "2", "2 s s", "2 / n o d e enter", "2 enter", "2 enter r", "3", "4", "?", "? G"];

/// One more poll: the same answers as ever, with the noise of any network. The
/// records are new allocations, count more successes, and are of another age.
fn poll(fleet: &mut Fleet, number: u64, successes: i64, age: i64) {
    let latency = Some(Duration::from_millis(3 + number * 7 % 19));
    for address in 0..3 {
        let report = AddressReport { failure: None, latency, negotiated: Negotiated::Fallback, tls: None };
        fleet.apply(0, Input::Probed { address, report }, now());
    }
    let share = 0.002 + 0.0005 * f64::from(u8::try_from(number % 9).unwrap());
    let steady = record(json!({ "attestation_count": successes, "last_successful_attestation": NOW - age }));
    let failed = record(json!({
        "operational_state": 9, "attestation_status": "FAIL", "last_successful_attestation": NOW - 246 - age,
    }));
    let mut records: Map<_, _> = (0..5).map(|node| (format!("node-{node}"), steady.clone())).collect();
    records.insert("node-9".to_owned(), failed);
    fleet.apply(0, agents(0, records.into(), share), now());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_drawn_or_written_while_nothing_changes() {
    operate(small_fleet(), async |mut operator| {
        let (mut number, mut successes, mut age) = (0, 1, 3);
        for page in PAGES {
            poll(&mut operator.fleet, number, successes, age);
            operator.publish();
            operator.press("esc esc");
            operator.press(page);
            operator.rest(1).await;
            let before = operator.screen().counted();
            let text = operator.screen().text();
            for _ in 0..25 {
                operator.rest(10).await;
                number += 1;
                // The details show how many successes there were, and when.
                if !page.starts_with("2 enter") {
                    successes += 1;
                    age = (age + 4) % 10;
                }
                poll(&mut operator.fleet, number, successes, age);
                operator.publish();
            }
            operator.rest(3_600).await;
            let now = operator.screen().text();
            assert_eq!(operator.screen().counted(), before, "on {page}:\n{text}\n{now}");
        }
        operator.press("esc q");
    })
    .await
    .unwrap();
}

/// Policies are asked for when somebody wants to see them, and stand still then.
#[tokio::test(start_paused = true)]
async fn policies_are_asked_for_once_and_draw_nothing_while_nothing_changes() {
    operate(small_fleet(), async |mut operator| {
        let asked = |operator: &Operator| {
            let asked = operator.asked.0.borrow();
            asked.iter().filter(|request| matches!(request, Request::Policies(_))).count()
        };
        operator.rest(60).await;
        assert_eq!(asked(&operator), 0, "nobody wanted to see policies");
        operator.press("6");
        operator.see("production").await;
        for number in 0..10 {
            if number == 1 {
                operator.press("enter");
                operator.see("Summary").await;
            } else if number > 1 {
                operator.press("l");
            }
            operator.rest(1).await;
            let before = (operator.screen().counted(), asked(&operator));
            for poll_number in 0..5 {
                poll(&mut operator.fleet, poll_number, 1, 3);
                operator.publish();
                operator.rest(600).await;
            }
            let text = operator.screen().text();
            assert_eq!((operator.screen().counted(), asked(&operator)), before, "{number}\n{text}");
        }
        // Metadata that was judged stands as still.
        operator.press(": e v i d e n c e space / s r v enter");
        operator.see("with evidence").await;
        operator.rest(1).await;
        let before = (operator.screen().counted(), asked(&operator));
        operator.rest(3_600).await;
        assert_eq!((operator.screen().counted(), asked(&operator)), before);
        operator.press("q");
    })
    .await
    .unwrap();
}

/// A thousand pictures within a second, each with other names, numbers and
/// events than the one before.
async fn a_thousand_changes(operator: &mut Operator) {
    for number in 0..1_000 {
        let names = (0..=number % 7).map(|more| format!("node-{number}-{more}"));
        let mut records: Map<_, _> = names.map(|name| (name, record(json!({})))).collect();
        // The one whose details are open.
        records.insert("node".to_owned(), record(json!({ "attestation_count": 1 + number })));
        operator.fleet.apply(0, agents(0, records.into(), 0.01), now());
        operator.publish();
        sleep(Duration::from_millis(1)).await;
    }
}

/// With an agent that stays.
fn changing() -> Fleet {
    let mut fleet = small_fleet();
    fleet.apply(0, agents(0, json!({ "node": record(json!({})) }), 0.01), now());
    fleet
}

#[tokio::test(start_paused = true)]
async fn a_thousand_changes_a_second_are_at_most_63_draws() {
    for (page, least) in [
        ("1", 50),
        ("1 enter", 50),
        ("2", 50),
        ("2 enter", 50),
        ("2 enter r", 50),
        ("3", 50),
        ("4", 0),
        ("?", 0),
    ] {
        operate(changing(), async |mut operator| {
            operator.press(page);
            operator.rest(1).await;
            let before = operator.screen().draws();
            a_thousand_changes(&mut operator).await;
            let draws = operator.screen().draws() - before;
            assert!((least..=63).contains(&draws), "{draws} draws on page {page}");
            if page == "2" {
                operator.see("node-999").await;
            }
            operator.press("esc q");
        })
        .await
        .unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_among_a_thousand_changes_waits_for_half_a_frame_and_nothing_more_is_drawn() {
    operate(changing(), async |mut operator| {
        operator.press("2");
        operator.rest(1).await;
        let before = operator.screen().draws();
        let mut drawn = before;
        for number in 0..1_000_u32 {
            // At another moment of a frame each time.
            match number % 37 {
                0 => {
                    drawn = operator.screen().draws();
                    operator.press("S");
                }
                9 => assert!(operator.screen().draws() > drawn, "the key at {} ms waits", number - 9),
                _ => {}
            }
            let name = format!("node-{number}");
            operator.fleet.apply(0, agents(0, json!({ name: record(json!({})) }), 0.01), now());
            operator.publish();
            sleep(Duration::from_millis(1)).await;
        }
        let draws = operator.screen().draws() - before;
        assert!((50..=63).contains(&draws), "{draws} draws");
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_terminal_without_focus_is_drawn_four_times_a_second() {
    operate(changing(), async |mut operator| {
        operator.press("2");
        operator.rest(1).await;
        operator.send(Event::FocusLost);
        let before = operator.screen().draws();
        a_thousand_changes(&mut operator).await;
        let draws = operator.screen().draws() - before;
        assert!((3..=5).contains(&draws), "{draws} draws");
        // A key is answered at the next frame, and brings the pace back.
        operator.press("j");
        operator.rest(1).await;
        for back in [None, Some(Event::FocusGained)] {
            let before = operator.screen().draws();
            a_thousand_changes(&mut operator).await;
            let draws = operator.screen().draws() - before;
            assert!((50..=63).contains(&draws), "{draws} draws");
            operator.send(Event::FocusLost);
            back.into_iter().for_each(|event| operator.send(event));
            operator.send(Event::FocusGained);
        }
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_slow_terminal_gets_fewer_frames_and_keys_are_still_answered() {
    operate(changing(), async |mut operator| {
        operator.press("2");
        operator.rest(1).await;
        operator.screen().slow_down(Duration::from_millis(50));
        let before = operator.screen().draws();
        a_thousand_changes(&mut operator).await;
        let draws = operator.screen().draws() - before;
        // One frame at once, then one in 200 ms.
        assert!((4..=6).contains(&draws), "{draws} draws");
        operator.screen().slow_down(Duration::from_secs(30));
        operator.press("?");
        operator.rest(1).await;
        operator.press("esc");
        sleep(Duration::from_millis(501)).await;
        operator.see("KEYLIME").await;
        operator.screen().slow_down(Duration::ZERO);
        operator.press("q");
    })
    .await
    .unwrap();
}

/// Bytes that a slow line has to carry for one key, at 160×50; each frame in
/// one write. The rows are as full as those of a real fleet.
#[tokio::test(start_paused = true)]
async fn moving_and_scrolling_write_little() {
    operate_on((160, 50), full_rows(1_000), async |operator| {
        operator.press("2");
        operator.see("1000 agents").await;
        operator.see("attested").await;
        let cost = async |keys: &str| {
            operator.rest(1).await;
            let (draws, bytes) = operator.screen().counted();
            let writes = operator.screen().writes().len();
            operator.press(keys);
            operator.rest(1).await;
            let after = operator.screen().counted();
            assert_eq!((after.0 - draws, operator.screen().writes().len() - writes), (1, 1), "{keys}");
            after.1 - bytes
        };
        for key in ["j", "k"] {
            for _ in 0..42 {
                let written = cost(key).await;
                assert!((100..=600).contains(&written), "moving: {written} bytes");
            }
        }
        operator.press("ctrl-f");
        for (there, back) in [("j", "k"), ("k", "j")] {
            // To the last line or the first: from there on every line scrolls.
            for _ in 0..46 {
                operator.press(there);
                operator.rest(1).await;
            }
            let window = operator.screen().text();
            for _ in 0..20 {
                let written = cost(there).await;
                assert!((100..=1_000).contains(&written), "scrolling: {written} bytes");
            }
            assert_ne!(operator.screen().text().lines().nth(20), window.lines().nth(20), "nothing scrolled");
            operator.press(back);
        }
        operator.press("q");
    })
    .await
    .unwrap();
}
