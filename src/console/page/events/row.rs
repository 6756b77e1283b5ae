//! One event as a row.

use jiff::Timestamp;

use crate::console::glyph;
use crate::console::page::verdicts;
use crate::console::state::State;
use crate::console::theme::Role;
use crate::console::widget::styled::StyledLine;
use crate::console::widget::table::{Cell, Column, Rows};
use crate::fleet::{Change, Event};
use crate::text::sanitise_to;

pub(super) const TIME: usize = 0;
pub(super) const GROUP: usize = 1;
pub(super) const AGENT: usize = 2;
pub(super) const CHANGE: usize = 3;
pub(super) const WHY: usize = 4;

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

/// Columns of the screen from which on there is room for dates and whole UUIDs.
const WIDE: u16 = 150;

/// The columns for so many columns of the screen.
pub(super) fn columns(width: u16) -> [Column; 5] {
    let (time, agent) = if width >= WIDE { (19, 36) } else { (10, 24) };
    [
        Column { title: "TIME (UTC)", minimum: 10, ideal: time, priority: 1, ..BASE },
        Column { title: "GROUP", minimum: 8, ideal: 14, priority: 2, ..BASE },
        Column { title: "AGENT", minimum: 12, ideal: agent, ..BASE },
        Column { title: "CHANGE", minimum: 25, ideal: 26, ..BASE },
        Column { title: "WHY", minimum: 24, ideal: 24, priority: 3, grows: true, ..BASE },
    ]
}

/// The time of an event: `2026-11-21 23:05:12`.
pub(in crate::console) fn when(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What happened, in a few words and signs.
pub(in crate::console) fn change(event: &Event, ascii: bool) -> StyledLine {
    let line = StyledLine::new();
    let one = |verdict| (glyph::verdict_role(verdict), verdicts::one(verdict, ascii));
    match &event.change {
        Change::Verdict { from, to } => {
            let (role, text) = one(*to);
            match from {
                Some(from) => line.with(Role::Dim, format!("{} → ", one(*from).1)).with(role, text),
                None => line.with(Role::Dim, "new: ").with(role, text),
            }
        }
        Change::Gone { from } => {
            line.with(Role::Dim, format!("{} → ", one(*from).1)).with(Role::Neutral, "gone")
        }
        Change::IntervalMismatch => line.with(Role::Warn, "interval-mismatch"),
        Change::GroupLost { agents } => {
            line.with(Role::Bad, format!("group lost, {}", verdicts::some(*agents, "agent")))
        }
        Change::GroupBack => line.with(Role::Good, "group answers again"),
        Change::Address { warning: true, .. } => line.with(Role::Bad, "WARNING: address"),
        Change::Address { up: true, .. } => line.with(Role::Good, "address up"),
        Change::Address { up: false, .. } => line.with(Role::Warn, "address not up"),
    }
}

/// Why, with the address where it is about one; fit to be shown.
pub(super) fn why(event: &Event) -> String {
    match &event.change {
        Change::Address { address, .. } => format!("{}: {}", sanitise_to(address, 96), event.why),
        _ => event.why.clone(),
    }
}

/// The rows of the table.
pub(super) struct EventRows<'a>(pub &'a State);

impl Rows for EventRows<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let state = self.0;
        let Some(event) = state.events.row(&state.snapshot, row) else { return };
        match column {
            TIME if cell.columns() >= 19 => cell.write(&when(event.at), Role::Dim),
            TIME => cell.write(&event.at.strftime("%H:%M:%S").to_string(), Role::Dim),
            GROUP => cell.write(sanitise_to(&event.group, 24).as_str(), Role::Text),
            AGENT => match &event.agent {
                Some(agent) => cell.write(agent.shown().as_str(), Role::Strong),
                None => cell.write("–", Role::Dim),
            },
            CHANGE => {
                for (role, text) in change(event, state.ascii).parts() {
                    cell.write(text, role);
                }
            }
            WHY => cell.write(&why(event), Role::Text),
            _ => {}
        }
    }
}
