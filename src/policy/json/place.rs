//! Line and column of a byte, counted only when somebody asks.

use crate::text::caret::Place;

/// The place of a byte of a text; a byte past the end is the end. Columns
/// count characters, as far as the text is UTF-8.
#[must_use]
pub fn place(bytes: &[u8], offset: usize) -> Place {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let in_line = before.get(line_start..).unwrap_or_default();
    // Every character has one byte that continues none.
    let characters = in_line.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    Place { line: memchr::memchr_iter(b'\n', before).count() + 1, column: characters + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        let text = "{\n  \"é\": x\n}".as_bytes();
        let at = |needle: u8| memchr::memchr(needle, text).unwrap();
        assert_eq!(place(text, 0), Place { line: 1, column: 1 });
        assert_eq!(place(text, at(b'x')), Place { line: 2, column: 8 });
        assert_eq!(place(text, 999), Place { line: 3, column: 2 });
        assert_eq!(place(b"", 4), Place { line: 1, column: 1 });
        assert_eq!(place(b"\xff\xfe", 2), Place { line: 1, column: 3 });
    }
}
