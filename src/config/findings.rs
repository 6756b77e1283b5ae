//! Findings while a text is read, and what becomes of them.

use std::ops::Range;
use std::path::Path;

use crate::servers::{Severity, conceal};
use crate::text::caret;

use super::diagnostic::{ConfigErrors, Diagnostic};

/// Findings that are kept at most; the others are counted.
const MAX_KEPT: usize = 100;

struct Finding {
    severity: Severity,
    code: &'static str,
    message: String,
    span: Range<usize>,
    hint: Option<String>,
    place_only: bool,
}

/// Collects findings about one text.
pub(super) struct Findings<'s> {
    source: &'s str,
    /// Where each line begins.
    lines: Vec<usize>,
    found: Vec<Finding>,
    /// Values that no excerpt may show.
    secret: Vec<Range<usize>>,
    errors: usize,
    warnings: usize,
    remarks: usize,
    omitted: usize,
    /// Keys without a meaning where they stand.
    unknown: usize,
    /// Whether the text is no TOML, so that strings cannot be told from the rest.
    broken: bool,
}

impl<'s> Findings<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            lines: std::iter::once(0)
                .chain(source.match_indices('\n').map(|(offset, _)| offset + 1))
                .collect(),
            found: Vec::new(),
            secret: Vec::new(),
            errors: 0,
            warnings: 0,
            remarks: 0,
            omitted: 0,
            unknown: 0,
            broken: false,
        }
    }

    pub(super) fn source(&self) -> &'s str {
        self.source
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        self.push(Finding { severity: Severity::Error, code, message, span, hint, place_only: false });
    }

    pub(super) fn warning(
        &mut self,
        code: &'static str,
        span: Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        self.push(Finding { severity: Severity::Warning, code, message, span, hint, place_only: false });
    }

    pub(super) fn note(
        &mut self,
        severity: Severity,
        code: &'static str,
        span: Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        self.push(Finding { severity, code, message, span, hint, place_only: false });
    }

    /// An error about something that is not there: no source line is shown.
    pub(super) fn missing(&mut self, code: &'static str, message: String, hint: String) {
        let hint = Some(hint);
        let span = 0..0;
        self.push(Finding { severity: Severity::Error, code, message, span, hint, place_only: true });
    }

    /// Keeps a value out of every excerpt.
    pub(super) fn keep_secret(&mut self, span: Range<usize>) {
        self.secret.push(span);
    }

    /// Says that strings cannot be told from the rest of this text.
    pub(super) fn set_broken(&mut self) {
        self.broken = true;
    }

    pub(super) fn count_unknown(&mut self) {
        self.unknown += 1;
    }

    /// How many keys had no meaning so far. What seems to be missing may
    /// stand in one of them.
    pub(super) fn unknown(&self) -> usize {
        self.unknown
    }

    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    fn push(&mut self, finding: Finding) {
        // Counted apart, so that many remarks cannot push out an error.
        let count = match finding.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Info => &mut self.remarks,
        };
        *count += 1;
        if *count > MAX_KEPT {
            self.omitted += 1;
        } else {
            self.found.push(finding);
        }
    }

    /// Takes over the findings of a text that is read further after a syntax
    /// error, except those on lines that have an error already.
    pub(super) fn absorb(&mut self, other: Findings<'s>) {
        let lines: Vec<usize> = self.found.iter().map(|finding| self.line(finding.span.start)).collect();
        self.secret.extend(other.secret);
        for finding in other.found {
            let line = self.line(finding.span.start);
            if !finding.place_only && !lines.contains(&line) {
                self.push(finding);
            }
        }
    }

    /// The diagnostics in the order of the file, and how many were left out.
    pub(super) fn finish(self) -> (Vec<Diagnostic>, usize) {
        let Self { source, mut found, secret, omitted, broken, .. } = self;
        if found.is_empty() {
            return (Vec::new(), omitted);
        }
        found.sort_by_key(|finding| (finding.span.start, finding.severity));
        let concealed = conceal::conceal(source, &secret, broken);
        let diagnostics = found
            .into_iter()
            .map(|Finding { severity, code, message, span, hint, place_only }| {
                let place = caret::place(source, span.start);
                let excerpt = if place_only {
                    String::new()
                } else {
                    caret::excerpt(
                        &concealed.text,
                        concealed.position(span.start)..concealed.position(span.end),
                    )
                };
                Diagnostic { severity, code, message, line: place.line, column: place.column, excerpt, hint }
            })
            .collect();
        (diagnostics, omitted)
    }

    pub(super) fn into_errors(self, origin: &Path) -> ConfigErrors {
        let (diagnostics, omitted) = self.finish();
        ConfigErrors { origin: origin.to_owned(), diagnostics, omitted }
    }
}
