//! What the console asks of the world outside its screen.
//!
//! [`super::update`] does no I/O: it leaves [`Request`]s, and the loop hands
//! them to an [`Outside`], which answers with a [`Message`]. The real one is
//! `Surroundings`; tests have their own.

mod clipboard;
mod evidence;
mod files;
mod identity;
mod paths;
mod policies;
mod program;
mod remember;
mod surroundings;
mod views;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

pub use clipboard::MAX_OSC52_BYTES;
pub(super) use evidence::Examiner;
pub(super) use identity::Auditor;
pub(super) use policies::{Means, Workshop};
pub use remember::remembered;
pub(super) use surroundings::{Keyboard, Surroundings};

use super::Message;
use super::state::{EvidenceWish, IdentityWish, PolicyWish};
use super::view_string::View;
use crate::files::saving::Original;
use crate::tasks::Question;

/// One thing to do outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Put a text into the clipboard, and say how.
    Copy {
        /// The text; fit to be shown.
        text: String,
        /// What it is: `the id node-1`; fit to be shown.
        what: String,
    },
    /// Keep these filters for the next run, the newest last.
    Remember(Vec<String>),
    /// Ask every group now, as far as that is polite, and say so.
    Refresh,
    /// Stop until the shell continues us.
    Suspend,
    /// Keep a view under a name; none: forget the one that has it.
    KeepView {
        /// The name.
        name: String,
        /// The view.
        view: Option<View>,
    },
    /// Take the mouse, or leave it to the terminal.
    Mouse {
        /// Whether its clicks come here.
        is_ours: bool,
    },
    /// Tell the names in a folder that begin with something.
    ListFolder {
        /// Which time a folder is asked for.
        number: u64,
        /// The folder, as the operator wrote it; empty: where the console was
        /// started.
        folder: String,
        /// What the names begin with.
        prefix: String,
        /// Whether only folders are wanted.
        is_folder: bool,
    },
    /// Open a file for editing.
    OpenFile {
        /// As the operator wrote it.
        path: PathBuf,
    },
    /// Save a file.
    SaveFile {
        /// The file as it was read.
        original: Original,
        /// Its new text.
        text: String,
        /// Whether it is the console's own configuration, which then takes effect.
        is_own: bool,
        /// Whether it is read as a push agent does.
        is_push: bool,
    },
    /// Look at addresses that are being edited; a look that goes on is ended.
    Probe {
        /// Which look it is.
        number: u64,
        /// What is asked.
        question: Question,
    },
    /// End the look that goes on: nobody waits for it.
    EndProbe,
    /// Let the operator write the text of a file.
    EditText {
        /// The text so far.
        text: String,
    },
    /// Show a text in the operator's pager.
    Page {
        /// The text; fit to be shown.
        text: String,
        /// What the file's name ends with: `.json`.
        suffix: &'static str,
    },
    /// Something about policies.
    Policies(PolicyWish),
    /// Something about identities.
    Identity(IdentityWish),
    /// Something about the evidence of one agent.
    Evidence(EvidenceWish),
    /// Let the operator write a filter in their editor.
    EditFilter {
        /// The filter so far.
        text: String,
    },
}

impl Request {
    /// Whether another program gets the terminal meanwhile.
    pub fn takes_terminal(&self) -> bool {
        matches!(self, Self::Page { .. } | Self::EditFilter { .. } | Self::EditText { .. })
    }
}

/// Something that is being done outside; it ends by itself.
pub type Doing<'a> = Pin<Box<dyn Future<Output = Option<Message>> + 'a>>;

/// Does what is asked.
pub trait Outside {
    /// Begins something beside the console. It ends within a few seconds.
    fn begin(&mut self, request: Request) -> Doing<'static>;

    /// Does something that takes the terminal: gives it away, waits, and takes
    /// it back. Dropping the future ends the other program.
    fn hand_over(&mut self, request: Request) -> Doing<'_>;
}
