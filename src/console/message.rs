//! What can happen to the console.

use std::sync::Arc;

use crossterm::event::{Event, KeyEventKind, MouseButton, MouseEventKind};
use jiff::Timestamp;

use super::command::FolderNames;
use super::keymap::Key;
use super::state::{Arrangement, EvidenceNews, IdentityNews, Mouse, Notice, PolicyNews, SaveOutcome, Size};
use super::view_string::SavedViews;
use super::widget::Targets;
use crate::files::log::LogPicture;
use crate::files::saving::Original;
use crate::fleet::Snapshot;
use crate::tasks::Looked;
use crate::tasks::standing::Standing;

/// One thing that happened, with the time where it matters.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// The terminal has a new size.
    Resize(Size),
    /// There is a new picture of the fleet.
    Snapshot {
        /// The picture.
        snapshot: Arc<Snapshot>,
        /// When it was taken in.
        now: Timestamp,
    },
    /// The agents are filtered and ordered as was wished for.
    Arranged(Arc<Arrangement>),
    /// The wish of this generation will not be answered.
    NotArranged {
        /// Its generation.
        generation: u64,
    },
    /// The operator has waited for the rows for a while.
    StillArranging,
    /// A shown age may have changed.
    Tick {
        /// The time.
        now: Timestamp,
    },
    /// There are records of the log.
    Log(LogPicture),
    /// Something was done outside, or not.
    Notice(Notice),
    /// A folder told its names, or not, and why.
    Folder {
        /// Which time it was asked for.
        number: u64,
        /// The names.
        told: Result<FolderNames, String>,
    },
    /// The operator wrote this filter in their editor.
    Edited(String),
    /// The views that are kept now, and what to say of it.
    Saved {
        /// The views.
        views: SavedViews,
        /// What was done.
        notice: Notice,
    },
    /// A file was opened for editing, or not, and why.
    Opened(Result<Original, String>),
    /// How saving a file ended.
    FileSaved(SaveOutcome),
    /// The operator wrote the text of a file in their editor.
    TextEdited(String),
    /// A look at an address that is being edited has ended.
    Probed {
        /// Which one.
        number: u64,
        /// What it brought; none: it was ended before.
        looked: Option<Looked>,
    },
    /// Something about policies was done outside.
    Policies(PolicyNews),
    /// Something about identities was done outside.
    Identity(IdentityNews),
    /// Evidence was checked outside.
    Evidence(EvidenceNews),
    /// What is said as long as it holds has changed.
    Standing(Standing),
    /// There will be no more pictures.
    SnapshotsEnded,
}

impl Message {
    /// The message of an event of the terminal; none where it means nothing
    /// here. A resize is the loop's business: it asks for the size. What the
    /// mouse hit is looked up in the frame that the operator saw.
    pub fn from_event(event: &Event, targets: &Targets) -> Option<Self> {
        match event {
            // Some terminals also report the release of a key.
            Event::Key(key) if key.kind != KeyEventKind::Release => Key::from_event(key).map(Self::Key),
            Event::Mouse(mouse) => match mouse.kind {
                MouseEventKind::Down(MouseButton::Left) => {
                    let target = targets.at(mouse.column, mouse.row)?;
                    Some(Self::Mouse(Mouse::Click(target.clone())))
                }
                MouseEventKind::ScrollDown => Some(Self::Mouse(Mouse::Wheel { is_down: true })),
                MouseEventKind::ScrollUp => Some(Self::Mouse(Mouse::Wheel { is_down: false })),
                _ => None,
            },
            _ => None,
        }
    }
}
