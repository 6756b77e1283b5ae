//! A small tree of a document, or of a part of one.

use super::limits::Limits;
use super::reader::{Event, Kind, Reader};
use super::refusal::{Refusal, code};
use super::text::{Number, Span, Text};

/// A value with its place. Texts and numbers point into the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Value<'a> {
    /// What it is.
    pub content: Content<'a>,
    /// Its part of the document, with quotes and brackets.
    pub span: Span,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Content<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is spelled.
    Number(Number<'a>),
    /// A text.
    Text(Text<'a>),
    /// Elements.
    Array(Vec<Value<'a>>),
    /// Members in the order of the document; no name stands twice.
    Object(Vec<Member<'a>>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its value.
    pub value: Value<'a>,
}

impl<'a> Value<'a> {
    /// Values of one tree at most, whatever the limits of the reader say: a
    /// tree is for what is small.
    pub const MOST: usize = 1 << 16;

    /// Reads a whole document.
    ///
    /// # Errors
    ///
    /// As [`Reader::next`].
    pub fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes, limits)?;
        let value = Self::next(&mut reader)?;
        reader.next()?;
        Ok(value)
    }

    /// Reads the next value of a reader, where one is due.
    ///
    /// # Errors
    ///
    /// As [`Reader::next`], and `too-many-values` for a tree that is not small.
    pub fn next(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        match reader.next()? {
            Some(first) => Self::rest(reader, first),
            None => Err(Refusal::new(code::TRUNCATED, reader.start(), "the text ends where a value is due")),
        }
    }

    /// The value whose first event was just given.
    ///
    /// # Errors
    ///
    /// As [`Self::next`].
    pub fn rest(reader: &mut Reader<'a>, first: Event<'a>) -> Result<Self, Refusal> {
        Self::rest_of(reader, first, Self::MOST)
    }

    /// The same with at most so many values in the tree.
    ///
    /// # Errors
    ///
    /// As [`Self::next`].
    pub fn rest_of(reader: &mut Reader<'a>, first: Event<'a>, most: usize) -> Result<Self, Refusal> {
        let mut left = most;
        built(reader, first, &mut left)
    }

    /// A value by its name, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|member| member.name.is(name)).map(|member| &member.value)
    }

    /// The members of an object.
    #[must_use]
    pub fn members(&self) -> Option<&[Member<'a>]> {
        if let Content::Object(members) = &self.content { Some(members) } else { None }
    }

    /// The elements of an array.
    #[must_use]
    pub fn elements(&self) -> Option<&[Self]> {
        if let Content::Array(elements) = &self.content { Some(elements) } else { None }
    }

    /// A text.
    #[must_use]
    pub const fn text(&self) -> Option<Text<'a>> {
        if let Content::Text(text) = self.content { Some(text) } else { None }
    }

    /// What it is, for messages: `an object`, `a number`.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self.content {
            Content::Null => "null",
            Content::Bool(_) => "a boolean",
            Content::Number(_) => "a number",
            Content::Text(_) => "a string",
            Content::Array(_) => "an array",
            Content::Object(_) => "an object",
        }
    }
}

/// As deep as the limit of the reader, 64 unless somebody asked for more.
fn built<'a>(reader: &mut Reader<'a>, first: Event<'a>, left: &mut usize) -> Result<Value<'a>, Refusal> {
    let start = reader.start();
    *left = left.checked_sub(1).ok_or_else(|| {
        Refusal::new(code::TOO_MANY_VALUES, start, "more values than are due in this place")
    })?;
    let content = match first {
        Event::Null => Content::Null,
        Event::Bool(value) => Content::Bool(value),
        Event::Number(number) => Content::Number(number),
        Event::Text(text) => Content::Text(text),
        Event::Open(Kind::Array) => {
            let mut elements = Vec::new();
            while let Some(event) = reader.next()? {
                if event == Event::Close(Kind::Array) {
                    break;
                }
                elements.push(built(reader, event, left)?);
            }
            Content::Array(elements)
        }
        Event::Open(Kind::Object) => {
            let mut members = Vec::new();
            while let Some(Event::Key(name)) = reader.next()? {
                let Some(event) = reader.next()? else { break };
                members.push(Member { name, value: built(reader, event, left)? });
            }
            Content::Object(members)
        }
        Event::Key(_) | Event::Close(_) => {
            return Err(Refusal::new(code::NOT_JSON, start, "no value stands here"));
        }
    };
    Ok(Value { content, span: Span::new(start, reader.position()) })
}
