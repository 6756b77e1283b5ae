//! Values of the TOML tree, never coerced, and how they are called.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeValue};

/// A value with its place in the text.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;
/// A key with its place in the text.
pub(super) type Key<'i> = Spanned<Cow<'i, str>>;

/// A value's type in words, with its article.
pub(crate) fn type_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The number, if TOML can hold it: 64 bits with sign.
pub(super) fn integer(written: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(written.as_str(), written.radix()).ok()
}

/// The source bytes of a part of a string value; the whole value where escapes
/// make the two differ.
pub(crate) fn inside(source: &str, value: Range<usize>, text: &str, part: Range<usize>) -> Range<usize> {
    match content(source, &value, text) {
        Some(content) => content.start + part.start..content.start + part.end,
        None => value,
    }
}

/// The source bytes of a string between its quotation marks, if it is written
/// there exactly as it reads.
pub(super) fn content(source: &str, value: &Range<usize>, text: &str) -> Option<Range<usize>> {
    let content = value.start + 1..value.end.checked_sub(1)?;
    (source.get(content.clone()) == Some(text)).then_some(content)
}
