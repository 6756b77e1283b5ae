//! A text's errors, to be compared with those of another.

use std::collections::BTreeMap;
use std::path::Path;

use super::check::console_findings;
use crate::servers::Severity;
use crate::servers::document::{self, Mode};

/// What is wrong with a text.
pub(super) struct Judged {
    /// The modes in which it is right.
    right: Vec<Mode>,
    /// How often each error is found.
    counts: BTreeMap<&'static str, usize>,
    /// The errors with their places, fit to be shown.
    pub errors: Vec<String>,
    /// Whether an address holds userinfo.
    pub has_userinfo: bool,
}

impl Judged {
    pub(super) fn of(text: &str, modes: &[Mode], name: &Path) -> Self {
        let document = document::read(text, modes);
        let others = console_findings(&document, text, name);
        let others: Vec<_> = others.iter().filter(|found| found.severity == Severity::Error).collect();
        let found = document.diagnostics.iter().zip(document.render(text, name));
        let found: Vec<_> = found.filter(|(found, _)| found.severity == Severity::Error).collect();
        let mut counts = BTreeMap::new();
        for code in found.iter().map(|(found, _)| found.code).chain(others.iter().map(|found| found.code)) {
            *counts.entry(code).or_default() += 1;
        }
        let right = document.readings.iter().filter(|reading| reading.valid && others.is_empty());
        Self {
            right: right.map(|reading| reading.mode).collect(),
            has_userinfo: counts.contains_key("userinfo"),
            counts,
            errors: found
                .into_iter()
                .map(|(_, words)| words)
                .chain(others.iter().map(|found| found.render(name)))
                .collect(),
        }
    }

    /// Whether this is wrong for everybody, and was not, or not so wrong.
    pub(super) fn is_worse(&self, before: &Self) -> bool {
        let more =
            |(code, count): (&&str, &usize)| before.counts.get(*code).is_none_or(|before| count > before);
        self.right.is_empty() && (!before.right.is_empty() || self.counts.iter().any(more))
    }

    /// The modes in which it was right, and is no more.
    pub(super) fn lost(&self, before: &Self) -> Vec<&'static str> {
        before.right.iter().filter(|mode| !self.right.contains(mode)).map(|mode| mode.word()).collect()
    }
}
