//! What holds whatever happens in whatever order.

use std::sync::{Arc, OnceLock};

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::json;

use super::crowd::{Hand, many};
use super::pages::{drawn, screen};
use super::{evidence_fakes, policy_fakes};
use crate::console::filter::Matcher;
use crate::console::keymap::{self, Key, Keymap};
use crate::console::state::{
    AT_ONCE, Arrange, Mouse, PageId, PolicyList, PolicyNews, Progress, Size, State, Tone, TrustPicture,
};
use crate::console::test_fleet::{
    self, agents, fleet, large, later, now, press, record, small_fleet, unasked,
};
use crate::console::theme::Theme;
use crate::console::widget::{Target, Targets};
use crate::console::{Message, Options, draw, update};
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
        // Large ones, whose rows are arranged elsewhere.
        for salt in 0..2 {
            fleet.apply(0, many(AT_ONCE + 100 + salt, salt), now());
            pictures.push(Arc::new(fleet.snapshot()));
        }
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
    /// The answer to one of the wishes so far, counted from the newest.
    Arranged(usize),
    /// That wish will not be answered.
    NotArranged(u64),
    StillArranging,
    /// Something that the terminal tells.
    Told(usize),
    Edited(&'static str),
    Click(u16, u16),
    Wheel(bool),
    /// Something about policies comes back: of one of the last wishes.
    Policies(usize, u64),
    End,
}

/// What may come back of a wish about policies.
fn news(number: usize, generation: u64) -> PolicyNews {
    match number {
        0 => PolicyNews::Listed { generation, list: policy_fakes::list(), is_whole: true },
        1 => PolicyNews::Listed { generation, list: PolicyList::default(), is_whole: false },
        2 => {
            let progress = Progress { step: "reading", done: generation, total: 9 };
            PolicyNews::Working { generation, progress }
        }
        3 => PolicyNews::Opened { generation, opened: Ok(policy_fakes::policy("/a/policy", 1_000)) },
        4 => PolicyNews::Opened { generation, opened: Ok(policy_fakes::policy("/a/small one", 2)) },
        5 => PolicyNews::Opened { generation, opened: Err("no such file".to_owned()) },
        6 => PolicyNews::Found { generation, rows: [0, 1].into() },
        7 => PolicyNews::Found { generation, rows: [].into() },
        8 => PolicyNews::Explained { generation, lines: vec![(Tone::Warn, "/tmp".to_owned())] },
        9 => PolicyNews::Compared { generation, compared: Ok(policy_fakes::comparison(30)) },
        10 => PolicyNews::Compared { generation, compared: Err("it is none".to_owned()) },
        11 => PolicyNews::Trust { generation, trust: Ok(TrustPicture::default()), done: None },
        12 => PolicyNews::Trust { generation, trust: Err("unreadable".to_owned()), done: None },
        13 => PolicyNews::Key { generation, key: Err("no key".to_owned()) },
        14 => PolicyNews::Signed(Ok("signed".to_owned())),
        15 => evidence_fakes::judged(generation, 0..3, 10, None),
        16 => evidence_fakes::judged(generation, 3..200, 200, None),
        17 => evidence_fakes::judged(generation, 0..100, 100, Some(Ok(()))),
        18 => evidence_fakes::judged(generation, 0..1, 100, Some(Err("no root".to_owned()))),
        19 => PolicyNews::Examined { generation, examined: Ok(Arc::new(evidence_fakes::explanation())) },
        20 => PolicyNews::Examined { generation, examined: Err("unreadable".to_owned()) },
        21 => PolicyNews::Exported(Ok("written".to_owned())),
        22 => PolicyNews::Required { generation, required: Ok(("/a/new one".to_owned(), "done".to_owned())) },
        _ => PolicyNews::Ended { generation },
    }
}

/// What a terminal may tell beside keys and sizes.
fn told(number: usize) -> Event {
    let mouse = |kind| MouseEvent { kind, column: 500, row: 7, modifiers: KeyModifiers::NONE };
    match number {
        0 => Event::FocusGained,
        1 => Event::FocusLost,
        2 => Event::Paste("q\u{1b}[2J\u{202e}\nverdict=".to_owned()),
        3 => Event::Mouse(mouse(MouseEventKind::Down(MouseButton::Left))),
        4 => Event::Mouse(mouse(MouseEventKind::ScrollDown)),
        _ => Event::Mouse(mouse(MouseEventKind::Moved)),
    }
}

impl Step {
    fn message(self, wishes: &[Arrange], targets: &Targets, generation: u64) -> Option<Message> {
        Some(match self {
            Self::Click(column, row) => {
                let target = targets.at(column, row).cloned();
                Message::Mouse(Mouse::Click(target.unwrap_or(Target::Nothing)))
            }
            Self::Wheel(is_down) => Message::Mouse(Mouse::Wheel { is_down }),
            Self::Arranged(number) => {
                let wish = wishes.iter().rev().nth(number)?.clone();
                Message::Arranged(Arc::new(wish.carry_out(|| false)?))
            }
            Self::NotArranged(generation) => Message::NotArranged { generation },
            Self::StillArranging => Message::StillArranging,
            Self::Told(number) => Message::from_event(&told(number), targets)?,
            Self::Edited(text) => Message::Edited(text.to_owned()),
            Self::Press(key) => Message::Key(key),
            Self::Picture(number, seconds) => {
                Message::Snapshot { snapshot: Arc::clone(&pictures()[number]), now: later(seconds) }
            }
            Self::Resize(width, height) => Message::Resize(Size { width, height }),
            Self::Tick(seconds) => Message::Tick { now: later(seconds) },
            Self::Policies(number, back) => Message::Policies(news(number, generation.saturating_sub(back))),
            Self::End => Message::SnapshotsEnded,
        })
    }
}

/// What the mouse can hit of a state's frame.
fn targets(state: &State) -> Targets {
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.width, state.size.height));
    static THEME: OnceLock<Theme> = OnceLock::new();
    draw(state, THEME.get_or_init(|| Theme::built_in(true).unwrap()), &mut buffer)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::sample::select(keys()).prop_map(Step::Press),
        2 => (0..pictures().len(), 0i64..300).prop_map(|(number, now)| Step::Picture(number, now)),
        1 => (1u16..150, 1u16..50).prop_map(|(width, height)| Step::Resize(width, height)),
        1 => (0i64..5_000).prop_map(Step::Tick),
        2 => (0usize..3).prop_map(Step::Arranged),
        1 => prop_oneof![
            (0u64..20).prop_map(Step::NotArranged),
            Just(Step::StillArranging),
            (0usize..6).prop_map(Step::Told),
            prop::sample::select(vec!["", "verdict=failed", "0001", "verdict=f", "~("]).prop_map(Step::Edited),
        ],
        2 => (0u16..80, 0u16..24).prop_map(|(column, row)| Step::Click(column, row)),
        1 => any::<bool>().prop_map(Step::Wheel),
        3 => (0usize..24, 0u64..3).prop_map(|(number, back)| Step::Policies(number, back)),
        1 => Just(Step::End),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any order of messages: no panic, the selection stays in sight, and what
    /// is not drawn again would look the same.
    #[test]
    fn any_order_of_messages(start in 0usize..6, steps in prop::collection::vec(step(), 1..60)) {
        let mut state = match start {
            0 => super::policies::listed((80, 24)),
            1 => super::policies::open((80, 24), 1_000),
            2 => super::evidence::whole((80, 24)),
            3 => super::evidence::explained((80, 24)),
            _ => test_fleet::state(Options::default()),
        };
        let mut shown = drawn(&state, true);
        let mut wishes = Vec::new();
        for step in steps {
            let generation = state.policies.last_generation_of_tests();
            let Some(message) = step.message(&wishes, &targets(&state), generation) else { continue };
            let effects = update(&mut state, message);
            wishes.extend(effects.arrange);
            let would_show = drawn(&state, true);
            prop_assert!(
                effects.redraw || shown == would_show,
                "not drawn after {step:?}:\n{}", screen(&state)
            );
            shown = would_show;
            // What is kept of an overlay's lines is what would be made now.
            prop_assert_eq!(&*state.overlay_lines(), &*state.made_overlay_lines());
            let height = state.size.table_height();
            if let (Some(place), true) = (state.agents.place(), height > 0 && state.page == PageId::Agents) {
                let offset = state.agents.offset();
                prop_assert!(offset <= place && place < offset + height, "{} {} {}", offset, place, height);
            }
        }
        // Whatever happened: as soon as the newest wish is answered, nothing waits.
        while let Some(wish) = wishes.pop() {
            let message = Message::Arranged(Arc::new(wish.carry_out(|| false).unwrap()));
            wishes.clear();
            wishes.extend(update(&mut state, message).arrange);
        }
        prop_assert!(state.page != PageId::Agents || !state.agents.is_waiting());
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
        let selected = state.agents.selected_row().unwrap().id.clone();
        for key in keys {
            press(&mut state, key);
            update(&mut state, Message::Snapshot { snapshot: Arc::clone(&pictures()[picture]), now: now() });
            prop_assert_eq!(&state.agents.selected_row().unwrap().id, &selected);
        }
    }
}

/// What the operator and the fleet do to the rows.
#[derive(Clone, Debug)]
enum Turn {
    Sort,
    Reverse,
    Filter(usize),
    /// There are other agents beside the selected one; it is there or not.
    Agents(Vec<bool>, bool),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        Just(Turn::Sort),
        Just(Turn::Reverse),
        (0usize..4).prop_map(Turn::Filter),
        (prop::collection::vec(any::<bool>(), 20), prop::bool::weighted(0.8))
            .prop_map(|(others, is_there)| Turn::Agents(others, is_there)),
    ]
}

/// Some of twenty agents; of a large fleet many others stand behind them.
fn some_of(present: &[bool], is_large: bool) -> Arc<Snapshot> {
    let mut fleet = small_fleet();
    let states = [3, 9, 3, 7, 8];
    let some = present.iter().enumerate().filter(|(_, is_there)| **is_there);
    let records: serde_json::Map<_, _> = some
        .map(|(number, _)| {
            let fields = json!({ "operational_state": states[number % states.len()] });
            (format!("-a-{number:02}"), record(fields))
        })
        .collect();
    let Input::Agents(mut few) = agents(0, records.into(), 0.01) else { panic!() };
    if let (true, Input::Agents(more)) = (is_large, many(AT_ONCE + 1, 0)) {
        few.content.as_mut().unwrap().extend(more.content.unwrap());
    }
    fleet.apply(0, Input::Agents(few), now());
    Arc::new(fleet.snapshot())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Through sort, filter, insert and delete the agent that the operator went
    /// to is selected whenever it is shown, whether the rows come at once or
    /// from elsewhere.
    #[test]
    fn the_selection_follows_identity_through_everything(
        is_large in any::<bool>(),
        moves in 0usize..15,
        turns in prop::collection::vec(turn(), 1..12),
    ) {
        let mut hand = Hand::new((80, 24), some_of(&[true; 20], is_large));
        hand.press("2");
        // Those that failed come first, so the first rows are of the twenty.
        hand.press(&"j ".repeat(moves.min(7)));
        let wanted = hand.state.agents.selected_row().unwrap().id.clone();
        let number: usize = wanted.raw().trim_start_matches("-a-").parse().unwrap();
        for turn in turns {
            let message = match turn {
                Turn::Sort => Message::Key("s".parse().unwrap()),
                Turn::Reverse => Message::Key("S".parse().unwrap()),
                Turn::Filter(which) => {
                    Message::Edited(["", "verdict=failed", "!verdict=failed", "id=a-1"][which].to_owned())
                }
                Turn::Agents(mut others, is_there) => {
                    others[number] = is_there;
                    Message::Snapshot { snapshot: some_of(&others, is_large), now: now() }
                }
            };
            let effects = update(&mut hand.state, message);
            hand.arrange(effects);
            let state = &hand.state;
            let matcher = Matcher::new(state.agents.filter(), &state.snapshot.groups);
            let is_shown = state.agent(&wanted).is_some_and(|agent| matcher.matches(agent));
            let selected = state.agents.selected_row().map(|agent| &agent.id);
            prop_assert!(!is_shown || selected == Some(&wanted), "{selected:?} and not {wanted:?}");
            prop_assert_eq!(selected.is_none(), state.agents.is_empty());
        }
    }
}

/// Every page, with something over it or being written.
const PAGES: [&str; 16] = [
    "1",
    "1 enter G",
    "2",
    "3",
    "3 G",
    "3 enter",
    "4",
    "2 enter r G",
    "2 G enter",
    "2 / a ! =",
    "?",
    "? G",
    "g",
    ":",
    ": s o r t",
    "2 f s S",
];

fn fits(states: &[State], width: u16, height: u16) {
    for state in states {
        let mut state = state.clone();
        update(&mut state, Message::Resize(Size { width, height }));
        drawn(&state, true);
    }
}

fn states() -> Vec<State> {
    let snapshot = Arc::new(super::events::eventful().snapshot());
    let pages = PAGES.iter().map(|keys| super::pages::at((80, 24), Arc::clone(&snapshot), keys));
    let parts = (0..8).map(|right| {
        let mut state = super::policies::compared((80, 24), 1_000);
        press(&mut state, &"l ".repeat(right));
        state
    });
    let size = (80, 24);
    let others = [super::policies::listed(size), super::policies::trusting(size, Options::default())];
    pages.chain(parts).chain(others).collect()
}

/// Sizes at which something changes its shape: always all of them.
#[test]
fn no_odd_size_panics_a_page() {
    let states = states();
    let widths = [1, 2, 3, 12, 39, 40, 41, 59, 60, 79, 80, 109, 110, 149, 150, 500];
    for width in widths {
        for height in [1, 2, 3, 4, 9, 10, 11, 12, 30, 31, 200] {
            fits(&states, width, height);
        }
    }
}

/// All others: a sample of them.
#[test]
fn no_size_panics_a_page() {
    let states = states();
    proptest!(ProptestConfig::with_cases(96), |(width in 1u16..=500, height in 1u16..=200)| {
        fits(&states, width, height);
    });
}
