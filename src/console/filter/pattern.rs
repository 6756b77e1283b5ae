//! A regular expression in a filter.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// Bytes that the compiled expression may take: what a person types stays far
/// below it, and a repetition of repetitions is refused instead of kept.
const MAX_COMPILED: usize = 256 * 1024;

/// Bytes that matching may keep for itself.
const MAX_CACHE: usize = 1024 * 1024;

/// How deep groups may nest.
const MAX_NESTING: u32 = 32;

/// A regular expression; letters in either case. Equal where the text is.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn new(text: &str) -> Result<Self, String> {
        let regex = RegexBuilder::new(text)
            .case_insensitive(true)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_CACHE)
            .nest_limit(MAX_NESTING)
            .build()
            .map_err(|error| words(&error))?;
        Ok(Self { text: text.to_owned(), regex })
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is found in the text.
    pub fn is_in(&self, hay: &str) -> bool {
        self.regex.is_match(hay)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pattern({:?})", self.text)
    }
}

/// The last line of the crate's message says what is wrong; those above it show
/// the expression, which stands on the screen already.
fn words(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the expression becomes too large; repeat less".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("no regular expression: {}", last.trim_start_matches("error: "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_either_case_and_bounded_sizes() {
        assert!(Pattern::new("^node-0[1-3]$").unwrap().is_in("NODE-02"));
        assert_eq!(Pattern::new("a(b").unwrap_err(), "no regular expression: unclosed group");
        assert!(Pattern::new("(a{1000}){1000}").unwrap_err().contains("too large"));
        assert!(Pattern::new(&"(".repeat(100)).is_err());
    }
}
