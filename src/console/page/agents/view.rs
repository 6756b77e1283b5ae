//! Drawing the Agents page.

use ratatui::layout::Rect;

use super::{columns, row};
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{AgentColumn, Detail, State, is_asking};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::StyledLine;
use crate::console::widget::table::{self, Column, Placed, Window};
use crate::fleet::AgentView;

/// What stands before a row that is marked.
const MARK: &str = "*";

/// Draws the details of an agent into the area.
pub(in crate::console) fn draw_detail(state: &State, detail: &Detail, painter: &mut Painter<'_>, area: Rect) {
    let columns = state.size.detail_width();
    let lines = state.overlay_lines();
    for (line, y) in lines.iter().skip(detail.scroll).zip(area.y..area.bottom()) {
        painter.line(area.x + 1, y, columns, line);
    }
}

/// Draws the table into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let columns = columns::columns(state, width);
    let (placed, left_out) = columns::placed(state, &columns, width);
    painter.line(x, area.y, width, &summary(state, left_out));
    let last = area.bottom().saturating_sub(1);
    let middle = Rect { x, y: area.y + 2, width, height: area.height.saturating_sub(3) };
    if state.agents.is_empty() {
        painter.line(x, middle.y, width, &nothing(state));
        return;
    }
    let sort = state.agents.sort();
    let window = Window {
        offset: state.agents.offset(),
        length: state.agents.len(),
        selected: state.agents.place(),
        sorted_by: Some((columns::of(sort.key), sort.is_reversed)),
    };
    table::draw(painter, middle, &columns, &placed, window, &row::AgentRows(state));
    cursor(state, painter, middle, &placed, &columns, window);
    marks(state, painter, middle);
    if let Some(agent) = state.agents.selected_row() {
        painter.line(x, last, width, &about(state, agent));
    }
}

/// The columns that have room.
pub(in crate::console) fn in_sight(state: &State) -> Vec<AgentColumn> {
    let width = state.size.width.saturating_sub(2);
    let (placed, _) = columns::placed(state, &columns::columns(state, width), width);
    placed.iter().filter_map(|place| columns::named(place.column)).collect()
}

/// The title of the column that the operator went to, as selected.
fn cursor(
    state: &State,
    painter: &mut Painter<'_>,
    area: Rect,
    placed: &[Placed],
    columns: &[Column],
    window: Window,
) {
    let number = state.agents.cursor().map(columns::of);
    let Some(place) = placed.iter().find(|place| Some(place.column) == number) else { return };
    let Some(column) = columns.get(place.column) else { return };
    painter.selected(area.x + place.x, area.y, place.columns, |painter| {
        table::title(painter, area, column, place, window.sorted_by);
    });
}

/// A sign in the margin of each row that is marked.
fn marks(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let agents = &state.agents;
    if agents.marks().is_empty() {
        return;
    }
    for (row, y) in (agents.offset()..agents.len()).zip(area.y.saturating_add(1)..area.bottom()) {
        if agents.row(row).is_some_and(|agent| agents.marks().has(agent)) {
            painter.text(area.x.saturating_sub(1), y, 1, MARK, Role::Key);
        }
    }
}

/// What the table may have no room for: the whole id, the flags, the reason.
fn about(state: &State, agent: &AgentView) -> StyledLine {
    let line = StyledLine::new().with(Role::Strong, agent.shown.as_str().to_owned());
    let words =
        row::flag_words(agent).fold(line, |line, word| line.with(Role::Warn, "  ").with(Role::Warn, word));
    words.with(Role::Text, format!("   {}", row::reason(state, agent)))
}

/// How many there are, how many are shown, and in which order.
fn summary(state: &State, left_out: usize) -> StyledLine {
    let agents = &state.agents;
    let total = agents.arranged().map_or(state.snapshot.agents.len(), |arranged| arranged.total());
    let line = if agents.filter().is_empty() {
        StyledLine::new().with(Role::Strong, verdicts::some(total, "agent"))
    } else {
        StyledLine::new()
            .with(Role::Strong, agents.len().to_string())
            .with(Role::Text, format!(" of {}", verdicts::some(total, "agent")))
            .with(Role::Text, "   filter ")
            .with(Role::Key, agents.filter().to_string())
    };
    let sort = agents.sort();
    let line = line.with(Role::Dim, "   ").with(Role::Dim, sort.words());
    // Only where it takes long: a word that comes and goes with every key is noise.
    let line = if agents.is_slow() { line.with(Role::Information, "   sorting…") } else { line };
    let line = match agents.marks().len() {
        0 => line,
        marked => line.with(Role::Key, format!("   {marked} marked")),
    };
    let line = match agents.cursor() {
        None => line,
        Some(column) => {
            let key = state.keymap.keys_of(Context::Agents, "column.sort").next();
            let key = key.map(|key| format!(", {key} sorts by it")).unwrap_or_default();
            line.with(Role::Dim, format!("   column {}{key}", column.name()))
        }
    };
    match left_out {
        0 => line,
        1 => line.with(Role::Dim, "   1 column has no room"),
        more => line.with(Role::Dim, format!("   {more} columns have no room")),
    }
}

/// Why the table is empty, and what to do.
fn nothing(state: &State) -> StyledLine {
    let (role, words) = if state.agents.is_opening(&state.snapshot) {
        (Role::Dim, "")
    } else if !state.snapshot.agents.is_empty() {
        (Role::Text, "No agent passes the filter; esc clears it.")
    } else if is_asking(&state.snapshot.groups) {
        (Role::Dim, "asking…")
    } else {
        (Role::Text, "No group has an agent: enrol one with Keylime's tenant.")
    };
    StyledLine::new().with(role, words)
}
