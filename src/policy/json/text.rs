//! Texts and numbers as they stand in the document.

use std::borrow::Cow;

use super::escape;

/// A part of the text, in bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// From a pair of bytes; what 32 bits cannot say becomes the largest.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    /// The bytes of this part; empty where the text does not have it.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// First byte.
    #[must_use]
    pub const fn start(self) -> usize {
        self.start as usize
    }

    /// The byte after the last one.
    #[must_use]
    pub const fn end(self) -> usize {
        self.end as usize
    }
}

/// A text of the document, not decoded and not copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// What stands between the quotes: UTF-8 that has been checked.
    pub raw: &'a [u8],
    /// Byte of the opening quote.
    pub offset: usize,
    /// Whether something in it is escaped, so that it differs from `raw`.
    pub escaped: bool,
}

impl<'a> Text<'a> {
    /// What the text says. Copies only where something is escaped.
    #[must_use]
    pub fn value(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(escape::decoded(self.raw)) } else { String::from_utf8_lossy(self.raw) }
    }

    /// The same in bytes, of any length without a check of the whole.
    #[must_use]
    pub fn bytes(self) -> Cow<'a, [u8]> {
        if self.escaped {
            Cow::Owned(escape::decoded(self.raw).into_bytes())
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// Whether it says exactly this.
    #[must_use]
    pub fn is(self, other: &str) -> bool {
        if self.escaped { escape::decoded(self.raw) == other } else { self.raw == other.as_bytes() }
    }

    /// Whether two say the same, however they are spelled.
    #[must_use]
    pub fn same(self, other: Text<'_>) -> bool {
        if self.escaped || other.escaped { self.bytes() == other.bytes() } else { self.raw == other.raw }
    }

    /// The part between the quotes.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.offset + 1, self.offset + 1 + self.raw.len())
    }

    /// The byte after the closing quote.
    #[must_use]
    pub const fn end(self) -> usize {
        self.offset + self.raw.len() + 2
    }
}

/// A number of the document as it is spelled: nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<'a> {
    /// Its spelling: ASCII, right by RFC 8259.
    pub raw: &'a str,
    /// Byte of its first character.
    pub offset: usize,
}

impl Number<'_> {
    /// Whether it is spelled without a fraction and an exponent: what Python
    /// reads as `int`.
    #[must_use]
    pub fn is_integer(self) -> bool {
        self.raw.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit())
    }

    /// The part of the text.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.offset, self.offset + self.raw.len())
    }
}
