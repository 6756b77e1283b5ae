//! The list in which columns are chosen.

use ratatui::layout::Rect;

use super::view::in_sight;
use crate::console::state::{AgentColumn, State};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::StyledLine;

/// Draws the list at the bottom of an area, over what stands there.
pub(in crate::console) fn draw_chooser(state: &State, place: usize, painter: &mut Painter<'_>, area: Rect) {
    let columns = state.agents.columns().listed();
    let all = u16::try_from(columns.len()).unwrap_or(u16::MAX);
    let lines = all.min(area.height.saturating_sub(3));
    let top = area.bottom().saturating_sub(lines);
    let sign = if state.ascii { "-" } else { "─" };
    painter.clear(area.x, top.saturating_sub(1), area.width);
    painter.fill(area.x, top.saturating_sub(1), area.width, sign, Role::Rule);
    painter.text(area.x + 1, top.saturating_sub(1), area.width, " Columns ", Role::Strong);
    let seen = in_sight(state);
    // The selected one stays in sight.
    let first = (place + 1).saturating_sub(usize::from(lines));
    for ((number, column), y) in columns.iter().enumerate().skip(first).zip(top..area.bottom()) {
        painter.clear(area.x, y, area.width);
        let line = line(state, *column, &seen);
        if number == place {
            painter.in_role(Role::Choice, area.x, y, area.width, |painter| {
                painter.line(area.x + 1, y, area.width.saturating_sub(2), &line);
            });
        } else {
            painter.line(area.x + 1, y, area.width.saturating_sub(2), &line);
        }
    }
}

fn line(state: &State, column: AgentColumn, seen: &[AgentColumn]) -> StyledLine {
    let is_shown = state.agents.columns().shown().contains(&column);
    let (sign, role) = if is_shown { ("[x] ", Role::Text) } else { ("[ ] ", Role::Disabled) };
    let line = StyledLine::new().with(role, sign).field(role, column.name(), 10).with(role, column.words());
    match (is_shown, column.is_needed()) {
        (true, true) => line.with(Role::Dim, "   always shown"),
        (true, false) if !seen.contains(&column) => line.with(Role::Warn, "   no room"),
        _ => line,
    }
}
