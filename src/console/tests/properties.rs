//! What holds whatever happens in whatever order.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use serde_json::json;

use super::pages::{drawn, screen};
use crate::console::keymap::{self, Key, Keymap};
use crate::console::state::{PageId, Size};
use crate::console::test_fleet::{self, agents, fleet, large, later, now, press, record, unasked};
use crate::console::{Message, Options, update};
use crate::fleet::{Input, Snapshot};

/// Pictures of one configuration to choose from: empty, alike, other, large.
fn pictures() -> &'static [Arc<Snapshot>] {
    static PICTURES: OnceLock<Vec<Arc<Snapshot>>> = OnceLock::new();
    PICTURES.get_or_init(|| {
        let mut pictures = vec![Arc::new(unasked().snapshot())];
        let mut fleet = fleet();
        pictures.push(Arc::new(fleet.snapshot()));
        fleet.apply(1, Input::Overdue, now());
        pictures.push(Arc::new(fleet.snapshot()));
        let steady = json!({ "node-10": record(json!({ "attestation_count": 7 })) });
        fleet.apply(1, agents(1, steady, 0.02), now());
        pictures.push(Arc::new(fleet.snapshot()));
        fleet.apply(1, agents(1, json!({}), 0.02), now());
        pictures.push(Arc::new(fleet.snapshot()));
        for salt in 0..2 {
            fleet.apply(0, large(120, salt), now());
            pictures.push(Arc::new(fleet.snapshot()));
        }
        pictures.push(Arc::new(super::events::eventful().snapshot()));
        pictures
    })
}

fn keys() -> Vec<Key> {
    let keymap = Keymap::parse(keymap::BUILT_IN).unwrap();
    let bound = keymap.rows().iter().flat_map(|row| row.keys.iter().flatten().copied());
    // Without quitting: nothing comes after it.
    let written = "vedict=fal!\" xé東\u{301}".chars().map(Key::character);
    bound.filter(|key| !["q", "ctrl-c"].contains(&key.to_string().as_str())).chain(written).collect()
}

/// A message that can be printed in a line.
#[derive(Clone, Copy, Debug)]
enum Step {
    Press(Key),
    Picture(usize, i64),
    Resize(u16, u16),
    Tick(i64),
    End,
}

impl Step {
    fn message(self) -> Message {
        match self {
            Self::Press(key) => Message::Key(key),
            Self::Picture(number, seconds) => {
                Message::Snapshot { snapshot: Arc::clone(&pictures()[number]), now: later(seconds) }
            }
            Self::Resize(width, height) => Message::Resize(Size { width, height }),
            Self::Tick(seconds) => Message::Tick { now: later(seconds) },
            Self::End => Message::SnapshotsEnded,
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::sample::select(keys()).prop_map(Step::Press),
        2 => (0..pictures().len(), 0i64..300).prop_map(|(number, now)| Step::Picture(number, now)),
        1 => (1u16..150, 1u16..50).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => (0i64..5_000).prop_map(Step::Tick),
        1 => Just(Step::End),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any order of messages: no panic, the selection stays in sight, and what
    /// is not drawn again would look the same.
    #[test]
    fn any_order_of_messages(steps in prop::collection::vec(step(), 1..60)) {
        let mut state = test_fleet::state(Options::default());
        let mut shown = drawn(&state, true);
        for step in steps {
            let effects = update(&mut state, step.message());
            let would_show = drawn(&state, true);
            prop_assert!(
                effects.redraw || shown == would_show,
                "not drawn after {step:?}:\n{}", screen(&state)
            );
            shown = would_show;
            let height = state.size.table_height();
            if let (Some(place), true) = (state.agents.place(), height > 0 && state.page == PageId::Agents) {
                let offset = state.agents.offset();
                prop_assert!(offset <= place && place < offset + height, "{} {} {}", offset, place, height);
            }
        }
    }

    /// The selected agent stays selected as long as it is shown.
    #[test]
    fn the_selection_follows_identity(
        moves in 0usize..40,
        keys in prop::collection::vec(prop::sample::select(vec!["s", "S"]), 0..6),
        picture in 5usize..7,
    ) {
        let mut state = test_fleet::state(Options::default());
        update(&mut state, Message::Snapshot { snapshot: Arc::clone(&pictures()[5]), now: now() });
        press(&mut state, "2");
        for _ in 0..moves {
            press(&mut state, "j");
        }
        let selected = state.agents.selected_row(&state.snapshot).unwrap().id.clone();
        for key in keys {
            press(&mut state, key);
            update(&mut state, Message::Snapshot { snapshot: Arc::clone(&pictures()[picture]), now: now() });
            prop_assert_eq!(&state.agents.selected_row(&state.snapshot).unwrap().id, &selected);
        }
    }
}

#[test]
fn no_size_panics_a_page() {
    let widths = (1..=12).chain(38..=44).chain(58..=62).chain(78..=82).chain(108..=112).chain([200, 500]);
    let heights = [1, 2, 3, 4, 9, 10, 11, 12, 24, 60, 200];
    for width in widths {
        for height in heights {
            for keys in [
                "1",
                "1 enter G",
                "2",
                "3",
                "3 G",
                "4",
                "2 enter r G",
                "2 G enter",
                "2 / a ! =",
                "?",
                "? G",
                "g",
            ] {
                let mut state = test_fleet::state(Options::default());
                press(&mut state, keys);
                update(&mut state, Message::Resize(Size { width, height }));
                drawn(&state, true);
            }
        }
    }
}
