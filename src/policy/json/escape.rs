//! Escaped characters in texts.

/// What one escape sequence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// A character, and the bytes of its spelling with the backslash.
    Character(char, usize),
    /// Half of a surrogate pair.
    LoneSurrogate,
    /// No escape sequence of JSON.
    Unknown,
    /// The text ends inside.
    Cut,
}

/// Reads the sequence that begins with the backslash at the start of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Escape {
    let character = match bytes.get(1) {
        None => return Escape::Cut,
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes),
        Some(_) => return Escape::Unknown,
    };
    Escape::Character(character, 2)
}

fn unicode(bytes: &[u8]) -> Escape {
    let first = match unit(bytes, 2) {
        Ok(unit) => unit,
        Err(fault) => return fault,
    };
    if let Some(character) = char::from_u32(first) {
        return Escape::Character(character, 6);
    }
    if first >= 0xdc00 || bytes.get(6..8) != Some(b"\\u") {
        return Escape::LoneSurrogate;
    }
    let second = match unit(bytes, 8) {
        Ok(unit) => unit,
        Err(fault) => return fault,
    };
    if !(0xdc00..0xe000).contains(&second) {
        return Escape::LoneSurrogate;
    }
    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code).map_or(Escape::LoneSurrogate, |character| Escape::Character(character, 12))
}

fn unit(bytes: &[u8], from: usize) -> Result<u32, Escape> {
    let mut value = 0;
    for at in from..from + 4 {
        let byte = *bytes.get(at).ok_or(Escape::Cut)?;
        let digit = char::from(byte).to_digit(16).ok_or(Escape::Unknown)?;
        value = value * 16 + digit;
    }
    Ok(value)
}

/// What a text says that [`super::scan`] found right.
pub(super) fn decoded(raw: &[u8]) -> String {
    let mut said = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or((rest, b""));
        said.push_str(&String::from_utf8_lossy(plain));
        let length = match read(escaped) {
            Escape::Character(character, length) => {
                said.push(character);
                length
            }
            // Never in a text that was read; the length keeps it going.
            Escape::LoneSurrogate | Escape::Unknown | Escape::Cut => {
                said.push(char::REPLACEMENT_CHARACTER);
                1
            }
        };
        rest = escaped.get(length..).unwrap_or_default();
    }
    said.push_str(&String::from_utf8_lossy(rest));
    said
}
