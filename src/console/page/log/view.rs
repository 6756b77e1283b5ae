//! Drawing the Log page.

use ratatui::layout::Rect;

use crate::console::page::verdicts;
use crate::console::state::{Level, State};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::StyledLine;
use crate::console::widget::table::{self, Cell, Column, Rows, Window};

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

const COLUMNS: [Column; 3] = [
    Column { title: "TIME (UTC)", minimum: 12, ideal: 12, priority: 1, ..BASE },
    Column { title: "LEVEL", minimum: 5, ideal: 5, ..BASE },
    Column { title: "RECORD", minimum: 20, ideal: 20, grows: true, ..BASE },
];

/// Draws the records into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    painter.line(x, area.y, width, &summary(state));
    let middle = Rect { x, y: area.y + 2, width, height: area.height.saturating_sub(3) };
    let feed = state.log.feed();
    if feed.is_empty() {
        painter.text(x, middle.y, width, nothing(state), Role::Text);
        return;
    }
    let window =
        Window { offset: feed.offset(), length: feed.len(), selected: feed.place(), sorted_by: None };
    table::draw(painter, middle, &COLUMNS, &table::lay_out(&COLUMNS, width), window, &Records(state));
    if let Some(record) = feed.place().and_then(|place| state.log.row(place)) {
        let [_, _, text] = parts(record);
        painter.text(x, area.bottom().saturating_sub(1), width, text, Role::Text);
    }
}

/// The number of all records is not told: it would change without anything else
/// in sight.
fn summary(state: &State) -> StyledLine {
    let line = StyledLine::new()
        .with(Role::Strong, "Log")
        .with(Role::Text, format!("   {}", state.log.level().words()));
    match state.log.feed().offset() {
        0 => line.with(Role::Dim, "   newest first"),
        newer => line.with(Role::Warn, format!("   {} above", verdicts::some(newer, "newer record"))),
    }
}

fn nothing(state: &State) -> &'static str {
    match state.log.level() {
        Level::Everything => "Nothing was logged yet. RUST_LOG says how much is: RUST_LOG=debug.",
        Level::Warnings | Level::Errors => "No such record; l shows other levels.",
    }
}

/// Time, level and text of a record: `2026-11-21T12:00:00.123Z INFO  room: text`.
fn parts(record: &str) -> [&str; 3] {
    let (time, rest) = record.split_once(' ').unwrap_or(("", record));
    let (level, text) = rest.trim_start().split_once(' ').unwrap_or(("", rest));
    [time, level, text.trim_start()]
}

struct Records<'a>(&'a State);

impl Rows for Records<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(record) = self.0.log.row(row) else { return };
        let [time, level, text] = parts(record);
        match column {
            0 => {
                let clock = time.split_once('T').map_or(time, |(_, clock)| clock);
                cell.write(clock.trim_end_matches('Z'), Role::Dim);
            }
            1 => cell.write(level, role(Level::of(record))),
            _ => cell.write(text, Role::Text),
        }
    }
}

fn role(level: Level) -> Role {
    match level {
        Level::Errors => Role::Bad,
        Level::Warnings => Role::Warn,
        Level::Everything => Role::Dim,
    }
}
