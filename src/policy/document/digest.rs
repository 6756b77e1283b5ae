//! Hexadecimal digests.

use super::codes;

/// The algorithm whose digests have this many digits; the verifier compares
/// digits only, so SM3 passes for SHA-256.
#[must_use]
pub const fn known_algorithm(digits: usize) -> Option<&'static str> {
    match digits {
        40 => Some("sha1"),
        64 => Some("sha256"),
        96 => Some("sha384"),
        128 => Some("sha512"),
        _ => None,
    }
}

/// Whether it is `[0-9a-f]{40,128}`, the whole of it.
#[inline]
pub(super) fn is_digest(raw: &[u8]) -> bool {
    (40..=128).contains(&raw.len()) && is_hexadecimal(raw)
}

/// Whether all are lower-case hexadecimal digits. Without an early end, so that
/// the compiler makes vectors of it.
#[inline]
fn is_hexadecimal(raw: &[u8]) -> bool {
    let digit = |byte: u8| (byte.wrapping_sub(b'0') < 10) | (byte.wrapping_sub(b'a') < 6);
    let (chunks, rest) = raw.as_chunks::<16>();
    chunks.iter().all(|chunk| chunk.iter().fold(true, |all, byte| all & digit(*byte)))
        && rest.iter().fold(true, |all, byte| all & digit(*byte))
}

/// The number that the first eight digits say.
#[inline]
pub(super) fn prefix(raw: &[u8]) -> u32 {
    let value =
        |byte: u8| u32::from(if byte >= b'a' { byte - b'a' + 10 } else { byte.wrapping_sub(b'0') } & 0xf);
    raw.iter().take(8).fold(0, |number, byte| number << 4 | value(*byte))
}

/// Why a text is no digest, and what to say of it.
pub(super) fn fault(text: &str) -> (&'static str, &'static str) {
    let hexadecimal = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(before) = text.strip_suffix('\n')
        && is_digest(before.as_bytes())
    {
        return (
            codes::DIGEST_NEWLINE,
            "ends with a line end: the verifier takes it, and no measurement ever matches",
        );
    }
    if let Some((_, digits)) = text.split_once(':')
        && hexadecimal(digits)
    {
        return (
            codes::DIGEST_PREFIX,
            "begins with its algorithm; policies have the hexadecimal digits only",
        );
    }
    if !hexadecimal(text) {
        return (codes::BAD_DIGEST, "is not hexadecimal");
    }
    if !(40..=128).contains(&text.len()) {
        return (codes::DIGEST_LENGTH, "has not between 40 and 128 digits");
    }
    (codes::DIGEST_UPPER_CASE, "has upper-case digits; the verifier compares exactly, in lower case")
}

/// What somebody typed or pasted, as a digest or the beginning of one: without
/// the algorithm before it, in lower case. `None` if it cannot be one.
#[must_use]
pub fn query(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let digits = typed.split_once(':').map_or(typed, |(_, digits)| digits);
    let possible = (1..=128).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    possible.then(|| digits.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_code() {
        let digest = "ab".repeat(32);
        assert!(is_digest(digest.as_bytes()));
        for (text, code) in [
            (format!("{digest}\n"), codes::DIGEST_NEWLINE),
            (format!("sha256:{digest}"), codes::DIGEST_PREFIX),
            (digest.to_uppercase(), codes::DIGEST_UPPER_CASE),
            ("a4dc309f...".to_owned(), codes::BAD_DIGEST),
            (String::new(), codes::BAD_DIGEST),
            (format!(" {digest}"), codes::BAD_DIGEST),
            ("ab".repeat(19), codes::DIGEST_LENGTH),
            ("ab".repeat(65), codes::DIGEST_LENGTH),
        ] {
            assert!(!is_digest(text.as_bytes()), "{text:?}");
            assert_eq!(fault(&text).0, code, "{text:?}");
        }
        for odd in [41, 56, 127] {
            assert!(is_digest(&vec![b'f'; odd]), "today's schema takes {odd} digits");
        }
    }

    #[test]
    fn no_other_byte_is_a_digit() {
        for byte in 0..=255_u8 {
            for at in [0, 15, 16, 39, 40] {
                let mut text = vec![b'0'; 41];
                text[at] = byte;
                assert_eq!(is_digest(&text), matches!(byte, b'0'..=b'9' | b'a'..=b'f'), "{byte} at {at}");
            }
        }
        assert_eq!(prefix(b"0123abcdef"), 0x0123_abcd);
    }

    #[test]
    fn what_is_typed_becomes_a_digest() {
        assert_eq!(query(" SHA256:ABcd ").as_deref(), Some("abcd"));
        assert_eq!(query("abcg"), None);
        assert_eq!(query("/usr"), None);
        assert_eq!(query(""), None);
    }
}
