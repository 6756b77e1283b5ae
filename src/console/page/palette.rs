//! What the palette offers, above its line.

use ratatui::layout::Rect;

use crate::console::command::Choice;
use crate::console::keymap::Context;
use crate::console::state::{Palette, State};
use crate::console::theme::Role;
use crate::console::widget::Painter;
use crate::console::widget::styled::StyledLine;

/// Choices in sight at most.
const MAX_LINES: u16 = 10;
/// Columns of the names.
const NAMES: usize = 30;

/// Draws the choices at the bottom of an area, over what stands there.
pub fn draw(state: &State, palette: &Palette, painter: &mut Painter<'_>, area: Rect) {
    let count = u16::try_from(palette.choices().len()).unwrap_or(u16::MAX);
    let lines = count.min(MAX_LINES).min(area.height.saturating_sub(2));
    if lines == 0 {
        return;
    }
    let top = area.bottom() - lines;
    let sign = if state.ascii { "-" } else { "─" };
    painter.clear(area.x, top - 1, area.width);
    painter.fill(area.x, top - 1, area.width, sign, Role::Rule);
    // The taken one stays in sight.
    let taken = palette.taken().unwrap_or(0);
    let first = taken.saturating_sub(usize::from(lines) - 1);
    let more = palette.choices().len().saturating_sub(first + usize::from(lines));
    for ((place, choice), y) in palette.choices().iter().enumerate().skip(first).zip(top..area.bottom()) {
        painter.clear(area.x, y, area.width);
        let line = line(state, choice);
        if palette.taken() == Some(place) {
            painter.in_role(Role::Choice, area.x, y, area.width, |painter| {
                painter.line(area.x + 1, y, area.width.saturating_sub(2), &line);
            });
        } else {
            painter.line(area.x + 1, y, area.width.saturating_sub(2), &line);
        }
    }
    if more > 0 {
        let words = format!(" {more} more ");
        let width = u16::try_from(words.len()).unwrap_or(0);
        painter.text(area.right().saturating_sub(width + 2), top - 1, width, &words, Role::Dim);
    }
}

fn line(state: &State, choice: &Choice) -> StyledLine {
    let name = if choice.reason.is_some() { Role::Disabled } else { Role::Key };
    let line = StyledLine::new().field(name, &choice.label, NAMES).with(Role::Text, " ");
    if let Some(reason) = &choice.reason {
        return line.with(Role::Disabled, format!("{}: {reason}", choice.doc));
    }
    let keys = keys(state, choice).map(|keys| format!("   {keys}")).unwrap_or_default();
    line.with(Role::Text, choice.doc.clone()).with(Role::Dim, keys)
}

/// The keys that do the same where the operator is.
fn keys(state: &State, choice: &Choice) -> Option<String> {
    let command = crate::console::command::find(choice.line.trim())?;
    let below = state.context_below();
    let contexts =
        if below == Context::Overview { [below, Context::Agents] } else { [below, Context::Overview] };
    contexts.iter().find_map(|context| state.keymap.keys_of(*context, command.id).next())
}
