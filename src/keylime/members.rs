//! Splits a bulk answer into its members while it arrives, so that the answer
//! of a large fleet is never in memory as a whole.
//!
//! The answer is `{"code", "status", "results": {"id": {record}, …}}`. Only the
//! two outer objects are walked here; what stands in a member is left to the
//! JSON reader, which sees one member at a time.

use std::borrow::Cow;

use super::scan::{JsonScan, Passed, TooMuch};

/// Longest member that is accepted, in bytes: ids and records are far shorter.
const MAX_MEMBER: usize = 1024 * 1024;

/// A whole member of one of the two objects, in raw JSON.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Member<'a> {
    /// An agent in the object `results`.
    Agent {
        /// The text before the colon.
        key: &'a [u8],
        /// The text behind it.
        value: &'a [u8],
    },
    /// The value of `results` where that is not an object.
    Results(&'a [u8]),
    /// The value of another member of the envelope.
    Other(&'a [u8]),
}

/// Whoever gets the members.
pub(super) trait TakeMembers<E> {
    /// Takes the next member.
    ///
    /// # Errors
    /// If it is not what it should be.
    fn take(&mut self, member: Member<'_>) -> Result<(), E>;

    /// Looks whether the agent at the beginning of a text can be read at a
    /// glance, and takes it. A comma must follow what is passed over.
    ///
    /// # Errors
    /// If it is one too many.
    fn take_ahead(&mut self, _text: &[u8]) -> Result<Option<Passed>, E> {
        Ok(None)
    }
}

/// Why a text is not split.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsplittable {
    /// Too deep, or too many values.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// A member beyond [`MAX_MEMBER`].
    #[error("one of its members is longer than {MAX_MEMBER} bytes")]
    Long,
    /// No object.
    #[error("it is no JSON object")]
    NoObject,
    /// Brackets, commas, colons or keys are not where they belong.
    #[error("its JSON is broken: {0}")]
    Broken(&'static str),
    /// `results` stands there again.
    #[error("duplicate field `results`")]
    Repeated,
    /// `results` is not there.
    #[error("missing field `results`")]
    Missing,
}

const BEHIND: Unsplittable = Unsplittable::Broken("something follows where it should have ended");

/// Which object is walked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Envelope,
    Results,
    Behind,
}

impl Place {
    /// How deep what stands directly in that object is.
    fn depth(self) -> u32 {
        match self {
            Self::Before | Self::Behind => 0,
            Self::Envelope => 1,
            Self::Results => 2,
        }
    }
}

/// Takes the chunks of one answer and hands out its members.
#[derive(Debug)]
pub(super) struct Members {
    max_values: u64,
    scan: JsonScan,
    walk: Walk,
    /// The beginning of a member whose end has not come yet.
    begun: Vec<u8>,
}

impl Members {
    /// A splitter of an answer with at most so many values.
    pub(super) fn new(max_values: u64) -> Self {
        Self { max_values, scan: JsonScan::default(), walk: Walk::default(), begun: Vec::new() }
    }

    /// Takes a chunk in; every member that it completes goes to `taker`.
    ///
    /// # Errors
    /// As soon as the text cannot be the answer, or `taker` refuses a member.
    pub(super) fn feed<E: From<Unsplittable>>(
        &mut self,
        chunk: &[u8],
        taker: &mut impl TakeMembers<E>,
    ) -> Result<(), E> {
        let Self { max_values, scan, walk, begun } = self;
        // Where in the chunk the current member, or the rest of it, begins.
        let mut from = 0;
        scan.walk(chunk, *max_values, |at, byte, depth| {
            let here = walk.place.depth();
            let concerns_us = match byte {
                b'{' | b'[' => depth == here + 1,
                b'}' | b']' => depth + 1 == here,
                _ => depth == here,
            };
            if !concerns_us {
                return Ok(Passed::default());
            }
            let piece = chunk.get(from..at).unwrap_or_default();
            if byte == b':' {
                walk.colon(begun.len() + piece.len()).map_err(Fault::Ours)?;
                return Ok(Passed::default());
            }
            let text = match begun.is_empty() {
                true => Cow::Borrowed(piece),
                false => Cow::Owned([begun.as_slice(), piece].concat()),
            };
            if text.len() > MAX_MEMBER {
                return Err(Fault::Ours(Unsplittable::Long));
            }
            if !walk.step(byte, &text, taker)? {
                return Ok(Passed::default());
            }
            from = at + 1;
            begun.clear();
            let passed = walk.ahead(chunk.get(from..).unwrap_or_default(), taker).map_err(Fault::Theirs)?;
            from += passed.bytes;
            Ok(passed)
        })
        .map_err(|fault| match fault {
            Fault::Ours(fault) => E::from(fault),
            Fault::Theirs(fault) => fault,
        })?;
        begun.extend_from_slice(chunk.get(from..).unwrap_or_default());
        if begun.len() > MAX_MEMBER { Err(Unsplittable::Long.into()) } else { Ok(()) }
    }

    /// Whether the answer was complete.
    ///
    /// # Errors
    /// If it ended too early, or something followed.
    pub(super) fn finish(self) -> Result<(), Unsplittable> {
        match self.walk.place {
            Place::Before => Err(Unsplittable::NoObject),
            Place::Envelope | Place::Results => Err(Unsplittable::Broken("it ends in the middle")),
            Place::Behind if !is_blank(&self.begun) => Err(BEHIND),
            Place::Behind if !self.walk.has_results => Err(Unsplittable::Missing),
            Place::Behind => Ok(()),
        }
    }
}

/// Whose error ends the walk.
enum Fault<E> {
    Ours(Unsplittable),
    Theirs(E),
}

impl<E> From<TooMuch> for Fault<E> {
    fn from(fault: TooMuch) -> Self {
        Self::Ours(fault.into())
    }
}

impl<E> From<Unsplittable> for Fault<E> {
    fn from(fault: Unsplittable) -> Self {
        Self::Ours(fault)
    }
}

/// The walk over the two outer objects.
#[derive(Debug, Default)]
struct Walk {
    place: Place,
    /// The current member's first colon, counted from the member's beginning.
    colon: Option<usize>,
    /// Whether the current member is `results`, and its object has ended.
    results_ended: bool,
    /// Whether a comma announced the current member.
    announced: bool,
    has_results: bool,
}

impl Walk {
    fn colon(&mut self, at: usize) -> Result<(), Unsplittable> {
        match self.place {
            Place::Before => Err(Unsplittable::NoObject),
            Place::Behind => Err(BEHIND),
            Place::Envelope | Place::Results => {
                self.colon.get_or_insert(at);
                Ok(())
            }
        }
    }

    /// Goes over a bracket or comma of the object that is walked, with the
    /// member's text so far; says whether a new member begins behind it.
    fn step<E>(&mut self, byte: u8, text: &[u8], taker: &mut impl TakeMembers<E>) -> Result<bool, Fault<E>> {
        match (self.place, byte) {
            (Place::Before, b'{') if is_blank(text) => self.place = Place::Envelope,
            (Place::Before, _) => return Err(Unsplittable::NoObject.into()),
            (Place::Behind, _) => return Err(BEHIND.into()),
            (Place::Envelope, b'{') if self.is_at_results(text)? => {
                self.results_begin()?;
                self.place = Place::Results;
            }
            (_, b'{' | b'[') => return Ok(false),
            (_, b',') => {
                self.end_member(text, taker)?;
                self.announced = true;
                return Ok(true);
            }
            (Place::Envelope | Place::Results, b'}') => {
                // An empty object has no member; behind a comma there must be one.
                if self.announced || self.results_ended || !is_blank(text) {
                    self.end_member(text, taker)?;
                }
                self.results_ended = self.place == Place::Results;
                self.place = if self.place == Place::Results { Place::Envelope } else { Place::Behind };
            }
            (Place::Envelope | Place::Results, _) => {
                return Err(Unsplittable::Broken("a bracket does not match").into());
            }
        }
        self.announced = false;
        self.colon = None;
        Ok(true)
    }

    fn end_member<E>(&mut self, text: &[u8], taker: &mut impl TakeMembers<E>) -> Result<(), Fault<E>> {
        let colon = self.colon.take();
        if std::mem::take(&mut self.results_ended) {
            return if is_blank(text) { Ok(()) } else { Err(BEHIND.into()) };
        }
        let (key, value) = colon
            .and_then(|colon| Some((text.get(..colon)?, text.get(colon + 1..)?)))
            .ok_or(Unsplittable::Broken("a member has no colon"))?;
        let member = if self.place == Place::Results {
            Member::Agent { key, value }
        } else if is_results(key)? {
            self.results_begin()?;
            Member::Results(value)
        } else {
            Member::Other(value)
        };
        taker.take(member).map_err(Fault::Theirs)
    }

    /// Goes over the agents at the beginning of a text that can be read at a
    /// glance, each with the comma behind it.
    fn ahead<E>(&mut self, text: &[u8], taker: &mut impl TakeMembers<E>) -> Result<Passed, E> {
        let mut all = Passed::default();
        while self.place == Place::Results
            && let Some(one) = taker.take_ahead(text.get(all.bytes..).unwrap_or_default())?
        {
            all.bytes += one.bytes + 1;
            all.values += one.values + 1;
            self.announced = true;
        }
        Ok(all)
    }

    /// Whether `text` is `"results":`, so that the bracket that follows opens it.
    fn is_at_results(&self, text: &[u8]) -> Result<bool, Unsplittable> {
        match self.colon.and_then(|colon| Some((text.get(..colon)?, text.get(colon + 1..)?))) {
            Some((key, rest)) => Ok(is_blank(rest) && is_results(key)?),
            None => Ok(false),
        }
    }

    fn results_begin(&mut self) -> Result<(), Unsplittable> {
        if std::mem::replace(&mut self.has_results, true) { Err(Unsplittable::Repeated) } else { Ok(()) }
    }
}

fn is_results(key: &[u8]) -> Result<bool, Unsplittable> {
    serde_json::from_slice::<String>(key)
        .map(|key| key == "results")
        .map_err(|_what_serde_says_has_no_place| Unsplittable::Broken("a key is no text"))
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<E, F: FnMut(Member<'_>) -> Result<(), E>> TakeMembers<E> for F {
        fn take(&mut self, member: Member<'_>) -> Result<(), E> {
            self(member)
        }
    }

    /// What comes out of a text given in chunks of this length.
    fn split(text: &str, chunk: usize) -> Result<Vec<String>, Unsplittable> {
        let mut members = Members::new(1000);
        let mut seen = Vec::new();
        let words = |text: &[u8]| std::str::from_utf8(text).unwrap().trim().to_owned();
        for chunk in text.as_bytes().chunks(chunk) {
            let mut see = |member: Member<'_>| {
                seen.push(match member {
                    Member::Agent { key, value } => format!("{} = {}", words(key), words(value)),
                    Member::Results(value) => format!("results {}", words(value)),
                    Member::Other(value) => format!("other {}", words(value)),
                });
                Ok::<(), Unsplittable>(())
            };
            members.feed(chunk, &mut see)?;
        }
        members.finish().map(|()| seen)
    }

    #[test]
    fn members_are_whole_wherever_the_chunks_break() {
        let text = r#" {"code": 200, "x": {"results": {"no": 1}}, "r\u0065sults" : { "a:{,": {"t": "}\"]"}, "b" : [1, {"c": 2}] } , "s": "} {" } "#;
        for chunk in 1..text.len() + 1 {
            assert_eq!(
                split(text, chunk).unwrap(),
                [
                    "other 200",
                    r#"other {"results": {"no": 1}}"#,
                    r#""a:{," = {"t": "}\"]"}"#,
                    r#""b" = [1, {"c": 2}]"#,
                    r#"other "} {""#,
                ],
                "chunks of {chunk}"
            );
        }
        assert!(split(r#"{"results": {}}"#, 3).unwrap().is_empty());
        assert_eq!(split(r#"{"results": []}"#, 3).unwrap(), ["results []"]);
        assert_eq!(split(r#"{"results":null, "a":{}}"#, 3).unwrap(), ["results null", "other {}"]);
    }

    #[test]
    fn what_is_no_answer_is_refused_with_its_reason() {
        for (text, words) in [
            ("", "it is no JSON object"),
            ("[1]", "it is no JSON object"),
            ("x{}", "it is no JSON object"),
            (": 1", "it is no JSON object"),
            ("{}", "missing field `results`"),
            (r#"{"a": {"results": {}}}"#, "missing field `results`"),
            (r#"{"results": {}, "results": {}}"#, "duplicate field `results`"),
            (r#"{"results": {}, "results": []}"#, "duplicate field `results`"),
            (r#"{"results": {}"#, "its JSON is broken: it ends in the middle"),
            (r#"{"results": {}]"#, "its JSON is broken: a bracket does not match"),
            (r#"{"results": {]}"#, "its JSON is broken: a bracket does not match"),
            (r#"{"results": {"a": 1,}}"#, "its JSON is broken: a member has no colon"),
            (r#"{"results": {,"a": 1}}"#, "its JSON is broken: a member has no colon"),
            (r#"{"results": {"a"}}"#, "its JSON is broken: a member has no colon"),
            (r#"{"results": {},}"#, "its JSON is broken: a member has no colon"),
            (r#"{results: 1}"#, "its JSON is broken: a key is no text"),
            (r#"{"results": {} 1}"#, "its JSON is broken: something follows where it should have ended"),
            (r#"{"results": {} {}}"#, "its JSON is broken: something follows where it should have ended"),
            (r#"{"results": {}} {}"#, "its JSON is broken: something follows where it should have ended"),
            (r#"{"results": {}} x"#, "its JSON is broken: something follows where it should have ended"),
            (r#"{"results": {}}}"#, "its JSON is broken: something follows where it should have ended"),
        ] {
            for chunk in [1, 2, 5, 1000] {
                let refused = split(text, chunk).unwrap_err();
                assert_eq!(refused.to_string(), words, "{text} in chunks of {chunk}");
            }
        }
    }

    #[test]
    fn depth_and_values_are_bounded_over_all_members() {
        let many = format!("{{\"results\": {{{}}}}}", vec!["\"a\": 1"; 2000].join(","));
        assert_eq!(split(&many, 64).unwrap_err(), TooMuch::Values(1000).into());
        let deep = format!("{{\"results\": {{\"a\": {}", "[".repeat(40));
        assert_eq!(split(&deep, 64).unwrap_err(), TooMuch::Depth.into());
    }

    #[test]
    fn a_member_without_an_end_is_not_kept() {
        let mut members = Members::new(1000);
        let mut ignore = |_: Member<'_>| Ok::<(), Unsplittable>(());
        let mut feed = |text: &str| members.feed(text.as_bytes(), &mut ignore);
        feed(r#"{"results": {"a": ""#).unwrap();
        let endless = "x".repeat(MAX_MEMBER / 2);
        feed(&endless).unwrap();
        assert_eq!(feed(&endless), Err(Unsplittable::Long));
    }
}
