//! Reads an agent's record by the text of those before it.
//!
//! The records of one answer are alike: the same members in the same order,
//! and most of them with the same values, since those are settings. What was
//! read once is remembered as its text with gaps, where the values stand that
//! attestation changes; where the next record has the same text around its
//! gaps, only those are read. What is in any way different is left to the
//! JSON reader, so that this decides nothing but how long it takes.

use std::sync::Arc;

use super::interner::{Interner, MAX_TEXT};
use super::record::{AgentRecord, AgentSettings, Field};
use super::scan::{JsonScan, Passed, TooMuch};
use crate::text::RemoteText;

/// Records of one answer that are remembered, at most.
const MAX_LEARNED: u32 = 64;

/// Longest record that is remembered, in bytes; usual are 800.
const MAX_LEARNED_LENGTH: usize = 16 * 1024;

/// Longest id that is read here, in bytes.
const MAX_ID: usize = 1024;

/// The texts of the records so far, as a tree: from the beginning of a record
/// to its end there is one way for each.
#[derive(Default)]
pub(super) struct Alike {
    first: Ways,
    learned: u32,
}

/// The texts that may stand at one place.
#[derive(Default)]
struct Ways {
    all: Vec<Way>,
    /// The one that stood there last: it is the likeliest.
    last: usize,
}

/// A text, and what follows it.
struct Way {
    text: Box<[u8]>,
    then: Then,
}

enum Then {
    /// A value of its own, and more text.
    Value(Gap, Ways),
    /// The record's end: the settings that the texts on this way hold, and how
    /// many values the whole has for the bound on an answer's values.
    End(Arc<AgentSettings>, u64),
}

/// What stands between two texts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    State,
    Ip,
    Port,
    Severity,
    Event,
    Count,
    Quote,
    Success,
    Status,
    /// A text, number or null that is of no interest; `v` is one.
    Skipped,
}

impl Gap {
    /// The gap that a member's value is; none where it is one of the settings.
    fn of(field: &Field, value: &[u8]) -> Option<Self> {
        Some(match field {
            Field::OperationalState => Self::State,
            Field::Ip => Self::Ip,
            Field::Port => Self::Port,
            Field::SeverityLevel => Self::Severity,
            Field::LastEventId => Self::Event,
            Field::AttestationCount => Self::Count,
            Field::LastReceivedQuote => Self::Quote,
            Field::LastSuccessfulAttestation => Self::Success,
            Field::AttestationStatus => Self::Status,
            Field::Skipped if scalar(value) == Some(value.len()) => Self::Skipped,
            _ => return None,
        })
    }
}

/// An agent that was read by the text of others.
pub(super) struct Read {
    /// The agent's id.
    pub id: RemoteText,
    /// Its record.
    pub record: AgentRecord,
    /// What it takes in the answer, without the comma behind it.
    pub passed: Passed,
}

impl Alike {
    /// Reads the member at the beginning of `text`, where another follows it.
    pub(super) fn member(&mut self, text: &[u8], interner: &Interner) -> Option<Read> {
        let before = blank(text);
        let (id, length) = string(text.get(before..)?)?;
        let mut at = before + length;
        if id.len() > MAX_ID {
            return None;
        }
        at += blank(text.get(at..)?);
        let behind = text.get(at..)?.strip_prefix(b":")?;
        at += 1 + blank(behind);
        let (record, length, values) = self.read(text.get(at..)?, interner)?;
        at += length;
        (text.get(at)? == &b',').then(|| Read {
            id: RemoteText::from(id),
            record,
            passed: Passed { bytes: at, values },
        })
    }

    /// Reads a record that is all of `text`.
    pub(super) fn record(&mut self, text: &[u8], interner: &Interner) -> Option<AgentRecord> {
        let text = trimmed(text);
        let (record, length, _) = self.read(text, interner)?;
        (length == text.len()).then_some(record)
    }

    /// The record at the beginning of a text, its length, and its values.
    fn read(&mut self, text: &[u8], interner: &Interner) -> Option<(AgentRecord, usize, u64)> {
        let mut record = AgentRecord::default();
        let mut rest = text;
        let mut ways = &mut self.first;
        loop {
            match ways.of(&mut rest)? {
                Then::End(settings, values) => {
                    record.settings = Arc::clone(settings);
                    return Some((record, text.len() - rest.len(), *values));
                }
                Then::Value(gap, next) => {
                    rest = rest.get(fill(*gap, rest, &mut record, interner)?..)?;
                    ways = next;
                }
            }
        }
    }

    /// Remembers the text of a record that the JSON reader has read.
    pub(super) fn learn(&mut self, text: &[u8], record: &AgentRecord) {
        let text = trimmed(text);
        if self.learned == MAX_LEARNED || text.len() > MAX_LEARNED_LENGTH {
            return;
        }
        self.learned += 1;
        let Some((gaps, values)) = gaps(text) else { return };
        let mut ways = &mut self.first;
        let mut from = 0;
        for (gap, start, end) in gaps {
            let Some(before) = text.get(from..start) else { return };
            match ways.towards(before, gap) {
                Some(next) => ways = next,
                None => return,
            }
            from = end;
        }
        let Some(last) = text.get(from..) else { return };
        if !ways.all.iter().any(|way| *way.text == *last) {
            let then = Then::End(Arc::clone(&record.settings), values);
            ways.all.push(Way { text: last.into(), then });
        }
    }
}

impl Ways {
    /// What follows the text that stands at the beginning of `rest`, which is
    /// passed over.
    fn of(&mut self, rest: &mut &[u8]) -> Option<&mut Then> {
        let stands = |way: &Way| rest.starts_with(&way.text);
        if !self.all.get(self.last).is_some_and(stands) {
            self.last = self.all.iter().position(stands)?;
        }
        let way = self.all.get_mut(self.last)?;
        *rest = rest.get(way.text.len()..)?;
        Some(&mut way.then)
    }

    /// The ways behind this text and gap; none where something else is behind it.
    fn towards(&mut self, text: &[u8], gap: Gap) -> Option<&mut Self> {
        let known = self.all.iter().position(|way| *way.text == *text);
        let index = known.unwrap_or_else(|| {
            self.all.push(Way { text: text.into(), then: Then::Value(gap, Self::default()) });
            self.all.len() - 1
        });
        match &mut self.all.get_mut(index)?.then {
            Then::Value(known, next) if *known == gap => Some(next),
            _ => None,
        }
    }
}

/// The values of a record that are its own, in order: where each begins and ends.
type Gaps = Vec<(Gap, usize, usize)>;

/// The gaps of a record, and how many values it has in all.
fn gaps(text: &[u8]) -> Option<(Gaps, u64)> {
    let mut scan = JsonScan::default();
    let mut gaps = Vec::new();
    // Where the current member begins, and its colon.
    let (mut begun, mut colon) = (0, None);
    // Whether a key share stands where it would be remembered.
    let mut has_secret = false;
    let walked = scan.walk(text, u64::MAX, |at, byte, depth| {
        match (byte, depth) {
            (b'{', 1) => begun = at + 1,
            (b':', 1) => colon = Some(at),
            (b',', 1) | (b'}', 0) => {
                if let Some((key, value)) =
                    colon.take().and_then(|colon| Some((text.get(begun..colon)?, text.get(colon + 1..at)?)))
                {
                    let start = at - value.len() + blank(value);
                    let value = trimmed(value);
                    let field = serde_json::from_slice::<Field>(key).ok();
                    match field.and_then(|field| Gap::of(&field, value)) {
                        Some(gap) => gaps.push((gap, start, start + value.len())),
                        None => {
                            has_secret |= serde_json::from_slice::<String>(key).is_ok_and(|key| key == "v")
                        }
                    }
                }
                begun = at + 1;
            }
            _ => {}
        }
        Ok::<_, TooMuch>(Passed::default())
    });
    walked.ok()?;
    (!has_secret).then(|| (gaps, scan.values()))
}

/// Reads the value at the beginning of a text into its field; says how long it is.
fn fill(gap: Gap, text: &[u8], record: &mut AgentRecord, interner: &Interner) -> Option<usize> {
    let field = match gap {
        Gap::Skipped => return scalar(text),
        Gap::Ip | Gap::Event | Gap::Status => {
            let (value, length) = maybe_string(text)?;
            match gap {
                Gap::Ip => record.ip = value.map(RemoteText::from),
                Gap::Event => record.last_event_id = value.map(|text| interner.get(text)),
                _ => record.attestation_status = value.map(|text| interner.get(text)),
            }
            return Some(length);
        }
        Gap::State => &mut record.operational_state,
        Gap::Port => &mut record.port,
        Gap::Severity => &mut record.severity_level,
        Gap::Count => &mut record.attestation_count,
        Gap::Quote => &mut record.last_received_quote,
        Gap::Success => &mut record.last_successful_attestation,
    };
    let (value, length) = maybe_number(text)?;
    *field = value;
    Some(length)
}

/// What JSON takes for blank, which is less than ASCII does.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Length of the blanks at the beginning.
fn blank(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_blank(**byte)).count()
}

/// The text without the blanks around it.
fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    text.get(blank(text)..end).unwrap_or_default()
}

/// The length of a plain text, whole number or null at the beginning.
fn scalar(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => string(text).map(|(_, length)| length),
        _ => maybe_number(text).map(|(_, length)| length),
    }
}

fn null<T>(text: &[u8]) -> Option<(Option<T>, usize)> {
    text.starts_with(b"null").then_some((None, 4))
}

fn maybe_string(text: &[u8]) -> Option<(Option<&str>, usize)> {
    match string(text) {
        Some((text, length)) => Some((Some(text), length)),
        None => null(text),
    }
}

/// A plain text in quotes at the beginning: printable ASCII without escapes.
fn string(text: &[u8]) -> Option<(&str, usize)> {
    let inside = text.strip_prefix(b"\"")?;
    let inside = inside.get(..inside.len().min(MAX_TEXT + 1))?;
    let length = inside.iter().position(|byte| !matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~'))?;
    (inside.get(length)? == &b'"').then_some(())?;
    Some((std::str::from_utf8(inside.get(..length)?).ok()?, length + 2))
}

/// A whole number at the beginning, as JSON writes it, or null.
fn maybe_number(text: &[u8]) -> Option<(Option<i64>, usize)> {
    let (sign, digits) = match text.strip_prefix(b"-") {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let mut number = 0_i64;
    let mut length = 0;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        number = number.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        length += 1;
    }
    match length {
        0 if sign == 1 => null(text),
        0 => None,
        // No number begins with a zero but zero itself, and minus zero is none.
        2.. if digits.starts_with(b"0") => None,
        _ if number == 0 && sign == -1 => None,
        _ => Some((Some(sign * number), length + usize::from(sign == -1))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::DeserializeSeed;

    use super::super::record::RecordSeed;
    use super::*;

    /// As Keylime 7.14.3 writes it.
    const RECORD: &str = concat!(
        r#"{"operational_state": 3, "v": "a2V5IHNoYXJl", "ip": "10.20.0.7", "port": 9002, "#,
        r#""tpm_policy": "{\"mask\": \"0x408\"}", "meta_data": "{}", "has_mb_refstate": 0, "#,
        r#""has_runtime_policy": 1, "accept_tpm_hash_algs": ["sha512", "sha256"], "hash_alg": "sha256", "#,
        r#""verifier_id": "v1", "severity_level": null, "last_event_id": null, "attestation_count": 12, "#,
        r#""last_received_quote": 1700000000, "last_successful_attestation": 1700000000, "#,
        r#""attestation_status": "PASS", "attestation_period": "2s", "new": {"a": [1, 2]}}"#
    );

    fn by_the_json_reader(text: &str) -> Option<AgentRecord> {
        let interner = Interner::default();
        let mut input = serde_json::Deserializer::from_str(text);
        let record = RecordSeed(&interner).deserialize(&mut input).ok()?;
        input.end().ok().map(|()| record)
    }

    fn after(learned: &[&str]) -> Alike {
        let mut alike = Alike::default();
        learned.iter().for_each(|text| alike.learn(text.as_bytes(), &by_the_json_reader(text).unwrap()));
        alike
    }

    fn values(text: &str) -> u64 {
        let mut scan = JsonScan::default();
        scan.feed(text.as_bytes(), u64::MAX).unwrap();
        scan.values()
    }

    #[test]
    fn only_the_gaps_of_an_alike_record_are_read() {
        let interner = Interner::default();
        let push = RECORD.replace("\"10.20.0.7\", \"port\": 9002", "null, \"port\": null");
        let other_settings = RECORD.replace("v1", "v2");
        let mut alike = after(&[RECORD, &other_settings]);
        for text in [
            RECORD.to_owned(),
            push.replace("PASS", "FAIL").replace("1700000000", "-17"),
            other_settings.replace("\"last_event_id\": null", "\"last_event_id\": \"ima.x\""),
            RECORD.replace("\"severity_level\": null", "\"severity_level\": 5").replace("a2V5", ""),
        ] {
            let record = alike.record(text.as_bytes(), &interner).unwrap();
            assert_eq!(record, by_the_json_reader(&text).unwrap(), "{text}");
            let member = format!("\t\"a-1\" :{text},");
            let read = alike.member(member.as_bytes(), &interner).unwrap();
            assert_eq!((read.id.raw(), read.record), ("a-1", record));
            assert_eq!((read.passed.bytes, read.passed.values), (member.len() - 1, values(&text)));
        }
    }

    #[test]
    fn what_differs_is_left_to_the_json_reader() {
        let interner = Interner::default();
        let mut alike = after(&[RECORD]);
        for (from, to) in [
            ("sha512", "sha384"),
            ("\"ip\"", "\"i\\u0070\""),
            ("10.20.0.7", "10.20\\u002e0.7"),
            ("10.20.0.7", "t\u{f6}"),
            ("9002", "\"9002\""),
            ("9002", "09002"),
            ("9002", "-0"),
            ("9002", "9002.5"),
            ("9002", "99999999999999999999"),
            ("\"port\":", "\"port\" :"),
            ("}}", "}, \"ip\": null}"),
        ] {
            let text = RECORD.replace(from, to);
            assert_ne!(text, RECORD);
            assert_eq!(alike.record(text.as_bytes(), &interner), None, "{text}");
        }
        for blank in ["\u{b}", "\u{c}", "\u{a0}"] {
            for text in [format!("{blank}{RECORD}"), format!("{RECORD}{blank}")] {
                assert_eq!(alike.record(text.as_bytes(), &interner), None, "{text:?}");
            }
        }
        assert!(alike.record(format!(" \t{RECORD}\r\n").as_bytes(), &interner).is_some());
        for member in ["\"a\": R", "\"a\": R }", "\"a\\n\": R,", "a: R,", "\"a\", R,", "\"a\": R"] {
            let text = member.replace('R', RECORD);
            assert!(alike.member(text.as_bytes(), &interner).is_none(), "{text}");
        }
        assert!(after(&[]).record(RECORD.as_bytes(), &interner).is_none());
    }

    #[test]
    fn a_key_share_is_never_remembered() {
        let interner = Interner::default();
        for share in [r#""a2V5\/""#, r#"{"a": "a2V5"}"#, r#"["a2V5"]"#] {
            for key in ["\"v\"", "\"\\u0076\""] {
                let text = RECORD.replace(r#""v": "a2V5IHNoYXJl""#, &format!("{key}: {share}"));
                assert!(after(&[&text]).record(text.as_bytes(), &interner).is_none(), "{text}");
            }
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let interner = Interner::default();
        let mut alike = Alike::default();
        for number in 0..2 * MAX_LEARNED {
            let text = RECORD.replace("v1", &format!("v{number}"));
            alike.learn(text.as_bytes(), &by_the_json_reader(&text).unwrap());
            assert_eq!(alike.record(text.as_bytes(), &interner).is_some(), number < MAX_LEARNED);
        }
        let long = RECORD.replace("{}", &"x".repeat(MAX_LEARNED_LENGTH));
        assert!(after(&[&long]).record(long.as_bytes(), &interner).is_none());
    }

    proptest! {
        /// Whatever becomes of a record: what is read here, the JSON reader reads too.
        #[test]
        fn both_ways_read_the_same(
            at in 0..RECORD.len(),
            length in 0_usize..12,
            instead in r#"[ -~é]{0,6}|["\\,:{}\[\] 0-9.eE+-]{0,8}|null|"a"|, "ip": "b""#,
        ) {
            let end = (at + length).min(RECORD.len());
            let text = format!("{}{instead}{}", &RECORD[..at], &RECORD[end..]);
            let mut alike = after(&[RECORD]);
            let interner = Interner::default();
            if let Some(record) = alike.record(text.as_bytes(), &interner) {
                prop_assert_eq!(Some(record), by_the_json_reader(&text));
            }
            if let Some(record) = by_the_json_reader(&text) {
                alike.learn(text.as_bytes(), &record);
                if let Some(again) = alike.record(text.as_bytes(), &interner) {
                    prop_assert_eq!(again, record);
                }
            }
            let member = format!("\"a\": {text},");
            if let Some(read) = alike.member(member.as_bytes(), &interner) {
                prop_assert_eq!(read.passed.values, values(&member[..read.passed.bytes]));
                let inside = &member[5..read.passed.bytes];
                prop_assert_eq!(Some(read.record), by_the_json_reader(inside));
            }
        }
    }
}
