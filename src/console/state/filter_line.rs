//! The line in which a filter is written.

use super::TextLine;
use crate::console::filter::Filter;

/// The line in which a filter is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterLine {
    line: TextLine,
    error: Option<String>,
}

impl FilterLine {
    /// A line that holds a filter, the cursor at its end.
    pub fn new(filter: &Filter) -> Self {
        let mut text = filter.to_string();
        if !text.is_empty() {
            text.push(' ');
        }
        Self { line: TextLine::new(text), error: None }
    }

    /// The text before the cursor and the text from it on.
    pub fn parts(&self) -> (&str, &str) {
        self.line.parts()
    }

    /// What is wrong with the text as a filter.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Changes the text, and reads it as a filter: the terms that can be read.
    /// What is wrong with the others is kept.
    pub fn edit(&mut self, change: impl FnOnce(&mut TextLine)) -> Filter {
        change(&mut self.line);
        let (filter, mistake) = Filter::of_readable_terms(&self.line.text());
        self.error = mistake.map(|mistake| mistake.to_string());
        filter
    }
}
