//! The Log page: what it shows, that it follows, and that it costs nothing while
//! nothing new is in sight.

use super::pages::{at, screen};
use super::rig::operate;
use crate::console::test_fleet::{self, press};
use crate::console::{Message, State, update};
use crate::files::log::LogRing;

fn filled() -> LogRing {
    let ring = LogRing::default();
    for (second, record) in [
        "INFO  tasks::follow: following 4 groups",
        "WARN  tasks::asker: group=eu-west the verifier answers slowly",
        "ERROR tasks::follow: group=lab its key cannot be read: permission denied",
        "INFO  tasks::asker: group=us-east address=https://10.3.0.1:8881 down",
    ]
    .into_iter()
    .enumerate()
    {
        ring.push(&format!("2026-11-21T12:00:0{second}.125Z {record}"));
    }
    ring
}

fn shown(size: (u16, u16), keys: &str) -> State {
    let mut state = at(size, test_fleet::snapshot(), "4");
    update(&mut state, Message::Log(filled().picture()));
    press(&mut state, keys);
    state
}

#[test]
fn in_its_states_at_every_size() {
    for (name, size) in [("80x24", (80, 24)), ("120x40", (120, 40)), ("200x60", (200, 60))] {
        insta::assert_snapshot!(format!("log-ready-{name}"), screen(&shown(size, "")));
    }
    insta::assert_snapshot!("log-errors-80x24", screen(&shown((80, 24), "l l")));
    insta::assert_snapshot!("log-empty-80x24", screen(&at((80, 24), test_fleet::snapshot(), "4")));
}

#[tokio::test(start_paused = true)]
async fn records_are_shown_as_they_come_and_only_on_their_page() {
    operate(test_fleet::small_fleet(), async |operator| {
        operator.log.push("2026-11-21T12:00:00.000Z INFO  room: before");
        operator.rest(1).await;
        let before = operator.screen().counted();
        operator.log.push("2026-11-21T12:00:01.000Z INFO  room: elsewhere");
        operator.rest(60).await;
        assert_eq!(operator.screen().counted(), before, "a record drew on another page");
        operator.press("4");
        operator.see("elsewhere").await;
        assert!(operator.screen().text().contains("before"));
        operator.log.push("2026-11-21T12:00:02.000Z WARN  room: newest");
        operator.see("newest").await;
        operator.press("l");
        operator.see_no("elsewhere").await;
        operator.rest(1).await;
        let before = operator.screen().counted();
        for _ in 0..100 {
            operator.log.push("2026-11-21T12:00:03.000Z INFO  room: hidden by the level");
            operator.rest(1).await;
        }
        assert_eq!(operator.screen().counted(), before, "a hidden record drew");
        operator.press("q");
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_records_is_drawn_at_the_frames_pace() {
    operate(test_fleet::small_fleet(), async |operator| {
        operator.press("4");
        operator.see("Nothing was logged").await;
        let before = operator.screen().draws();
        for number in 0..1_000 {
            operator.log.push(&format!("2026-11-21T12:00:00.000Z INFO  room: number {number}"));
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        operator.see("number 999").await;
        let draws = operator.screen().draws() - before;
        assert!((50..=64).contains(&draws), "{draws} draws");
        operator.press("q");
    })
    .await
    .unwrap();
}
