//! What a quoted source line must not show: userinfo, passphrases, keys.
//!
//! Works on the text, not on the tree: a line is also quoted when it is no
//! TOML. It rather conceals too much.

use std::borrow::Cow;
use std::ops::Range;

use super::mask::mask_userinfo;

/// Parts of a key's name that promise a secret as its value.
const SECRET_WORDS: [&str; 4] = ["pass", "secret", "token", "credential"];

/// Ends of such a name that promise only its whereabouts.
const WHEREABOUTS: [&str; 2] = ["_file", "_env"];

/// A text in which secrets are replaced, line for line the same.
pub(crate) struct Concealed<'s> {
    pub(crate) text: Cow<'s, str>,
    /// Replaced bytes of the source and where their replacement stands.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

impl Concealed<'_> {
    /// Where a byte of the source stands now.
    pub(crate) fn position(&self, offset: usize) -> usize {
        let before = self.edits.partition_point(|(old, _)| old.start < offset);
        match before.checked_sub(1).and_then(|index| self.edits.get(index)) {
            None => offset,
            Some((old, new)) if offset >= old.end => offset - old.end + new.end,
            Some((_, new)) => new.start,
        }
    }
}

/// Conceals the given values and everything that looks like a secret.
/// `broken`: strings cannot be told from the rest, so that whole lines count.
pub(crate) fn conceal<'s>(source: &'s str, secret: &[Range<usize>], broken: bool) -> Concealed<'s> {
    let mut ranges: Vec<Range<usize>> = secret.to_vec();
    secret_lines(source, &mut ranges);
    for segment in segments(source) {
        if let Some(range) = in_segment(source, &segment) {
            ranges.push(range);
        }
    }
    if broken {
        for (start, line) in lines(source) {
            let value = start + value_start(line);
            if let Some(range) = userinfo(source, value..start + line.len()) {
                ranges.push(range);
            }
        }
    }
    replace(source, merged(ranges))
}

/// Whether a text holds something that is concealed, empty values aside.
pub(crate) fn holds_secret(source: &str) -> bool {
    let empty = |hidden: &str| hidden.is_empty() || hidden.starts_with("\"\"") || hidden.starts_with("''");
    let concealed = conceal(source, &[], false);
    concealed.edits.iter().any(|(old, _)| !source.get(old.clone()).is_none_or(empty))
}

/// A stretch of text: the inside of a string, or what stands between strings
/// on one line.
struct Segment {
    range: Range<usize>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    String,
    Comment,
    /// The first of a line, so that a key may stand in it.
    Start,
    Other,
}

/// Cuts the text into strings and the rest, after TOML's rules for quotes.
fn segments(source: &str) -> Vec<Segment> {
    let mut found = Vec::new();
    let mut rest = 0;
    let mut kind = Kind::Start;
    while let Some(text) = source.get(rest..).filter(|text| !text.is_empty()) {
        // A comment runs to the end of its line, quotes or not.
        let stop = text.find(['"', '\'', '#', '\n']).unwrap_or(text.len());
        found.push(Segment { range: rest..rest + stop, kind });
        kind = Kind::Other;
        let at = rest + stop;
        let Some(mark) = text.get(stop..).and_then(|text| text.chars().next()) else { break };
        rest = match mark {
            '#' => {
                let end =
                    source.get(at..).and_then(|text| text.find('\n')).map_or(source.len(), |end| at + end);
                found.push(Segment { range: at..end, kind: Kind::Comment });
                end
            }
            '\n' => {
                kind = Kind::Start;
                at + 1
            }
            quote => {
                let (inside, after) = string(source, at, quote);
                found.push(Segment { range: inside, kind: Kind::String });
                after
            }
        };
    }
    found
}

/// The inside of the string that begins at `at`, and where the text goes on.
fn string(source: &str, at: usize, quote: char) -> (Range<usize>, usize) {
    let text = source.get(at..).unwrap_or_default();
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let mark = if text.starts_with(&triple) { triple } else { quote.to_string() };
    let inside = at + mark.len();
    let body = source.get(inside..).unwrap_or_default();
    let mut escaped = false;
    for (offset, character) in body.char_indices() {
        if mark.len() == 1 && character == '\n' {
            return (inside..inside + offset, inside + offset);
        }
        if escaped {
            escaped = false;
        } else if character == '\\' && quote == '"' {
            escaped = true;
        } else if body.get(offset..).is_some_and(|rest| rest.starts_with(&mark)) {
            return (inside..inside + offset, inside + offset + mark.len());
        }
    }
    (inside..source.len(), source.len())
}

fn in_segment(source: &str, segment: &Segment) -> Option<Range<usize>> {
    let text = source.get(segment.range.clone())?;
    if segment.kind == Kind::String
        && (text.contains("PRIVATE KEY") || assigns_secret(before_string(source, segment.range.start)))
    {
        return Some(segment.range.clone());
    }
    let start = match segment.kind {
        Kind::String | Kind::Other => 0,
        Kind::Comment => 1,
        Kind::Start => value_start(text),
    };
    userinfo(source, segment.range.start + start..segment.range.end)
}

/// The userinfo in a stretch of text, its `@` included, which may be escaped.
fn userinfo(source: &str, range: Range<usize>) -> Option<Range<usize>> {
    let text = source.get(range.clone())?;
    if !text.contains('\\') && text.is_ascii() && !text.contains('@') {
        return None;
    }
    // Escapes become one `@` with as many fillers, so that offsets stay.
    let plain = unescape_at_signs(text);
    let masked = mask_userinfo(&plain);
    if masked == plain {
        return None;
    }
    let last = plain.rfind(['@', '\u{ff20}', '\u{fe6b}'])?;
    let end = last + plain.get(last..)?.chars().next()?.len_utf8();
    let start = masked.find("***@").filter(|start| *start <= last)?;
    // Fillers behind the sign belong to its escape.
    let fill = plain.get(end..)?.bytes().take_while(|byte| *byte == 0).count();
    Some(range.start + start..range.start + end + fill)
}

fn unescape_at_signs(text: &str) -> String {
    let mut plain = text.to_owned();
    for (mark, digits) in [("\\u", 4), ("\\U", 8), ("\\x", 2)] {
        let found: Vec<usize> = text.match_indices(mark).map(|(offset, _)| offset).collect();
        for offset in found {
            let end = offset + 2 + digits;
            let value = text.get(offset + 2..end).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            if matches!(value, Some(0x40 | 0xff20 | 0xfe6b)) {
                let fill: String =
                    std::iter::once('@').chain(std::iter::repeat_n('\0', digits + 1)).collect();
                plain.replace_range(offset..end, &fill);
            }
        }
    }
    plain
}

/// Values of keys that promise a secret, whatever they look like.
fn secret_lines(source: &str, ranges: &mut Vec<Range<usize>>) {
    for (start, line) in lines(source) {
        let mut from = 0;
        while let Some(offset) = line.get(from..).and_then(|text| text.find('=')) {
            let equals = from + offset;
            if assigns_secret(line.get(..equals + 1).unwrap_or_default()) {
                let value = line.get(equals + 1..).unwrap_or_default();
                let blank = value.len() - value.trim_start().len();
                ranges.push(start + equals + 1 + blank..start + line.len());
                break;
            }
            from = equals + 1;
        }
    }
}

/// Whether the text before some value assigns that value to a name that
/// promises a secret. Looks at the end of the text only: it may be long.
fn assigns_secret(before: &str) -> bool {
    let Some(name) = before.trim_end().strip_suffix('=') else { return false };
    let name = name
        .trim_end()
        .trim_end_matches(['"', '\''])
        .rsplit(|character: char| !character.is_alphanumeric() && !matches!(character, '_' | '-'))
        .next()
        .unwrap_or_default();
    promises_secret(name)
}

/// Whether a key of this name holds a secret itself, not only its whereabouts.
pub(crate) fn promises_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word)) && !WHEREABOUTS.iter().any(|end| name.ends_with(end))
}

/// Where the value of an assignment begins in a line, else where its text does.
fn value_start(line: &str) -> usize {
    let start = line.find('=').map_or(0, |position| position + 1);
    let value = line.get(start..).unwrap_or_default();
    start + value.len() - value.trim_start().len()
}

/// The text before a string that begins at `offset`, without its quotes.
fn before_string(source: &str, offset: usize) -> &str {
    source.get(..offset).unwrap_or_default().trim_end_matches(['"', '\''])
}

fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    source.split_inclusive('\n').map(move |line| {
        let here = start;
        start += line.len();
        (here, line.trim_end_matches(['\n', '\r']))
    })
}

fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

fn replace(source: &str, ranges: Vec<Range<usize>>) -> Concealed<'_> {
    if ranges.is_empty() {
        return Concealed { text: Cow::Borrowed(source), edits: Vec::new() };
    }
    let mut text = String::with_capacity(source.len());
    let mut edits = Vec::with_capacity(ranges.len());
    let mut from = 0;
    for old in ranges {
        text.push_str(source.get(from..old.start).unwrap_or_default());
        let start = text.len();
        let hidden = source.get(old.clone()).unwrap_or_default();
        let quote = hidden
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\'') && hidden.len() > 1 && hidden.ends_with(*first));
        let at_sign =
            unescape_at_signs(hidden).trim_end_matches('\0').ends_with(['@', '\u{ff20}', '\u{fe6b}']);
        match quote {
            Some(quote) => text.extend([quote, '*', '*', '*', quote]),
            None if at_sign => text.push_str("***@"),
            None => text.push_str("***"),
        }
        // Line numbers stay.
        text.extend(hidden.matches('\n').map(|_| '\n'));
        edits.push((old.clone(), start..text.len()));
        from = old.end;
    }
    text.push_str(source.get(from..).unwrap_or_default());
    Concealed { text: Cow::Owned(text), edits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(source: &str) -> String {
        conceal(source, &[], false).text.into_owned()
    }

    #[test]
    fn userinfo_is_masked_wherever_it_stands() {
        for (source, expected) in [
            ("verifiers = [\"https://u:p@h\"]", "verifiers = [\"https://***@h\"]"),
            ("verifiers = [\"a\", 'u:p@h', \"b\"]", "verifiers = [\"a\", '***@h', \"b\"]"),
            ("verifiers = [\"https://u:p\\\"w@h\"]", "verifiers = [\"https://***@h\"]"),
            ("verifiers = [\"https://u:p\\u0040h\"]", "verifiers = [\"https://***@h\"]"),
            ("verifiers = [https://u:my pw@h]", "verifiers = ***@h]"),
            ("# https://u:p@h", "# https://***@h"),
            ("# or u:p=q@h", "# ***@h"),
            ("x = \"\"\"\nhttps://u:p\nq@h\"\"\"", "x = \"\"\"\nhttps://***@\nh\"\"\""),
            ("a = \"b\" # don't", "a = \"b\" # don't"),
        ] {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    #[test]
    fn values_of_secret_names_are_masked() {
        for (source, expected) in [
            ("key_passphrase = \"hunter2\"", "key_passphrase = \"***\""),
            ("password = hunter2 # x", "password = ***"),
            ("tls = { client_secret = 'a', ca = 'b' }", "tls = { client_secret = ***"),
            ("key_passphrase_file = \"/etc/p\"", "key_passphrase_file = \"/etc/p\""),
            ("key_passphrase_env = \"VARIABLE\"", "key_passphrase_env = \"VARIABLE\""),
            ("key = \"-----BEGIN PRIVATE KEY-----\\nAAAA\"", "key = \"***\""),
            ("password = \"\"\"\nhunter2\n\"\"\"", "password = ***\n\n\"\"\""),
            ("colour = \"passive\"", "colour = \"passive\""),
        ] {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    #[test]
    fn in_a_broken_text_whole_lines_count() {
        let source = "verifiers = [https://u:SECRET\"w@h\"]\n";
        assert!(!conceal(source, &[], true).text.contains("SECRET"));
    }

    #[test]
    fn positions_follow_the_text() {
        let source = "a = \"https://user:pw@h:0\"\nb = 1";
        let concealed = conceal(source, &[], false);
        let port = source.find(":0").unwrap();
        assert_eq!(&concealed.text[concealed.position(port)..][..2], ":0");
        let next = source.find('b').unwrap();
        assert_eq!(&concealed.text[concealed.position(next)..], "b = 1");
        assert_eq!(&concealed.text[concealed.position(source.find("ser").unwrap())..][..4], "***@");
    }

    proptest! {
        #[test]
        fn no_panic_and_the_same_lines(source in any::<String>(), broken: bool) {
            let concealed = conceal(&source, &[], broken);
            prop_assert_eq!(concealed.text.matches('\n').count(), source.matches('\n').count());
            for offset in 0..=source.len() {
                prop_assert!(concealed.position(offset) <= concealed.text.len());
            }
        }

        #[test]
        fn text_with_quotes_and_at_signs(source in "[ab@='\"#\\\\\n:/u0]{0,40}", broken: bool) {
            let concealed = conceal(&source, &[], broken);
            prop_assert_eq!(concealed.text.matches('\n').count(), source.matches('\n').count());
        }

        #[test]
        fn a_password_in_a_broken_line_never_survives(
            before in "[ -9;<>-~]{0,10}", after in "[ -9;-~]{0,10}",
        ) {
            let source = format!("verifiers = {before}SECRET{after}@host");
            prop_assert!(!conceal(&source, &[], true).text.contains("SECRET"));
        }
    }
}
