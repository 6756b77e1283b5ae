//! Canonical JSON as OLPC describes it and securesystemslib's
//! `encode_canonical` writes it: what TUF, in-toto and Enhancement 86's
//! `signatures` cover.
//!
//! No white space; members ordered by the code points of their names; in texts
//! only `"` and `\` are escaped, all else stands raw, controls too (so the
//! result is not always JSON); integers in decimal, other numbers have no form.
//! Nothing is normalised: securesystemslib does not, and other libraries do.
//!
//! The document is read once by the strict reader and gone through once more.
//! Kept are eight bytes for each member and sixteen for each object.

use std::borrow::Cow;

use super::limits::Limits;
use super::reader::{Event, Kind, Reader};
use super::refusal::{Refusal, code};
use super::text::{Number, Span};
use super::walk::Walk;

/// Bytes that are gathered before the sink is called.
const PIECE: usize = 1 << 16;

/// Writes the canonical form of a whole document, piece by piece.
///
/// # Errors
///
/// What the reader refuses, and `not-canonical` for a number with a fraction
/// or an exponent. Nothing was written then.
pub fn write(bytes: &[u8], limits: &Limits, sink: &mut dyn FnMut(&[u8])) -> Result<(), Refusal> {
    let mut reader = Reader::new(bytes, limits)?;
    let form = Form::of_next(&mut reader)?;
    reader.next()?;
    form.write(sink);
    Ok(())
}

/// The canonical form of a whole document.
///
/// # Errors
///
/// As [`write()`].
pub fn to_vec(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let mut written = Vec::with_capacity(bytes.len());
    write(bytes, limits, &mut |piece| written.extend_from_slice(piece))?;
    Ok(written)
}

#[derive(Debug, Clone, Copy)]
struct Member {
    key: u32,
    value: u32,
}

#[derive(Debug, Clone, Copy)]
struct Object {
    /// Its part of the text; objects are in the order of their starts.
    span: Span,
    first: u32,
    members: u32,
}

/// What must be known of a value to write its canonical form.
#[derive(Debug)]
pub struct Form<'a> {
    bytes: &'a [u8],
    span: Span,
    objects: Vec<Object>,
    members: Vec<Member>,
}

impl<'a> Form<'a> {
    /// Reads the next value of a reader: for one value inside an envelope.
    ///
    /// # Errors
    ///
    /// As [`write()`].
    pub fn of_next(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let mut form =
            Self { bytes: reader.bytes(), span: Span::default(), objects: Vec::new(), members: Vec::new() };
        // Of each open object: its number, and the names of its members so far.
        let mut open: Vec<(usize, Vec<Member>)> = Vec::new();
        let depth = reader.depth();
        let mut start = None;
        while let Some(event) = reader.next()? {
            let at = *start.get_or_insert(reader.start());
            let here = narrow(reader.start());
            match event {
                Event::Open(Kind::Object) => {
                    open.push((form.objects.len(), Vec::new()));
                    form.objects.push(Object { span: Span::new(reader.start(), 0), first: 0, members: 0 });
                }
                Event::Key(_) => {
                    let value = Walk::new(form.bytes).skip_space(reader.position());
                    if let Some((_, members)) = open.last_mut() {
                        members.push(Member { key: here, value: narrow(value) });
                    }
                }
                Event::Close(Kind::Object) => {
                    if let Some((number, members)) = open.pop() {
                        form.closed(number, members, reader.position());
                    }
                }
                Event::Number(number) if !number.is_integer() => return Err(not_canonical(number)),
                _ => {}
            }
            if reader.depth() <= depth {
                form.span = Span::new(at, reader.position());
                break;
            }
        }
        Ok(form)
    }

    /// The part of the text that the value is.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    fn closed(&mut self, number: usize, members: Vec<Member>, end: usize) {
        let mut members = self.sorted(members);
        if let Some(object) = self.objects.get_mut(number) {
            object.span.end = narrow(end);
            object.first = narrow(self.members.len());
            object.members = narrow(members.len());
        }
        self.members.append(&mut members);
    }

    /// Members in the order of their names. The order of UTF-8 is that of code
    /// points. Names of a million members are far apart in memory, so the eight
    /// bytes behind what all begin with are compared first.
    fn sorted(&self, mut members: Vec<Member>) -> Vec<Member> {
        let walk = Walk::new(self.bytes);
        let name = |member: &Member| -> Cow<'a, [u8]> {
            walk.text_at(member.key as usize).map(super::text::Text::bytes).unwrap_or_default()
        };
        let Some((first, others)) = members.split_first() else { return members };
        let model = name(first);
        let common = others.iter().fold(model.len(), |common, member| {
            let other = name(member);
            let same = model.iter().zip(other.iter()).take(common);
            same.take_while(|(one, other)| one == other).count()
        });
        let begins = |member: &Member| {
            let mut bytes = [0; 8];
            let name = name(member);
            let rest = name.get(common..).unwrap_or_default();
            bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            u64::from_be_bytes(bytes)
        };
        let mut keyed: Vec<_> = members.iter().map(|member| (begins(member), *member)).collect();
        // Policies are mostly in order already, which this sort is quick with.
        keyed.sort_by(|(begins, one), (others, other)| {
            begins.cmp(others).then_with(|| name(one).cmp(&name(other)))
        });
        members.clear();
        members.extend(keyed.into_iter().map(|(_, member)| member));
        members
    }

    /// Writes the canonical form, piece by piece.
    pub fn write(&self, sink: &mut dyn FnMut(&[u8])) {
        let mut out = Out { gathered: Vec::with_capacity(PIECE), sink };
        self.value(self.span.start(), &mut out);
        out.flush();
    }

    /// The canonical form.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut written = Vec::with_capacity(self.span.end().saturating_sub(self.span.start()));
        self.write(&mut |piece| written.extend_from_slice(piece));
        written
    }

    /// Writes the value that begins here and gives the byte after it. As deep
    /// as the reader went.
    fn value(&self, at: usize, out: &mut Out<'_>) -> usize {
        let walk = Walk::new(self.bytes);
        match walk.byte(at) {
            Some(b'{') => self.object(at, out),
            Some(b'[') => {
                out.push(b"[");
                let mut next = walk.first_in(at);
                let mut end = walk.skip_space(at + 1);
                while let Some(element) = next {
                    let after = self.value(element, out);
                    end = walk.skip_space(after);
                    // What does not move on is no text that was read.
                    next = walk.next_after(after).filter(|next| *next > element);
                    if next.is_some() {
                        out.push(b",");
                    }
                }
                out.push(b"]");
                end + 1
            }
            Some(b'"') => self.text(at, out),
            _ => {
                let end = walk.end_of_value(at);
                let raw = self.bytes.get(at..end).unwrap_or_default();
                // Python reads `-0` as the integer 0.
                out.push(if raw == b"-0" { b"0" } else { raw });
                end
            }
        }
    }

    fn object(&self, at: usize, out: &mut Out<'_>) -> usize {
        let number = self.objects.partition_point(|object| object.span.start() < at);
        let Some(object) = self.objects.get(number).filter(|object| object.span.start() == at) else {
            return self.bytes.len();
        };
        let (first, count) = (object.first as usize, object.members as usize);
        let members = self.members.get(first..first + count).unwrap_or_default();
        out.push(b"{");
        for (place, member) in members.iter().enumerate() {
            if place > 0 {
                out.push(b",");
            }
            self.text(member.key as usize, out);
            out.push(b":");
            self.value(member.value as usize, out);
        }
        out.push(b"}");
        object.span.end()
    }

    fn text(&self, at: usize, out: &mut Out<'_>) -> usize {
        let Some(text) = Walk::new(self.bytes).text_at(at) else { return self.bytes.len() };
        out.push(b"\"");
        if text.escaped {
            let said = text.bytes();
            let mut rest: &[u8] = &said;
            while let Some(special) = memchr::memchr2(b'"', b'\\', rest) {
                out.push(rest.get(..special).unwrap_or_default());
                out.push(b"\\");
                out.push(rest.get(special..=special).unwrap_or_default());
                rest = rest.get(special + 1..).unwrap_or_default();
            }
            out.push(rest);
        } else {
            out.push(text.raw);
        }
        out.push(b"\"");
        text.end()
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn not_canonical(number: Number<'_>) -> Refusal {
    Refusal::new(
        code::NOT_CANONICAL,
        number.offset,
        "a number with a fraction or an exponent: canonical JSON has integers only",
    )
}

struct Out<'a> {
    gathered: Vec<u8>,
    sink: &'a mut dyn FnMut(&[u8]),
}

impl Out<'_> {
    fn push(&mut self, piece: &[u8]) {
        if self.gathered.len() + piece.len() > PIECE {
            self.flush();
        }
        if piece.len() > PIECE {
            (self.sink)(piece);
        } else {
            self.gathered.extend_from_slice(piece);
        }
    }

    fn flush(&mut self) {
        if !self.gathered.is_empty() {
            (self.sink)(&self.gathered);
            self.gathered.clear();
        }
    }
}
