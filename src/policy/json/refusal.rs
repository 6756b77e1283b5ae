//! Why a text is not read.

use crate::policy::{Finding, Severity};

/// The codes of [`Refusal`]. They never change.
pub mod code {
    /// The text is larger than the limit.
    pub const TOO_LARGE: &str = "too-large";
    /// Objects and arrays stand deeper in each other than the limit.
    pub const TOO_DEEP: &str = "too-deep";
    /// More members than the limit.
    pub const TOO_MANY_MEMBERS: &str = "too-many-members";
    /// More values than the limit.
    pub const TOO_MANY_VALUES: &str = "too-many-values";
    /// One text is longer than the limit.
    pub const TEXT_TOO_LONG: &str = "text-too-long";
    /// A name stands twice in one object.
    pub const DUPLICATE_KEY: &str = "duplicate-key";
    /// The text begins with a byte order mark.
    pub const BYTE_ORDER_MARK: &str = "byte-order-mark";
    /// Bytes that are no UTF-8.
    pub const NOT_UTF8: &str = "not-utf8";
    /// Half of a surrogate pair.
    pub const LONE_SURROGATE: &str = "lone-surrogate";
    /// `NaN` or `Infinity`, which Python reads and JSON does not have.
    pub const NOT_FINITE: &str = "not-finite";
    /// A comma before a closing bracket.
    pub const TRAILING_COMMA: &str = "trailing-comma";
    /// Something after the end of the document.
    pub const TRAILING_TEXT: &str = "trailing-text";
    /// The text ends inside the document, or is empty.
    pub const TRUNCATED: &str = "truncated";
    /// Any other fault against RFC 8259.
    pub const NOT_JSON: &str = "not-json";
    /// A number that canonical JSON has no form for.
    pub const NOT_CANONICAL: &str = "not-canonical";
}

/// A text was refused at a byte. The message is fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// One of [`code`].
    pub code: &'static str,
    /// Byte in the text, from 0; at most its length.
    pub offset: usize,
    /// What is wrong, in words.
    pub message: String,
}

impl Refusal {
    /// A refusal at a byte.
    pub fn new(code: &'static str, offset: usize, message: impl Into<String>) -> Self {
        Self { code, offset, message: message.into() }
    }
}

impl From<Refusal> for Finding {
    fn from(refusal: Refusal) -> Self {
        Self::new(Severity::Error, refusal.code, refusal.message).at(refusal.offset)
    }
}
