//! Pieces of JSON as Python's `json.dumps` writes them, and base64.

use std::fmt::Write;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends a JSON string: everything outside printable ASCII is escaped, as
/// Python does by default.
pub(super) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    push_format(out, format_args!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

/// A JSON string of its own.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_string(&mut out, text);
    out
}

/// Appends formatted text; writing to a string cannot fail.
pub(super) fn push_format(out: &mut String, pieces: std::fmt::Arguments<'_>) {
    let _always_fits = out.write_fmt(pieces);
}

/// Appends bytes as padded base64 (RFC 4648 section 4).
pub(super) fn push_base64(out: &mut String, bytes: &[u8]) {
    for piece in bytes.chunks(3) {
        let mut group = 0_u32;
        for position in 0..3 {
            group = group << 8 | piece.get(position).map_or(0, |byte| u32::from(*byte));
        }
        for position in 0..4_usize {
            let digit = (group >> (18 - 6 * position) & 63) as usize;
            let letter =
                if position > piece.len() { b'=' } else { BASE64.get(digit).copied().unwrap_or(b'=') };
            out.push(char::from(letter));
        }
    }
}

/// Bytes as padded base64.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    push_base64(&mut out, bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_python_does() {
        assert_eq!(string("a\"b\\c\u{1b}\u{202e}\n𝄞é"), r#""a\"b\\c\u001b\u202e\n\ud834\udd1e\u00e9""#);
        let text = "plain \u{7f} \u{0} ü";
        assert_eq!(serde_json::from_str::<String>(&string(text)).unwrap(), text);
    }

    #[test]
    fn base64_as_in_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }
}
