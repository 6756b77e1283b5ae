//! Findings of a rule: the first few by name, the others counted.

use std::collections::BTreeMap;

use super::codes::severity;
use crate::policy::Finding;

/// Findings of one code that are listed.
const LISTED: usize = 10;

#[derive(Default)]
pub(super) struct Report {
    listed: Vec<Finding>,
    counts: BTreeMap<&'static str, usize>,
}

impl Report {
    /// Adds one; message and hint are only made where it is listed.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        offset: Option<usize>,
        hint: &str,
        message: impl FnOnce() -> String,
    ) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count > LISTED {
            return;
        }
        let mut finding = Finding::new(severity(code), code, message());
        finding.offset = offset;
        finding.hint = (!hint.is_empty()).then(|| hint.to_owned());
        self.listed.push(finding);
    }

    pub(super) fn finish(mut self) -> Vec<Finding> {
        for (code, count) in self.counts {
            if count > LISTED {
                let message = format!("{} more of this kind, {count} in all", count - LISTED);
                self.listed.push(Finding::new(severity(code), code, message));
            }
        }
        self.listed
    }
}

/// Text of the policy for a message; what is far too long is cut first.
pub(super) fn shown(text: &str) -> String {
    let end = (0..=480).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let cut = text.get(..end).unwrap_or(text);
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", crate::text::sanitise_to(cut, 120))
}
