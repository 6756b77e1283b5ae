//! The reader: one event after the other, each where it stands.

use super::keys::{self, KeyIndex};
use super::limits::Limits;
use super::refusal::{Refusal, code};
use super::scan;
use super::text::{Number, Span, Text};

/// What holds other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Named members.
    Object,
    /// Elements in order.
    Array,
}

/// What stands next in the document. [`Reader::start`] says where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// An object or array begins.
    Open(Kind),
    /// The innermost one ends.
    Close(Kind),
    /// The name of the member whose value comes next.
    Key(Text<'a>),
    /// A text as value.
    Text(Text<'a>),
    /// A number.
    Number(Number<'a>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

#[derive(Debug, Clone, Copy)]
enum Expect {
    Value,
    /// The first member or element, or the end.
    First,
    /// A comma, or the end.
    More,
    /// Nothing but white space.
    Nothing,
}

#[derive(Debug, Clone, Copy)]
struct Frame {
    kind: Kind,
    /// Where the names of this object begin among all that are remembered.
    keys: usize,
}

/// A strict reader over the bytes of one document.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    limits: Limits,
    at: usize,
    start: usize,
    expect: Expect,
    frames: Vec<Frame>,
    keys: Vec<u64>,
    /// Names of the object that closed last: they stand from here on.
    closed: Option<usize>,
    members: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the beginning of a document.
    ///
    /// # Errors
    ///
    /// `too-large`, `byte-order-mark`, and `not-utf8` for what is UTF-16 or
    /// UTF-32.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refusal> {
        limits.admit(bytes.len() as u64)?;
        if bytes.starts_with(b"\xef\xbb\xbf") {
            let message = "the text begins with a byte order mark, which JSON does not have";
            return Err(Refusal::new(code::BYTE_ORDER_MARK, 0, message));
        }
        // Python takes UTF-16 and UTF-32 wherever it reads bytes.
        let wide = [b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| bytes.starts_with(*mark))
            || bytes.iter().take(4).any(|byte| *byte == 0);
        if wide {
            return Err(Refusal::new(
                code::NOT_UTF8,
                0,
                "the text is UTF-16 or UTF-32; JSON for interchange is UTF-8",
            ));
        }
        Ok(Self {
            bytes,
            limits: *limits,
            at: 0,
            start: 0,
            expect: Expect::Value,
            frames: Vec::new(),
            keys: Vec::new(),
            closed: None,
            members: 0,
            values: 0,
        })
    }

    /// A reader of one value in the middle of a text that was read before.
    /// Places count in the whole text.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub(in crate::policy) fn at(bytes: &'a [u8], part: Span, limits: &Limits) -> Result<Self, Refusal> {
        let mut reader = Self::new(bytes.get(..part.end()).unwrap_or(bytes), limits)?;
        reader.at = part.start();
        Ok(reader)
    }

    /// The bytes that are read.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The first byte of the last event.
    #[must_use]
    pub const fn start(&self) -> usize {
        self.start
    }

    /// The byte after the last event.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.at
    }

    /// How many objects and arrays are open.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.frames.len()
    }

    /// The names of the object that the last event closed.
    #[must_use]
    pub fn closed_keys(&self) -> KeyIndex {
        KeyIndex::new(self.closed.and_then(|from| self.keys.get(from..)).unwrap_or_default())
    }

    /// The next event; `None` after the end of the document, when nothing but
    /// white space follows.
    ///
    /// # Errors
    ///
    /// The first thing that is refused. The reader must not be asked again.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot stop at the first error by itself")]
    #[inline]
    pub fn next(&mut self) -> Result<Option<Event<'a>>, Refusal> {
        if let Some(from) = self.closed.take() {
            self.keys.truncate(from);
        }
        self.at = scan::skip_space(self.bytes, self.at);
        self.start = self.at;
        match (self.expect, self.bytes.get(self.at)) {
            (Expect::Value, _) => self.value().map(Some),
            (Expect::First, Some(b'}' | b']')) => self.close().map(Some),
            (Expect::First, _) => self.element().map(Some),
            (Expect::More, Some(b',')) => {
                self.at = scan::skip_space(self.bytes, self.at + 1);
                self.start = self.at;
                if let Some(b'}' | b']') = self.bytes.get(self.at) {
                    let message = "a comma before a closing bracket";
                    return Err(Refusal::new(code::TRAILING_COMMA, self.at, message));
                }
                self.element().map(Some)
            }
            (Expect::More, Some(b'}' | b']')) => self.close().map(Some),
            (Expect::More, _) => Err(self.fault("a comma or a closing bracket")),
            (Expect::Nothing, None) => Ok(None),
            (Expect::Nothing, Some(_)) => {
                let message = "something follows the end of the document; one text is one document";
                Err(Refusal::new(code::TRAILING_TEXT, self.at, message))
            }
        }
    }

    /// Reads one whole value, strictly as all else, and gives its part of the
    /// text. To be asked where a value is due.
    ///
    /// # Errors
    ///
    /// As [`Self::next`].
    pub fn skip(&mut self) -> Result<Span, Refusal> {
        let depth = self.frames.len();
        let mut start = None;
        loop {
            let event = self.next()?;
            let from = *start.get_or_insert(self.start);
            if event.is_none() || self.frames.len() <= depth {
                return Ok(Span::new(from, self.at));
            }
        }
    }

    /// The rest of a value whose first event was just given.
    ///
    /// # Errors
    ///
    /// As [`Self::next`].
    pub fn skip_rest(&mut self, first: Event<'_>) -> Result<Span, Refusal> {
        let start = self.start;
        if matches!(first, Event::Open(_)) {
            let depth = self.frames.len();
            while self.frames.len() >= depth && self.next()?.is_some() {}
        }
        Ok(Span::new(start, self.at))
    }

    /// A member or an element.
    #[inline]
    fn element(&mut self) -> Result<Event<'a>, Refusal> {
        if !matches!(self.frames.last(), Some(Frame { kind: Kind::Object, .. })) {
            return self.value();
        }
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(self.fault("the name of a member in double quotes"));
        }
        let key = scan::text(self.bytes, self.at, self.limits.text)?;
        self.members += 1;
        if self.members > self.limits.members {
            let message = format!("more than {} members; that is the limit", self.limits.members);
            return Err(Refusal::new(code::TOO_MANY_MEMBERS, self.at, message));
        }
        self.keys.push(keys::remembered(key));
        self.at = scan::skip_space(self.bytes, key.end());
        if self.bytes.get(self.at) != Some(&b':') {
            return Err(self.fault("a colon after the name of a member"));
        }
        self.at += 1;
        self.expect = Expect::Value;
        Ok(Event::Key(key))
    }

    #[inline]
    fn value(&mut self) -> Result<Event<'a>, Refusal> {
        self.values += 1;
        if self.values > self.limits.values {
            let message = format!("more than {} values; that is the limit", self.limits.values);
            return Err(Refusal::new(code::TOO_MANY_VALUES, self.at, message));
        }
        let after = if self.frames.is_empty() { Expect::Nothing } else { Expect::More };
        let event = match self.bytes.get(self.at) {
            Some(b'"') => {
                let text = scan::text(self.bytes, self.at, self.limits.text)?;
                self.at = text.end();
                Event::Text(text)
            }
            Some(b'{') => return self.open(Kind::Object),
            Some(b'[') => return self.open(Kind::Array),
            Some(b'-' | b'0'..=b'9') => {
                let number = scan::number(self.bytes, self.at)?;
                self.at += number.raw.len();
                Event::Number(number)
            }
            Some(b't') => self.word("true", Event::Bool(true))?,
            Some(b'f') => self.word("false", Event::Bool(false))?,
            Some(b'n') => self.word("null", Event::Null)?,
            _ => return Err(self.fault("a value")),
        };
        self.expect = after;
        Ok(event)
    }

    fn word(&mut self, word: &str, event: Event<'a>) -> Result<Event<'a>, Refusal> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word.as_bytes()) {
            return Err(self.fault("a value"));
        }
        self.at = end;
        Ok(event)
    }

    #[inline]
    fn open(&mut self, kind: Kind) -> Result<Event<'a>, Refusal> {
        if self.frames.len() >= self.limits.depth {
            let message = format!("more than {} objects and arrays inside each other", self.limits.depth);
            return Err(Refusal::new(code::TOO_DEEP, self.at, message));
        }
        self.frames.push(Frame { kind, keys: self.keys.len() });
        self.at += 1;
        self.expect = Expect::First;
        Ok(Event::Open(kind))
    }

    #[inline]
    fn close(&mut self) -> Result<Event<'a>, Refusal> {
        let bracket = self.bytes.get(self.at);
        match self.frames.pop() {
            Some(Frame { kind: Kind::Object, keys }) if bracket == Some(&b'}') => {
                keys::close(self.bytes, self.keys.get_mut(keys..).unwrap_or_default())?;
                self.closed = Some(keys);
                self.closed_with(Kind::Object)
            }
            Some(Frame { kind: Kind::Array, .. }) if bracket == Some(&b']') => self.closed_with(Kind::Array),
            _ => Err(self.fault("the closing bracket of what was opened last")),
        }
    }

    #[inline]
    fn closed_with(&mut self, kind: Kind) -> Result<Event<'a>, Refusal> {
        self.at += 1;
        self.expect = if self.frames.is_empty() { Expect::Nothing } else { Expect::More };
        Ok(Event::Close(kind))
    }

    /// What stands here instead of what is due.
    #[cold]
    fn fault(&self, due: &str) -> Refusal {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(byte) = rest.first() else {
            return Refusal::new(code::TRUNCATED, self.at, format!("the text ends where {due} is due"));
        };
        if [&b"NaN"[..], b"Infinity"].iter().any(|word| rest.starts_with(word)) {
            return scan::not_finite(self.at);
        }
        if rest.starts_with(b"\xef\xbb\xbf") {
            return Refusal::new(code::BYTE_ORDER_MARK, self.at, "a byte order mark between values");
        }
        let character = rest.get(..rest.len().min(4)).unwrap_or_default();
        let whole = match std::str::from_utf8(character) {
            Ok(text) => text.chars().next(),
            Err(fault) if fault.valid_up_to() > 0 => Some(char::from(*byte)),
            Err(_) => None,
        };
        let Some(character) = whole else { return scan::not_utf8(self.at) };
        let shown = crate::text::sanitise(character.encode_utf8(&mut [0; 4])).into_string();
        Refusal::new(code::NOT_JSON, self.at, format!("`{shown}` stands where {due} is due"))
    }
}
