//! Whatever frames follow each other: the terminal shows the last one.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

use crate::console::terminal::FrameBackend;

/// What is seen of a blank too.
const SEEN_ON_BLANKS: [Modifier; 2] = [Modifier::REVERSED, Modifier::UNDERLINED];

/// A terminal that tells what it shows, and how many bytes came.
#[derive(Clone)]
struct Shown(Rc<(RefCell<vt100::Parser>, Cell<usize>)>);

impl Shown {
    fn new(width: u16, height: u16) -> Self {
        let [columns, lines] = [width, height].map(|cells| std::num::NonZero::new(cells).unwrap());
        Self(Rc::new((RefCell::new(vt100::Parser::new(lines, columns, 0)), Cell::new(0))))
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.borrow_mut().process(bytes);
        self.0.1.set(self.0.1.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A screen of lines of text that is drawn through the backend.
struct Desk {
    terminal: Terminal<FrameBackend<Shown>>,
    shown: Shown,
    size: Rc<Cell<(u16, u16)>>,
}

impl Desk {
    fn new(width: u16, height: u16) -> Self {
        let shown = Shown::new(width, height);
        let size = Rc::new(Cell::new((width, height)));
        let told = Rc::clone(&size);
        let backend = FrameBackend::new(shown.clone(), move || Ok(told.get()));
        Self { terminal: Terminal::new(backend).unwrap(), shown, size }
    }

    /// Draws a frame, compares what is shown with it, and gives its bytes.
    fn draw(&mut self, draw: impl FnOnce(&mut Buffer)) -> Result<usize, String> {
        let before = self.shown.0.1.get();
        let mut wanted = Buffer::default();
        self.terminal
            .draw(|frame| {
                draw(frame.buffer_mut());
                wanted = frame.buffer_mut().clone();
            })
            .unwrap();
        self.compare(&wanted)?;
        Ok(self.shown.0.1.get() - before)
    }

    fn compare(&self, wanted: &Buffer) -> Result<(), String> {
        let parser = self.shown.0.0.borrow();
        for y in 0..wanted.area.height {
            let mut x = 0;
            while x < wanted.area.width {
                let cell = &wanted[(x, y)];
                let is = parser.screen().cell(y, x).unwrap();
                let text = if is.has_contents() { is.contents() } else { " " };
                let is_bare = |effects: Modifier| {
                    text == " " && !SEEN_ON_BLANKS.iter().any(|one| effects.contains(*one))
                };
                let mut effects = Modifier::empty();
                for (is_set, effect) in [
                    (is.bold(), Modifier::BOLD),
                    (is.dim(), Modifier::DIM),
                    (is.italic(), Modifier::ITALIC),
                    (is.underline(), Modifier::UNDERLINED),
                    (is.inverse(), Modifier::REVERSED),
                ] {
                    effects.set(effect, is_set);
                }
                let look = |foreground, background, effects| match is_bare(effects) {
                    true => (vt100::Color::Default, background, Modifier::empty()),
                    false => (foreground, background, effects),
                };
                let seen = (text, look(is.fgcolor(), is.bgcolor(), effects));
                let meant = (cell.symbol(), look(colour(cell.fg), colour(cell.bg), cell.modifier));
                if seen != meant {
                    return Err(format!("column {x}, line {y}: {seen:?} and not {meant:?}"));
                }
                x += u16::try_from(cell.symbol().width()).unwrap().max(1);
            }
        }
        Ok(())
    }
}

fn colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::Gray => vt100::Color::Idx(7),
        Color::LightGreen => vt100::Color::Idx(10),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        other => panic!("{other} is in no test"),
    }
}

const COLOURS: [Color; 6] =
    [Color::Reset, Color::Red, Color::Gray, Color::LightGreen, Color::Indexed(200), Color::Rgb(20, 23, 28)];

fn any_style() -> impl Strategy<Value = Style> {
    let effects = [
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::REVERSED,
        Modifier::UNDERLINED,
        Modifier::ITALIC,
        Modifier::BOLD.union(Modifier::REVERSED),
    ];
    (
        prop::sample::select(COLOURS.to_vec()),
        prop::sample::select(COLOURS.to_vec()),
        prop::sample::select(effects.to_vec()),
    )
        .prop_map(|(foreground, background, effects)| {
            Style::new().fg(foreground).bg(background).add_modifier(effects)
        })
}

/// One change of what is to be shown.
#[derive(Clone, Debug)]
enum Change {
    /// A text somewhere; what it covers is first made blank.
    Text { x: u16, y: u16, text: String, style: Style },
    /// Lines move within some columns, and others come.
    Move { left: u16, columns: u16, top: u16, lines: u16, by: i16, fill: String },
    /// A stretch takes another style.
    Restyle { x: u16, y: u16, columns: u16, style: Style },
    /// Everything has another background.
    Page(Color),
    /// Somebody wrote on the terminal, and it is cleared.
    Clear,
    /// The terminal has another size.
    Size(u16, u16),
}

const SIZE: (u16, u16) = (50, 14);

fn any_change() -> impl Strategy<Value = Change> {
    let text = "[a-z é…─✓東京]{0,30}";
    let (x, y) = (0..SIZE.0, 0..SIZE.1);
    let moved = (
        prop::sample::select(vec![(0, 50), (0, 50), (0, 24), (25, 25), (3, 40)]),
        0..6u16,
        4..14u16,
        prop::sample::select(vec![-9i16, -3, -2, -1, -1, 1, 1, 2, 3, 9]),
        text,
    );
    prop_oneof![
        4 => (x.clone(), y.clone(), text, any_style())
            .prop_map(|(x, y, text, style)| Change::Text { x, y, text, style }),
        6 => moved.prop_map(|((left, columns), top, lines, by, fill)| {
            Change::Move { left, columns, top, lines, by, fill }
        }),
        2 => (x, y, 0..50u16, any_style())
            .prop_map(|(x, y, columns, style)| Change::Restyle { x, y, columns, style }),
        1 => prop::sample::select(COLOURS.to_vec()).prop_map(Change::Page),
        1 => Just(Change::Clear),
        1 => (20..60u16, 5..16u16).prop_map(|(width, height)| Change::Size(width, height)),
    ]
}

/// Lines of text with their styles, which frames are drawn from: each place of
/// a line is a character of its own and takes its columns.
#[derive(Clone)]
struct Page {
    cells: Vec<Vec<(char, Style)>>,
    background: Color,
}

impl Page {
    fn new() -> Self {
        let line = |y: usize| -> Vec<_> {
            let text = format!("line {y} {}", "東 row é".repeat(y % 4));
            text.chars()
                .chain(std::iter::repeat(' '))
                .take(SIZE.0.into())
                .map(|one| (one, Style::new()))
                .collect()
        };
        Self { cells: (0..SIZE.1.into()).map(line).collect(), background: Color::Reset }
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Text { x, y, text, style } => {
                let line = self.cells[usize::from(*y)].iter_mut().skip(usize::from(*x));
                line.zip(text.chars()).for_each(|(cell, one)| *cell = (one, *style));
            }
            Change::Move { left, columns, top, lines, by, fill } => {
                let range = usize::from(*top)..usize::from(top + lines).min(self.cells.len());
                let stretch = usize::from(*left)..usize::from(left + columns);
                let old = self.cells.clone();
                for y in range.clone() {
                    let from = y.checked_add_signed(isize::from(*by)).filter(|from| range.contains(from));
                    for x in stretch.clone() {
                        let come = fill.chars().nth(x - stretch.start).unwrap_or(' ');
                        self.cells[y][x] = from.map_or((come, Style::new()), |from| old[from][x]);
                    }
                }
            }
            Change::Restyle { x, y, columns, style } => {
                let line = self.cells[usize::from(*y)].iter_mut().skip(usize::from(*x));
                line.take(usize::from(*columns)).for_each(|cell| cell.1 = *style);
            }
            Change::Page(colour) => self.background = *colour,
            Change::Clear | Change::Size(..) => {}
        }
    }

    fn draw(&self, buffer: &mut Buffer) {
        buffer.set_style(buffer.area, Style::new().bg(self.background));
        for (line, y) in self.cells.iter().zip(0..buffer.area.height) {
            let mut x = 0;
            for (one, style) in line {
                let style = match style.bg {
                    None | Some(Color::Reset) => style.bg(self.background),
                    Some(_) => *style,
                };
                if x < buffer.area.width {
                    x = buffer
                        .set_stringn(x, y, one.to_string(), usize::from(buffer.area.width - x), style)
                        .0;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_terminal_shows_the_last_frame(
        changes in prop::collection::vec(prop::collection::vec(any_change(), 1..4), 1..25)
    ) {
        let mut desk = Desk::new(SIZE.0, SIZE.1);
        let mut page = Page::new();
        for (number, changes) in changes.iter().enumerate() {
            for change in changes {
                page.apply(change);
                match change {
                    Change::Clear => {
                        desk.shown.0.0.borrow_mut().process(b"\x1b[5;5Hsomebody else's\x1b[9;1Hwords");
                        desk.terminal.clear().unwrap();
                    }
                    Change::Size(width, height) => {
                        desk.size.set((*width, *height));
                        let [columns, lines] = [*width, *height].map(|cells| std::num::NonZero::new(cells).unwrap());
                        desk.shown.0.0.borrow_mut().screen_mut().set_size(lines, columns);
                        // As the loop does after every event of a size.
                        desk.terminal.clear().unwrap();
                    }
                    _ => {}
                }
            }
            if let Err(words) = desk.draw(|buffer| page.draw(buffer)) {
                prop_assert!(false, "frame {number}, after {changes:?}: {words}");
            }
        }
    }
}

/// A frame of a table between a header and a footer, `offset` rows down; its
/// right part stands still.
fn table(buffer: &mut Buffer, offset: usize, selected: u16, page: Color, has_details: bool) {
    let Rect { width, height, .. } = buffer.area;
    buffer.set_style(buffer.area, Style::new().bg(page));
    let columns = if has_details { usize::from(width / 2 - 1) } else { usize::from(width) };
    buffer.set_stringn(0, 0, "a header that stays", columns, Style::new().bold());
    for (row, y) in (offset..).zip(2..height - 2) {
        let number = row as u64 * 2_654_435_761 % 1_000_003;
        let text = format!("✓ attested   {number:08x}-97d2-{:024x}  東京 group-{}", number * number, row % 7);
        let style = if y == selected { Style::new().reversed() } else { Style::new().fg(Color::Red) };
        let text = format!("{text:w$}", w = columns);
        buffer.set_stringn(0, y, text, columns, style);
        if has_details {
            buffer.set_stringn(
                width / 2,
                y,
                format!("│ detail {y}: {}", "x".repeat(40)),
                70,
                Style::new().dim(),
            );
        }
    }
    buffer.set_stringn(0, height - 1, "? help   q quit", columns, Style::new());
}

#[test]
fn what_moves_is_scrolled_and_not_written_again() {
    for (page, has_details, most) in [
        (Color::Reset, false, 700),
        (Color::Rgb(20, 23, 28), false, 900),
        (Color::Indexed(234), false, 900),
        // The half that stands still moves along, and is written where it was.
        (Color::Reset, true, 4_000),
    ] {
        let mut desk = Desk::new(160, 50);
        desk.draw(|buffer| table(buffer, 100, 47, page, has_details)).unwrap();
        for offset in [101, 102, 103, 102, 101, 100, 103, 100] {
            let written = desk.draw(|buffer| table(buffer, offset, 47, page, has_details)).unwrap();
            let most = most * if offset.abs_diff(101) > 1 { 3 } else { 1 };
            assert!((50..=most).contains(&written), "{page}, {has_details}, {offset}: {written} bytes");
        }
    }
}

#[test]
fn nothing_is_written_where_nothing_changes() {
    let mut desk = Desk::new(80, 24);
    assert!(desk.draw(|buffer| table(buffer, 0, 3, Color::Reset, false)).unwrap() > 1_000);
    assert_eq!(desk.draw(|buffer| table(buffer, 0, 3, Color::Reset, false)), Ok(0));
    // What is not known any more is written again.
    desk.terminal.clear().unwrap();
    assert!(desk.draw(|buffer| table(buffer, 0, 3, Color::Reset, false)).unwrap() > 1_000);
}
