//! The help: for where it was opened, and what is looked for in it.

use std::sync::Arc;

use super::{Overlay, State, TextLine};
use crate::console::command;
use crate::console::keymap::Context;

/// The help that lies over a page.
#[derive(Clone, Debug)]
pub struct Help {
    /// Where it was opened: what holds there comes first.
    pub place: Context,
    /// What is looked for; empty: nothing.
    pub line: TextLine,
    /// Whether it is being written.
    pub is_writing: bool,
    /// Lines above the first one in sight.
    pub scroll: usize,
    /// Commands that could not be had where it was opened, and why not.
    pub refused: Arc<[(&'static str, String)]>,
    /// What it lies over.
    under: Option<Box<Overlay>>,
}

impl Help {
    /// Why a command could not be had where the help was opened.
    pub fn refusal(&self, command: &str) -> Option<&str> {
        self.refused.iter().find(|(id, _)| *id == command).map(|(_, words)| words.as_str())
    }

    /// What it lies over.
    pub(super) fn under(&self) -> Option<&Overlay> {
        self.under.as_deref()
    }

    /// Whether an entry with this text is shown: all words are in it.
    pub fn shows(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.line.text().to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

impl State {
    /// Opens the help for where the operator is.
    pub(in crate::console) fn open_help(&mut self) {
        // Asked before the help lies over everything.
        let why_not = |command| Some((command, command::why_not(self, command)?));
        let refused = command::all().filter(|command| !command.is_for_lines()).filter_map(why_not);
        let refused = refused.map(|(command, words)| (command.id, words)).collect();
        let place = self.context_below();
        let under = match self.overlay.take() {
            Some(Overlay::Help(help)) => help.under,
            other => other.map(Box::new),
        };
        let (line, scroll) = (TextLine::default(), 0);
        self.overlay = Some(Overlay::Help(Help { place, line, is_writing: false, scroll, refused, under }));
    }

    /// The help, where it lies on top.
    pub(in crate::console) fn help_mut(&mut self) -> Option<&mut Help> {
        match &mut self.overlay {
            Some(Overlay::Help(help)) => Some(help),
            _ => None,
        }
    }

    /// Begins or ends writing what is looked for in the help.
    pub(in crate::console) fn write_search(&mut self, is_writing: bool) {
        match self.help_mut() {
            Some(help) => help.is_writing = is_writing,
            None => self.write_sought(is_writing),
        }
    }

    /// Shows all of the help again, or all of the list.
    pub(in crate::console) fn clear_search(&mut self) {
        match self.help_mut() {
            Some(help) => {
                help.is_writing = false;
                help.scroll = 0;
                help.line.clear();
            }
            None => {
                self.edit_sought(TextLine::clear);
                self.write_sought(false);
            }
        }
    }

    /// Closes the help, or first what is looked for in it; false without one.
    pub(super) fn close_help(&mut self) -> bool {
        let Some(help) = self.help_mut() else { return false };
        if !help.line.text().is_empty() {
            self.clear_search();
            return true;
        }
        self.overlay = help.under.take().map(|under| *under);
        if let Some(Overlay::Detail(detail)) = &mut self.overlay {
            detail.follow(&self.snapshot);
        }
        true
    }
}
