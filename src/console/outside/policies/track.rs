//! How far a job is, and whether it is still wanted.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::console::state::{JudgedBatch, PolicyList, Progress};

/// Shared between a job and who waits for it.
#[derive(Debug, Default)]
pub(in crate::console::outside) struct Track {
    is_given_up: AtomicBool,
    step: Mutex<&'static str>,
    done: AtomicU64,
    total: AtomicU64,
    list: Mutex<Option<PolicyList>>,
    judged: Mutex<JudgedBatch>,
}

impl Track {
    /// Nobody waits for it any more.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }

    /// The same, for whoever looks at it often.
    pub(super) fn cancel(&self) -> &AtomicBool {
        &self.is_given_up
    }

    /// Another step begins, of so many bytes; 0: not known.
    pub(super) fn step(&self, step: &'static str, total: u64) {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// So many bytes of the step are done.
    pub(super) fn done(&self, bytes: u64) {
        self.done.store(bytes, Ordering::Relaxed);
    }

    /// So many things are done, of so many; told from several threads, so that
    /// a smaller number may come later.
    pub(super) fn count(&self, done: usize, all: usize) {
        self.total.store(all as u64, Ordering::Relaxed);
        self.done.fetch_max(done as u64, Ordering::Relaxed);
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        Progress {
            step: *self.step.lock().unwrap_or_else(PoisonError::into_inner),
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
        }
    }

    /// What is known of the groups' policies so far.
    pub(super) fn list(&self, list: PolicyList) {
        *self.list.lock().unwrap_or_else(PoisonError::into_inner) = Some(list);
    }

    /// The same, once.
    pub(super) fn take_list(&self) -> Option<PolicyList> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Something was judged.
    pub(super) fn judged(&self, change: impl FnOnce(&mut JudgedBatch)) {
        change(&mut self.judged.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was judged since the last time.
    pub(super) fn take_judged(&self) -> JudgedBatch {
        std::mem::take(&mut self.judged.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
