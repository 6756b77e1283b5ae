//! How often the drawing thread asks for memory, counted: a frame of a large
//! fleet costs what is in sight.

use std::sync::Arc;

use allocation_counter::measure;
use ratatui::Terminal;

use super::crowd::{Hand, crowd};
use super::{evidence, policies};
use crate::console::draw;
use crate::console::terminal::FrameBackend;
use crate::console::test_fleet::{self, later};
use crate::console::theme::Theme;
use crate::console::widget::Targets;
use crate::console::{Message, Options};

/// What a frame may cost, with the update before it.
const MOST: u64 = 300;

const SIZE: (u16, u16) = (160, 50);

/// A hand on a console, and the terminal that it draws on.
struct Desk {
    hand: Hand,
    terminal: Terminal<FrameBackend<std::io::Sink>>,
    theme: Theme,
}

impl Desk {
    fn new(keys: &str) -> Self {
        let terminal = Terminal::new(FrameBackend::new(std::io::sink(), || Ok(SIZE))).unwrap();
        let mut desk =
            Self { hand: Hand::new(SIZE, crowd(0)), terminal, theme: Theme::built_in(true).unwrap() };
        desk.hand.press(keys);
        // The first frames fill what is kept.
        for key in ["j", "k"] {
            desk.press(key);
        }
        desk
    }

    /// Allocations of one message and its frame.
    fn tell(&mut self, message: Message) -> u64 {
        let (state, theme, terminal) = (&mut self.hand.state, &self.theme, &mut self.terminal);
        let mut effects = None;
        let counted = measure(|| {
            effects = Some(crate::console::update(state, message));
            let mut targets = Targets::default();
            terminal.draw(|frame| targets = draw(state, theme, frame.buffer_mut())).unwrap();
        });
        self.hand.arrange(effects.unwrap());
        counted.count_total
    }

    fn press(&mut self, key: &str) -> u64 {
        self.tell(Message::Key(key.parse().unwrap()))
    }
}

#[test]
fn frames_of_a_large_table_allocate_little() {
    let mut desk = Desk::new("2");
    for key in ["j", "k", "ctrl-d", "ctrl-f", "G", "k", "g", "s", "S", "s", "/", "7", "esc"] {
        let counted = desk.press(key);
        assert!(counted <= MOST, "{key}: {counted} allocations");
    }
    for picture in [1, 2, 1] {
        let snapshot = crowd(picture);
        let counted = desk.tell(Message::Snapshot { snapshot: Arc::clone(&snapshot), now: later(10) });
        assert!(counted <= MOST, "a picture: {counted} allocations");
    }
}

#[test]
fn frames_of_every_page_allocate_little() {
    for (keys, most) in [
        ("1", MOST),
        ("1 enter", MOST),
        ("2", MOST),
        ("2 enter", MOST),
        ("2 enter r", MOST),
        ("3", MOST),
        ("4", MOST),
        ("6", MOST),
        ("?", MOST),
        ("2 /", MOST),
        // A slip in the palette is compared with the name of every command.
        (":", 2 * MOST),
    ] {
        let mut desk = Desk::new(keys);
        for key in ["j", "j", "k"] {
            let counted = desk.press(key);
            assert!(counted <= most, "{keys}, {key}: {counted} allocations");
        }
    }
}

/// The pages of policies, with a million entries where there are any.
#[test]
fn frames_of_policies_allocate_little() {
    let open = |keys: &str| {
        let mut state = policies::lending(SIZE, 1_000_000);
        test_fleet::press(&mut state, keys);
        state
    };
    let states = [
        ("the table", policies::listed(SIZE)),
        ("the summary", open("")),
        ("the findings", open("l")),
        ("the digests", open("l l")),
        ("the excludes", open("l l l")),
        ("the keyrings", open("l l l l")),
        ("the metadata", open("l l l l l")),
        ("the metadata, judged", evidence::large(SIZE, 100_000)),
        ("the text", open("l l l l l l")),
        ("the trust store", policies::trusting(SIZE, Options::default())),
    ];
    for (name, state) in states {
        let mut desk = Desk::new("");
        desk.hand.state = state;
        for key in ["j", "k"] {
            desk.press(key);
        }
        for key in ["j", "j", "ctrl-f", "G", "k", "g", "g"] {
            let counted = desk.press(key);
            assert!(counted <= MOST, "{name}, {key}: {counted} allocations");
        }
    }
}

#[test]
fn a_command_that_is_written_allocates_little() {
    for written in ["s", "a", "g", "f"] {
        let mut desk = Desk::new("2");
        desk.press(":");
        let counted = desk.press(written);
        // A few texts for each of the commands that are offered.
        assert!(counted <= 2 * MOST, ":{written}: {counted} allocations");
    }
}
