//! What the terminal shows, and what it is to show.

use ratatui::buffer::{Cell, CellWidth};

use super::pen::{Pen, is_bare};
use super::scroll::{Finder, Scroll};

/// From so many cells on that are not as they should be, it is looked whether
/// something moved.
const MANY: usize = 120;

/// Blanks that are cheaper erased than written.
const ERASED: usize = 12;

/// Two frames of cells. In both of them
///
/// * a blank has no more style than is seen of it;
/// * the cells that a wide character covers have no text at all, so that they
///   differ from whatever is to stand there after it.
#[derive(Debug, Default)]
pub(super) struct Picture {
    width: usize,
    wanted: Vec<Cell>,
    shown: Vec<Cell>,
    finder: Finder,
}

impl Picture {
    /// The terminal was cleared: it shows nothing and is to show nothing yet.
    pub(super) fn clear(&mut self) {
        for cells in [&mut self.wanted, &mut self.shown] {
            cells.fill(Cell::EMPTY);
        }
    }

    /// Makes it as large as the terminal is. Where it was larger before, what
    /// was outside is gone; ratatui clears after every change of the size.
    pub(super) fn fit(&mut self, width: usize, height: usize) {
        if width == self.width && width.saturating_mul(height) == self.wanted.len() {
            return;
        }
        for cells in [&mut self.wanted, &mut self.shown] {
            let mut other = vec![Cell::EMPTY; width.saturating_mul(height)];
            let old = cells.chunks_exact(self.width.max(1));
            for (old, new) in old.zip(other.chunks_exact_mut(width.max(1))) {
                old.iter().zip(new).for_each(|(old, new)| new.clone_from(old));
            }
            *cells = other;
        }
        self.width = width;
    }

    /// A cell is to be shown.
    pub(super) fn take(&mut self, x: u16, y: u16, cell: &Cell) {
        let (x, y) = (usize::from(x), usize::from(y));
        if x >= self.width {
            return;
        }
        let start = y * self.width;
        let Some(line) = self.wanted.get_mut(start..start + self.width) else { return };
        // Some terminals are told again what is behind an emoji; what is
        // covered is not seen.
        if x > 0
            && line.get(x).is_some_and(is_covered)
            && line.get(x - 1).is_some_and(|left| columns(left) > 1)
        {
            return;
        }
        let columns = columns(cell);
        for at in x..x + columns {
            uncover(line, at + 1);
        }
        for (number, place) in line.iter_mut().skip(x).take(columns).enumerate() {
            if number > 0 {
                *place = Cell::EMPTY;
                place.set_symbol("");
                continue;
            }
            place.clone_from(cell);
            place.diff_option = Cell::EMPTY.diff_option;
            if is_bare(place) {
                place.fg = Cell::EMPTY.fg;
                place.modifier = Cell::EMPTY.modifier;
            }
        }
    }

    /// Writes what has to change, and takes it as shown.
    pub(super) fn write(&mut self, pen: &mut Pen) {
        let Self { width, wanted, shown, finder } = self;
        let width = (*width).max(1);
        let different = wanted.iter().zip(shown.iter()).filter(|(wanted, shown)| wanted != shown).count();
        if different >= MANY
            && let Some(scroll) = finder.find(wanted, shown, width)
        {
            let Scroll { top, bottom, lines, is_up } = scroll;
            pen.scroll(top, bottom, lines, is_up);
            shift(shown, width, scroll);
        }
        let lines = wanted.chunks_exact(width).zip(shown.chunks_exact_mut(width));
        for (y, (wanted, shown)) in lines.enumerate() {
            write_line(pen, y, wanted, shown);
        }
        pen.plain();
    }
}

/// Writes what has to change in a line, from left to right: half of a wide
/// character that is written over leaves a blank at its right, and that is
/// among what has to change.
fn write_line(pen: &mut Pen, y: usize, wanted: &[Cell], shown: &mut [Cell]) {
    let is_different = |x: &usize| wanted.get(*x) != shown.get(*x);
    let width = wanted.len();
    let Some(first) = (0..width).find(is_different) else { return };
    let after = (first..width).rfind(is_different).map_or(width, |last| last + 1);
    // From here on all is blank.
    let text = wanted.iter().rposition(|cell| *cell != Cell::EMPTY).map_or(0, |last| last + 1);
    let blank = text.max(first);
    let erases = after.saturating_sub(blank) > 3;
    let end = if erases { blank } else { after };
    let mut x = first;
    while let Some(cell) = wanted.get(x).filter(|_| x < end) {
        if is_covered(cell) || !is_different(&x) {
            x += 1;
            continue;
        }
        let blanks = wanted.get(x..end).unwrap_or_default().iter().take_while(|cell| **cell == Cell::EMPTY);
        let blanks = (x..x + blanks.count()).rfind(is_different).map_or(0, |last| last + 1 - x);
        pen.go(x, y, wanted);
        if blanks >= ERASED {
            pen.erase(Some(blanks));
            x += blanks;
        } else {
            pen.write(cell, columns(cell), width);
            x += 1;
        }
    }
    if erases {
        pen.go(blank, y, wanted);
        pen.erase(None);
    }
    shown.clone_from_slice(wanted);
}

/// Moves what is shown, as the terminal has moved it.
fn shift(shown: &mut [Cell], width: usize, scroll: Scroll) {
    let Scroll { top, bottom, lines, is_up } = scroll;
    let Some(block) = shown.get_mut(top * width..bottom * width) else { return };
    let moved = (lines * width).min(block.len());
    let open = if is_up {
        block.rotate_left(moved);
        block.len() - moved..block.len()
    } else {
        block.rotate_right(moved);
        0..moved
    };
    block.get_mut(open).unwrap_or_default().fill(Cell::EMPTY);
}

/// Columns that the cell takes.
fn columns(cell: &Cell) -> usize {
    usize::from(cell.symbol().cell_width().max(1))
}

fn is_covered(cell: &Cell) -> bool {
    cell.symbol().is_empty()
}

/// What was covered by a wide character that is there no more is blank.
fn uncover(line: &mut [Cell], from: usize) {
    line.iter_mut().skip(from).take_while(|cell| is_covered(cell)).for_each(|cell| *cell = Cell::EMPTY);
}
