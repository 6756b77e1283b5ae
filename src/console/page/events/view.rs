//! Drawing the Events page.

use ratatui::layout::Rect;

use super::row::{self, EventRows};
use crate::console::page::verdicts;
use crate::console::state::{State, is_asking};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::StyledLine;
use crate::console::widget::table::{self, Window};
use crate::fleet::Event;

/// Draws the feed into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let columns = row::columns(width);
    let placed = table::lay_out(&columns, width);
    painter.line(x, area.y, width, &summary(state, columns.len() - placed.len()));
    let middle = Rect { x, y: area.y + 2, width, height: area.height.saturating_sub(3) };
    let feed = state.events.feed();
    if feed.is_empty() {
        painter.line(x, middle.y, width, &nothing(state));
        return;
    }
    let window =
        Window { offset: feed.offset(), length: feed.len(), selected: feed.place(), sorted_by: None };
    table::draw(painter, middle, &columns, &placed, window, &EventRows(state));
    if let Some(event) = state.events.selected(&state.snapshot) {
        painter.line(x, area.bottom().saturating_sub(1), width, &about(state, event));
    }
}

/// What the table may have no room for: the day, and why.
fn about(state: &State, event: &Event) -> StyledLine {
    let line = StyledLine::new().with(Role::Dim, format!("{}  ", row::when(event.at)));
    let line = match &event.agent {
        Some(agent) => line.with(Role::Strong, format!("{}  ", agent.shown())),
        None => line,
    };
    line.then(row::change(event, state.ascii)).with(Role::Text, format!("  {}", row::why(event)))
}

fn summary(state: &State, left_out: usize) -> StyledLine {
    let (events, total) = (&state.events, state.snapshot.events.len());
    let feed = events.feed();
    let line = if events.filter().is_empty() {
        StyledLine::new().with(Role::Strong, verdicts::some(total, "event"))
    } else {
        StyledLine::new()
            .with(Role::Strong, feed.len().to_string())
            .with(Role::Text, format!(" of {}", verdicts::some(total, "event")))
            .with(Role::Text, "   filter ")
            .with(Role::Key, events.filter().to_string())
    };
    let line = match feed.offset() {
        0 => line.with(Role::Dim, "   newest first"),
        newer => line.with(Role::Warn, format!("   {newer} newer above")),
    };
    match left_out {
        0 => line,
        1 => line.with(Role::Dim, "   1 column has no room"),
        more => line.with(Role::Dim, format!("   {more} columns have no room")),
    }
}

/// Why there is nothing, and what to do.
fn nothing(state: &State) -> StyledLine {
    let (role, words) = if !state.snapshot.events.is_empty() {
        (Role::Text, "No event passes the filter; esc clears it.")
    } else if is_asking(&state.snapshot.groups) {
        (Role::Dim, "asking…")
    } else {
        (Role::Text, "Nothing has changed since the start. What changes will stand here, and why.")
    };
    StyledLine::new().with(role, words)
}
