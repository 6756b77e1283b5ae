//! A file that is being edited.

use std::path::Path;

use super::form::{Form, Row};
use super::probe::Probe;
use super::saving::Comparison;
use crate::console::command::Motion;
use crate::console::state::TextLine;
use crate::files::saving::Original;
use crate::servers::conceal::holds_secret;
use crate::servers::document::{Learned, Mode};
use crate::text::sanitise;

/// Steps that can be undone at most.
const MAX_STEPS: usize = 200;

/// A file that is being edited.
#[derive(Clone, Debug)]
pub struct Editor {
    pub(super) original: Original,
    /// Whether it is the console's own configuration.
    pub(super) is_own: bool,
    pub(super) text: String,
    pub(super) mode: Mode,
    pub(super) form: Form,
    pub(super) place: usize,
    offset: usize,
    pub(super) undo: Vec<Version>,
    pub(super) redo: Vec<Version>,
    pub(super) field: Option<Field>,
    pub(super) shows_text: bool,
    pub(super) comparison: Option<Comparison>,
    /// What there is to know since it was saved.
    pub(super) told: Vec<String>,
    /// What lookups and the fleet told of its servers.
    pub(super) learned: Learned,
    /// The last look at an address, while that stands there.
    pub(super) probe: Option<Probe>,
}

/// A text and where the operator was in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) text: String,
    pub(super) place: usize,
}

/// The row that is being written.
#[derive(Clone, Debug)]
pub struct Field {
    /// What is written.
    pub line: TextLine,
    /// Why it cannot be taken as it is; the diagnostics say what is wrong with
    /// what can.
    pub fault: Option<String>,
    pub(super) row: Row,
    pub(super) before: Version,
}

impl Editor {
    /// A file as it was read.
    pub(super) fn new(original: Original, is_own: bool) -> Self {
        let text = original.text().unwrap_or_default().to_owned();
        let mode = if is_own { Mode::Console } else { Mode::Pull };
        let learned = Learned::default();
        let form = Form::of(&text, mode, &learned);
        // An agent's file that names verifiers is one of a push agent.
        let names_verifiers = form.document.blocks.iter().any(|block| !block.verifiers.entries.is_empty());
        let mode = if !is_own && form.has_blocks() && names_verifiers { Mode::Push } else { mode };
        let form = Form::of(&text, mode, &learned);
        Self {
            original,
            is_own,
            text,
            mode,
            form,
            place: 0,
            offset: 0,
            undo: Vec::new(),
            redo: Vec::new(),
            field: None,
            shows_text: false,
            comparison: None,
            told: Vec::new(),
            learned,
            probe: None,
        }
    }

    /// The file's name, fit to be shown.
    pub fn name(&self) -> String {
        sanitise(&self.original.path().to_string_lossy()).into_string()
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        self.original.path()
    }

    /// The name that it was opened by: a link, perhaps.
    pub fn named(&self) -> &Path {
        self.original.named()
    }

    /// Where the link leads that it was opened by, fit to be shown; none: it was
    /// named itself.
    pub fn link_words(&self) -> Option<String> {
        let link = sanitise(&self.original.link()?.to_string_lossy()).into_string();
        Some(format!("{link} is a link to {}: that file is edited, and the link stays", self.name()))
    }

    /// What its operator should know of the file itself.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.original.warnings().to_vec();
        if self.original.is_public() && holds_secret(self.original.text().unwrap_or_default()) {
            warnings.push(format!(
                "{} holds a password, and every user of this machine may read it: chmod o-r, and change the password",
                self.name()
            ));
        }
        warnings
    }

    /// Whether the file does not exist yet.
    pub fn is_new(&self) -> bool {
        self.original.text().is_none()
    }

    /// Whether it is the console's own configuration.
    pub fn is_own(&self) -> bool {
        self.is_own
    }

    /// The text as it is now. It may hold userinfo: not fit to be shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Who reads the file.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The rows and what was found.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The selected row's number.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Rows above the first one in sight.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The selected row.
    pub fn row(&self) -> Option<Row> {
        self.form.rows.get(self.place).copied()
    }

    /// What is being written.
    pub fn field(&self) -> Option<&Field> {
        self.field.as_ref()
    }

    /// Whether the text is shown where there is room for one of both.
    pub fn shows_text(&self) -> bool {
        self.shows_text
    }

    /// What is compared before saving.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.comparison.as_ref()
    }

    /// What there is to know since it was saved; fit to be shown.
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// Whether the text is another than the file's.
    pub fn is_modified(&self) -> bool {
        self.original.text().unwrap_or_default() != self.text
    }

    pub(super) fn version(&self) -> Version {
        Version { text: self.text.clone(), place: self.place }
    }

    /// Another text; the row stays as near as it can.
    pub(super) fn set_text(&mut self, text: String) {
        self.told.clear();
        self.text = text;
        self.read_again();
        self.forget_other_probe();
    }

    /// The text is the same, but it is judged anew.
    pub(super) fn read_again(&mut self) {
        self.form = Form::of(&self.text, self.mode, &self.learned);
        self.place = self.place.min(self.form.rows.len().saturating_sub(1));
    }

    /// Another text that can be undone.
    pub(super) fn step_to(&mut self, text: String) {
        if text != self.text {
            let before = self.version();
            self.remember(before);
            self.set_text(text);
        }
    }

    /// What can be gone back to.
    pub(super) fn remember(&mut self, before: Version) {
        if self.undo.len() == MAX_STEPS {
            self.undo.remove(0);
        }
        self.undo.push(before);
        self.redo.clear();
    }

    /// Goes to a row, if it is there.
    pub(super) fn go_to_row(&mut self, row: Row) {
        if let Some(place) = self.form.rows.iter().position(|other| *other == row) {
            self.place = place;
        }
    }

    pub(in crate::console::state) fn go(&mut self, motion: Motion, height: usize) {
        self.place = motion.from(self.place, self.form.rows.len(), height);
    }

    /// Keeps the selected row in sight, with what is said of it below.
    pub(in crate::console::state) fn settle(&mut self, height: usize) {
        let room = height.saturating_sub(4).max(1);
        let lowest = (self.place + 1).saturating_sub(room);
        self.offset = self.offset.clamp(lowest, self.place.max(lowest));
    }
}

/// Without the text: an address may hold a password.
impl std::fmt::Debug for Version {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Version({} bytes, row {})", self.text.len(), self.place)
    }
}
