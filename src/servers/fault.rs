//! What is wrong, or worth knowing, about one entry.

use std::fmt;
use std::ops::Range;

use crate::text::sanitise_to;

use super::mask::mask_userinfo;

/// Characters of an entry that a message quotes at most.
const QUOTED_CHARS: usize = 120;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing starts.
    Error,
    /// It works, but perhaps not as meant.
    Warning,
    /// It works; this is how it was read.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// Why an entry is no address. `Display` is the message and the hint; both
/// are fit to be shown: userinfo reads `***@`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", tail(.hint.as_deref()))]
pub struct AddressError {
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// The entry, the character of the fault counted from 1, and what is wrong.
    pub message: String,
    /// Bytes of the entry that are at fault.
    pub span: Range<usize>,
    /// What to write, and the default that applies to a part that is left out.
    pub hint: Option<String>,
}

/// Something to know about an entry that is an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressNotice {
    /// `Warning` or `Info`.
    pub severity: Severity,
    /// A short name that never changes, for programs.
    pub code: &'static str,
    /// The entry and what is to be known, fit to be shown.
    pub message: String,
    /// Bytes of the entry that this is about.
    pub span: Range<usize>,
    /// What to write instead, if something would be better.
    pub hint: Option<String>,
}

/// The entry in quotation marks, masked, sanitised and cut.
pub(crate) fn quoted(entry: &str) -> String {
    format!("\"{}\"", sanitise_to(&mask_userinfo(entry), QUOTED_CHARS))
}

fn tail(hint: Option<&str>) -> String {
    hint.map(|hint| format!("; {hint}")).unwrap_or_default()
}
