//! Counts before a motion: `8j`, `012G`.
//!
//! A digit that the keymap gives no meaning begins a count, and once one is
//! begun every digit belongs to it. The digits of the pages act at once, as
//! everywhere else, and nothing waits for a time to pass: a count that would
//! begin with one of them begins with 0 instead. Whoever binds the pages to
//! other keys has all digits for counts.

use super::State;
use crate::console::keymap::{Context, Key, Lookup, Named};

/// The largest count: more than any list has rows.
const MAX_COUNT: usize = 999_999_999;

impl State {
    /// Takes a key that belongs to a count. Whether it was one.
    pub(in crate::console) fn take_count(&mut self, key: Key, context: Context) -> bool {
        if !context.is_reading() || !self.pending.is_empty() {
            return false;
        }
        if self.count.is_some() && key == Key::named(Named::Escape) {
            self.count = None;
            return true;
        }
        let Some(digit) = key.text().and_then(|character| character.to_digit(10)) else { return false };
        if self.count.is_none() && self.keymap.look_up(context, &[key]) != Lookup::Nothing {
            return false;
        }
        let digit = usize::try_from(digit).unwrap_or(0);
        self.count = Some((self.count.unwrap_or(0).saturating_mul(10) + digit).min(MAX_COUNT));
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::console::state::PageId;
    use crate::console::test_fleet::{self, large, now, press, small_fleet};
    use crate::console::{Message, Options, update};

    fn many() -> State {
        let mut fleet = small_fleet();
        fleet.apply(0, large(300, 0), now());
        let mut state = test_fleet::state(Options::default());
        update(&mut state, Message::Snapshot { snapshot: Arc::new(fleet.snapshot()), now: now() });
        press(&mut state, "2");
        state
    }

    fn row_after(keys: &str) -> usize {
        let mut state = many();
        press(&mut state, keys);
        assert_eq!((state.page, state.count), (PageId::Agents, None), "{keys}");
        state.agents.place().unwrap() + 1
    }

    #[test]
    fn counts_repeat_motions_and_name_rows() {
        for (keys, row) in [
            ("8 j", 9),
            ("7 0 down", 71),
            ("0 1 2 G", 12),
            ("0 1 2 g g", 12),
            ("9 9 9 9 9 9 9 9 9 9 9 9 9 j", 300),
            ("9 G 7 k", 2),
            ("0 3 ctrl-d", 25),
            ("0 2 page-down", 33),
            ("0 j", 2),
            ("7 esc j", 2),
            ("7 s j", 2),
            ("7 g x j", 2),
        ] {
            assert_eq!(row_after(keys), row, "{keys}");
        }
    }

    #[test]
    fn digits_of_pages_act_at_once() {
        let mut state = many();
        press(&mut state, "3");
        assert_eq!((state.page, state.count), (PageId::Events, None));
        press(&mut state, "2 7 3");
        assert_eq!((state.page, state.count), (PageId::Agents, Some(73)));
        press(&mut state, "esc 3");
        assert_eq!((state.page, state.count), (PageId::Events, None));
    }

    #[test]
    fn whoever_binds_the_pages_elsewhere_counts_with_all_digits() {
        let keymap = crate::console::keymap::BUILT_IN.replace("keys = [\"1\"]", "keys = [\"alt-1\"]");
        let mut state = many();
        state.keymap = Arc::new(crate::console::keymap::Keymap::parse(&keymap).unwrap());
        press(&mut state, "1 2 G");
        assert_eq!(state.agents.place(), Some(11));
        press(&mut state, "alt-1");
        assert_eq!(state.page, PageId::Overview);
    }
}
