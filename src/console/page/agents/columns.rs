//! The columns of the table.

use crate::console::state::{AgentColumn, State};
use crate::console::widget::table::{Column, Placed, lay_out};

pub(super) const VERDICT: usize = 0;
pub(super) const AGENT: usize = 1;
pub(super) const GROUPS: usize = 2;
pub(super) const COVERAGE: usize = 3;
pub(super) const KEYLIME: usize = 4;
pub(super) const AGE: usize = 5;
pub(super) const FLAGS: usize = 6;
pub(super) const REASON: usize = 7;
pub(super) const IDENTITY: usize = 8;

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

/// The columns for so many columns of the screen. The id is whole up to a
/// UUID's length wherever there is room for little else.
pub(super) fn columns(state: &State, width: u16) -> [Column; 9] {
    let id = u16::try_from(state.agents.longest_id()).unwrap_or(u16::MAX).clamp(8, 36);
    let id_minimum = if width >= 60 { id } else { id.min(14) };
    let longest_group =
        state.snapshot.groups.iter().map(|group| group.name.chars().count()).max().unwrap_or(0);
    let group = u16::try_from(longest_group).unwrap_or(u16::MAX).clamp(8, 20);
    [
        Column { title: "VERDICT", minimum: 12, ideal: 12, ..BASE },
        Column { title: "AGENT", minimum: id_minimum, ideal: id, ..BASE },
        Column { title: "GROUPS", minimum: group, ideal: group, priority: 3, ..BASE },
        Column { title: "COVER", minimum: 7, ideal: 7, priority: 6, ..BASE },
        Column { title: "KEYLIME", minimum: 9, ideal: 20, priority: 1, ..BASE },
        Column { title: "AGE", minimum: 5, ideal: 5, priority: 2, is_right: true, ..BASE },
        Column { title: "FLAGS", minimum: 12, ideal: 26, priority: 4, ..BASE },
        Column { title: "REASON", minimum: 36, ideal: 36, priority: 5, grows: true, ..BASE },
        Column { title: "IDENTITY", minimum: 9, ideal: 9, priority: 1, ..BASE },
    ]
}

/// Those that are shown and have room, where they stand; how many have none.
pub(super) fn placed(state: &State, columns: &[Column; 9], width: u16) -> (Vec<Placed>, usize) {
    let shown = state.agents.columns().shown();
    let chosen: Vec<_> = shown.iter().filter_map(|column| columns.get(of(*column)).copied()).collect();
    let mut placed = lay_out(&chosen, width);
    for place in &mut placed {
        place.column = shown.get(place.column).map_or(0, |column| of(*column));
    }
    let left_out = shown.len() - placed.len();
    (placed, left_out)
}

/// The column of a number.
pub(super) fn named(number: usize) -> Option<AgentColumn> {
    AgentColumn::ALL.get(number).copied()
}

/// The number of a column.
pub(super) fn of(column: AgentColumn) -> usize {
    match column {
        AgentColumn::Verdict => VERDICT,
        AgentColumn::Agent => AGENT,
        AgentColumn::Groups => GROUPS,
        AgentColumn::Coverage => COVERAGE,
        AgentColumn::Keylime => KEYLIME,
        AgentColumn::Age => AGE,
        AgentColumn::Flags => FLAGS,
        AgentColumn::Reason => REASON,
        AgentColumn::Identity => IDENTITY,
    }
}
