//! JSON as Python's `json.loads` takes it: duplicate names (the last wins), NaN and infinities, lone surrogates.
//!
//! A verifier reads texts that our own reader refuses, and what it then does is to be told. Nothing is kept: one
//! pass decides whether Python reads the text at all, and the members asked for are found again in the bytes.

use std::borrow::Cow;

/// Containers in each other that Python's scanner enters before it gives up: its recursion limit is 1000, less
/// the calls that stand above it in a verifier.
const MAX_DEPTH: usize = 950;
/// Digits of an integer that Python converts (`sys.set_int_max_str_digits`).
pub(super) const MAX_DIGITS: usize = 4300;

/// A text that Python reads.
#[derive(Clone, Copy)]
pub(super) struct Lax<'a> {
    text: &'a str,
}

/// A place in the text where a value begins.
pub(super) type Place = usize;

/// What kind of value stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    Text,
    Integer,
    Float,
    Bool(bool),
    Null,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

impl<'a> Lax<'a> {
    /// The text, if Python reads it.
    ///
    /// # Errors
    /// Python's reason, about.
    pub(super) fn read(text: &'a str) -> Result<Self, &'static str> {
        if text.starts_with('\u{feff}') {
            return Err("Unexpected UTF-8 BOM");
        }
        let lax = Self { text };
        lax.check()?;
        Ok(lax)
    }

    fn bytes(self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn byte(self, at: usize) -> Option<u8> {
        self.bytes().get(at).copied()
    }

    fn skip_space(self, mut at: usize) -> usize {
        while self.byte(at).is_some_and(is_space) {
            at += 1;
        }
        at
    }

    /// One pass over everything.
    fn check(self) -> Result<(), &'static str> {
        let mut open: Vec<u8> = Vec::new();
        let mut at = self.skip_space(0);
        loop {
            // A value begins here.
            match self.byte(at) {
                Some(bracket @ (b'{' | b'[')) => {
                    if open.len() >= MAX_DEPTH {
                        return Err("maximum recursion depth exceeded");
                    }
                    at = self.skip_space(at + 1);
                    let close = if bracket == b'{' { b'}' } else { b']' };
                    if self.byte(at) == Some(close) {
                        at += 1;
                    } else {
                        open.push(close);
                        if bracket == b'{' {
                            at = self.name(at)?;
                        }
                        continue;
                    }
                }
                Some(_) => at = self.scalar(at)?,
                None => return Err("Expecting value"),
            }
            // A value has ended.
            loop {
                at = self.skip_space(at);
                let Some(close) = open.last().copied() else {
                    return if at == self.bytes().len() { Ok(()) } else { Err("Extra data") };
                };
                match self.byte(at) {
                    Some(byte) if byte == close => {
                        open.pop();
                        at += 1;
                    }
                    Some(b',') => {
                        at = self.skip_space(at + 1);
                        if close == b'}' {
                            at = self.name(at)?;
                        }
                        break;
                    }
                    _ => return Err("Expecting ',' delimiter"),
                }
            }
        }
    }

    /// The name of a member and its colon; where the value begins.
    fn name(self, at: usize) -> Result<usize, &'static str> {
        if self.byte(at) != Some(b'"') {
            return Err("Expecting property name enclosed in double quotes");
        }
        let at = self.skip_space(self.string(at)?);
        if self.byte(at) != Some(b':') {
            return Err("Expecting ':' delimiter");
        }
        Ok(self.skip_space(at + 1))
    }

    fn scalar(self, at: usize) -> Result<usize, &'static str> {
        if self.byte(at) == Some(b'"') {
            return self.string(at);
        }
        let rest = self.bytes().get(at..).unwrap_or_default();
        for word in ["true", "false", "null", "NaN", "Infinity", "-Infinity"] {
            if rest.starts_with(word.as_bytes()) {
                return Ok(at + word.len());
            }
        }
        self.number(at).ok_or("Expecting value")?
    }

    /// Where a number ends; nothing if there is none.
    fn number(self, start: usize) -> Option<Result<usize, &'static str>> {
        let digits = |mut at: usize| {
            while self.byte(at).is_some_and(|byte| byte.is_ascii_digit()) {
                at += 1;
            }
            at
        };
        let first = if self.byte(start) == Some(b'-') { start + 1 } else { start };
        let mut end = match self.byte(first) {
            Some(b'0') => first + 1,
            Some(b'1'..=b'9') => digits(first),
            _ => return None,
        };
        let whole = end - first;
        let mut is_float = false;
        if self.byte(end) == Some(b'.') && digits(end + 1) > end + 1 {
            end = digits(end + 1);
            is_float = true;
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.byte(end + 1), Some(b'+' | b'-')));
            let exponent = end + 1 + sign;
            if digits(exponent) > exponent {
                end = digits(exponent);
                is_float = true;
            }
        }
        if !is_float && whole > MAX_DIGITS {
            return Some(Err("Exceeds the limit (4300 digits) for integer string conversion"));
        }
        Some(Ok(end))
    }

    /// Where a string ends, behind the quote.
    fn string(self, start: usize) -> Result<usize, &'static str> {
        let mut at = start + 1;
        loop {
            match self.byte(at) {
                None => return Err("Unterminated string"),
                Some(b'"') => return Ok(at + 1),
                Some(b'\\') => match self.byte(at + 1) {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                    Some(b'u') => {
                        let digits = self.bytes().get(at + 2..at + 6).unwrap_or_default();
                        if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                            return Err("Invalid \\uXXXX escape");
                        }
                        at += 6;
                    }
                    _ => return Err("Invalid \\escape"),
                },
                Some(0..=0x1f) => return Err("Invalid control character"),
                Some(_) => at += 1,
            }
        }
    }

    /// Where the value of the whole text begins.
    pub(super) fn root(self) -> Place {
        self.skip_space(0)
    }

    /// What stands here.
    pub(super) fn kind(self, at: Place) -> Kind {
        match self.byte(at) {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::Text,
            Some(b't') => Kind::Bool(true),
            Some(b'f') => Kind::Bool(false),
            Some(b'n') => Kind::Null,
            _ => {
                let number = self.number_text(at);
                let is_whole = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
                if is_whole { Kind::Integer } else { Kind::Float }
            }
        }
    }

    /// The spelling of a number.
    pub(super) fn number_text(self, at: Place) -> &'a str {
        self.text.get(at..self.end(at)).unwrap_or_default()
    }

    /// Where the value that begins here ends.
    fn end(self, start: Place) -> Place {
        let mut depth = 0_usize;
        let mut at = start;
        loop {
            match self.byte(at) {
                None => return at,
                Some(b'"') => {
                    at = self.string(at).unwrap_or(self.bytes().len());
                    if depth == 0 {
                        return at;
                    }
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => {
                    if depth <= 1 {
                        return at + usize::from(depth == 1);
                    }
                    depth -= 1;
                }
                Some(b',') if depth == 0 => return at,
                Some(byte) if depth == 0 && is_space(byte) => return at,
                Some(_) => {}
            }
            at += 1;
        }
    }

    /// The characters of a string; lone surrogates read as the replacement character.
    pub(super) fn string_at(self, at: Place) -> Cow<'a, str> {
        let raw = self.text.get(at + 1..self.end(at).saturating_sub(1)).unwrap_or_default();
        if !raw.contains('\\') {
            return Cow::Borrowed(raw);
        }
        Cow::Owned(unescape(raw))
    }

    /// Whether a string holds a lone surrogate, which Python cannot encode again.
    pub(super) fn has_lone_surrogate(self, at: Place) -> bool {
        let raw = self.text.get(at + 1..self.end(at).saturating_sub(1)).unwrap_or_default();
        raw.contains("\\u") && unescape(raw).contains('\u{fffd}') && !raw.contains('\u{fffd}')
    }

    /// The members of an object, in order, with where each value begins.
    pub(super) fn members(self, at: Place) -> impl Iterator<Item = (Cow<'a, str>, Place)> {
        let mut next = self.skip_space(at + 1);
        std::iter::from_fn(move || {
            if self.byte(next) != Some(b'"') {
                return None;
            }
            let name = self.string_at(next);
            let colon = self.skip_space(self.end(next));
            let value = self.skip_space(colon + 1);
            next = self.after(value);
            Some((name, value))
        })
    }

    /// The elements of an array.
    pub(super) fn elements(self, at: Place) -> impl Iterator<Item = Place> {
        let mut next = self.skip_space(at + 1);
        std::iter::from_fn(move || {
            if matches!(self.byte(next), None | Some(b']')) {
                return None;
            }
            let value = next;
            next = self.after(value);
            Some(value)
        })
    }

    /// Where the value behind this one begins, or its container ends.
    fn after(self, value: Place) -> Place {
        let end = self.skip_space(self.end(value));
        if self.byte(end) == Some(b',') { self.skip_space(end + 1) } else { end }
    }

    /// A member by name: of several, the last.
    pub(super) fn get(self, object: Place, name: &str) -> Option<Place> {
        self.members(object).filter(|member| member.0 == name).last().map(|member| member.1)
    }

    /// Whether Python takes the value for true.
    pub(super) fn is_true(self, at: Place) -> bool {
        match self.kind(at) {
            Kind::Bool(value) => value,
            Kind::Null => false,
            Kind::Text => self.byte(at + 1) != Some(b'"'),
            Kind::Array | Kind::Object => !matches!(self.byte(self.skip_space(at + 1)), Some(b']' | b'}')),
            Kind::Integer | Kind::Float => {
                self.number_text(at).parse::<f64>().is_ok_and(|number| number != 0.0)
            }
        }
    }
}

fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut high: Option<u32> = None;
    while let Some(at) = rest.find('\\') {
        let (plain, escape) = rest.split_at(at);
        if !plain.is_empty() && high.take().is_some() {
            out.push('\u{fffd}');
        }
        out.push_str(plain);
        let letter = escape.as_bytes().get(1).copied().unwrap_or_default();
        if letter != b'u' {
            if high.take().is_some() {
                out.push('\u{fffd}');
            }
            out.push(match letter {
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                other => char::from(other),
            });
            rest = escape.get(2..).unwrap_or_default();
            continue;
        }
        let code = u32::from_str_radix(escape.get(2..6).unwrap_or_default(), 16).unwrap_or(0xfffd);
        rest = escape.get(6..).unwrap_or_default();
        match (high.take(), code) {
            (Some(high), 0xdc00..=0xdfff) => {
                let code = 0x10000 + ((high - 0xd800) << 10) + (code - 0xdc00);
                out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            (before, 0xd800..=0xdbff) => {
                if before.is_some() {
                    out.push('\u{fffd}');
                }
                high = Some(code);
            }
            (before, code) => {
                if before.is_some() {
                    out.push('\u{fffd}');
                }
                out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
        }
    }
    if high.is_some() {
        out.push('\u{fffd}');
    }
    out.push_str(rest);
    out
}
