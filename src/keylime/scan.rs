//! A guard that reads JSON as it arrives and refuses what is too deep or has
//! too many values, before anything is built from it.

use memchr::memchr2;

/// Deepest nesting that is accepted; Keylime's own answers need 5.
pub const MAX_DEPTH: u32 = 32;

/// Counts nesting and values of a JSON text that comes in chunks.
#[derive(Debug, Default)]
pub struct JsonScan {
    depth: u32,
    values: u64,
    in_string: bool,
    escaped: bool,
}

/// What stands next in a text and was read in another way: it is passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    /// How long it is. It ends outside of texts, and as deep as it began.
    pub bytes: usize,
    /// How many values it has, counted as the scan does.
    pub values: u64,
}

/// Why a JSON text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Nested too deep.
    #[error("its JSON is nested deeper than {MAX_DEPTH} levels")]
    Depth,
    /// Too many values.
    #[error("its JSON holds more than {0} values")]
    Values(u64),
}

impl JsonScan {
    /// Reads the next chunk.
    ///
    /// # Errors
    /// As soon as a bound is passed.
    pub fn feed(&mut self, chunk: &[u8], max_values: u64) -> Result<(), TooMuch> {
        self.walk(chunk, max_values, |_, _, _| Ok(Passed::default()))
    }

    /// How many values there were.
    pub(super) fn values(&self) -> u64 {
        self.values
    }

    /// Reads the next chunk, and tells of every bracket, comma and colon
    /// outside of texts: its position in the chunk, itself, and how deep we are
    /// behind it. What `visit` has read behind it is passed over.
    ///
    /// # Errors
    /// As soon as a bound is passed, or `visit` fails.
    pub(super) fn walk<E: From<TooMuch>>(
        &mut self,
        chunk: &[u8],
        max_values: u64,
        mut visit: impl FnMut(usize, u8, u32) -> Result<Passed, E>,
    ) -> Result<(), E> {
        let mut rest = chunk;
        while let Some((&byte, after)) = rest.split_first() {
            let at = chunk.len() - rest.len();
            rest = after;
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    continue;
                }
                match byte {
                    b'"' => self.in_string = false,
                    b'\\' => self.escaped = true,
                    _ => {
                        let skip = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                        rest = rest.get(skip..).unwrap_or_default();
                    }
                }
                continue;
            }
            match byte {
                b'"' => {
                    self.in_string = true;
                    continue;
                }
                b'{' | b'[' => {
                    self.depth += 1;
                    self.values += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(TooMuch::Depth.into());
                    }
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                b',' => self.values += 1,
                b':' => {}
                _ => continue,
            }
            let passed = visit(at, byte, self.depth)?;
            self.values += passed.values;
            rest = rest.get(passed.bytes..).unwrap_or_default();
        }
        if self.values > max_values { Err(TooMuch::Values(max_values).into()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str, chunk: usize, max_values: u64) -> Result<(), TooMuch> {
        let mut scan = JsonScan::default();
        text.as_bytes().chunks(chunk).try_for_each(|chunk| scan.feed(chunk, max_values))
    }

    #[test]
    fn depth_is_bounded_wherever_the_chunks_break() {
        let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        for chunk in [1, 2, 7, 1000] {
            assert_eq!(scan(&deep(32), chunk, 100), Ok(()));
            assert_eq!(scan(&deep(33), chunk, 100), Err(TooMuch::Depth));
        }
    }

    #[test]
    fn brackets_inside_texts_do_not_count() {
        let text = format!("{{\"a\": \"{}\\\"[[\\\\\", \"b\": 1}}", "[".repeat(100));
        for chunk in [1, 3, 1000] {
            assert_eq!(scan(&text, chunk, 10), Ok(()));
        }
    }

    #[test]
    fn values_are_bounded() {
        assert_eq!(scan("[1,2,3]", 2, 3), Ok(()));
        assert_eq!(scan("[1,2,3,4]", 2, 3), Err(TooMuch::Values(3)));
    }
}
