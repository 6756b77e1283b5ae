//! Values of an agent's record: null or one type, and equal texts stored once.
//!
//! A bulk answer repeats the same few dozen texts for every agent. Sharing them
//! makes 50,000 records fit into a few megabytes.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::policy::mask_of;
use super::record::AgentSettings;
use crate::text::RemoteText;

/// Longest text of one field that is kept, in bytes. Keylime's own are far
/// below; a measured-boot policy is not part of the record.
pub(super) const MAX_TEXT: usize = 64 * 1024;

/// Different settings of one answer that are remembered to be shared. A fleet
/// has a few; where each agent has its own there is nothing to share.
const MAX_SETTINGS: usize = 32;

/// The texts and settings seen so far in one answer.
#[derive(Default)]
pub(super) struct Interner {
    texts: RefCell<HashSet<RemoteText>>,
    masks: RefCell<HashMap<RemoteText, Option<u64>>>,
    settings: RefCell<Vec<Arc<AgentSettings>>>,
}

impl Interner {
    /// The same text, shared with the agents before.
    pub(super) fn get(&self, text: &str) -> RemoteText {
        let mut seen = self.texts.borrow_mut();
        if let Some(known) = seen.get(text) {
            return known.clone();
        }
        let new = RemoteText::from(text);
        seen.insert(new.clone());
        new
    }

    /// The same settings, shared with the agents before where they have them too.
    pub(super) fn settings(&self, settings: AgentSettings) -> Arc<AgentSettings> {
        let mut seen = self.settings.borrow_mut();
        if let Some(known) = seen.iter().find(|known| ***known == settings) {
            return Arc::clone(known);
        }
        let new = Arc::new(settings);
        if seen.len() < MAX_SETTINGS {
            seen.push(Arc::clone(&new));
        }
        new
    }

    /// The PCR bits of a policy's text; each different text is read once.
    pub(super) fn mask(&self, text: &str) -> Option<u64> {
        let mut masks = self.masks.borrow_mut();
        if let Some(known) = masks.get(text) {
            return *known;
        }
        let mask = serde_json::from_str::<serde_json::Value>(text).ok().as_ref().and_then(mask_of);
        masks.insert(self.get(text), mask);
        mask
    }
}

/// A text, or null.
pub(super) struct MaybeText<'a>(pub &'a Interner);

impl<'de> DeserializeSeed<'de> for MaybeText<'_> {
    type Value = Option<RemoteText>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl Visitor<'_> for MaybeText<'_> {
    type Value = Option<RemoteText>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text or null")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        bounded(text).map(|text| Some(self.0.get(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A text, or null, that few records have in common: it is not looked up.
pub(super) struct OwnText;

impl<'de> DeserializeSeed<'de> for OwnText {
    type Value = Option<RemoteText>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl Visitor<'_> for OwnText {
    type Value = Option<RemoteText>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text or null")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        bounded(text).map(|text| Some(RemoteText::from(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A whole number, a text of digits, true, false, or null.
pub(super) struct MaybeNumber;

impl<'de> DeserializeSeed<'de> for MaybeNumber {
    type Value = Option<i64>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl Visitor<'_> for MaybeNumber {
    type Value = Option<i64>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a whole number or null")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        i64::try_from(number).map(Some).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(i64::from(truth)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse()
            .map(Some)
            .map_err(|_no_number| E::invalid_type(serde::de::Unexpected::Other("a text"), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A list of texts, kept as one text joined by ", ".
pub(super) struct Joined<'a>(pub &'a Interner);

impl<'de> DeserializeSeed<'de> for Joined<'_> {
    type Value = Option<RemoteText>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Joined<'_> {
    type Value = Option<RemoteText>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of texts or null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut joined = String::new();
        while let Some(text) = list.next_element::<std::borrow::Cow<'_, str>>()? {
            if joined.len() + text.len() > MAX_TEXT {
                return Err(A::Error::custom(format_args!("a list of more than {MAX_TEXT} bytes")));
            }
            if !joined.is_empty() {
                joined.push_str(", ");
            }
            joined.push_str(&text);
        }
        Ok(Some(self.0.get(&joined)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        MaybeText(self.0).visit_str(text)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

fn bounded<E: Error>(text: &str) -> Result<&str, E> {
    if text.len() > MAX_TEXT {
        return Err(E::custom(format_args!("a text of more than {MAX_TEXT} bytes")));
    }
    Ok(text)
}
