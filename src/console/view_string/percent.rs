//! Percent-encoding, with the place of every character.

use std::fmt::Write;
use std::ops::Range;

/// A piece of a view's string, and where it begins in it, in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'t> {
    pub text: &'t str,
    pub start: usize,
}

impl<'t> Piece<'t> {
    /// Its characters in the whole string.
    pub(super) fn place(self) -> Range<usize> {
        self.start..self.start + self.text.chars().count()
    }

    /// What stands before the first such sign, and what stands after it.
    pub(super) fn split(self, sign: char) -> (Self, Option<Self>) {
        match self.text.split_once(sign) {
            None => (self, None),
            Some((before, after)) => {
                let start = self.start + before.chars().count() + 1;
                (Self { text: before, ..self }, Some(Self { text: after, start }))
            }
        }
    }

    /// Without the spaces around it.
    pub(super) fn trimmed(self) -> Self {
        let rest = self.text.trim_start();
        let before = self.text.len() - rest.len();
        let spaces = self.text.get(..before).map_or(0, |spaces| spaces.chars().count());
        Self { text: rest.trim_end(), start: self.start + spaces }
    }
}

/// A text that was decoded, and where each of its characters came from.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoded {
    pub text: String,
    starts: Vec<usize>,
    end: usize,
}

impl Decoded {
    /// Where these characters of the decoded text came from.
    pub(super) fn place(&self, characters: &Range<usize>) -> Range<usize> {
        let at = |number: usize| self.starts.get(number).copied().unwrap_or(self.end);
        at(characters.start)..at(characters.end).max(at(characters.start))
    }
}

/// Decodes `%41`. What is no such code is wrong, with its place.
pub(super) fn decode(piece: Piece<'_>) -> Result<Decoded, (&'static str, Range<usize>)> {
    let mut bytes = Vec::with_capacity(piece.text.len());
    let mut places = Vec::with_capacity(piece.text.len());
    let mut characters = piece.text.chars().zip(piece.start..);
    while let Some((character, place)) = characters.next() {
        if character == '%' {
            let mut digit = || characters.next().and_then(|(digit, _)| digit.to_digit(16));
            let byte = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
            let end = (place + 3).min(piece.place().end);
            bytes.push(byte.ok_or(("after % stand two digits of 0-9, a-f; % itself is %25", place..end))?);
            places.push(place);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                bytes.push(byte);
                places.push(place);
            }
        }
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let wrong = places.get(error.utf8_error().valid_up_to()).copied().unwrap_or(piece.start);
        ("these codes are no UTF-8 text", wrong..(wrong + 3).min(piece.place().end))
    })?;
    let starts = text.char_indices().filter_map(|(at, _)| places.get(at).copied()).collect();
    Ok(Decoded { text, starts, end: piece.place().end })
}

/// Encodes what is not plain ASCII or has a meaning in views or in quotes of a
/// shell.
pub(super) fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"%&?#\"'`\\".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_and_keep_their_place() {
        let decoded = decode(Piece { text: "a%20%C3%A9東", start: 2 }).unwrap();
        assert_eq!(decoded.text, "a é東");
        assert_eq!(decoded.place(&(1..3)), 3..12);
        assert_eq!(decoded.place(&(3..9)), 12..13);
        for (wrong, place) in [("a%2", 1..3), ("%zz1", 0..3), ("é%ff", 1..4)] {
            assert_eq!(decode(Piece { text: wrong, start: 0 }).unwrap_err().1, place, "{wrong}");
        }
    }

    #[test]
    fn what_is_encoded_is_plain() {
        let mut out = String::new();
        encode(&mut out, "a é&\"\u{202e}!x=1");
        assert_eq!(out, "a%20%C3%A9%26%22%E2%80%AE!x=1");
    }
}
