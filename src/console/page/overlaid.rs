//! The layout of a page that is laid over the others: a summary, a table, and
//! below it the selected row in full.

use ratatui::layout::Rect;

use crate::console::widget::styled::StyledLine;
use crate::console::widget::table::{self, Column, Rows, Window};
use crate::console::widget::{Painter, Target};

/// Lines above the rows: the summary, a gap and the titles.
const ABOVE: u16 = 3;

/// Lines that the table keeps, however much stands below: those above its rows,
/// and a few rows.
const KEPT: u16 = 8;

/// What such a page shows.
pub(super) struct Overlaid<'a, R> {
    /// The line at the top.
    pub summary: StyledLine,
    /// The columns of the table.
    pub columns: &'a [Column],
    /// The table and what of it is in sight; else why there is none.
    pub table: Result<(Window, R), Vec<StyledLine>>,
    /// Lines that stand below the table.
    pub below: Vec<StyledLine>,
}

fn lines(below: &[StyledLine], height: u16) -> u16 {
    u16::try_from(below.len()).unwrap_or(u16::MAX).min(height.saturating_sub(KEPT))
}

/// Rows of the table that have room in so many lines.
pub(super) fn rows(height: u16, below: &[StyledLine]) -> usize {
    usize::from(height.saturating_sub(lines(below, height)).saturating_sub(ABOVE))
}

impl<R: Rows> Overlaid<'_, R> {
    /// Draws it into the area.
    pub(super) fn draw(self, painter: &mut Painter<'_>, area: Rect) {
        let (x, width) = (area.x + 1, area.width.saturating_sub(2));
        painter.line(x, area.y, width, &self.summary);
        let bottom = area.bottom().saturating_sub(lines(&self.below, area.height));
        let middle = Rect { x, y: area.y + 2, width, height: bottom.saturating_sub(area.y + 2) };
        match self.table {
            Err(nothing) => {
                for (line, y) in nothing.iter().zip(middle.y..bottom) {
                    painter.line(x, y, width, line);
                }
            }
            Ok((window, rows)) => {
                let placed = table::lay_out(self.columns, width);
                table::draw(painter, middle, self.columns, &placed, window, &rows);
            }
        }
        for (line, y) in self.below.iter().zip(bottom..area.bottom()) {
            painter.line(x, y, width, line);
            painter.target(x, y, width, Target::Nothing);
        }
    }
}
