//! A list that grows at its top: the newest entry is the first row.

use crate::console::command::Motion;

/// Entries by number, the newest first. It follows the newest one until the
/// operator goes down; then what is in sight stays where it is, whatever comes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    numbers: Vec<u64>,
    /// The entry that the operator went to; none while it follows the newest.
    chosen: Option<u64>,
    place: usize,
    offset: usize,
}

impl Feed {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Rows above the first one in sight.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The selected row; none without entries.
    pub fn place(&self) -> Option<usize> {
        (!self.numbers.is_empty()).then_some(self.place)
    }

    /// The number of the entry in a row.
    pub fn number(&self, row: usize) -> Option<u64> {
        self.numbers.get(row).copied()
    }

    /// The number of the selected entry.
    pub fn selected(&self) -> Option<u64> {
        self.number(self.place)
    }

    /// Whether the newest entry is selected as they come.
    pub fn is_following(&self) -> bool {
        self.chosen.is_none()
    }

    /// The entry that the operator went to; none while it follows the newest.
    pub(super) fn chosen(&self) -> Option<u64> {
        self.chosen
    }

    /// Goes to an entry.
    pub(super) fn choose(&mut self, number: u64) {
        self.chosen = Some(number);
        self.place = self.numbers.partition_point(|other| *other > number);
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        self.place = motion.from(self.place, self.numbers.len(), height);
        self.chosen = if self.place == 0 { None } else { self.selected() };
    }

    /// Takes the entries there are now, the newest first.
    pub(super) fn take(&mut self, numbers: Vec<u64>) {
        self.numbers = numbers;
        let place = match self.chosen {
            None => 0,
            // Where it is not there any more, what came before it.
            Some(chosen) => self.numbers.partition_point(|number| *number > chosen),
        };
        self.offset = (self.offset + place).saturating_sub(self.place);
        self.place = place;
    }

    /// Keeps the selected row in sight.
    pub(super) fn settle(&mut self, height: usize) {
        self.place = self.place.min(self.numbers.len().saturating_sub(1));
        let last_offset = self.numbers.len().saturating_sub(height);
        let lowest = (self.place + 1).saturating_sub(height.max(1));
        self.offset = self.offset.min(last_offset).clamp(lowest, self.place.max(lowest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(newest: u64) -> Vec<u64> {
        (0..=newest).rev().collect()
    }

    fn feed() -> Feed {
        let mut feed = Feed::default();
        feed.take(numbers(20));
        feed.settle(5);
        feed
    }

    #[test]
    fn it_follows_the_newest() {
        let mut feed = feed();
        assert_eq!((feed.selected(), feed.offset()), (Some(20), 0));
        feed.take(numbers(23));
        feed.settle(5);
        assert_eq!((feed.selected(), feed.offset()), (Some(23), 0));
    }

    #[test]
    fn what_was_gone_to_stays_where_it_is() {
        let mut feed = feed();
        feed.go(Motion::Lines(7), 5);
        feed.settle(5);
        let (before, offset) = (feed.selected(), feed.offset());
        feed.take(numbers(23));
        feed.settle(5);
        assert_eq!((feed.selected(), feed.offset()), (before, offset + 3));
        assert!(!feed.is_following());
        feed.go(Motion::First, 5);
        assert!(feed.is_following());
    }

    #[test]
    fn an_entry_that_is_forgotten_gives_way_to_a_neighbour() {
        let mut feed = feed();
        feed.go(Motion::Last, 5);
        feed.take((5..=20).rev().collect());
        feed.settle(5);
        assert_eq!(feed.selected(), Some(5));
        feed.take(Vec::new());
        feed.settle(5);
        assert_eq!((feed.selected(), feed.place()), (None, None));
    }
}
