//! Fields of comma-separated values (RFC 4180) that no spreadsheet executes.

/// What a formula starts with, in full width too: some locales read both alike.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Quotes one field of text where RFC 4180 demands it, and puts an apostrophe
/// before one that a spreadsheet would take for a formula, or for a number: an
/// agent `-1` is not minus one.
///
/// The field must have been sanitised already: it holds no control characters.
pub fn field(text: &str) -> String {
    let guarded = if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_quotes_doubled() {
        assert_eq!(field("plain"), "plain");
        assert_eq!(field("-12.5"), "'-12.5");
        assert_eq!(field("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
        assert_eq!(field("@cmd"), "'@cmd");
        assert_eq!(field("\u{ff1d}1+1"), "'\u{ff1d}1+1");
        assert_eq!(field("a,b"), "\"a,b\"");
    }
}
