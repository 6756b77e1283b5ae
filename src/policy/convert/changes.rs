//! What was changed, said once for each kind.

use crate::policy::{Finding, Severity};
use crate::text::count;

/// The codes of this part: name, weight and meaning.
pub const CODES: &[(&str, Severity, &str)] = &[
    ("convert-meta", Severity::Info, "meta was brought to today's version"),
    ("convert-renamed", Severity::Info, "a member has another name today"),
    ("convert-added", Severity::Info, "a member that today's schema asks for was missing"),
    ("convert-kept", Severity::Info, "a member that verifiers ignore was kept as it is"),
    ("convert-replaced", Severity::Warning, "a value that today's verifiers refuse was replaced"),
    (
        "convert-signature-lost",
        Severity::Warning,
        "the signatures of the old envelope do not fit the new policy",
    ),
    ("convert-line-skipped", Severity::Warning, "a line without digest and path was left out"),
    (
        "convert-digest-corrected",
        Severity::Error,
        "a digest was spelled as no verifier takes it, and was corrected",
    ),
    ("convert-digest-dropped", Severity::Error, "what stands for a digest is none and was left out"),
    ("convert-lost", Severity::Error, "a value has no place in today's policies and was left out"),
    ("convert-envelope", Severity::Error, "a DSSE envelope is not converted, only the policy in it"),
    ("convert-no-policy", Severity::Error, "the text is no kind of policy"),
];

/// Messages of one code at most; the rest is counted.
const MAX_EACH: usize = 10;

/// Collects them.
#[derive(Debug, Default)]
pub(super) struct Changes {
    found: Vec<Finding>,
    more: Vec<(&'static str, usize)>,
}

fn severity(code: &str) -> Severity {
    CODES.iter().find(|known| known.0 == code).map_or(Severity::Info, |known| known.1)
}

impl Changes {
    /// Notes one; the text must be fit to be shown.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        offset: Option<usize>,
        message: impl FnOnce() -> String,
    ) {
        if self.found.iter().filter(|finding| finding.code == code).count() < MAX_EACH {
            let mut finding = Finding::new(severity(code), code, message());
            finding.offset = offset;
            self.found.push(finding);
            return;
        }
        match self.more.iter_mut().find(|more| more.0 == code) {
            Some(more) => more.1 += 1,
            None => self.more.push((code, 1)),
        }
    }

    /// Whether there is nothing of another code.
    pub(super) fn has_only(&self, code: &str) -> bool {
        self.found.iter().all(|finding| finding.code == code)
    }

    pub(super) fn finish(mut self) -> Vec<Finding> {
        for (code, number) in self.more {
            let message = format!("and {} of the same kind", count::some(number, "other", "others"));
            self.found.push(Finding::new(severity(code), code, message));
        }
        self.found
    }
}
