//! The trust store: keys and certificates that the operator pinned.

use super::Window;
use crate::console::command::Motion;

/// One pinned key or certificate, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustEntry {
    /// What the operator calls it.
    pub label: String,
    /// `key` or `certificate`, with its algorithm.
    pub kind: String,
    /// What names it: SHA-256 of its public key.
    pub fingerprint: String,
    /// For which groups and policies.
    pub scope: String,
    /// From when to when.
    pub validity: String,
    /// When it was pinned.
    pub added: String,
}

/// All of the trust store, fit to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustPicture {
    /// The file that holds it.
    pub file: String,
    /// What is pinned.
    pub entries: Vec<TrustEntry>,
    /// What was done to it, the newest first.
    pub history: Vec<String>,
}

/// A key that was read and may be pinned, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCandidate {
    /// The file, as the operator wrote it.
    pub path: String,
    /// What the operator calls it.
    pub label: String,
    /// `key` or `certificate`, with its algorithm.
    pub kind: String,
    /// What names it.
    pub fingerprint: String,
    /// What to know before.
    pub words: Vec<String>,
}

/// The trust store on the screen.
#[derive(Clone, Debug, Default)]
pub struct TrustTable {
    picture: Option<TrustPicture>,
    trouble: Option<String>,
    asking: Option<u64>,
    reading_key: Option<u64>,
    candidate: Option<KeyCandidate>,
    window: Window,
}

impl TrustTable {
    /// All of it; none: it was not read yet.
    pub fn picture(&self) -> Option<&TrustPicture> {
        self.picture.as_ref()
    }

    /// Why it cannot be read.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The key that may be pinned.
    pub fn candidate(&self) -> Option<&KeyCandidate> {
        self.candidate.as_ref()
    }

    /// Selection and scrolling.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The selected one.
    pub fn selected(&self) -> Option<&TrustEntry> {
        self.picture.as_ref()?.entries.get(self.window.place())
    }

    /// Whether something is being done.
    pub fn is_busy(&self) -> bool {
        self.asking.is_some() || self.reading_key.is_some()
    }

    fn length(&self) -> usize {
        self.picture.as_ref().map_or(0, |picture| picture.entries.len())
    }

    pub(super) fn is_asking(&self, generation: u64) -> bool {
        self.asking == Some(generation) || self.reading_key == Some(generation)
    }

    pub(super) fn ask(&mut self, generation: u64) {
        self.asking = Some(generation);
    }

    pub(super) fn ask_key(&mut self, generation: u64) {
        self.reading_key = Some(generation);
    }

    pub(super) fn drop_candidate(&mut self) {
        self.candidate = None;
    }

    pub(super) fn take(&mut self, generation: u64, trust: Result<TrustPicture, String>) -> bool {
        if self.asking != Some(generation) {
            return false;
        }
        self.asking = None;
        match trust {
            Ok(picture) => {
                self.picture = Some(picture);
                self.trouble = None;
            }
            Err(words) => self.trouble = Some(words),
        }
        true
    }

    pub(super) fn take_candidate(&mut self, generation: u64, key: Result<KeyCandidate, String>) -> bool {
        if self.reading_key != Some(generation) {
            return false;
        }
        self.reading_key = None;
        self.candidate = key.ok();
        true
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        self.window.go(motion, self.length(), height);
    }

    pub(super) fn settle(&mut self, height: usize) -> bool {
        self.window.settle(self.length(), height)
    }
}
