//! Text from the wire, not displayable as it is.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::sanitise::{MAX_SHOWN_CHARS, Shown, ShownTo, is_plain, sanitise, sanitise_to, shown_to};

/// Text that another machine chose: ids, addresses, names in certificates,
/// event ids, error texts.
///
/// There is no `Display`. [`RemoteText::shown`] gives the form for people;
/// [`RemoteText::raw`] is for requests to the API that sent it. `Debug` shows
/// the sanitised form, so that a log line or a panic cannot carry the raw one.
/// Cloning is cheap: the text is shared.
#[derive(Clone, Eq, PartialOrd, Ord)]
pub struct RemoteText(Arc<str>);

impl RemoteText {
    /// Takes over text from the wire.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text as it may be shown, cut at [`super::MAX_SHOWN_CHARS`].
    pub fn shown(&self) -> Shown {
        // Nearly every text of a fleet is plain, and there are many: that one is shared.
        if is_plain(&self.0, MAX_SHOWN_CHARS) { Shown::plain(&self.0) } else { sanitise(&self.0) }
    }

    /// The text as it may be shown, cut at `limit` characters.
    pub fn shown_to(&self, limit: usize) -> Shown {
        sanitise_to(&self.0, limit)
    }

    /// The same, for a text that is written somewhere at once.
    pub fn written_to(&self, limit: usize) -> ShownTo<'_> {
        shown_to(&self.0, limit)
    }

    /// The text as it was received: for API requests and comparisons only.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Length in bytes of the raw text.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for RemoteText {
    fn eq(&self, other: &Self) -> bool {
        // Equal texts of one answer are one allocation.
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Hash for RemoteText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for RemoteText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{}\"", self.shown())
    }
}

impl std::borrow::Borrow<str> for RemoteText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RemoteText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for RemoteText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for RemoteText {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = RemoteText;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RemoteText, E> {
                Ok(RemoteText::new(text))
            }
        }
        input.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_raw_form() {
        let text = RemoteText::from("a\u{1b}[31m\u{202e}b");
        let debug = format!("{text:?}");
        assert_eq!(debug, "\"a\\u{1b}[31m\\u{202e}b\"");
        assert_eq!(text.raw(), "a\u{1b}[31m\u{202e}b");
    }
}
