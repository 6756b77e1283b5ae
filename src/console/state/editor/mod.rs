//! The editor of server blocks: a form over a text.
//!
//! The text is the truth ([`Editor`]); the [`Form`] is read from it after every
//! key, with every diagnostic at its row. Changes go through
//! [`crate::servers::edit`], so that nothing else of the text changes. Files are
//! opened and saved outside; what comes back is taken in by [`EditorState`]. On
//! request the row's address is looked at ([`Probe`]).

mod changes;
mod form;
mod open;
mod probe;
mod saving;

pub(in crate::console) use changes::EditorCommand;
pub use form::{Form, Row};
pub use open::{Editor, Field};
pub use probe::Probe;
pub use saving::{Comparison, SaveOutcome};

use std::path::PathBuf;

use crate::console::command::Motion;

/// The page, with or without a file.
#[derive(Clone, Debug, Default)]
pub struct EditorState {
    /// The console's own configuration.
    own: Option<PathBuf>,
    editor: Option<Box<Editor>>,
    /// Why nothing is open; fit to be shown.
    trouble: Option<String>,
    /// A file is being opened or saved.
    is_busy: bool,
    /// Looks at addresses so far.
    looks: u64,
    /// The look that goes on outside.
    looking: Option<u64>,
    /// The picture by which blocks were last compared.
    compared: Option<u64>,
    /// Grows with everything that can be seen.
    revision: u64,
}

impl EditorState {
    /// Nothing is open; this is the console's own configuration, if it has one.
    pub(super) fn new(own: Option<PathBuf>) -> Self {
        Self { own, ..Self::default() }
    }

    /// What is being edited.
    pub fn editor(&self) -> Option<&Editor> {
        self.editor.as_deref()
    }

    /// Why nothing is open.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Whether a file is being opened or saved.
    pub fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Grows with everything that can be seen.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        self.with(|editor| editor.go(motion, height));
    }

    pub(super) fn settle(&mut self, height: usize) {
        if let Some(editor) = self.editor.as_deref_mut() {
            editor.settle(height);
        }
    }

    /// Changes what is open, if something is.
    pub(super) fn with<T>(&mut self, change: impl FnOnce(&mut Editor) -> T) -> Option<T> {
        self.revision += 1;
        self.editor.as_deref_mut().map(change)
    }
}

#[cfg(test)]
mod tests;
