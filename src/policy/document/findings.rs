//! Findings, bounded: a text with a million faults says so in a few lines.

use std::collections::BTreeMap;

use crate::policy::Finding;
use crate::text::sanitise_to;

use super::codes;

/// Findings of one code that are listed; the others are counted.
const LISTED: usize = 20;

/// Characters of a path or a digest in a message.
const SHOWN: usize = 120;

/// Text of the policy, for a message.
pub(super) fn shown(text: &str) -> String {
    // What is far too long is cut before the sanitiser counts its characters.
    let end = (0..=SHOWN * 4).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let cut = text.get(..end).unwrap_or(text);
    if cut.len() < text.len() {
        format!("{} ({} bytes)", sanitise_to(cut, SHOWN), text.len())
    } else {
        sanitise_to(text, SHOWN).into_string()
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    listed: Vec<Finding>,
    counts: BTreeMap<&'static str, usize>,
}

impl Findings {
    /// Adds one; the message is only made where it is listed.
    #[cold]
    pub(super) fn add(&mut self, code: &'static str, offset: usize, message: impl FnOnce() -> String) {
        self.add_with(code, offset, message, None);
    }

    /// Adds one with what to do.
    #[cold]
    pub(super) fn add_with(
        &mut self,
        code: &'static str,
        offset: usize,
        message: impl FnOnce() -> String,
        hint: Option<&str>,
    ) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= LISTED {
            let mut finding = Finding::new(codes::severity(code), code, message()).at(offset);
            finding.hint = hint.map(str::to_owned);
            self.listed.push(finding);
        }
    }

    /// All of them, in the order of the text as far as it was read in order.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        for (code, count) in self.counts {
            if count > LISTED {
                let more = count - LISTED;
                let message = format!("{more} more findings of this kind, {count} in all");
                self.listed.push(Finding::new(codes::severity(code), code, message));
            }
        }
        self.listed
    }
}
