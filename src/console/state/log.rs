//! The state of the Log page.

use std::sync::Arc;

use super::Feed;
use crate::console::command::Motion;
use crate::files::log::LogPicture;

/// Which records are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All of them.
    #[default]
    Everything,
    /// Warnings and errors.
    Warnings,
    /// Errors only.
    Errors,
}

impl Level {
    /// What is shown, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Everything => "every level",
            Self::Warnings => "warnings and errors",
            Self::Errors => "errors only",
        }
    }

    /// Its name in a view.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everything => "all",
            Self::Warnings => "warn",
            Self::Errors => "error",
        }
    }

    /// The level of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Everything, Self::Warnings, Self::Errors].into_iter().find(|level| level.name() == name)
    }

    fn next(self) -> Self {
        match self {
            Self::Everything => Self::Warnings,
            Self::Warnings => Self::Errors,
            Self::Errors => Self::Everything,
        }
    }

    /// The level of a record: `TIME LEVEL room: text`.
    pub fn of(record: &str) -> Self {
        match record.split_whitespace().nth(1) {
            Some("ERROR") => Self::Errors,
            Some("WARN") => Self::Warnings,
            _ => Self::Everything,
        }
    }
}

/// The state of the Log page.
#[derive(Clone, Debug, Default)]
pub struct LogState {
    picture: LogPicture,
    level: Level,
    feed: Feed,
    is_settled: bool,
}

impl LogState {
    /// What is shown, by the records' numbers.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Which records are shown.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Records in all.
    pub fn total(&self) -> usize {
        self.picture.records.len()
    }

    /// The record in a row.
    pub fn row(&self, row: usize) -> Option<&Arc<str>> {
        self.picture.record(self.feed.number(row)?)
    }

    pub(in crate::console) fn take(&mut self, picture: LogPicture) {
        self.picture = picture;
        self.is_settled = false;
    }

    pub(in crate::console) fn turn_level(&mut self) {
        self.level = self.level.next();
        self.is_settled = false;
    }

    pub(in crate::console) fn set_level(&mut self, level: Level) {
        self.level = level;
        self.is_settled = false;
    }

    /// Goes to an entry, by its number.
    pub(super) fn choose(&mut self, number: u64) {
        self.feed.choose(number);
    }

    pub(super) fn go(&mut self, motion: Motion, height: usize) {
        self.feed.go(motion, height);
    }

    pub(super) fn settle(&mut self, height: usize) {
        if !self.is_settled {
            self.is_settled = true;
            let numbered = (self.picture.first..).zip(&self.picture.records);
            let mut shown: Vec<_> = numbered
                .filter(|(_, record)| Level::of(record) >= self.level)
                .map(|(number, _)| number)
                .collect();
            shown.reverse();
            self.feed.take(shown);
        }
        self.feed.settle(height);
    }
}
