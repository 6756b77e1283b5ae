//! The screen: what an operator sees of the fleet and does with it.
//!
//! One task owns everything ([`run`]). It waits for input, for a new picture of
//! the fleet, or for the moment at which a shown age changes; turns what came
//! into a [`Message`]; lets [`update`] change the [`State`] without any I/O;
//! and draws only if that changed something visible ([`state::Visible`]), at
//! most once per frame. When nothing happens nothing is armed, drawn or written.
//!
//! * [`command`]: the table of commands, the only way to act
//! * [`keymap`]: which keys mean which command (`assets/keymap.toml`)
//! * [`filter`]: the filter language
//! * [`view_string`]: what is looked at, as a text
//! * [`state`]: everything that can change, without a type of the terminal's
//! * [`page`]: what the pages say; [`widget`]: how it is put into cells
//! * [`theme`]: roles and their styles (`themes/*.toml`)
//! * [`outside`]: what is asked of the world beyond the screen
//! * [`terminal`]: the real terminal, entered and left in one place

mod arranging;
mod clock;
pub mod command;
mod diagnose;
pub mod documentation;
mod error;
pub mod filter;
mod frame;
mod glyph;
pub mod keymap;
mod message;
mod on_terminal;
pub mod outside;
pub mod page;
mod run;
mod settings;
pub mod state;
pub mod terminal;
pub mod theme;
mod update;
mod view;
pub mod view_string;
pub mod widget;

pub use clock::{Clock, SystemClock};
pub use diagnose::{Faults, Source};
pub use error::ConsoleError;
pub use frame::FRAME_INTERVAL;
pub use message::Message;
pub use on_terminal::run_on_terminal;
pub use run::run;
pub use settings::{Files, Settings};
pub use state::State;
pub use theme::ColourDepth;
pub use update::{Effects, update};
pub use view::draw;

use std::path::PathBuf;

use tokio::sync::watch;

use crate::files::log::LogRing;
use crate::tasks::policies::Policies;
use crate::tasks::standing::Standing;
use crate::tasks::{Director, Prober, Refresher};

/// What the caller decides about a run of the console.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether commands that write are refused; shown as a badge.
    pub read_only: bool,
    /// What is being looked at, e.g. `demo` or the configuration's path; fit to
    /// be shown.
    pub title: String,
    /// Whether only ASCII characters may be drawn.
    pub ascii: bool,
    /// Whether colours may be used; false where `NO_COLOR` is set.
    pub colour: bool,
    /// Whether the mouse acts here from the start; else the terminal has it.
    pub mouse: bool,
    /// Whether this is a wall-board: read-only, its pages turn by themselves.
    pub dashboard: bool,
    /// How many colours the terminal shows.
    pub depth: ColourDepth,
    /// Something to say at the start, until the first key; fit to be shown.
    pub notice: Option<String>,
    /// The log that the Log page shows; none: no log is kept.
    pub log: Option<LogRing>,
    /// Where nothing is configured: what was looked for and what to do, a
    /// paragraph each, fit to be shown.
    pub start: Option<Vec<String>>,
    /// Filters of earlier runs, the newest last.
    pub remembered: Vec<String>,
    /// Where the filters are kept for the next run; none: nowhere.
    pub history_file: Option<PathBuf>,
    /// What asks the servers sooner than planned; none: nothing does.
    pub refresher: Option<Refresher>,
    /// Who looks at addresses that are being edited; none: nobody does.
    pub prober: Option<Prober>,
    /// The console's own configuration file, which can be edited.
    pub own_file: Option<PathBuf>,
    /// What lets another configuration take effect; none: only the next start.
    pub director: Option<Director>,
    /// What reads the policies of the groups; none: nothing does.
    pub policies: Option<Policies>,
    /// Where pinned keys are kept; none: nowhere.
    pub trust_file: Option<PathBuf>,
    /// Where identities are pinned; none: nowhere.
    pub identity_file: Option<PathBuf>,
    /// The folder with the certificates of TPM makers; none: chains are not judged.
    pub vendor_roots: Option<PathBuf>,
    /// What the configuration demands of the store's anchor in the TPM.
    pub anchor: crate::config::Anchor,
    /// What is said as long as it holds; none: nothing is.
    pub standing: Option<watch::Receiver<Standing>>,
    /// The operator's own keys and themes.
    pub settings: Settings,
}

/// Why the console ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operator quit.
    Quit,
    /// The operator wants to see the embedded fleet.
    Demo,
    /// The stop future resolved: a signal, or the caller.
    Stopped,
    /// There is no more input: the terminal is gone.
    InputEnded,
}

#[cfg(test)]
mod test_fleet;
#[cfg(test)]
mod tests;
