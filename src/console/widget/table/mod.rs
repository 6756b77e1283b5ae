//! A table that costs what is in sight: rows are written straight into the
//! buffer, and nothing is built for those that are not.

mod columns;

use std::fmt::{self, Write};

use ratatui::layout::Rect;

pub use columns::{Column, Placed, lay_out};

use super::Painter;
use crate::console::theme::Role;

/// Columns between two columns.
pub const GAP: u16 = 2;

/// The rows of a table.
pub trait Rows {
    /// Writes one cell.
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>);
}

/// One cell to write into.
pub struct Cell<'a, 'b> {
    painter: &'a mut Painter<'b>,
    x: u16,
    y: u16,
    columns: u16,
    is_right: bool,
}

impl Cell<'_, '_> {
    /// Columns that are left.
    pub fn columns(&self) -> usize {
        usize::from(self.columns)
    }

    /// Whether only ASCII is drawn.
    pub fn ascii(&self) -> bool {
        self.painter.ascii()
    }

    /// Writes a text after what the cell holds already.
    pub fn write(&mut self, text: &str, role: Role) {
        let width = unicode_width::UnicodeWidthStr::width(text);
        if self.is_right {
            // Only one text to a right-aligned cell.
            let gap = self.columns.saturating_sub(u16::try_from(width).unwrap_or(u16::MAX));
            self.x = self.x.saturating_add(gap);
            self.columns = self.columns.saturating_sub(gap);
        }
        let after = self.painter.text(self.x, self.y, self.columns, text, role);
        self.columns = self.columns.saturating_sub(after.saturating_sub(self.x));
        self.x = after;
    }

    /// Writes what is formatted after what the cell holds already; nothing is
    /// allocated for it.
    pub fn print(&mut self, role: Role, text: fmt::Arguments<'_>) {
        let mut written = self.painter.take_scratch();
        // Writing into a text cannot fail, unless what is written says so.
        let _ = written.write_fmt(text);
        self.write(&written, role);
        self.painter.put_scratch(written);
    }
}

/// What of a table is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Rows above the first one in sight.
    pub offset: usize,
    /// Rows in all.
    pub length: usize,
    /// The selected row.
    pub selected: Option<usize>,
    /// The column that orders the rows, and whether its order is turned around.
    pub sorted_by: Option<(usize, bool)>,
}

/// Draws titles and rows; the first line of the area has the titles.
pub fn draw(
    painter: &mut Painter<'_>,
    area: Rect,
    columns: &[Column],
    placed: &[Placed],
    window: Window,
    rows: &impl Rows,
) {
    for place in placed {
        if let Some(column) = columns.get(place.column) {
            title(painter, area, column, place, window.sorted_by);
        }
    }
    let in_sight = window.offset..window.length;
    for (row, y) in in_sight.zip(area.y.saturating_add(1)..area.bottom()) {
        let draw_row = |painter: &mut Painter<'_>| {
            for place in placed {
                let is_right = columns.get(place.column).is_some_and(|column| column.is_right);
                rows.cell(row, place.column, &mut cell(painter, area, place, y, is_right));
            }
        };
        if window.selected == Some(row) {
            painter.selected(area.x, y, area.width, draw_row);
        } else {
            draw_row(painter);
        }
    }
}

/// Draws the title of a column, with an arrow where it orders the rows.
pub fn title(
    painter: &mut Painter<'_>,
    area: Rect,
    column: &Column,
    place: &Placed,
    sorted_by: Option<(usize, bool)>,
) {
    let sign = sign(place, sorted_by, painter.ascii());
    let mut cell = cell(painter, area, place, area.y, column.is_right);
    match sign {
        Some(sign) => cell.print(Role::Heading, format_args!("{} {sign}", column.title)),
        None => cell.write(column.title, Role::Heading),
    }
}

fn cell<'a, 'b>(
    painter: &'a mut Painter<'b>,
    area: Rect,
    place: &Placed,
    y: u16,
    is_right: bool,
) -> Cell<'a, 'b> {
    let x = area.x.saturating_add(place.x);
    let columns = place.columns.min(area.right().saturating_sub(x));
    Cell { painter, x, y, columns, is_right }
}

/// The sign beside the title of the column that orders the rows.
fn sign(place: &Placed, sorted_by: Option<(usize, bool)>, ascii: bool) -> Option<&'static str> {
    let (_, is_reversed) = sorted_by.filter(|(sorted, _)| *sorted == place.column)?;
    Some(match (is_reversed, ascii) {
        (false, false) => "↓",
        (true, false) => "↑",
        (false, true) => "v",
        (true, true) => "^",
    })
}
