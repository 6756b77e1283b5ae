//! What the pages look like.

use std::sync::{Arc, OnceLock};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picture::picture;
use crate::console::state::{Size, State};
use crate::console::test_fleet::{self, fleet, now, press, small_fleet};
use crate::console::theme::Theme;
use crate::console::{Message, Options, draw, update};
use crate::fleet::{Fleet, Snapshot};

/// The sizes at which every page is pictured.
pub const SIZES: [(&str, (u16, u16)); 3] =
    [("80x24", (80, 24)), ("120x40", (120, 40)), ("200x60", (200, 60))];

pub fn screen(state: &State) -> String {
    text_of(&drawn(state, true))
}

/// What the cells hold, line by line.
pub fn text_of(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width.max(1));
    let mut text = String::new();
    for line in buffer.content.chunks(width) {
        let mut skipped = 0;
        let mut shown = String::new();
        for cell in line {
            if skipped > 0 {
                skipped -= 1;
                continue;
            }
            shown.push_str(cell.symbol());
            skipped = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
        }
        text.push_str(shown.trim_end());
        text.push('\n');
    }
    text
}

pub fn drawn(state: &State, colour: bool) -> Buffer {
    static THEMES: OnceLock<[Theme; 2]> = OnceLock::new();
    let [plain, coloured] =
        THEMES.get_or_init(|| [false, true].map(|colour| Theme::built_in(colour).unwrap()));
    let theme = if colour { coloured } else { plain };
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.width, state.size.height));
    draw(state, theme, &mut buffer);
    buffer
}

pub fn at(size: (u16, u16), snapshot: Arc<Snapshot>, keys: &str) -> State {
    let options = Options { title: "demo".to_owned(), colour: true, ..Options::default() };
    let size = Size { width: size.0, height: size.1 };
    let mut state = State::new(options, size, snapshot, now()).unwrap();
    press(&mut state, keys);
    state
}

pub fn snapshot_of(mut fleet: Fleet) -> Arc<Snapshot> {
    Arc::new(fleet.snapshot())
}

#[test]
fn pages_at_two_sizes() {
    for (name, size) in SIZES {
        for (page, keys) in [
            ("overview", "1"),
            ("overview-down", "1 j"),
            ("agents", "2"),
            ("agents-filtered", "2 / n o d e - 0 ctrl-n ctrl-n enter"),
            ("agents-mistake", "2 / v e r d i c t = f a i l d"),
            ("agents-nothing", "2 / x y z"),
            ("detail", "2 / 0 2 enter enter"),
            ("detail-end", "2 / 0 2 enter enter G"),
            ("detail-json", "2 / 0 2 enter enter r"),
            ("help", "?"),
        ] {
            let state = at(size, test_fleet::snapshot(), keys);
            insta::assert_snapshot!(format!("{page}-{name}"), picture(&state));
        }
    }
}

#[test]
fn before_any_answer_and_without_groups_or_agents() {
    let asking = snapshot_of(Fleet::new(2, 60, [plan("eu-west"), plan("us-east")]));
    let nothing = snapshot_of(Fleet::new(1, 60, []));
    let mut empty = small_fleet();
    empty.apply(0, test_fleet::agents(0, serde_json::json!({}), 0.01), now());
    let empty = snapshot_of(empty);
    for (name, size) in SIZES {
        for (state, snapshot) in [("asking", &asking), ("no-groups", &nothing), ("no-agents", &empty)] {
            let pages = ["1", "1 enter", "2", "3"].map(|keys| picture(&at(size, Arc::clone(snapshot), keys)));
            insta::assert_snapshot!(format!("{state}-{name}"), pages.join("\n"));
        }
    }
}

fn plan(name: &str) -> crate::fleet::GroupPlan {
    let address = (crate::keylime::AddressRole::Verifier, "https://10.0.0.1:8881".to_owned());
    crate::fleet::GroupPlan { name: name.to_owned(), addresses: vec![address] }
}

#[test]
fn badges_notices_and_small_terminals() {
    let options = Options {
        read_only: true,
        title: "/home/operator/a/very/long/path/to/some/limescope.toml".to_owned(),
        notice: Some("No configuration: this is the embedded demo.".to_owned()),
        ..Options::default()
    };
    let mut state = test_fleet::state(options);
    let shown = screen(&state);
    assert!(shown.lines().next().unwrap().ends_with("read-only"), "{shown}");
    assert!(shown.ends_with("No configuration: this is the embedded demo.\n"), "{shown}");
    press(&mut state, "j");
    assert!(screen(&state).contains("q quit"), "{}", screen(&state));
    update(&mut state, Message::Resize(Size { width: 100, height: 24 }));
    let shown = screen(&state);
    assert!(shown.lines().next().unwrap().contains('…'), "{shown}");
    assert!(shown.lines().next().unwrap().starts_with(" limescope"), "{shown}");
    update(&mut state, Message::Resize(Size { width: 30, height: 5 }));
    assert!(screen(&state).starts_with("limescope needs 40 x 10"), "{}", screen(&state));
}

#[test]
fn ascii_screens_hold_nothing_but_ascii() {
    for keys in ["1", "1 enter", "3", "4", "2 enter r", "2", "2 G enter", "?", "? / e enter", "2 / \"", "g"] {
        let mut state = test_fleet::state(Options { ascii: true, ..Options::default() });
        press(&mut state, keys);
        let shown = screen(&state);
        assert!(shown.is_ascii(), "{shown}");
    }
}

#[test]
fn hostile_text_reaches_no_cell() {
    for size in [(80, 24), (120, 40)] {
        for keys in ["2", "2 / g p j enter enter"] {
            let shown = screen(&at(size, snapshot_of(fleet()), keys));
            assert!(!shown.contains('\u{202e}'), "{shown}");
            assert!(shown.contains("\\u{202e}"), "{shown}");
        }
    }
}

#[test]
fn without_colour_nothing_is_coloured() {
    for keys in ["1", "2", "2 enter", "?"] {
        let state = at((120, 40), test_fleet::snapshot(), keys);
        for cell in &drawn(&state, false).content {
            assert_eq!((cell.fg, cell.bg), (ratatui::style::Color::Reset, ratatui::style::Color::Reset));
        }
    }
}

#[test]
fn what_is_out_of_sight_is_said() {
    let low = |keys: &str| screen(&at((60, 12), test_fleet::snapshot(), keys));
    let overview = low("1");
    assert!(overview.contains("12 agents in 4 groups, 1 in sight"), "{overview}");
    assert!(overview.contains(" more lines: make the terminal taller"), "{overview}");
    let help = low("?");
    assert!(help.contains("lines 1 to 9 of "), "{help}");
    let tall = screen(&at((100, 400), test_fleet::snapshot(), "?"));
    assert!(!tall.contains("lines 1 to"), "{tall}");
}
