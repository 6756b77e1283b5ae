//! One thing about an agent's identity that somebody should know.

use std::borrow::Cow;

/// How much it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; no finding in the sense of the contract.
    Info,
    /// Nothing is proven wrong, and something that would prove it right is missing.
    Warning,
    /// The identity does not prove what it is believed for.
    Error,
}

impl Severity {
    /// The word of our JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A finding. Its texts are fit to be shown: whatever an agent chose went
/// through the sanitiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// What is the matter, and what it means.
    pub words: Cow<'static, str>,
    /// What to do.
    pub next_step: Cow<'static, str>,
}

impl Finding {
    /// Nothing less than an identity that cannot be believed.
    pub fn error(
        code: &'static str,
        words: impl Into<Cow<'static, str>>,
        next_step: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { severity: Severity::Error, code, words: words.into(), next_step: next_step.into() }
    }

    /// Something that ought to be otherwise.
    pub fn warning(
        code: &'static str,
        words: impl Into<Cow<'static, str>>,
        next_step: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, words, next_step) }
    }

    /// Something worth knowing.
    pub fn info(
        code: &'static str,
        words: impl Into<Cow<'static, str>>,
        next_step: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { severity: Severity::Info, ..Self::error(code, words, next_step) }
    }

    /// Whether the contract counts it: what is only worth knowing does not end
    /// an audit with exit code 1.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.severity > Severity::Info
    }

    /// What is the matter, what it means and what to do, in one text.
    #[must_use]
    pub fn message(&self) -> String {
        if self.next_step.is_empty() {
            return self.words.to_string();
        }
        format!("{} {}", self.words, self.next_step)
    }
}
