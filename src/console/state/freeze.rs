//! Standing still: the operator reads, and the data waits.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Notice, State};
use crate::console::page::overview::age_step;
use crate::fleet::Snapshot;

/// Since when the data stands still.
#[derive(Clone, Debug)]
pub struct Frozen {
    since: Timestamp,
    /// The newest picture that came meanwhile.
    waiting: Option<Arc<Snapshot>>,
}

impl State {
    /// Lets the data stand still, or go on.
    pub(in crate::console) fn toggle_freeze(&mut self) {
        match self.frozen.take() {
            None => {
                self.frozen = Some(Frozen { since: self.now, waiting: None });
                self.notice =
                    Some(Notice::information("frozen: new answers wait until the same key is pressed again"));
            }
            Some(frozen) => {
                if let Some(snapshot) = frozen.waiting {
                    self.show_snapshot(snapshot);
                }
            }
        }
    }

    /// Takes in a picture, or lets it wait.
    pub(in crate::console) fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        match &mut self.frozen {
            Some(frozen) => frozen.waiting = Some(snapshot),
            None => self.show_snapshot(snapshot),
        }
    }

    /// The words of the badge: for how long the data has stood still.
    pub fn frozen_words(&self) -> Option<String> {
        let age = self.frozen.as_ref()?.age(self.now);
        Some(format!("frozen {}", age_step(age).0))
    }

    /// When the badge changes.
    pub(super) fn frozen_tick(&self) -> Option<Timestamp> {
        let frozen = self.frozen.as_ref()?;
        let (_, next) = age_step(frozen.age(self.now));
        frozen.since.checked_add(SignedDuration::from_secs(i64::try_from(next).ok()?)).ok()
    }
}

impl Frozen {
    fn age(&self, now: Timestamp) -> u64 {
        u64::try_from(now.duration_since(self.since).as_secs()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use crate::console::test_fleet::{self, agents, fleet, later, press};
    use crate::console::{Message, Options, update};

    #[test]
    fn new_pictures_wait_and_come_all_at_once() {
        let mut state = test_fleet::state(Options::default());
        press(&mut state, "2 f j");
        let shown = state.snapshot.counts;
        let mut fleet = fleet();
        fleet.apply(0, agents(0, serde_json::json!({}), 0.01), later(5));
        let snapshot = std::sync::Arc::new(fleet.snapshot());
        assert!(!update(&mut state, Message::Snapshot { snapshot, now: later(5) }).redraw);
        assert_eq!(state.snapshot.counts, shown);
        assert_eq!(state.frozen_words().as_deref(), Some("frozen less than 10 s"));
        assert_eq!(state.next_tick(), Some(later(10)));
        assert!(update(&mut state, Message::Tick { now: later(10) }).redraw);
        assert_eq!(state.frozen_words().as_deref(), Some("frozen 10 s"));
        press(&mut state, "f");
        assert_ne!(state.snapshot.counts, shown);
        assert_eq!(state.frozen_words(), None);
    }
}
