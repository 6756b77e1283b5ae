//! Cells as bytes, as few as will do.

use std::io::Write;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What is seen of a blank too.
pub(super) const SEEN_ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

/// Each effect, the code that begins it and the one that ends it.
const EFFECTS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Bytes of the shortest way to another column, and so how many cells may be
/// written again to get there.
const SHORTEST_WAY: usize = 4;

/// Colours and effects that are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Style {
    foreground: Color,
    background: Color,
    effects: Modifier,
}

const PLAIN: Style = Style { foreground: Color::Reset, background: Color::Reset, effects: Modifier::empty() };

/// Writes cells; it knows what the terminal has in force, and says only what
/// has to be different.
#[derive(Debug)]
pub(super) struct Pen {
    bytes: Vec<u8>,
    /// Column and line of the next character; none: not known.
    place: Option<(usize, usize)>,
    /// Whether all terminals agree on the column: they do not about the width
    /// of every character.
    is_sure: bool,
    style: Style,
    /// Two ways to say the same; kept, so that they grow once.
    change: Vec<u8>,
    anew: Vec<u8>,
}

impl Pen {
    pub(super) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            place: None,
            is_sure: false,
            style: PLAIN,
            change: Vec::new(),
            anew: Vec::new(),
        }
    }

    /// What was written since it was taken last.
    pub(super) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// To write what is no cell: where the cursor is then, is not known.
    pub(super) fn raw(&mut self) -> &mut Vec<u8> {
        self.place = None;
        &mut self.bytes
    }

    /// From here on blanks have the terminal's own style.
    pub(super) fn plain(&mut self) {
        if self.style != PLAIN {
            self.bytes.extend_from_slice(b"\x1b[m");
            self.style = PLAIN;
        }
    }

    /// Moves the lines from `top` to before `bottom` up or down; the lines
    /// that are laid open are blank.
    pub(super) fn scroll(&mut self, top: usize, bottom: usize, lines: usize, is_up: bool) {
        self.plain();
        put(&mut self.bytes, format_args!("\x1b[{};{bottom}r", top + 1));
        if is_up {
            put(&mut self.bytes, format_args!("\x1b[{bottom}H"));
        } else {
            put(&mut self.bytes, format_args!("\x1b[{}H", top + 1));
        }
        for _ in 0..lines {
            self.bytes.extend_from_slice(if is_up { b"\n" } else { b"\x1bM" });
        }
        self.bytes.extend_from_slice(b"\x1b[r");
        self.place = None;
    }

    /// Goes to a column of a line, whose cells are given: a few that look as
    /// the pen writes anyway are written again on the way.
    pub(super) fn go(&mut self, x: usize, y: usize, line: &[Cell]) {
        match self.place {
            Some(place) if place == (x, y) => return,
            Some((from, same)) if same == y && from < x => {
                let between = line.get(from..x).unwrap_or_default();
                if self.is_sure && between.len() <= SHORTEST_WAY && self.writes_alike(between) {
                    for cell in between {
                        self.bytes.extend_from_slice(cell.symbol().as_bytes());
                    }
                } else if self.is_sure && x - from == 1 {
                    self.bytes.extend_from_slice(b"\x1b[C");
                } else if self.is_sure {
                    put(&mut self.bytes, format_args!("\x1b[{}C", x - from));
                } else {
                    put(&mut self.bytes, format_args!("\x1b[{}G", x + 1));
                }
            }
            _ if x == 0 => put(&mut self.bytes, format_args!("\x1b[{}H", y + 1)),
            _ => put(&mut self.bytes, format_args!("\x1b[{};{}H", y + 1, x + 1)),
        }
        // A column that was counted from an unsure one is none of these.
        self.is_sure = true;
        self.place = Some((x, y));
    }

    /// Writes a cell where the pen is, which takes so many columns of a line
    /// that ends at `width`.
    pub(super) fn write(&mut self, cell: &Cell, columns: usize, width: usize) {
        if !self.suits(cell) {
            self.turn_to(cell);
        }
        let symbol = cell.symbol();
        self.bytes.extend_from_slice(symbol.as_bytes());
        self.is_sure &= symbol.is_ascii();
        self.place = match self.place {
            // In the last column the cursor may have stayed or gone on.
            Some((x, y)) if columns == 1 && x + 1 < width => Some((x + 1, y)),
            _ => None,
        };
    }

    /// Blanks so many cells from here on, or all of them to the end of the
    /// line. The cursor stays.
    pub(super) fn erase(&mut self, cells: Option<usize>) {
        self.plain();
        match cells {
            Some(cells) => put(&mut self.bytes, format_args!("\x1b[{cells}X")),
            None => self.bytes.extend_from_slice(b"\x1b[K"),
        }
    }

    /// Whether writing these costs a byte each.
    fn writes_alike(&self, cells: &[Cell]) -> bool {
        cells.iter().all(|cell| cell.symbol().len() == 1 && self.suits(cell))
    }

    /// Whether the cell looks as it should in what is in force.
    fn suits(&self, cell: &Cell) -> bool {
        if is_bare(cell) {
            return self.style.background == cell.bg && !self.style.effects.intersects(SEEN_ON_BLANKS);
        }
        self.style == style_of(cell)
    }

    fn turn_to(&mut self, cell: &Cell) {
        let is = self.style;
        let wanted = style_of(cell);
        self.change.clear();
        self.anew.clear();
        let ended = is.effects.difference(wanted.effects);
        let mut begun = wanted.effects.difference(is.effects);
        let mut last = 0;
        for (effect, _, end) in EFFECTS {
            if ended.contains(effect) && end != last {
                code(&mut self.change, format_args!("{end}"));
                last = end;
                // One code ends both bold and dim, and both kinds of blinking.
                let also = EFFECTS.iter().filter(|(_, _, other)| *other == end);
                also.for_each(|(effect, _, _)| begun |= wanted.effects & *effect);
            }
        }
        // What is said anew begins with an empty code, which is a 0.
        for (effect, begin, _) in EFFECTS {
            if begun.contains(effect) {
                code(&mut self.change, format_args!("{begin}"));
            }
            if wanted.effects.contains(effect) {
                put(&mut self.anew, format_args!(";{begin}"));
            }
        }
        for (colour, old, base) in
            [(wanted.foreground, is.foreground, 30), (wanted.background, is.background, 40)]
        {
            if colour != old {
                if !self.change.is_empty() {
                    self.change.push(b';');
                }
                colour_code(&mut self.change, colour, base);
            }
            if colour != Color::Reset {
                self.anew.push(b';');
                colour_code(&mut self.anew, colour, base);
            }
        }
        let shorter = if self.change.len() <= self.anew.len() { &self.change } else { &self.anew };
        self.bytes.extend_from_slice(b"\x1b[");
        self.bytes.extend_from_slice(shorter);
        self.bytes.push(b'm');
        self.style = wanted;
    }
}

/// Whether nothing is seen of the cell but its background.
pub(super) fn is_bare(cell: &Cell) -> bool {
    cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANKS)
}

fn style_of(cell: &Cell) -> Style {
    Style { foreground: cell.fg, background: cell.bg, effects: cell.modifier }
}

fn code(out: &mut Vec<u8>, code: std::fmt::Arguments<'_>) {
    if !out.is_empty() {
        out.push(b';');
    }
    put(out, code);
}

/// The code of a colour; `base` is 30 for the foreground, 40 for the background.
fn colour_code(out: &mut Vec<u8>, colour: Color, base: u8) {
    let basic = match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::Reset => 9,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        Color::Indexed(index) => {
            return put(out, format_args!("{};5;{index}", base + 8));
        }
        Color::Rgb(red, green, blue) => {
            return put(out, format_args!("{};2;{red};{green};{blue}", base + 8));
        }
    };
    put(out, format_args!("{}", base + basic));
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing into a vector cannot fail.
    let _ = out.write_fmt(text);
}
