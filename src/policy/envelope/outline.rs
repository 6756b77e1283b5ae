//! The outermost members of a text.

use memchr::memmem;

use super::SignedBytes;
use crate::policy::json::canonical::Form;
use crate::policy::json::{Event, Kind, Limits, Reader, Refusal, Span, Text, Value};

/// Other members whose names are kept at most; a text with more is no
/// envelope that anybody made.
const MAX_OTHERS: usize = 256;

/// The value of `signed`.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// What canonical JSON needs.
    Canonical(Form<'a>),
    /// Its text.
    Raw(Span),
    /// It is no object.
    Other,
}

/// What stands outermost, as far as the text could be read.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    pub(super) payload: Option<Option<Text<'a>>>,
    pub(super) payload_type: Option<Option<Text<'a>>>,
    pub(super) signatures: Option<Value<'a>>,
    pub(super) signed: Option<Body<'a>>,
    /// Every other member.
    pub(super) others: Vec<Text<'a>>,
    /// The whole text.
    pub(super) bytes: &'a [u8],
    pub(super) refusal: Option<Refusal>,
    /// Names whose values were not read to the end.
    pub(super) begun: Option<Text<'a>>,
}

/// Whether any of the members that make an envelope or an old allow-list can
/// be in this text. A bare policy of a million digests is not read twice to
/// find none; a name that hides behind escapes is found when the policy is
/// read, as a member that nobody knows.
pub(super) fn may_be_more_than_a_policy(bytes: &[u8]) -> bool {
    ["\"payload", "\"signatures\"", "\"signed\"", "\"hashes\""]
        .iter()
        .any(|name| memmem::find(bytes, name.as_bytes()).is_some())
}

/// Whether a text that cannot be read has the words of an envelope in it.
pub(super) fn speaks_of_signatures(bytes: &[u8]) -> bool {
    let has = |name: &str| memmem::find(bytes, name.as_bytes()).is_some();
    has("\"signatures\"") && (has("\"payload\"") || has("\"signed\""))
}

impl<'a> Outline<'a> {
    pub(super) fn read(bytes: &'a [u8], signed_bytes: SignedBytes, limits: &Limits) -> Self {
        let mut outline = Self { bytes, ..Self::default() };
        if let Err(refusal) = outline.fill(signed_bytes, limits) {
            outline.refusal = Some(refusal);
        }
        outline
    }

    fn fill(&mut self, signed_bytes: SignedBytes, limits: &Limits) -> Result<(), Refusal> {
        let mut reader = Reader::new(self.bytes, limits)?;
        match reader.next()? {
            Some(Event::Open(Kind::Object)) => {}
            Some(first) => {
                reader.skip_rest(first)?;
                reader.next()?;
                return Ok(());
            }
            None => return Ok(()),
        }
        while let Some(Event::Key(name)) = reader.next()? {
            self.begun = Some(name);
            match name.value().as_ref() {
                "payload" => self.payload = Some(text(&mut reader)?),
                "payloadType" => self.payload_type = Some(text(&mut reader)?),
                "signatures" => self.signatures = Some(Value::next(&mut reader)?),
                "signed" => self.signed = Some(body(&mut reader, signed_bytes)?),
                _ => {
                    reader.skip()?;
                    if self.others.len() < MAX_OTHERS {
                        self.others.push(name);
                    }
                }
            }
            self.begun = None;
        }
        reader.next()?;
        Ok(())
    }

    /// Whether this member is there, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        let begun = self.begun.is_some_and(|begun| begun.is(name));
        begun
            || match name {
                "payload" => self.payload.is_some(),
                "payloadType" => self.payload_type.is_some(),
                "signatures" => self.signatures.is_some(),
                "signed" => self.signed.is_some(),
                _ => self.others.iter().any(|other| other.is(name)),
            }
    }

    /// Whether nothing was read at all.
    pub(super) fn names_nothing(&self) -> bool {
        self.others.is_empty() && self.begun.is_none()
    }
}

/// A member's value, if it is a text.
fn text<'a>(reader: &mut Reader<'a>) -> Result<Option<Text<'a>>, Refusal> {
    match reader.next()? {
        Some(Event::Text(text)) => Ok(Some(text)),
        Some(first) => reader.skip_rest(first).map(|_span| None),
        None => Ok(None),
    }
}

fn body<'a>(reader: &mut Reader<'a>, signed_bytes: SignedBytes) -> Result<Body<'a>, Refusal> {
    let (span, body) = match signed_bytes {
        SignedBytes::Canonical => {
            let form = Form::of_next(reader)?;
            (form.span(), Body::Canonical(form))
        }
        SignedBytes::Enhancement77Raw => {
            let span = reader.skip()?;
            (span, Body::Raw(span))
        }
    };
    if span.of(reader.bytes()).first() == Some(&b'{') { Ok(body) } else { Ok(Body::Other) }
}
