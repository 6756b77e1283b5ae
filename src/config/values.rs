//! Values of the TOML tree, with their type checked and never coerced.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::servers::document::type_words;
use crate::servers::mask_userinfo;
use crate::text::nearest::nearest;
use crate::text::sanitise_to;

use super::findings::Findings;

/// A value with its place in the text.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;
/// A key with its place in the text.
pub(super) type Key<'i> = Spanned<Cow<'i, str>>;

/// Characters of a wrong value that a message quotes at most.
const QUOTED_CHARS: usize = 60;

/// A text from the file as a message may quote it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", sanitise_to(&mask_userinfo(text), QUOTED_CHARS))
}

impl Findings<'_> {
    pub(super) fn wrong_type(&mut self, what: &str, wanted: &str, value: &Value<'_>) {
        let found = type_words(value.get_ref());
        let hint = match (wanted, value.get_ref()) {
            ("a list of strings", DeValue::String(_)) => {
                let written = self.source().get(value.span()).unwrap_or_default();
                Some(format!(
                    "put brackets around it: [{}]",
                    sanitise_to(&mask_userinfo(written), QUOTED_CHARS)
                ))
            }
            _ => None,
        };
        self.error("wrong-type", value.span(), format!("{what} must be {wanted}, not {found}"), hint);
    }

    pub(super) fn string<'v>(&mut self, what: &str, value: &'v Value<'_>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(what, "a string", value);
        }
        text
    }

    pub(super) fn flag(&mut self, what: &str, value: &Value<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(what, "true or false", value);
        }
        flag
    }

    pub(super) fn table<'v, 'i>(&mut self, what: &str, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(what, "a table", value);
        }
        table
    }

    /// A whole number as it was written, and its value: `i128::MAX` where it
    /// is larger than any number that could be meant.
    pub(super) fn integer(&mut self, what: &str, value: &Value<'_>) -> Option<(String, i128)> {
        let DeValue::Integer(written) = value.get_ref() else {
            self.wrong_type(what, "a whole number", value);
            return None;
        };
        let number = i128::from_str_radix(written.as_str(), written.radix());
        let huge = if written.as_str().starts_with('-') { i128::MIN } else { i128::MAX };
        Some((sanitise_to(&written.to_string(), QUOTED_CHARS).into_string(), number.unwrap_or(huge)))
    }

    /// A span of at least one second.
    pub(super) fn seconds(&mut self, what: &str, value: &Value<'_>) -> Option<Duration> {
        let (written, number) = self.integer(what, value)?;
        match u32::try_from(number) {
            Ok(seconds) if seconds >= 1 => return Some(Duration::from_secs(seconds.into())),
            _ => {}
        }
        let bound = if number < 1 {
            "the minimum is 1 second".to_owned()
        } else {
            format!("the maximum is {} seconds", u32::MAX)
        };
        self.error("out-of-range", value.span(), format!("{what} is {written}, but {bound}"), None);
        None
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, what: &str, words: &[(&str, T)], value: &Value<'_>) -> Option<T> {
        let text = self.string(what, value)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let all: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let hint = nearest(text, words.iter().map(|(word, _)| *word))
            .map(|near| format!("did you mean \"{near}\"?"));
        let message = format!("{what} is {}, but it can be {}", quoted(text), all.join(" or "));
        self.error("unknown-value", value.span(), message, hint);
        None
    }
}

/// The source bytes of a part of a string value; the whole value where escapes
/// make the two differ.
pub(super) fn inside(source: &str, value: &Value<'_>, text: &str, part: Range<usize>) -> Range<usize> {
    let span = value.span();
    let raw = source.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or_default();
    if raw == text { span.start + 1 + part.start..span.start + 1 + part.end } else { span }
}
