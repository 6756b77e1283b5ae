//! How Python makes text of bytes, and bytes of base64: as `json.loads` and Keylime's `b64dec` do it.

use std::borrow::Cow;

/// `json.loads` of bytes: UTF-8, UTF-16 and UTF-32 by their first bytes, with surrogates let through (they read as
/// the replacement character here).
///
/// # Errors
/// Python's codec would fail.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    match encoding(bytes) {
        Encoding::Utf8 => utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
        Encoding::Utf16 { big } => {
            let skip = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
            let bytes = bytes.get(usize::from(skip) * 2..).unwrap_or_default();
            utf16(bytes, big).map(Cow::Owned)
        }
        Encoding::Utf32 { big } => {
            let skip = bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff");
            let bytes = bytes.get(usize::from(skip) * 4..).unwrap_or_default();
            utf32(bytes, big).map(Cow::Owned)
        }
    }
}

enum Encoding {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

/// `json.detect_encoding`.
fn encoding(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(b"\0\0\xfe\xff") {
        return Encoding::Utf32 { big: true };
    }
    if bytes.starts_with(b"\xff\xfe\0\0") {
        return Encoding::Utf32 { big: false };
    }
    if bytes.starts_with(b"\xfe\xff") {
        return Encoding::Utf16 { big: true };
    }
    if bytes.starts_with(b"\xff\xfe") {
        return Encoding::Utf16 { big: false };
    }
    match *bytes {
        [0, second, _, _, ..] if second != 0 => Encoding::Utf16 { big: true },
        [0, 0, _, _, ..] => Encoding::Utf32 { big: true },
        [_, 0, third, fourth, ..] if third != 0 || fourth != 0 => Encoding::Utf16 { big: false },
        [_, 0, 0, 0, ..] => Encoding::Utf32 { big: false },
        [0, _] => Encoding::Utf16 { big: true },
        [_, 0] => Encoding::Utf16 { big: false },
        _ => Encoding::Utf8,
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, &'static str> {
    let mut error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let (good, bad) = rest.split_at_checked(error.valid_up_to()).unwrap_or_default();
        out.push_str(std::str::from_utf8(good).unwrap_or_default());
        let [0xed, 0xa0..=0xbf, 0x80..=0xbf, after @ ..] = bad else {
            return Err("'utf-8' codec can't decode the bytes");
        };
        out.push('\u{fffd}');
        rest = after;
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return Ok(Cow::Owned(out));
            }
            Err(next) => error = next,
        }
    }
}

fn utf16(bytes: &[u8], big: bool) -> Result<String, &'static str> {
    if !bytes.len().is_multiple_of(2) {
        return Err("'utf-16' codec can't decode the bytes: truncated data");
    }
    let units = bytes.chunks_exact(2).map(|pair| match *pair {
        [first, second] if big => u16::from_be_bytes([first, second]),
        [first, second] => u16::from_le_bytes([first, second]),
        _ => 0,
    });
    Ok(char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect())
}

fn utf32(bytes: &[u8], big: bool) -> Result<String, &'static str> {
    if !bytes.len().is_multiple_of(4) {
        return Err("'utf-32' codec can't decode the bytes: truncated data");
    }
    bytes
        .chunks_exact(4)
        .map(|four| {
            let code = match *four {
                [a, b, c, d] if big => u32::from_be_bytes([a, b, c, d]),
                [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
                _ => 0,
            };
            match code {
                0xd800..=0xdfff => Ok('\u{fffd}'),
                code => char::from_u32(code).ok_or("'utf-32' codec can't decode the bytes"),
            }
        })
        .collect()
}

/// `keylime.dsse.dsse.b64dec`: hex first, then base64 in either alphabet, even mixed, with any trailing bits.
///
/// # Errors
/// Python's reason.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, &'static str> {
    use base64::Engine as _;
    if let Some(bytes) = hexadecimal(text)
        && !bytes.is_empty()
    {
        return Ok(bytes);
    }
    match base64::engine::general_purpose::STANDARD.decode(text) {
        Ok(bytes) => Ok(bytes),
        Err(_) => lenient(text.as_bytes()),
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.last()?)?))
        .collect()
}

/// `binascii.a2b_base64` with `strict_mode`, as of Python 3.11.
fn lenient(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    if text.first() == Some(&b'=') {
        return Err("Leading padding not allowed");
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut filled, mut pads) = (0_u32, 0_usize, 0_usize);
    let mut padding = false;
    for (index, byte) in text.iter().enumerate() {
        let value = match byte {
            b'=' => {
                padding = true;
                if filled >= 2 {
                    pads += 1;
                    if filled + pads >= 4 {
                        if index + 1 < text.len() {
                            return Err("Excess data after padding");
                        }
                        return Ok(out);
                    }
                }
                continue;
            }
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return Err("Only base64 data is allowed"),
        };
        if padding {
            return Err("Discontinuous padding not allowed");
        }
        pads = 0;
        bits = bits << 6 | u32::from(value);
        filled += 1;
        let [.., low] = bits.to_be_bytes();
        match filled {
            // Python writes each byte as soon as it is whole.
            2 => out.push((bits >> 4 & 0xff) as u8),
            3 => out.push((bits >> 2 & 0xff) as u8),
            4 => {
                out.push(low);
                filled = 0;
                bits = 0;
            }
            _ => {}
        }
    }
    match filled {
        0 => Ok(out),
        1 => Err("the number of data characters cannot be 1 more than a multiple of 4"),
        _ => Err("Incorrect padding"),
    }
}
