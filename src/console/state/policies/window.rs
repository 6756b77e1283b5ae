//! A place in a list of which a part is in sight.

use crate::console::command::Motion;

/// The selected row of a list, and the first one in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    place: usize,
    offset: usize,
}

impl Window {
    /// The selected row.
    pub fn place(self) -> usize {
        self.place
    }

    /// Rows above the first one in sight.
    pub fn offset(self) -> usize {
        self.offset
    }

    pub(in crate::console::state) fn go(&mut self, motion: Motion, length: usize, height: usize) {
        self.place = motion.from(self.place, length, height);
    }

    pub(super) fn go_to(&mut self, place: usize) {
        self.place = place;
    }

    pub(super) fn scroll(&mut self, by: i64, length: usize, height: usize) {
        let lowest = length.saturating_sub(height);
        self.offset = Motion::Lines(by).from(self.offset, lowest + 1, height);
        let last = self.offset + height.max(1) - 1;
        self.place = self.place.clamp(self.offset, last).min(length.saturating_sub(1));
    }

    /// Keeps the selected row inside the list and in sight; tells whether
    /// anything changed.
    pub(in crate::console::state) fn settle(&mut self, length: usize, height: usize) -> bool {
        let before = *self;
        self.place = self.place.min(length.saturating_sub(1));
        let lowest = (self.place + 1).saturating_sub(height.max(1));
        let last_offset = length.saturating_sub(height);
        self.offset = self.offset.min(last_offset).clamp(lowest, self.place.max(lowest));
        *self != before
    }
}
