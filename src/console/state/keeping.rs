//! Filters that are kept, called back, or written elsewhere.

use super::{FilterLine, PageId, State};
use crate::console::outside::Request;

impl State {
    /// Closes the line and keeps what it filters.
    pub(in crate::console) fn keep_filter(&mut self) {
        self.line = None;
        let text = self.filter_text();
        if self.history.remember(&text) {
            self.requests.push(Request::Remember(self.history.entries().to_vec()));
        }
        if self.page == PageId::Agents {
            self.agents.choose_current();
        }
    }

    /// Puts another filter of the history into the line.
    pub(in crate::console) fn recall_filter(&mut self, is_back: bool) {
        let filter = self.line.as_mut().and_then(|line| line.recall(&self.history, is_back));
        if let Some(filter) = filter {
            self.set_filter(filter);
        }
    }

    /// Filters by what was written elsewhere. What cannot be read goes into the
    /// line, to be corrected there.
    pub(in crate::console) fn take_edited(&mut self, text: &str) {
        let mut line = FilterLine::default();
        let filter = line.put(text);
        let has_mistake = line.error().is_some();
        self.set_filter(filter);
        self.line = (has_mistake || self.line.is_some()).then_some(line);
    }

    /// Lets the operator write the filter in their editor.
    pub(in crate::console) fn edit_filter_elsewhere(&mut self) {
        let text = self.line.as_ref().map_or_else(|| self.filter_text(), FilterLine::text);
        self.requests.push(Request::EditFilter { text: text.trim().to_owned() });
    }

    /// The page's filter as text.
    fn filter_text(&self) -> String {
        self.filter().map(ToString::to_string).unwrap_or_default()
    }
}
