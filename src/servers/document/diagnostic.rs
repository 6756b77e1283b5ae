//! One finding, and what would put it right.

use std::ops::Range;
use std::path::Path;

use crate::servers::Severity;
use crate::servers::conceal::Concealed;
use crate::text::{caret, sanitise};

use super::model::Mode;

/// One finding about a text, fit to be shown: sanitised, without userinfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// What is wrong, with the block and entry that it is about.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Bytes of the text that are at fault.
    pub span: Range<usize>,
    /// What to do.
    pub hint: Option<String>,
    /// The modes in which it holds; never empty.
    pub modes: Vec<Mode>,
    /// A change of the text that removes this diagnostic. Its edits may hold
    /// text of the file that is not fit to be shown.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// The whole diagnostic, several lines without a line feed at the end:
    /// `FILE:LINE:COLUMN: error: … [code]`, the source line with carets, the
    /// hint. `judged` are all modes that were asked for: where this holds in
    /// some of them only, that is said.
    pub(super) fn render(&self, origin: &Path, concealed: &Concealed<'_>, judged: &[Mode]) -> String {
        let origin = sanitise(&origin.to_string_lossy());
        let Self { severity, code, message, line, column, span, hint, modes, .. } = self;
        let only = if modes.len() < judged.len() {
            let words: Vec<_> = modes.iter().map(|mode| mode.word()).collect();
            format!(" (in {} mode)", words.join(" and "))
        } else {
            String::new()
        };
        let mut text = format!("{origin}:{line}:{column}: {severity}: {message}{only} [{code}]");
        let shown = concealed.position(span.start)..concealed.position(span.end);
        text.push('\n');
        text.push_str(&caret::excerpt_of_line(&concealed.text, *line, shown));
        if let Some(hint) = hint {
            text.push_str("\n  → ");
            text.push_str(hint);
        }
        text
    }
}

/// A change of a text: edits that do not overlap, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words, fit to be shown.
    pub title: String,
    /// The edits, first byte first.
    pub edits: Vec<Edit>,
}

/// Bytes of a text and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the text that was read.
    pub range: Range<usize>,
    /// The new text.
    pub text: String,
}

impl Fix {
    pub(super) fn one(title: impl Into<String>, range: Range<usize>, text: impl Into<String>) -> Self {
        Self { title: title.into(), edits: vec![Edit { range, text: text.into() }] }
    }

    /// The text with all edits made; `None` if this is not the text that the
    /// fix was made for, so that an edit falls outside or inside a character.
    pub fn apply(&self, source: &str) -> Option<String> {
        let mut text = String::with_capacity(source.len());
        let mut from = 0;
        for edit in &self.edits {
            text.push_str(source.get(from..edit.range.start)?);
            text.push_str(&edit.text);
            from = edit.range.end;
        }
        text.push_str(source.get(from..)?);
        Some(text)
    }
}
