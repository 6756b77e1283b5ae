//! The columns of the table.

use crate::console::state::State;
use crate::console::widget::table::Column;

pub(super) const NAME: usize = 0;
pub(super) const SIGNATURE: usize = 1;
pub(super) const KIND: usize = 2;
pub(super) const GROUPS: usize = 3;
pub(super) const DRIFT: usize = 4;
pub(super) const PATHS: usize = 5;
pub(super) const METADATA: usize = 6;
pub(super) const SHAPE: usize = 7;
pub(super) const CHECKSUM: usize = 8;
pub(super) const SEEN: usize = 9;

const BASE: Column = Column { title: "", minimum: 0, ideal: 0, priority: 0, grows: false, is_right: false };

/// The columns; the names have room as long as there is room for little else.
pub(super) fn columns(state: &State) -> [Column; 10] {
    let rows = state.policies.table().rows();
    let longest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let name = u16::try_from(longest).unwrap_or(u16::MAX).clamp(12, 48);
    [
        Column { title: "POLICY", minimum: name.min(20), ideal: name, ..BASE },
        Column { title: "SIGNATURE", minimum: 11, ideal: 11, priority: 1, ..BASE },
        Column { title: "KIND", minimum: 7, ideal: 7, priority: 5, ..BASE },
        Column { title: "GROUPS", minimum: 8, ideal: 18, priority: 3, ..BASE },
        Column { title: "DRIFT", minimum: 11, ideal: 28, priority: 2, grows: true, ..BASE },
        Column { title: "PATHS", minimum: 7, ideal: 9, priority: 4, is_right: true, ..BASE },
        Column { title: "META", minimum: 5, ideal: 7, priority: 6, is_right: true, ..BASE },
        Column { title: "SHAPE", minimum: 8, ideal: 16, priority: 7, ..BASE },
        Column { title: "SHA-256", minimum: 12, ideal: 12, priority: 8, ..BASE },
        Column { title: "SEEN (UTC)", minimum: 10, ideal: 10, priority: 9, ..BASE },
    ]
}
