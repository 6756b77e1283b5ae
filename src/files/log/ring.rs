//! The last records, for the screen.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// Records kept; older ones are forgotten.
pub const MAX_RECORDS: usize = 2_000;

/// The last records of the log; clones share them.
#[derive(Clone, Debug, Default)]
pub struct LogRing(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<LogPicture>,
    /// How many records there were; whoever shows them waits for it to change.
    written: watch::Sender<u64>,
}

/// The records at one moment.
#[derive(Clone, Debug, Default)]
pub struct LogPicture {
    /// The number of the first record; the others follow it without a gap.
    pub first: u64,
    /// The records, the newest last.
    pub records: VecDeque<Arc<str>>,
}

impl LogPicture {
    /// The record with this number.
    pub fn record(&self, number: u64) -> Option<&Arc<str>> {
        self.records.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

impl LogRing {
    /// The records as they are now.
    pub fn picture(&self) -> LogPicture {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells when there is a new record.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.0.written.subscribe()
    }

    /// Adds a record; it has to be fit to be shown.
    pub fn push(&self, record: &str) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.records.len() == MAX_RECORDS {
            kept.records.pop_front();
            kept.first += 1;
        }
        kept.records.push_back(record.into());
        drop(kept);
        self.0.written.send_modify(|written| *written += 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_records_are_forgotten_and_news_is_told() {
        let ring = LogRing::default();
        let news = ring.news();
        (0..MAX_RECORDS + 5).for_each(|number| ring.push(&number.to_string()));
        let picture = ring.picture();
        assert_eq!((picture.records.len(), &*picture.records[0], picture.first), (MAX_RECORDS, "5", 5));
        assert_eq!(picture.record(7).map(|record| &**record), Some("7"));
        assert_eq!((picture.record(4), picture.record(9_999)), (None, None));
        assert!(news.has_changed().unwrap());
    }
}
