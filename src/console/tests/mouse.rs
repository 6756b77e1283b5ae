//! The mouse: what a click hits does what the keys do.

use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pages::screen;
use super::rig::operate;
use crate::console::outside::Request;
use crate::console::state::{Overlay, PageId, Size, State};
use crate::console::test_fleet::{self, fleet, press};
use crate::console::theme::Theme;
use crate::console::{Message, Options, draw, update};

fn state(keys: &str) -> State {
    let mut state = test_fleet::state(Options { mouse: true, ..Options::default() });
    press(&mut state, keys);
    state
}

fn mouse(kind: MouseEventKind, column: u16, row: u16) -> Event {
    Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

const PRESS: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// What the loop does: a place is looked up in the frame that was drawn.
fn happen(state: &mut State, event: &Event) {
    let theme = Theme::built_in(true).unwrap();
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.width, state.size.height));
    let targets = draw(state, &theme, &mut buffer);
    if let Some(message) = Message::from_event(event, &targets) {
        update(state, message);
    }
}

/// Where a text stands: column and line of its first character.
fn place(state: &State, text: &str) -> (u16, u16) {
    let shown = screen(state);
    let (row, line) =
        shown.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap_or_else(|| panic!("{shown}"));
    let column = line[..line.find(text).unwrap()].chars().count();
    (u16::try_from(column).unwrap(), u16::try_from(row).unwrap())
}

fn click(state: &mut State, text: &str) {
    let (column, row) = place(state, text);
    happen(state, &mouse(PRESS, column, row));
    happen(state, &mouse(MouseEventKind::Up(MouseButton::Left), column, row));
}

fn selected(state: &State) -> &str {
    state.agents.selected_row().unwrap().shown.as_str()
}

#[test]
fn a_click_selects_a_row_and_the_second_opens_it() {
    let mut state = state("2");
    click(&mut state, "node-03");
    assert_eq!((selected(&state), state.overlay.is_none()), ("node-03", true));
    click(&mut state, "node-03");
    assert!(
        matches!(&state.overlay, Some(Overlay::Detail(detail)) if detail.agent.shown.as_str() == "node-03")
    );
    press(&mut state, "esc");
    click(&mut state, "node-03");
    assert!(state.overlay.is_none(), "a key in between makes it a first click");
}

#[test]
fn beside_the_table_the_details_follow_the_click() {
    let mut state = state("2 enter");
    state.size = Size { width: 160, height: 40 };
    click(&mut state, "✗ failed      node-12");
    assert!(
        matches!(&state.overlay, Some(Overlay::Detail(detail)) if detail.agent.shown.as_str() == "node-12")
    );
    assert_eq!(selected(&state), "node-12");
}

#[test]
fn tabs_titles_groups_and_hints() {
    let mut state = state("1");
    click(&mut state, "3 Events");
    assert_eq!(state.page, PageId::Events);
    click(&mut state, "2 Agents");
    assert_eq!(state.page, PageId::Agents);
    click(&mut state, "AGE");
    assert_eq!(state.agents.sort().key.name(), "agent", "AGENT is the first that holds AGE");
    click(&mut state, "  AGE");
    click(&mut state, "AGENT ↓");
    assert_eq!((state.agents.sort().key.name(), state.agents.sort().is_reversed), ("agent", true));
    click(&mut state, "? help");
    assert!(matches!(state.overlay, Some(Overlay::Help(_))));
    press(&mut state, "esc 1");
    click(&mut state, "eu-west   ◆");
    assert_eq!(&*state.overview.selected(&state.snapshot).unwrap().name, "eu-west");
    click(&mut state, "eu-west   ◆");
    assert!(screen(&state).contains("pull: the verifiers ask the agents"), "{}", screen(&state));
}

#[test]
fn the_wheel_scrolls_and_the_selection_stays_in_sight() {
    let mut state = state("2");
    state.size = Size { width: 80, height: 13 };
    let wheel = mouse(MouseEventKind::ScrollDown, 5, 8);
    happen(&mut state, &wheel);
    assert_eq!((state.agents.offset(), state.agents.place()), (3, Some(3)));
    happen(&mut state, &mouse(MouseEventKind::ScrollUp, 5, 8));
    assert_eq!((state.agents.offset(), state.agents.place()), (0, Some(3)));
    press(&mut state, "?");
    happen(&mut state, &wheel);
    assert_eq!(state.overlay.as_ref().map(Overlay::scroll), Some(3));
}

#[test]
fn over_a_palette_a_filter_and_a_question() {
    let mut state = state("2 : s o r t");
    click(&mut state, "sort.reverse");
    assert_eq!(state.palette.as_ref().map(|palette| palette.line().text()).as_deref(), Some("sort.reverse"));
    click(&mut state, "sort.reverse");
    assert!(state.palette.is_none() && state.agents.sort().is_reversed);
    press(&mut state, ":");
    click(&mut state, "1 Overview");
    assert_eq!((state.palette.is_none(), state.page), (true, PageId::Agents), "aside closes, and no more");
    press(&mut state, "/ n o d e - 0");
    click(&mut state, "node-02");
    assert_eq!((state.line.is_none(), selected(&state)), (true, "node-02"));
    assert_eq!(state.agents.filter().to_string(), "node-0");
}

#[test]
fn it_is_left_to_the_terminal_by_a_key() {
    let mut state = state("2");
    let effects = update(&mut state, Message::Key("M".parse().unwrap()));
    assert_eq!(effects.requests, [Request::Mouse { is_ours: false }]);
    assert!(
        screen(&state).contains("the mouse selects text in the terminal; M or :mouse"),
        "{}",
        screen(&state)
    );
    let effects = update(&mut state, Message::Key("M".parse().unwrap()));
    assert_eq!(effects.requests, [Request::Mouse { is_ours: true }]);
}

/// Through the loop: the frame that is in sight decides.
#[tokio::test(start_paused = true)]
async fn clicks_are_looked_up_in_the_frame_in_sight() {
    operate(fleet(), async |operator| {
        operator.see("12 agents in 4 groups").await;
        operator.send(mouse(PRESS, 28, 0));
        operator.see("VERDICT").await;
        operator.rest(1).await;
        let before = operator.screen().counted();
        operator.send(mouse(MouseEventKind::Moved, 3, 9));
        operator.send(mouse(MouseEventKind::Up(MouseButton::Left), 3, 9));
        operator.send(mouse(PRESS, 3, 2));
        operator.rest(1).await;
        assert_eq!(operator.screen().counted(), before, "a click on nothing drew");
        operator.send(mouse(PRESS, 3, 9));
        operator.rest(1).await;
        assert!(operator.screen().counted() > before);
        operator.press("q");
    })
    .await
    .unwrap();
}
