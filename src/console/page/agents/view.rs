//! Drawing the Agents page.

use ratatui::layout::Rect;

use super::{columns, detail, row};
use crate::console::page::verdicts;
use crate::console::state::{Detail, State, is_asking};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::StyledLine;
use crate::console::widget::table::{self, Window};
use crate::fleet::AgentView;

/// Draws the details of an agent into the area.
pub(in crate::console) fn draw_detail(state: &State, detail: &Detail, painter: &mut Painter<'_>, area: Rect) {
    let columns = state.size.detail_width();
    let lines = detail::lines(state, detail);
    for (line, y) in lines.iter().skip(detail.scroll).zip(area.y..area.bottom()) {
        painter.line(area.x + 1, y, columns, line);
    }
}

/// Draws the table into the area.
pub(in crate::console) fn draw(state: &State, painter: &mut Painter<'_>, area: Rect) {
    let (x, width) = (area.x + 1, area.width.saturating_sub(2));
    let columns = columns::columns(state, width);
    let placed = table::lay_out(&columns, width);
    painter.line(x, area.y, width, &summary(state, columns.len() - placed.len()));
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
    if let Some(agent) = state.agents.selected_row(&state.snapshot) {
        painter.line(x, last, width, &about(state, agent));
    }
}

/// What the table may have no room for: the whole id, the flags, the reason.
fn about(state: &State, agent: &AgentView) -> StyledLine {
    let line = StyledLine::new().with(Role::Strong, agent.shown.as_str().to_owned());
    let words = row::flag_words(agent).fold(line, |line, word| line.with(Role::Warn, format!("  {word}")));
    words.with(Role::Text, format!("   {}", row::reason(state, agent)))
}

/// How many there are, how many are shown, and in which order.
fn summary(state: &State, left_out: usize) -> StyledLine {
    let agents = &state.agents;
    let total = state.snapshot.agents.len();
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
    let line = line.with(Role::Dim, format!("   {}", sort.key.words(sort.is_reversed)));
    match left_out {
        0 => line,
        1 => line.with(Role::Dim, "   1 column has no room"),
        more => line.with(Role::Dim, format!("   {more} columns have no room")),
    }
}

/// Why the table is empty, and what to do.
fn nothing(state: &State) -> StyledLine {
    let (role, words) = if !state.snapshot.agents.is_empty() {
        (Role::Text, "No agent passes the filter; esc clears it.")
    } else if is_asking(&state.snapshot.groups) {
        (Role::Dim, "asking…")
    } else {
        (Role::Text, "No group has an agent: enrol one with Keylime's tenant.")
    };
    StyledLine::new().with(role, words)
}
