//! Going again through a text that the reader has taken.
//!
//! Nothing is checked here a second time: this finds the parts of a document
//! again of which only a byte was kept. On any other text it ends early and
//! never panics.

use super::scan;
use super::text::Text;

/// A text that was read once.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    bytes: &'a [u8],
}

impl<'a> Walk<'a> {
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The text whose opening quote stands here.
    pub fn text_at(self, offset: usize) -> Option<Text<'a>> {
        if self.bytes.get(offset) != Some(&b'"') {
            return None;
        }
        let rest = self.bytes.get(offset + 1..)?;
        let mut end = 0;
        let mut escaped = false;
        loop {
            end += memchr::memchr2(b'"', b'\\', rest.get(end..)?)?;
            if rest.get(end) == Some(&b'"') {
                return Some(Text { raw: rest.get(..end)?, offset, escaped });
            }
            escaped = true;
            end += 2;
        }
    }

    /// The next byte that is no white space.
    pub fn skip_space(self, at: usize) -> usize {
        scan::skip_space(self.bytes, at)
    }

    /// The byte here.
    pub fn byte(self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The first byte of the value of the member whose name stands here.
    pub fn value_of(self, key: Text<'_>) -> usize {
        let colon = self.skip_space(key.end());
        self.skip_space(colon + 1)
    }

    /// The byte after the value that begins here.
    pub fn end_of_value(self, start: usize) -> usize {
        let mut depth = 0_usize;
        let mut at = start;
        loop {
            match self.byte(at) {
                None => return self.bytes.len(),
                Some(b'"') => match self.text_at(at) {
                    Some(text) => at = text.end(),
                    None => return self.bytes.len(),
                },
                Some(b'{' | b'[') => {
                    depth += 1;
                    at += 1;
                }
                Some(b'}' | b']') => {
                    // The bracket of what stands around a value that is no container.
                    if depth == 0 {
                        return at;
                    }
                    depth -= 1;
                    at += 1;
                }
                Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b':') if depth > 0 => {
                    at += 1;
                    continue;
                }
                Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b':') => return at,
                Some(_) => {
                    let rest = self.bytes.get(at..).unwrap_or_default();
                    let inside =
                        |byte: &&u8| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
                    at += rest.iter().take_while(inside).count();
                }
            }
            if depth == 0 {
                return at;
            }
        }
    }

    /// The first byte of the next element or member after a value that ends
    /// here, if the array or object goes on.
    pub fn next_after(self, end: usize) -> Option<usize> {
        let at = self.skip_space(end);
        (self.byte(at) == Some(b',')).then(|| self.skip_space(at + 1))
    }

    /// The first byte of the first element or member of the array or object
    /// that opens here; `None` where it is empty.
    pub fn first_in(self, open: usize) -> Option<usize> {
        let at = self.skip_space(open + 1);
        (!matches!(self.byte(at), None | Some(b']' | b'}'))).then_some(at)
    }
}
