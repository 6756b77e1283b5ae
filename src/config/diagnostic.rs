//! What is wrong with a configuration, for people and for programs.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::servers::Severity;
use crate::text::sanitise;

/// One finding, fit to be shown: sanitised, and without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The source line with carets under the fault; empty where the fault is
    /// that something is missing.
    pub excerpt: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// The whole diagnostic, several lines without a line feed at the end:
    /// `FILE:LINE:COLUMN: error: …`, the excerpt, the hint.
    pub fn render(&self, origin: &Path) -> String {
        let origin = sanitise(&origin.to_string_lossy());
        let Self { severity, message, line, column, excerpt, hint, .. } = self;
        let mut text = format!("{origin}:{line}:{column}: {severity}: {message}");
        if !excerpt.is_empty() {
            text.push('\n');
            text.push_str(excerpt);
        }
        if let Some(hint) = hint {
            text.push_str("\n  → ");
            text.push_str(hint);
        }
        text
    }
}

/// Why a configuration cannot be used. `Display` is fit for standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The file, as it was named to the parser.
    pub origin: PathBuf,
    /// Every finding, in the order of the file; at least one is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings beyond the number that is kept.
    pub omitted: usize,
}

impl ConfigErrors {
    /// The errors among the findings.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            if diagnostic.severity != Severity::Info {
                writeln!(out, "{}", diagnostic.render(&self.origin))?;
            }
        }
        if self.omitted > 0 {
            writeln!(out, "… and {} more", self.omitted)?;
        }
        let count = self.errors().count();
        let errors = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        write!(out, "{errors} in the configuration; nothing was started")
    }
}

impl std::error::Error for ConfigErrors {}
