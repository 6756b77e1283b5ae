//! One thing that is wrong, dangerous or worth knowing in a text.

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted, and probably not meant.
    Warning,
    /// The policy is invalid, or not what it seems.
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

/// A finding. Its texts are fit to be shown: whatever comes from the policy
/// went through the sanitiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// What is wrong, and about what.
    pub message: String,
    /// Byte in the text that was read (the policy's own bytes, not its
    /// envelope's), from 0; line and column are counted from it on demand.
    pub offset: Option<usize>,
    /// What to do.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding without a place and a hint.
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity, code, message: message.into(), offset: None, hint: None }
    }

    /// The same at a byte of the text.
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The same with what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
