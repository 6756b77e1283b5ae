//! The inner loops: where a text and a number end.

use super::escape::{self, Escape};
use super::refusal::{Refusal, code};
use super::text::{Number, Text};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of every byte that ends a run of plain characters: a quote, a
/// backslash, a control, or a part of a character beyond ASCII. Only the
/// lowest one is sure, and only that is used.
const fn special(word: u64) -> u64 {
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let quotes = quote.wrapping_sub(ONES) & !quote;
    let backslashes = backslash.wrapping_sub(ONES) & !backslash;
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    (quotes | backslashes | controls | word) & HIGHS
}

/// How many plain characters stand from `at` on.
#[inline]
fn plain_run(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    let mut run = 0;
    for word in words {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return run + (found.trailing_zeros() / 8) as usize;
        }
        run += 8;
    }
    run + tail.iter().take_while(|byte| matches!(byte, 0x20..0x80) && !matches!(byte, b'"' | b'\\')).count()
}

/// Reads the text whose opening quote stands at `quote`; the text may have
/// `limit` bytes.
#[inline]
pub(super) fn text(bytes: &[u8], quote: usize, limit: usize) -> Result<Text<'_>, Refusal> {
    let start = quote + 1;
    let mut at = start + plain_run(bytes, start);
    let (mut escaped, mut beyond_ascii) = (false, false);
    while bytes.get(at) != Some(&b'"') {
        at = odd(bytes, at, &mut escaped, &mut beyond_ascii)?;
        at += plain_run(bytes, at);
    }
    let raw = bytes.get(start..at).unwrap_or_default();
    if raw.len() > limit {
        let message = format!("a text of {} bytes; the limit is {limit}", raw.len());
        return Err(Refusal::new(code::TEXT_TOO_LONG, quote, message));
    }
    if beyond_ascii && let Err(fault) = std::str::from_utf8(raw) {
        return Err(not_utf8(start + fault.valid_up_to()));
    }
    Ok(Text { raw, offset: quote, escaped })
}

/// What is not plain inside a text: gives the byte after it.
#[cold]
fn odd(bytes: &[u8], at: usize, escaped: &mut bool, beyond_ascii: &mut bool) -> Result<usize, Refusal> {
    match bytes.get(at) {
        None => Err(Refusal::new(code::TRUNCATED, at, "the text ends inside a string")),
        Some(b'\\') => {
            *escaped = true;
            match escape::read(bytes.get(at..).unwrap_or_default()) {
                Escape::Character(_, length) => Ok(at + length),
                Escape::LoneSurrogate => Err(Refusal::new(
                    code::LONE_SURROGATE,
                    at,
                    "half of a surrogate pair: it is no character, and readers disagree on it",
                )),
                Escape::Unknown => Err(Refusal::new(code::NOT_JSON, at, "an escape that JSON does not have")),
                Escape::Cut => Err(Refusal::new(code::TRUNCATED, at, "the text ends inside an escape")),
            }
        }
        Some(byte) if *byte >= 0x80 => {
            *beyond_ascii = true;
            let rest = bytes.get(at..).unwrap_or_default();
            Ok(at + rest.iter().take_while(|byte| **byte >= 0x80).count())
        }
        Some(byte) => Err(Refusal::new(
            code::NOT_JSON,
            at,
            format!("the control character {byte:#04x} inside a string; it must be escaped"),
        )),
    }
}

pub(super) fn not_utf8(offset: usize) -> Refusal {
    Refusal::new(code::NOT_UTF8, offset, "bytes that are no UTF-8, the only encoding of JSON for interchange")
}

/// Reads the number at `start`, by the grammar of RFC 8259.
pub(super) fn number(bytes: &[u8], start: usize) -> Result<Number<'_>, Refusal> {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let fault = |at: usize| match bytes.get(at) {
        None => Refusal::new(code::TRUNCATED, at, "the text ends inside a number"),
        Some(b'I' | b'N') => not_finite(at),
        Some(_) => Refusal::new(code::NOT_JSON, at, "a number that JSON does not have"),
    };
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    let first = at;
    at = digits(at);
    if at == first {
        return Err(fault(at));
    }
    if bytes.get(first) == Some(&b'0') && at > first + 1 {
        return Err(Refusal::new(code::NOT_JSON, first, "a number that begins with 0"));
    }
    if bytes.get(at) == Some(&b'.') {
        let end = digits(at + 1);
        if end == at + 1 {
            return Err(fault(end));
        }
        at = end;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let from = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let end = digits(from);
        if end == from {
            return Err(fault(end));
        }
        at = end;
    }
    let raw = bytes.get(start..at).and_then(|raw| std::str::from_utf8(raw).ok()).unwrap_or_default();
    Ok(Number { raw, offset: start })
}

pub(super) fn not_finite(at: usize) -> Refusal {
    Refusal::new(code::NOT_FINITE, at, "NaN or an infinity: Python reads it, JSON does not have it")
}

/// The next byte that is no white space, from `at` on.
#[inline]
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_ends_a_run_exactly_when_it_is_not_plain() {
        for byte in 0..=255_u8 {
            for at in 0..17 {
                let mut bytes = [b'a'; 20];
                bytes[at] = byte;
                let plain = matches!(byte, 0x20..0x80) && byte != b'"' && byte != b'\\';
                assert_eq!(plain_run(&bytes, 0), if plain { 20 } else { at }, "{byte:#x} at {at}");
            }
        }
    }

    #[test]
    fn numbers() {
        for right in ["0", "-0", "10", "1.0", "1e2", "1E+2", "-1.5e-10", "100000000000000000000000000000"] {
            assert_eq!(number(right.as_bytes(), 0).unwrap().raw, right);
        }
        for (wrong, code) in [
            ("-", code::TRUNCATED),
            ("01", code::NOT_JSON),
            ("-01", code::NOT_JSON),
            ("1.", code::TRUNCATED),
            ("1.x", code::NOT_JSON),
            ("1e", code::TRUNCATED),
            ("1e+]", code::NOT_JSON),
            ("-Infinity", code::NOT_FINITE),
        ] {
            assert_eq!(number(wrong.as_bytes(), 0).unwrap_err().code, code, "{wrong}");
        }
    }
}
