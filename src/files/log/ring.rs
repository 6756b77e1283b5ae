//! The last records, for the screen.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Records kept; older ones are forgotten.
pub const MAX_RECORDS: usize = 2_000;

/// The last records of the log; clones share them.
#[derive(Clone, Debug, Default)]
pub struct LogRing(Arc<Mutex<VecDeque<Arc<str>>>>);

impl LogRing {
    /// The records, the newest last.
    pub fn records(&self) -> Vec<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(super) fn push(&self, record: &str) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() == MAX_RECORDS {
            records.pop_front();
        }
        records.push_back(record.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_records_are_forgotten() {
        let ring = LogRing::default();
        (0..MAX_RECORDS + 5).for_each(|number| ring.push(&number.to_string()));
        let records = ring.records();
        assert_eq!((records.len(), &*records[0]), (MAX_RECORDS, "5"));
    }
}
