//! Collecting what is found while a text is read.

use std::ops::Range;

use crate::servers::Severity;

use super::diagnostic::{Diagnostic, Fix};
use super::model::Mode;

/// Findings of one severity that are kept at most; the others are counted.
pub(super) const MAX_KEPT: usize = 200;

/// One finding on its way to a diagnostic.
pub(super) struct Finding {
    pub(super) severity: Severity,
    code: &'static str,
    message: String,
    span: Range<usize>,
    hint: Option<String>,
    fix: Option<Fix>,
    /// Empty: in every mode.
    modes: Vec<Mode>,
}

impl Finding {
    pub(super) fn new(
        severity: Severity,
        code: &'static str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self { severity, code, message, span, hint: None, fix: None, modes: Vec::new() }
    }

    pub(super) fn error(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    pub(super) fn warning(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    pub(super) fn info(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, span, message)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    pub(super) fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    pub(super) fn only(mut self, mode: Mode) -> Self {
        self.modes = vec![mode];
        self
    }

    fn same(&self, other: &Self) -> bool {
        self.code == other.code
            && self.severity == other.severity
            && self.span == other.span
            && self.message == other.message
    }
}

/// Findings about one text.
pub(super) struct Findings {
    found: Vec<Finding>,
    counts: [usize; 3],
    /// Of one severity at most.
    kept: usize,
    omitted: usize,
    /// Modes in which an error was found that is not kept.
    omitted_errors: Vec<Mode>,
    modes: Vec<Mode>,
    /// Bytes about which nothing more is said.
    muted: Vec<Range<usize>>,
}

impl Findings {
    pub(super) fn new(modes: &[Mode], kept: usize) -> Self {
        Self {
            found: Vec::new(),
            counts: [0; 3],
            kept,
            omitted: 0,
            omitted_errors: Vec::new(),
            modes: modes.to_vec(),
            muted: Vec::new(),
        }
    }

    /// Says nothing more about lines that are no TOML: it would be wrong.
    pub(super) fn mute_lines_of_errors(&mut self, source: &str) {
        self.muted = self
            .found
            .iter()
            .map(|finding| {
                let before = source.get(..finding.span.start).unwrap_or_default();
                let rest = source.get(finding.span.start..).unwrap_or_default();
                let start = before.rfind('\n').map_or(0, |at| at + 1);
                start..finding.span.start + rest.find('\n').unwrap_or(rest.len())
            })
            .collect();
    }

    /// Keeps a finding. One that another mode had already gets this mode too.
    pub(super) fn push(&mut self, finding: Finding) {
        if self.muted.iter().any(|line| line.contains(&finding.span.start)) {
            return;
        }
        if let Some(mode) = finding.modes.first()
            && let Some(earlier) = self
                .found
                .iter_mut()
                .rev()
                .take(2 * MAX_KEPT)
                .find(|earlier| !earlier.modes.is_empty() && earlier.same(&finding))
        {
            earlier.modes.push(*mode);
            return;
        }
        let [errors, warnings, infos] = &mut self.counts;
        // Counted apart, so that many remarks cannot push out an error.
        let count = match finding.severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
            Severity::Info => infos,
        };
        *count += 1;
        if *count <= self.kept {
            self.found.push(finding);
            return;
        }
        self.omitted += 1;
        if finding.severity == Severity::Error {
            let modes = if finding.modes.is_empty() { &self.modes } else { &finding.modes };
            self.omitted_errors.extend(
                modes.iter().filter(|mode| !self.omitted_errors.contains(mode)).copied().collect::<Vec<_>>(),
            );
        }
    }

    /// Whether an error holds in this mode.
    pub(super) fn has_error(&self, mode: Mode) -> bool {
        self.omitted_errors.contains(&mode)
            || self.found.iter().any(|finding| {
                finding.severity == Severity::Error
                    && (finding.modes.is_empty() || finding.modes.contains(&mode))
            })
    }

    /// The diagnostics in the order of the text, and how many were left out.
    /// `shift` is added to every place: bytes of a mark before the text.
    pub(super) fn finish(self, source: &str, shift: usize) -> (Vec<Diagnostic>, usize) {
        let Self { mut found, omitted, modes: all, .. } = self;
        found.sort_by_key(|finding| (finding.span.start, finding.severity));
        let mut cursor = Cursor { source, offset: 0, line: 1, column: 1 };
        let diagnostics = found
            .into_iter()
            .map(|Finding { severity, code, message, span, hint, fix, mut modes }| {
                cursor.go_to(span.start);
                modes.sort_unstable();
                if modes.is_empty() {
                    modes.clone_from(&all);
                }
                let fix = fix.map(|mut fix| {
                    for edit in &mut fix.edits {
                        edit.range = edit.range.start + shift..edit.range.end + shift;
                    }
                    fix
                });
                let span = span.start + shift..span.end + shift;
                let Cursor { line, column, .. } = cursor;
                Diagnostic { severity, code, message, line, column, span, hint, modes, fix }
            })
            .collect();
        (diagnostics, omitted)
    }
}

/// Counts lines and columns in one pass over the text.
struct Cursor<'s> {
    source: &'s str,
    offset: usize,
    line: usize,
    column: usize,
}

impl Cursor<'_> {
    fn go_to(&mut self, offset: usize) {
        let mut end = offset.min(self.source.len());
        while !self.source.is_char_boundary(end) {
            end -= 1;
        }
        let Some(passed) = self.source.get(self.offset..end) else { return };
        let (lines, tail) = match passed.rfind('\n') {
            Some(last) => (passed.matches('\n').count(), passed.get(last + 1..).unwrap_or_default()),
            None => (0, passed),
        };
        if lines > 0 {
            self.line += lines;
            self.column = 1;
        }
        self.column += tail.chars().count();
        self.offset = end;
    }
}
