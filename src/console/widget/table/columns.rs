//! Which columns a width has room for, and where they stand.

use super::GAP;

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Columns of the screen at least; with less it is left out.
    pub minimum: u16,
    /// Columns of the screen that it gets if there is room.
    pub ideal: u16,
    /// 0 is never left out; of the others the highest number goes first.
    pub priority: u8,
    /// Whether it takes what is left over.
    pub grows: bool,
    /// Whether its text stands at the right.
    pub is_right: bool,
}

/// Where a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its number.
    pub column: usize,
    /// From the left edge of the table.
    pub x: u16,
    /// Columns of the screen.
    pub columns: u16,
}

/// Places the columns: each gets its minimum in order of priority as long as
/// there is room, then its ideal in the same order; what is left goes to those
/// that grow.
pub fn lay_out(columns: &[Column], width: u16) -> Vec<Placed> {
    let mut by_priority: Vec<_> = columns.iter().enumerate().collect();
    by_priority.sort_by_key(|(_, column)| column.priority);
    let mut chosen: Vec<(usize, &Column, u16)> = Vec::with_capacity(columns.len());
    let mut room = width;
    for (number, column) in by_priority {
        let gap = if chosen.is_empty() { 0 } else { GAP };
        if column.priority == 0 || column.minimum.saturating_add(gap) <= room {
            room = room.saturating_sub(column.minimum.saturating_add(gap));
            chosen.push((number, column, column.minimum));
        }
    }
    for (_, column, columns) in &mut chosen {
        let more = column.ideal.saturating_sub(*columns).min(room);
        *columns += more;
        room -= more;
    }
    if let Some((_, _, columns)) = chosen.iter_mut().find(|(_, column, _)| column.grows) {
        *columns += room;
    }
    chosen.sort_by_key(|(number, _, _)| *number);
    let mut x = 0u16;
    chosen
        .into_iter()
        .map(|(column, _, columns)| {
            let placed = Placed { column, x, columns };
            x = x.saturating_add(columns).saturating_add(GAP);
            placed
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: [Column; 4] = [
        Column { title: "A", minimum: 8, ideal: 10, priority: 0, grows: false, is_right: false },
        Column { title: "B", minimum: 8, ideal: 20, priority: 2, grows: true, is_right: false },
        Column { title: "C", minimum: 4, ideal: 4, priority: 1, grows: false, is_right: true },
        Column { title: "D", minimum: 6, ideal: 6, priority: 3, grows: false, is_right: false },
    ];

    fn shown(width: u16) -> Vec<(usize, u16)> {
        lay_out(&COLUMNS, width).iter().map(|placed| (placed.column, placed.columns)).collect()
    }

    #[test]
    fn columns_leave_by_priority_and_share_what_is_left() {
        assert_eq!(shown(100), [(0, 10), (1, 74), (2, 4), (3, 6)]);
        assert_eq!(shown(32), [(0, 8), (1, 8), (2, 4), (3, 6)]);
        assert_eq!(shown(31), [(0, 10), (1, 13), (2, 4)]);
        assert_eq!(shown(15), [(0, 9), (2, 4)]);
        assert_eq!(shown(5), [(0, 8)]);
    }

    proptest! {
        #[test]
        fn columns_never_overlap_and_stay_inside(width in 14u16..300) {
            let placed = lay_out(&COLUMNS, width);
            for pair in placed.windows(2) {
                prop_assert_eq!(pair[0].x + pair[0].columns + GAP, pair[1].x);
            }
            let end = placed.last().map_or(0, |last| last.x + last.columns);
            prop_assert!(end <= width);
        }
    }
}
