//! A PCR policy or metadata in an agent's record.

use std::cell::Cell;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::interner::{Interner, MAX_TEXT, MaybeText};
use crate::text::RemoteText;

/// JSON inside a text (what the tenant sends), or an object (which the verifier
/// also accepts).
pub(super) struct Policy<'a>(pub &'a Interner);

/// The text of a policy and the PCRs that its mask names.
#[derive(Default)]
pub(super) struct PolicyText {
    pub text: Option<RemoteText>,
    pub mask: Option<u64>,
}

impl<'de> DeserializeSeed<'de> for Policy<'_> {
    type Value = PolicyText;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<PolicyText, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Policy<'_> {
    type Value = PolicyText;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON in a text, an object or null")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<PolicyText, E> {
        Ok(PolicyText { text: MaybeText(self.0).visit_str(text)?, mask: self.0.mask(text) })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PolicyText, A::Error> {
        let value = Bounded(&Cell::new(MAX_TEXT)).deserialize(MapAccessDeserializer::new(map))?;
        let mask = mask_of(&value);
        Ok(PolicyText { text: MaybeText(self.0).visit_str(&value.to_string())?, mask })
    }

    fn visit_unit<E: Error>(self) -> Result<PolicyText, E> {
        Ok(PolicyText::default())
    }
}

/// The PCR bits of `{"mask": "0x400"}`; a policy without a mask names none.
pub(super) fn mask_of(policy: &Value) -> Option<u64> {
    match policy.as_object()?.get("mask") {
        None | Some(Value::Null) => Some(0),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        },
        Some(_) => None,
    }
}

/// A JSON value that was at most as long, as text, as the bytes that are left:
/// two bytes of an answer (`0,`) would otherwise become a value of 32 in memory.
struct Bounded<'a>(&'a Cell<usize>);

impl Bounded<'_> {
    fn take<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.0.get().checked_sub(bytes) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => Err(E::custom(format_args!("an object of more than {MAX_TEXT} bytes"))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        self.take(1)?;
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(truth.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.take(text.len())?;
        Ok(text.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Bounded(self.0))? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.take(name.len())?;
            members.insert(name, map.next_value_seed(Bounded(self.0))?);
        }
        Ok(members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PolicyText, String> {
        let interner = Interner::default();
        let mut input = serde_json::Deserializer::from_str(text);
        Policy(&interner).deserialize(&mut input).map_err(|error| error.to_string())
    }

    #[test]
    fn an_object_is_as_good_as_its_text() {
        let object = read(r#"{"mask": "0x408", "10": ["aa", null, true, -1, 2.5, {"b": 3}]}"#).unwrap();
        assert_eq!(object.mask, Some(0x408));
        let text = object.text.unwrap();
        let quoted = read(&serde_json::to_string(text.raw()).unwrap()).unwrap();
        assert_eq!((quoted.mask, quoted.text), (Some(0x408), Some(text)));
        assert_eq!(read("null").unwrap().mask, None);
    }

    #[test]
    fn an_object_is_bounded_while_it_is_read() {
        let many = |value: &str, count: usize| format!("{{\"a\": [{}0]}}", format!("{value},").repeat(count));
        assert!(read(&many("{}", 20_000)).is_ok());
        for text in [
            many("{}", 70_000),
            many("0", 70_000),
            format!("{{\"a\": \"{}\"}}", "x".repeat(MAX_TEXT)),
            format!("{{\"{}\": 0}}", "x".repeat(MAX_TEXT)),
        ] {
            let told = read(&text).err().unwrap();
            assert!(told.contains("an object of more than 65536 bytes"), "{told}");
        }
    }
}
