//! What every page says where it is not whole: asking, denied, down, late.

use std::sync::Arc;

use serde_json::json;

use super::pages::{SIZES, at, screen, snapshot_of};
use super::picture::picture;
use crate::console::keymap::Keymap;
use crate::console::test_fleet::{agents, down, fleet, later, now, press, record, small_fleet, unasked};
use crate::console::{Message, update};
use crate::fleet::{Fleet, Input};
use crate::keylime::{AddressState, Failure};

/// A group that never let us in.
pub fn denied() -> Fleet {
    let mut fleet = small_fleet();
    let words = "it answered 403: Action forbidden for this client certificate";
    for address in [0, 1] {
        let failure = Failure::stay(AddressState::ClientCertificateRefused, words);
        fleet.apply(0, Input::AgentsFailed { address, failure }, now());
    }
    fleet.apply(0, Input::Lost, now());
    fleet
}

/// Groups of which no verifier answers.
pub fn unreachable() -> Fleet {
    let mut fleet = unasked();
    for group in 0..4 {
        for address in [0, 1] {
            fleet.apply(group, down(address, AddressState::Refused, "connection refused"), now());
        }
    }
    fleet
}

/// A group whose next answer is overdue.
pub fn late() -> Fleet {
    let mut fleet = small_fleet();
    fleet.apply(0, agents(0, json!({ "node": record(json!({})) }), 0.01), now());
    let other = json!({ "node": record(json!({ "operational_state": 9 })) });
    fleet.apply(0, agents(0, other, 0.01), now());
    fleet.apply(0, Input::Overdue, now());
    fleet
}

/// Every page in every state; several screens to a file.
#[test]
fn every_page_says_its_state() {
    for (state, fleet) in
        [("asking", unasked()), ("denied", denied()), ("down", unreachable()), ("late", late())]
    {
        let snapshot = snapshot_of(fleet);
        for (name, size) in SIZES {
            let screens = ["1", "1 enter", "2", "2 enter", "3"].map(|keys| {
                let mut shown = at(size, Arc::clone(&snapshot), keys);
                update(&mut shown, Message::Tick { now: later(45) });
                picture(&shown)
            });
            insta::assert_snapshot!(format!("{state}-{name}"), screens.join("\n"));
        }
    }
}

#[test]
fn a_page_that_cannot_be_filled_says_why_and_the_key_that_asks_again() {
    for (fleet, cause) in [(denied(), "does not let us in"), (unreachable(), "connection refused")] {
        let snapshot = snapshot_of(fleet);
        for keys in ["1", "1 enter", "2", "3"] {
            let shown = screen(&at((120, 40), Arc::clone(&snapshot), keys));
            // The feed of a fleet that was lost tells of that.
            if keys != "3" || shown.contains("Nothing can be learned") {
                assert!(shown.contains(cause) || shown.contains("403"), "{keys}\n{shown}");
            }
            assert!(shown.contains("ctrl-r asks again"), "{keys}\n{shown}");
        }
    }
}

/// The key is the keymap's, not a word of the page's.
#[test]
fn the_key_that_asks_again_is_the_operators_own() {
    let mut state = at((120, 40), snapshot_of(unreachable()), "2");
    let text = r#"bind = [{ keys = ["R"], command = "data.refresh", when = ["reading"] }]"#;
    state.keymap = Arc::new(Keymap::parse(text).unwrap());
    assert!(screen(&state).contains("R asks again"), "{}", screen(&state));
    state.keymap = Arc::new(Keymap::default());
    assert!(screen(&state).contains(":refresh asks again"), "{}", screen(&state));
}

#[test]
fn beside_a_full_table_a_group_that_fails_is_named() {
    let shown = screen(&at((160, 40), snapshot_of(fleet()), "2"));
    assert!(shown.contains("us-east: its certificate is from an unknown CA, ctrl-r asks again"), "{shown}");
    let mut state = at((120, 40), snapshot_of(late()), "2");
    update(&mut state, Message::Tick { now: later(45) });
    assert!(screen(&state).contains("one: last answer 40 s ago"), "{}", screen(&state));
    press(&mut state, "enter");
    assert!(screen(&state).contains("last answer 40 s ago; ctrl-r"), "{}", screen(&state));
}
