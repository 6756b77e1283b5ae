//! Takes one policy's text out of its answer while that arrives.
//!
//! The answer is `{"code", "status", "results": {"name", "tmp_policy",
//! "runtime_policy": "…"}}`, in any order. It is read byte by byte through a
//! small machine; the one long text goes, unescaped, straight into its buffer.

use memchr::memchr2;
use serde::de::IgnoredAny;

use super::super::limits::AROUND_POLICY;
use super::super::scan::MAX_DEPTH;
use super::kind::PolicyKind;

/// Longest key that is told apart, in bytes.
const MAX_KEY: usize = 256;

/// Longest number or word (`true`), in bytes.
const MAX_SCALAR: usize = 64;

/// The name and the text of a policy, as they stood in the answer.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The policy's own name.
    pub name: Vec<u8>,
    /// Its text; none where that is `null`. Not yet known to be UTF-8.
    pub text: Option<Vec<u8>>,
}

/// Why an answer is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// It is no JSON, or not of this shape.
    #[error("{0}")]
    Shape(&'static str),
    /// The policy's text has more bytes than are read.
    #[error("the policy has more than {0} bytes, the most that is read")]
    TooLong(usize),
    /// What stands around the text has.
    #[error("what stands around the policy has more than {AROUND_POLICY} bytes")]
    Around,
    /// The system has no memory left for it.
    #[error("there is not enough memory for it")]
    Memory,
}

const BROKEN: Refusal = Refusal::Shape("its JSON is broken");

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Into {
    Key,
    Name,
    Text,
    Nothing,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A value; behind `[` also its end.
    Value {
        or_end: bool,
    },
    /// A key; behind `{` also its end.
    Key {
        or_end: bool,
    },
    Colon,
    /// A comma or the end of what is open.
    Comma,
    /// More of a text.
    Text(Into),
    /// What follows a backslash.
    Escape(Into),
    /// Digits of `\u`: how many came, and their value.
    Unicode(Into, u8, u32),
    /// More of a number or word.
    Scalar,
    /// Nothing but blanks.
    End,
}

/// The machine.
#[derive(Debug)]
pub(super) struct Envelope {
    kind: PolicyKind,
    most: usize,
    next: Next,
    /// Open objects (`true`) and lists.
    open: Vec<bool>,
    /// The first half of a surrogate pair, whose second half must follow.
    high: Option<u32>,
    key: Vec<u8>,
    scalar: Vec<u8>,
    /// What the value that comes now is for.
    target: Target,
    around: u64,
    has_results: bool,
    in_results: bool,
    has_name: bool,
    has_text: bool,
    taken: Taken,
}

/// What a value is for, by the key before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Results,
    Name,
    Text,
    Nothing,
}

impl Envelope {
    /// A machine for a text of at most so many bytes.
    pub(super) fn new(kind: PolicyKind, most: usize) -> Self {
        Self {
            kind,
            most,
            next: Next::Value { or_end: false },
            open: Vec::new(),
            high: None,
            key: Vec::new(),
            scalar: Vec::new(),
            target: Target::Nothing,
            around: 0,
            has_results: false,
            in_results: false,
            has_name: false,
            has_text: false,
            taken: Taken::default(),
        }
    }

    /// The text so far.
    pub(super) fn text(&self) -> &[u8] {
        self.taken.text.as_deref().unwrap_or_default()
    }

    /// Takes a chunk in.
    ///
    /// # Errors
    /// As soon as it cannot be the answer.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        let mut rest = chunk;
        while let Some((&byte, after)) = rest.split_first() {
            let is_policy = matches!(
                self.next,
                Next::Text(Into::Text) | Next::Escape(Into::Text) | Next::Unicode(Into::Text, ..)
            );
            let before = rest.len();
            let run = match self.next {
                Next::Text(_) => memchr2(b'"', b'\\', rest).unwrap_or(rest.len()),
                _ => 0,
            };
            match (self.next, rest.split_at_checked(run)) {
                (Next::Text(into), Some((run, after))) if !run.is_empty() => {
                    if self.high.is_some() || has_control(run) {
                        return Err(BROKEN);
                    }
                    self.push(into, run)?;
                    rest = after;
                }
                _ => {
                    rest = after;
                    self.step(byte)?;
                }
            }
            if !is_policy {
                self.around += (before - rest.len()) as u64;
            }
        }
        if self.around > AROUND_POLICY { Err(Refusal::Around) } else { Ok(()) }
    }

    /// What was taken, once the answer is complete.
    ///
    /// # Errors
    /// If it ended too early, or lacks something.
    pub(super) fn finish(mut self) -> Result<Taken, Refusal> {
        if self.next == Next::Scalar && self.open.is_empty() {
            self.end_scalar()?;
        }
        match self.next {
            Next::End if !self.has_results => Err(Refusal::Shape("missing field `results`")),
            Next::End if !self.has_name => Err(Refusal::Shape("missing field `name`")),
            Next::End if !self.has_text => Err(Refusal::Shape(match self.kind {
                PolicyKind::Runtime => "missing field `runtime_policy`",
                PolicyKind::MeasuredBoot => "missing field `mb_policy`",
            })),
            Next::End => Ok(self.taken),
            _ => Err(Refusal::Shape("its JSON is broken: it ends in the middle")),
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), Refusal> {
        let is_blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match self.next {
            Next::Text(into) => match byte {
                b'"' => self.end_text(into),
                _ => {
                    self.next = Next::Escape(into);
                    Ok(())
                }
            },
            Next::Escape(into) => self.escaped(into, byte),
            Next::Unicode(into, count, value) => self.digit(into, count, value, byte),
            Next::Scalar if !is_blank && !matches!(byte, b',' | b'}' | b']') => {
                self.scalar.push(byte);
                if self.scalar.len() > MAX_SCALAR { Err(BROKEN) } else { Ok(()) }
            }
            Next::Scalar => {
                self.end_scalar()?;
                if is_blank { Ok(()) } else { self.step(byte) }
            }
            _ if is_blank => Ok(()),
            Next::Value { or_end } => match byte {
                b']' if or_end => self.close(false),
                _ => self.begin_value(byte),
            },
            Next::Key { or_end } => match byte {
                b'}' if or_end => self.close(true),
                b'"' => {
                    self.key.clear();
                    self.next = Next::Text(Into::Key);
                    Ok(())
                }
                _ => Err(BROKEN),
            },
            Next::Colon if byte == b':' => {
                self.next = Next::Value { or_end: false };
                Ok(())
            }
            Next::Comma => match (byte, self.open.last()) {
                (b',', Some(true)) => {
                    self.next = Next::Key { or_end: false };
                    Ok(())
                }
                (b',', Some(false)) => {
                    self.target = Target::Nothing;
                    self.next = Next::Value { or_end: false };
                    Ok(())
                }
                (b'}', Some(true)) => self.close(true),
                (b']', Some(false)) => self.close(false),
                _ => Err(BROKEN),
            },
            Next::Colon => Err(BROKEN),
            Next::End => {
                Err(Refusal::Shape("its JSON is broken: something follows where it should have ended"))
            }
        }
    }

    fn begin_value(&mut self, byte: u8) -> Result<(), Refusal> {
        let target = std::mem::replace(&mut self.target, Target::Nothing);
        if self.open.is_empty() && byte != b'{' {
            return Err(Refusal::Shape("it is no JSON object"));
        }
        match (byte, target) {
            (b'"', Target::Name) => self.next = Next::Text(Into::Name),
            (b'"', Target::Text) => {
                self.taken.text = Some(Vec::new());
                self.next = Next::Text(Into::Text);
            }
            (b'"', Target::Results) => return Err(Refusal::Shape("`results` is no object")),
            (b'"', Target::Nothing) => self.next = Next::Text(Into::Nothing),
            (b'{', Target::Results) => {
                self.in_results = true;
                self.open(true)?;
            }
            (b'{' | b'[', Target::Nothing) => self.open(byte == b'{')?,
            (b'n', Target::Text) | (_, Target::Nothing) => {
                self.scalar.clear();
                self.scalar.push(byte);
                self.next = Next::Scalar;
            }
            (_, Target::Results) => return Err(Refusal::Shape("`results` is no object")),
            (_, Target::Name) => return Err(Refusal::Shape("the policy's name is no text")),
            (_, Target::Text) => return Err(Refusal::Shape("the policy is no text")),
        }
        Ok(())
    }

    fn open(&mut self, is_object: bool) -> Result<(), Refusal> {
        self.open.push(is_object);
        if self.open.len() > MAX_DEPTH as usize {
            return Err(Refusal::Shape("its JSON is nested too deep"));
        }
        self.next = if is_object { Next::Key { or_end: true } } else { Next::Value { or_end: true } };
        Ok(())
    }

    fn close(&mut self, is_object: bool) -> Result<(), Refusal> {
        if self.open.pop() != Some(is_object) {
            return Err(BROKEN);
        }
        if self.open.len() == 1 {
            self.in_results = false;
        }
        self.next = if self.open.is_empty() { Next::End } else { Next::Comma };
        Ok(())
    }

    fn end_scalar(&mut self) -> Result<(), Refusal> {
        self.next = if self.open.is_empty() { Next::End } else { Next::Comma };
        serde_json::from_slice::<IgnoredAny>(&self.scalar)
            .map(|_any| ())
            .map_err(|_what_serde_says_has_no_place| BROKEN)
    }

    fn end_text(&mut self, into: Into) -> Result<(), Refusal> {
        if self.high.is_some() {
            return Err(BROKEN);
        }
        self.next = Next::Comma;
        if into == Into::Key {
            self.next = Next::Colon;
            self.target = self.target_of_key()?;
        }
        Ok(())
    }

    /// What the key that just ended announces; nothing of ours may stand twice.
    fn target_of_key(&mut self) -> Result<Target, Refusal> {
        let first = |seen: &mut bool, target, words| match std::mem::replace(seen, true) {
            true => Err(Refusal::Shape(words)),
            false => Ok(target),
        };
        let key = self.key.as_slice();
        match (self.open.len(), self.in_results) {
            (1, _) if key == b"results" => {
                first(&mut self.has_results, Target::Results, "duplicate field `results`")
            }
            (2, true) if key == b"name" => first(&mut self.has_name, Target::Name, "duplicate field `name`"),
            (2, true) if key == self.kind.text_member().as_bytes() => {
                first(&mut self.has_text, Target::Text, "the policy stands there twice")
            }
            _ => Ok(Target::Nothing),
        }
    }

    fn escaped(&mut self, into: Into, byte: u8) -> Result<(), Refusal> {
        let character = match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                self.next = Next::Unicode(into, 0, 0);
                return Ok(());
            }
            _ => return Err(BROKEN),
        };
        if self.high.is_some() {
            return Err(BROKEN);
        }
        self.next = Next::Text(into);
        self.push(into, &[character])
    }

    fn digit(&mut self, into: Into, count: u8, value: u32, byte: u8) -> Result<(), Refusal> {
        let digit = char::from(byte).to_digit(16).ok_or(BROKEN)?;
        let value = value << 4 | digit;
        if count < 3 {
            self.next = Next::Unicode(into, count + 1, value);
            return Ok(());
        }
        self.next = Next::Text(into);
        let character = match (self.high.take(), value) {
            (None, 0xd800..=0xdbff) => {
                self.high = Some(value);
                return Ok(());
            }
            (Some(high), 0xdc00..=0xdfff) => 0x1_0000 + ((high - 0xd800) << 10 | (value - 0xdc00)),
            (None, _) => value,
            (Some(_), _) => return Err(BROKEN),
        };
        // A second half alone is no character.
        let character = char::from_u32(character).ok_or(BROKEN)?;
        self.push(into, character.encode_utf8(&mut [0; 4]).as_bytes())
    }

    fn push(&mut self, into: Into, bytes: &[u8]) -> Result<(), Refusal> {
        let (buffer, most) = match into {
            Into::Nothing => return Ok(()),
            Into::Key => {
                // A longer one is none of ours; its beginning cannot be taken for it.
                let room = MAX_KEY.saturating_sub(self.key.len());
                self.key.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                return Ok(());
            }
            Into::Name => (&mut self.taken.name, AROUND_POLICY as usize),
            Into::Text => (self.taken.text.get_or_insert_default(), self.most),
        };
        if buffer.len() + bytes.len() > most {
            return Err(if into == Into::Text { Refusal::TooLong(most) } else { Refusal::Around });
        }
        if buffer.capacity() - buffer.len() < bytes.len() {
            // In steps of a half, not of the whole: large buffers grow in place.
            let more = bytes.len().max(buffer.len() / 2).max(256).min(most - buffer.len());
            buffer.try_reserve_exact(more).map_err(|_no_memory| Refusal::Memory)?;
        }
        buffer.extend_from_slice(bytes);
        Ok(())
    }
}

/// Whether a text holds what JSON does not allow in one. All of it is looked at,
/// whatever is found: so the compiler takes many bytes at a time.
fn has_control(text: &[u8]) -> bool {
    text.iter().fold(false, |found, byte| found | (*byte < 0x20))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn take(body: &str, chunk: usize) -> Result<(String, Option<String>), Refusal> {
        let mut machine = Envelope::new(PolicyKind::Runtime, 1000);
        for chunk in body.as_bytes().chunks(chunk) {
            machine.feed(chunk)?;
        }
        let taken = machine.finish()?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ok((text(taken.name), taken.text.map(text)))
    }

    #[test]
    fn the_text_is_unescaped_wherever_the_chunks_break() {
        let body = concat!(
            r#" {"a": [{"results": {"runtime_policy": "no"}}, -1.5e3, [], {}], "r\u0065sults" : {"name" :"a\u001b","#,
            r#""tmp_policy":null , "runtime_policy": "{\"\/\\ \b\f\n\r\t\u00e9\ud834\uDD1E é", "x": {"name": 2}},"#,
            r#" "code": 200, "status": "runtime_policy"} "#
        );
        for chunk in 1..=body.len() {
            let (name, text) = take(body, chunk).unwrap();
            assert_eq!(name, "a\u{1b}", "chunks of {chunk}");
            assert_eq!(text.unwrap(), "{\"/\\ \u{8}\u{c}\n\r\té𝄞 é", "chunks of {chunk}");
        }
    }

    #[test]
    fn a_policy_may_be_null_and_empty() {
        let body = |policy: &str| format!(r#"{{"results": {{"name": "a", "runtime_policy": {policy}}}}}"#);
        assert_eq!(take(&body("null"), 3).unwrap().1, None);
        assert_eq!(take(&body("\"\""), 3).unwrap().1.unwrap(), "");
    }

    #[test]
    fn what_is_no_answer_is_refused_with_its_reason() {
        let with = |members: &str| format!(r#"{{"results": {{{members}}}}}"#);
        let text = |text: &str| with(&format!(r#""name": "a", "runtime_policy": "{text}""#));
        for (body, words) in [
            ("".to_owned(), "its JSON is broken: it ends in the middle"),
            ("[]".to_owned(), "it is no JSON object"),
            ("null".to_owned(), "it is no JSON object"),
            ("{}".to_owned(), "missing field `results`"),
            (r#"{"results": "a"}"#.to_owned(), "`results` is no object"),
            (r#"{"results": []}"#.to_owned(), "`results` is no object"),
            (r#"{"results": null}"#.to_owned(), "`results` is no object"),
            (with(""), "missing field `name`"),
            (with(r#""name": "a""#), "missing field `runtime_policy`"),
            (with(r#""name": "a", "mb_policy": "b""#), "missing field `runtime_policy`"),
            (with(r#""name": 1"#), "the policy's name is no text"),
            (with(r#""name": "a", "name": "b""#), "duplicate field `name`"),
            (with(r#""name": "a", "runtime_policy": {}"#), "the policy is no text"),
            (with(r#""name": "a", "runtime_policy": 7"#), "the policy is no text"),
            (with(r#""name": "a", "runtime_policy": nul"#), "its JSON is broken"),
            (with(r#""runtime_policy": "b", "runtime_policy": "b""#), "the policy stands there twice"),
            (
                r#"{"results": {"name": "a", "runtime_policy": "b"}, "results": {}}"#.to_owned(),
                "duplicate field `results`",
            ),
            (format!("{} x", text("b")), "its JSON is broken: something follows where it should have ended"),
            (
                format!("{}{{}}", text("b")),
                "its JSON is broken: something follows where it should have ended",
            ),
            (
                with(r#""name": "a", "runtime_policy": "b"#).replace("}}", ""),
                "its JSON is broken: it ends in the middle",
            ),
            (with(r#""a" 1"#), "its JSON is broken"),
            (with(r#""a": 1,"#), "its JSON is broken"),
            (with(r#""a": [1,]"#), "its JSON is broken"),
            (with(r#""a": [1}"#), "its JSON is broken"),
            (with(r#""a": 01"#), "its JSON is broken"),
            (with(&format!(r#""a": {}"#, "[".repeat(40))), "its JSON is nested too deep"),
            (with(&format!(r#""a": {}"#, "1".repeat(100))), "its JSON is broken"),
            (text("\n"), "its JSON is broken"),
            (text("\\x"), "its JSON is broken"),
            (text("\\u12g4"), "its JSON is broken"),
            (text("\\ud834"), "its JSON is broken"),
            (text("\\ud834x"), "its JSON is broken"),
            (text("\\ud834\\n"), "its JSON is broken"),
            (text("\\ud834\\ud834"), "its JSON is broken"),
            (text("\\udd1e"), "its JSON is broken"),
            (text(&"x".repeat(1001)), "the policy has more than 1000 bytes, the most that is read"),
            (text(&"\\n".repeat(1001)), "the policy has more than 1000 bytes, the most that is read"),
        ] {
            for chunk in [1, 2, 7, 10_000] {
                assert_eq!(take(&body, chunk).unwrap_err().to_string(), words, "{body} in chunks of {chunk}");
            }
        }
    }

    #[test]
    fn what_stands_around_is_bounded() {
        let body = format!(r#"{{"x": "{}", "results": {{"#, "y".repeat(AROUND_POLICY as usize));
        assert_eq!(take(&body, 4096).unwrap_err(), Refusal::Around);
        let values = format!(r#"{{"x": [{}], "results": {{"#, "0,".repeat(AROUND_POLICY as usize));
        assert_eq!(take(&values, 4096).unwrap_err(), Refusal::Around);
    }

    proptest! {
        #[test]
        fn any_text_comes_out_as_it_went_in(name: String, policy: String, chunk in 1usize..50) {
            let body = serde_json::json!({"code": 200, "results": {"name": name, "runtime_policy": policy}}).to_string();
            let mut machine = Envelope::new(PolicyKind::Runtime, 1 << 20);
            for chunk in body.as_bytes().chunks(chunk) {
                machine.feed(chunk).unwrap();
            }
            let taken = machine.finish().unwrap();
            prop_assert_eq!(taken.name, name.into_bytes());
            prop_assert_eq!(taken.text.unwrap(), policy.into_bytes());
        }

        #[test]
        fn whatever_comes_ends_in_words(body: Vec<u8>, chunk in 1usize..50) {
            let mut machine = Envelope::new(PolicyKind::MeasuredBoot, 100);
            let fed = body.chunks(chunk).try_for_each(|chunk| machine.feed(chunk));
            let ended = fed.and_then(|()| machine.finish().map(|_| ()));
            prop_assert!(ended.is_err());
        }
    }
}
