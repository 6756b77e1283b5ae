//! The line in which a filter is written.

use super::TextLine;
use super::history::{History, Recall};
use crate::console::filter::{Filter, FilterError};

/// The line in which a filter is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterLine {
    line: TextLine,
    error: Option<FilterError>,
    recall: Option<Recall>,
}

impl FilterLine {
    /// A line that holds a filter, the cursor at its end.
    pub fn new(filter: &Filter) -> Self {
        let mut text = filter.to_string();
        if !text.is_empty() {
            text.push(' ');
        }
        Self { line: TextLine::new(text), ..Self::default() }
    }

    /// The text before the cursor and the text from it on.
    pub fn parts(&self) -> (&str, &str) {
        self.line.parts()
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.line.text()
    }

    /// What is wrong with the text as a filter.
    pub fn error(&self) -> Option<&FilterError> {
        self.error.as_ref()
    }

    /// Changes the text, and reads it as a filter: the terms that can be read.
    /// What is wrong with the others is kept.
    pub fn edit(&mut self, change: impl FnOnce(&mut TextLine)) -> Filter {
        change(&mut self.line);
        let (filter, mistake) = Filter::of_readable_terms(&self.line.text());
        self.error = mistake;
        filter
    }

    /// Puts a text in its place.
    pub(in crate::console) fn put(&mut self, text: &str) -> Filter {
        self.edit(|line| {
            line.clear();
            text.chars().for_each(|character| line.insert(character));
        })
    }

    /// Puts the filter before (or after) this one of the history in its place.
    pub(in crate::console) fn recall(&mut self, history: &History, is_back: bool) -> Option<Filter> {
        let (text, recall) = history.step(self.recall.as_ref(), &self.line.text(), is_back)?;
        self.recall = recall;
        Some(self.put(&text))
    }
}
