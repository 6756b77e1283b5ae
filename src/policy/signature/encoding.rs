//! Strict base64 (RFC 4648 §4 and §5) and hex.
//!
//! Tools of the field disagree on sloppy encodings: Keylime's own reader tries
//! hex before base64, takes mixed alphabets and ignores bits that mean
//! nothing. What has two readings is refused here: every text has one value,
//! and every value has one text in its alphabet.

use std::ops::Range;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};

/// Characters that are decoded at once: a multiple of four.
const CHUNK: usize = 64 * 1024;

/// Why a text is no strict base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingFault {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// All of it is hex digits. Keylime's verifier would read them as hex.
    #[error("it is written in hex, not in base64")]
    Hex,
    /// Whitespace, such as line breaks.
    #[error("there is whitespace at character {0}")]
    Whitespace(usize),
    /// `+` or `/` and `-` or `_` in one text.
    #[error("it mixes the standard and the URL-safe alphabet")]
    Mixed,
    /// A character that base64 does not have.
    #[error("character {0} is not of base64")]
    Character(usize),
    /// The `=` at the end are missing.
    #[error("the padding at its end is missing")]
    PaddingMissing,
    /// A length that base64 cannot have, or `=` in the wrong place.
    #[error("it is cut off or wrongly padded")]
    Length,
    /// Bits at the end that mean nothing are not zero.
    #[error("unused bits at its end are not zero")]
    TrailingBits,
}

impl EncodingFault {
    /// The code of the finding.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "base64-empty",
            Self::Hex => "base64-hex",
            Self::Whitespace(_) => "base64-whitespace",
            Self::Mixed => "base64-mixed-alphabets",
            Self::Character(_) => "base64-character",
            Self::PaddingMissing => "base64-padding",
            Self::Length => "base64-length",
            Self::TrailingBits => "base64-trailing-bits",
        }
    }
}

/// Which of the two alphabets of RFC 4648 a text uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// `+` and `/`, or neither pair.
    Standard,
    /// `-` and `_`.
    UrlSafe,
}

#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
type Fast = base64::engine::Simd;
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
type Fast = GeneralPurpose;

/// The engine for large texts: padding demanded, meaningless bits refused.
fn fast(alphabet: Alphabet) -> Fast {
    let config = GeneralPurposeConfig::new();
    #[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon")))]
    return match alphabet {
        Alphabet::Standard => Fast::standard(config),
        Alphabet::UrlSafe => Fast::url_safe(config),
    };
    #[cfg(not(any(target_arch = "x86_64", all(target_arch = "aarch64", target_feature = "neon"))))]
    return match alphabet {
        Alphabet::Standard => GeneralPurpose::new(&alphabet::STANDARD, config),
        Alphabet::UrlSafe => GeneralPurpose::new(&alphabet::URL_SAFE, config),
    };
}

/// Decodes strict base64 and says which alphabet it uses.
///
/// # Errors
/// [`EncodingFault`]: the text has no strict reading.
pub fn decode_base64(text: &[u8]) -> Result<(Vec<u8>, Alphabet), EncodingFault> {
    let mut buffer = text.to_vec();
    let length = buffer.len();
    let (decoded, alphabet) = decode_base64_in_place(&mut buffer, 0..length)?;
    buffer.truncate(decoded.end);
    Ok((buffer, alphabet))
}

/// Decodes strict base64 inside its own buffer: the value begins where the
/// text began. When it is refused, the buffer is as it was.
///
/// A signed policy of a million digests is 136 MB of base64; this is how it is
/// read without a second copy.
///
/// # Errors
/// [`EncodingFault`]: the text has no strict reading; `Empty` also for a range
/// outside the buffer.
pub fn decode_base64_in_place(
    buffer: &mut [u8],
    range: Range<usize>,
) -> Result<(Range<usize>, Alphabet), EncodingFault> {
    let start = range.start;
    let Some(text) = buffer.get_mut(range).filter(|text| !text.is_empty()) else {
        return Err(EncodingFault::Empty);
    };
    if is_hex(text) {
        return Err(EncodingFault::Hex);
    }
    let (length, alphabet) = match decode(text, Alphabet::Standard) {
        Ok(length) => (length, Alphabet::Standard),
        Err(()) if has(text, b'-', b'_') && !has(text, b'+', b'/') => match decode(text, Alphabet::UrlSafe) {
            Ok(length) => (length, Alphabet::UrlSafe),
            Err(()) => return Err(fault(text, Alphabet::UrlSafe)),
        },
        Err(()) => return Err(fault(text, Alphabet::Standard)),
    };
    Ok((start..start.saturating_add(length), alphabet))
}

/// Decodes a text over itself; on failure it is restored. Gives the length of
/// the value.
fn decode(text: &mut [u8], alphabet: Alphabet) -> Result<usize, ()> {
    let engine = fast(alphabet);
    let mut value = vec![0; CHUNK / 4 * 3];
    let mut written: usize = 0;
    let mut read = 0;
    while read < text.len() {
        let end = text.len().min(read.saturating_add(CHUNK));
        let piece = text.get(read..end).unwrap_or_default();
        // `=` in the middle would be taken for the end of a piece.
        let whole = |length: usize| end == text.len() || length == CHUNK / 4 * 3;
        let decoded = engine.decode_slice(piece, &mut value).ok().filter(|length| whole(*length));
        let from = decoded.and_then(|length| value.get(..length));
        let to = decoded.and_then(|length| text.get_mut(written..written.saturating_add(length)));
        let (Some(from), Some(to)) = (from, to) else {
            restore(text, &engine, written);
            return Err(());
        };
        to.copy_from_slice(from);
        written = written.saturating_add(from.len());
        read = end;
    }
    Ok(written)
}

/// Encodes again what was decoded over the text: `written` bytes, in whole
/// pieces. From the last to the first, because the text of a piece stands on
/// the values of later ones.
fn restore(text: &mut [u8], engine: &Fast, written: usize) {
    let size = CHUNK / 4 * 3;
    let mut encoded = vec![0; CHUNK];
    for piece in (0..written / size).rev() {
        let length = match text.get(piece * size..(piece + 1) * size) {
            Some(value) => engine.encode_slice(value, &mut encoded).unwrap_or_default(),
            None => 0,
        };
        let from = encoded.get(..length).unwrap_or_default();
        if let Some(to) = text.get_mut(piece * CHUNK..piece * CHUNK + length) {
            to.copy_from_slice(from);
        }
    }
}

fn has(text: &[u8], one: u8, other: u8) -> bool {
    memchr::memchr2(one, other, text).is_some()
}

/// Why a text was refused, in the words that help most.
fn fault(text: &[u8], tried: Alphabet) -> EncodingFault {
    let body = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let body = text.get(..body).unwrap_or_default();
    if let Some(at) = text.iter().position(|byte| byte.is_ascii_whitespace()) {
        return EncodingFault::Whitespace(at);
    }
    if has(text, b'-', b'_') && has(text, b'+', b'/') {
        return EncodingFault::Mixed;
    }
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    if let Some(at) = body.iter().position(|byte| !known(byte)) {
        return EncodingFault::Character(at);
    }
    let alphabet = if tried == Alphabet::UrlSafe { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let lenient = |bits: bool, padding| {
        let config = general_purpose::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(bits)
            .with_decode_padding_mode(padding);
        GeneralPurpose::new(alphabet, config).decode(text).is_ok()
    };
    if lenient(true, DecodePaddingMode::RequireCanonical) {
        EncodingFault::TrailingBits
    } else if body.len() == text.len() && lenient(true, DecodePaddingMode::Indifferent) {
        EncodingFault::PaddingMissing
    } else {
        EncodingFault::Length
    }
}

/// Decodes base64 whose padding is missing, and nothing else: to tell whether
/// a signature in such a text is wrong anyway.
#[must_use]
pub fn decode_unpadded_base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = match text.len() % 4 {
        2 => "==",
        3 => "=",
        _ => return None,
    };
    decode_base64(&[text, padding.as_bytes()].concat()).ok().map(|(value, _)| value)
}

/// Whether a text is hex of whole bytes, in lower or upper case.
#[must_use]
pub fn is_hex(text: &[u8]) -> bool {
    !text.is_empty() && text.len().is_multiple_of(2) && text.iter().all(u8::is_ascii_hexdigit)
}

/// Decodes hex; `None` if a character is no lower-case hex digit or one is
/// missing.
#[must_use]
pub fn decode_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// Bytes in lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes in standard padded base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sloppy_texts_have_no_reading_and_say_why() {
        let refused = |text: &str| decode_base64(text.as_bytes()).unwrap_err();
        assert_eq!(refused(""), EncodingFault::Empty);
        assert_eq!(refused("7b7d"), EncodingFault::Hex, "it is also four characters of base64");
        assert_eq!(refused("eyJh\nIjox"), EncodingFault::Whitespace(4));
        assert_eq!(refused("+/-_"), EncodingFault::Mixed);
        assert_eq!(refused("e30"), EncodingFault::PaddingMissing);
        assert_eq!(refused("e3="), EncodingFault::Length);
        assert_eq!(refused("e30=e30="), EncodingFault::Character(3));
        assert_eq!(refused("e31="), EncodingFault::TrailingBits);
        assert_eq!(refused("zzzzz"), EncodingFault::Length);
        assert_eq!(refused("===="), EncodingFault::Length);
    }

    #[test]
    fn both_alphabets_are_read_and_told_apart() {
        assert_eq!(decode_base64(b"+/8=").unwrap(), (vec![0xfb, 0xff], Alphabet::Standard));
        assert_eq!(decode_base64(b"-_8=").unwrap(), (vec![0xfb, 0xff], Alphabet::UrlSafe));
        assert_eq!(decode_unpadded_base64(b"+/8").unwrap(), [0xfb, 0xff]);
        assert_eq!(decode_unpadded_base64(b"+/8="), None);
    }

    #[test]
    fn large_texts_are_decoded_in_place_and_restored_when_they_are_wrong() {
        let value: Vec<u8> = (0..500_000_u32).map(|number| (number * 7 / 3) as u8).collect();
        for url_safe in [false, true] {
            let mut text = b"{\"payload\": \"".to_vec();
            let start = text.len();
            let encoded = base64(&value);
            let encoded = if url_safe { encoded.replace('+', "-").replace('/', "_") } else { encoded };
            text.extend(encoded.bytes());
            let end = text.len();
            text.extend(b"\"}");
            let mut buffer = text.clone();
            let (range, alphabet) = decode_base64_in_place(&mut buffer, start..end).unwrap();
            assert_eq!(&buffer[range], value);
            assert_eq!(alphabet == Alphabet::UrlSafe, url_safe);
            // A fault in any piece, also one that looks like an end.
            for at in [start + 5, start + CHUNK - 1, start + 3 * CHUNK - 1, start + 3 * CHUNK, end - 1] {
                for byte in [b'=', b'*', b' '] {
                    let mut wrong = text.clone();
                    wrong[at] = byte;
                    let before = wrong.clone();
                    if at == end - 1 && byte == b'=' {
                        continue;
                    }
                    assert!(decode_base64_in_place(&mut wrong, start..end).is_err(), "{at} {byte}");
                    assert!(wrong == before, "{at} {byte}: not restored");
                }
            }
        }
    }

    #[test]
    fn hex_is_lower_case_and_whole() {
        assert_eq!(decode_hex(b"00ff").unwrap(), [0, 255]);
        assert_eq!(hex(&[0, 255]), "00ff");
        for wrong in ["", "0", "0F", "0g", "0x"] {
            assert_eq!(decode_hex(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
