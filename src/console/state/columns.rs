//! Going from column to column, and choosing which are shown.

use super::{AgentColumn, Columns, Notice, Overlay, PageId, Sort, State};
use crate::console::command::Motion;
use crate::console::page::agents::in_sight;

impl State {
    /// Goes to the next column that is in sight, or to the one before; first to
    /// the one that orders.
    pub(in crate::console) fn go_column(&mut self, is_right: bool) {
        let columns = in_sight(self);
        let from = self.agents.cursor();
        let at = columns.iter().position(|column| Some(*column) == from);
        let to = match (at, is_right) {
            (None, _) => columns.iter().position(|column| *column == self.agents.sort().key).unwrap_or(0),
            (Some(at), true) => (at + 1).min(columns.len().saturating_sub(1)),
            (Some(at), false) => at.saturating_sub(1),
        };
        self.agents.set_cursor(columns.get(to).copied());
    }

    /// Orders by the column of the cursor; by the one that orders already, the
    /// other way around.
    pub(in crate::console) fn sort_by_cursor(&mut self) {
        let sort = self.agents.sort();
        let key = self.agents.cursor().unwrap_or(sort.key);
        let is_reversed = key == sort.key && !sort.is_reversed;
        self.agents.set_sort(Sort { key, is_reversed });
    }

    /// Opens the list of columns.
    pub(in crate::console) fn open_columns(&mut self) {
        self.show(PageId::Agents);
        self.overlay = Some(Overlay::Columns { place: 0 });
    }

    /// The column that is selected in the list.
    fn listed_column(&self) -> Option<AgentColumn> {
        match self.overlay {
            Some(Overlay::Columns { place }) => self.agents.columns().listed().get(place).copied(),
            _ => None,
        }
    }

    /// Shows the selected column or hides it.
    pub(in crate::console) fn turn_column(&mut self) {
        let Some(column) = self.listed_column() else { return };
        self.change_columns(column, |columns| columns.turn(column));
        if !self.agents.columns().shown().contains(&column) && self.agents.cursor() == Some(column) {
            self.agents.set_cursor(None);
        }
        if column.is_needed() {
            self.notice = Some(Notice::problem(format!("{} is always shown", column.name())));
        }
    }

    /// Moves the selected column.
    pub(in crate::console) fn shift_column(&mut self, is_right: bool) {
        if let Some(column) = self.listed_column() {
            self.change_columns(column, |columns| columns.shift(column, is_right));
        }
    }

    /// Shows the usual columns in the order in which they come.
    pub(in crate::console) fn reset_columns(&mut self) {
        self.agents.set_columns(Columns::default());
    }

    fn change_columns(&mut self, column: AgentColumn, change: impl FnOnce(&mut Columns) -> bool) {
        let mut columns = self.agents.columns().clone();
        if change(&mut columns) {
            // The selection stays with its column.
            let now = columns.listed().iter().position(|other| *other == column);
            self.overlay = now.map(|place| Overlay::Columns { place });
            self.agents.set_columns(columns);
        }
    }

    /// Moves in the list of columns, if it is open.
    pub(super) fn go_in_columns(&mut self, motion: Motion) -> bool {
        let Some(Overlay::Columns { place }) = &mut self.overlay else { return false };
        let all = AgentColumn::ALL.len();
        *place = motion.from(*place, all, all);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::Options;
    use crate::console::test_fleet::{press, state};

    fn looked_at(state: &State) -> String {
        state.view().to_string()
    }

    #[test]
    fn any_column_orders_without_knowing_its_letter() {
        let mut state = state(Options::default());
        press(&mut state, "2 shift-right");
        assert_eq!(state.agents.cursor(), Some(AgentColumn::Verdict), "it begins where the order is");
        press(&mut state, "> shift-right > > o");
        assert_eq!(looked_at(&state), "agents?sort=keylime", "{:?}", in_sight(&state));
        press(&mut state, "O");
        assert_eq!(looked_at(&state), "agents?sort=-keylime");
        press(&mut state, "< < < < o esc");
        assert_eq!((looked_at(&state).as_str(), state.agents.cursor()), ("agents", None));
        press(&mut state, "o");
        assert_eq!(looked_at(&state), "agents?sort=-verdict");
    }

    #[test]
    fn columns_are_chosen_in_a_list() {
        let mut state = state(Options::default());
        press(&mut state, "2 c j j space");
        assert_eq!(looked_at(&state), "agents?columns=verdict,agent,coverage,keylime,age,flags,reason");
        press(&mut state, "g g J shift-down K");
        assert_eq!(looked_at(&state), "agents?columns=agent,verdict,coverage,keylime,age,flags,reason");
        press(&mut state, "space");
        assert!(state.notice.as_ref().is_some_and(|notice| notice.words == "verdict is always shown"));
        press(&mut state, "G k space");
        assert_eq!(
            looked_at(&state),
            "agents?columns=agent,verdict,coverage,keylime,age,flags,reason,groups"
        );
        press(&mut state, "r esc");
        assert_eq!((looked_at(&state).as_str(), state.overlay.is_none()), ("agents", true));
        press(&mut state, "c enter 1 c");
        assert!(state.overlay.is_none());
    }
}
