//! Opening and saving: what is asked for outside, and what comes back.

use std::path::{Path, PathBuf};

use super::open::Editor;
use crate::console::command::Reason;
use crate::console::outside::Request;
use crate::console::state::{Notice, Overlay, PageId, State};
use crate::files::saving::Original;
use crate::servers::document::Mode;
use crate::servers::unified;
use crate::text::sanitise_to;

/// Columns of a line of a text at most.
const MAX_COLUMNS: usize = 400;

/// What is compared before a file is saved, as lines fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// What somebody else did to the file meanwhile; none: nobody did.
    pub theirs: Option<Vec<DiffLine>>,
    /// What saving would do.
    pub ours: Vec<DiffLine>,
}

/// A line of a comparison.
pub type DiffLine = (char, String);

/// How a save ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    /// The text is in place.
    Saved {
        /// The file as it is now.
        original: Original,
        /// What to know of it, fit to be shown, the most important first.
        words: Vec<String>,
    },
    /// Somebody else changed the file: as it is now.
    Changed {
        /// The file as it is now.
        original: Original,
    },
    /// It was not saved.
    Failed {
        /// Why, fit to be shown.
        words: String,
    },
}

impl Editor {
    fn compare(&mut self) {
        let old = self.original.text().unwrap_or_default();
        self.comparison = Some(Comparison { theirs: None, ours: diff(old, &self.text) });
    }

    /// The file is another one now: what was edited stays, to be compared with it.
    fn rebase(&mut self, original: Original) {
        let before = self.original.text().unwrap_or_default();
        let theirs = diff(before, original.text().unwrap_or_default());
        let ours = diff(original.text().unwrap_or_default(), &self.text);
        self.comparison = Some(Comparison { theirs: Some(theirs), ours });
        self.original = original;
    }
}

/// The lines that differ, with a few around them; userinfo is masked.
fn diff(old: &str, new: &str) -> Vec<DiffLine> {
    let unified = unified(Path::new("file"), old, new);
    let lines = unified.lines().filter(|line| !line.starts_with("--- file") && !line.starts_with("+++ file"));
    let signed = lines.filter_map(|line| {
        let sign = line.chars().next()?;
        let rest = line.get(sign.len_utf8()..)?.trim_end_matches('\r').replace('\t', "    ");
        match sign {
            '@' => Some(('…', String::new())),
            sign => Some((sign, sanitise_to(&rest, MAX_COLUMNS).into_string())),
        }
    });
    // Above the first there is nothing that was left out.
    signed.skip(1).collect()
}

impl State {
    /// Goes to the editor; with nothing open it opens the console's own file.
    pub(in crate::console) fn show_servers(&mut self) {
        self.show(PageId::Servers);
        if self.editor.editor.is_none() && !self.editor.is_busy {
            match self.editor.own.clone() {
                Some(own) => self.open_file(own),
                None => {
                    self.editor.trouble =
                        Some("This console has no configuration file of its own to edit.".to_owned());
                    self.editor.revision += 1;
                }
            }
        }
    }

    /// Opens a file by its path, as the operator wrote it.
    ///
    /// # Errors
    /// What is open has changes that were not saved.
    pub(in crate::console) fn edit_file(&mut self, path: &str) -> Result<(), Reason> {
        if self.editor.editor().is_some_and(Editor::is_modified) {
            return Err(Reason::new("what is open has changes: save them, or undo them with u"));
        }
        self.show(PageId::Servers);
        self.editor.editor = None;
        self.open_file(PathBuf::from(path));
        Ok(())
    }

    /// Reads the open file again; what was changed can be called back by undo.
    pub(in crate::console) fn reload_file(&mut self) {
        if let Some(path) = self.editor.editor().map(|editor| editor.named().to_owned()) {
            self.open_file(path);
        }
    }

    fn open_file(&mut self, path: PathBuf) {
        self.editor.is_busy = true;
        self.editor.trouble = None;
        self.editor.revision += 1;
        self.requests.push(Request::OpenFile { path });
    }

    /// Takes a file that was opened, or why it was not.
    pub(in crate::console) fn take_opened(&mut self, opened: Result<Original, String>) {
        self.editor.is_busy = false;
        self.editor.compared = None;
        self.editor.revision += 1;
        match opened {
            Ok(original) => {
                let is_own = self.editor.own.as_deref().is_some_and(|own| is_same(own, original.named()));
                let before = self.editor.editor.take();
                let mut editor = Editor::new(original, is_own);
                // Read again: what was there can be undone to.
                if let Some(before) = before.filter(|before| before.path() == editor.path()) {
                    editor.mode = before.mode;
                    editor.learned.clone_from(&before.learned);
                    editor.undo = before.undo.clone();
                    if before.text != editor.text {
                        editor.remember(before.version());
                    }
                    let text = editor.text.clone();
                    editor.set_text(text);
                }
                let link = editor.link_words().map(Notice::information);
                let warning = editor.warnings().first().map(|words| Notice::problem(words.clone()));
                self.notice = warning.or(link);
                self.editor.editor = Some(Box::new(editor));
            }
            Err(words) if self.editor.editor.is_some() => self.notice = Some(Notice::problem(words)),
            Err(words) => self.editor.trouble = Some(words),
        }
    }

    /// Shows what saving would do; the same command again does it.
    pub(in crate::console) fn compare_file(&mut self) {
        self.editor.with(Editor::compare);
        self.overlay = Some(Overlay::Comparison { scroll: 0 });
    }

    /// Saves what was compared.
    pub(in crate::console) fn save_file(&mut self) {
        self.overlay = None;
        let Some(editor) = self.editor.editor() else { return };
        self.requests.push(Request::SaveFile {
            original: editor.original.clone(),
            text: editor.text.clone(),
            is_own: editor.is_own,
            is_push: editor.mode == Mode::Push,
        });
        self.editor.is_busy = true;
        self.editor.revision += 1;
    }

    /// Takes how a save ended.
    pub(in crate::console) fn take_saved_file(&mut self, outcome: SaveOutcome) {
        self.editor.is_busy = false;
        match outcome {
            SaveOutcome::Saved { original, words } => {
                self.editor.with(|editor| {
                    editor.original = original;
                    editor.comparison = None;
                    editor.told.clone_from(&words);
                });
                let first = words.into_iter().next().unwrap_or_default();
                self.notice =
                    Some(Notice::information(format!("saved: {}", first.trim_start_matches("saved "))));
            }
            SaveOutcome::Changed { original } => {
                self.editor.with(|editor| editor.rebase(original));
                self.overlay = Some(Overlay::Comparison { scroll: 0 });
                self.notice = Some(Notice::problem("not saved: somebody else changed the file meanwhile"));
            }
            SaveOutcome::Failed { words } => {
                self.editor.revision += 1;
                self.notice = Some(Notice::problem(words));
            }
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    std::path::absolute(one).is_ok_and(|one| one == other)
}
