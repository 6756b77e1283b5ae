//! The one sanitiser.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::char::is_combining_mark;

/// Characters of shown text at most, unless the caller asks for fewer.
pub const MAX_SHOWN_CHARS: usize = 256;

/// Combining marks on one base character at most; the rest becomes visible.
const MAX_MARKS: usize = 2;

/// Text that has been through the sanitiser and may be shown anywhere. Cloning
/// is cheap: the text is shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(Arc<str>);

impl Shown {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, taken over.
    pub fn into_string(self) -> String {
        self.0.as_ref().to_owned()
    }

    /// Text for which [`is_plain`] holds, not copied.
    pub(super) fn plain(text: &Arc<str>) -> Self {
        Self(Arc::clone(text))
    }
}

/// Whether the sanitiser would change nothing.
pub(super) fn is_plain(text: &str, limit: usize) -> bool {
    // Without a way out of the loop the processor takes many bytes at once.
    text.len() <= limit
        && text.bytes().fold(true, |all, byte| all & matches!(byte, 0x20..=0x7e) & (byte != b'\\'))
}

/// Remote text that is sanitised while it is written: as [`sanitise_to`] does,
/// without an allocation where the text is plain.
#[derive(Clone, Copy)]
pub struct ShownTo<'a> {
    text: &'a str,
    limit: usize,
}

/// [`sanitise_to`] for a text that is written somewhere at once.
pub fn shown_to(text: &str, limit: usize) -> ShownTo<'_> {
    ShownTo { text, limit }
}

impl fmt::Display for ShownTo<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.text, self.limit) {
            return out.write_str(self.text);
        }
        out.write_str(sanitise_to(self.text, self.limit).as_str())
    }
}

impl fmt::Debug for ShownTo<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{self}\"")
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl AsRef<str> for Shown {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for Shown {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

/// Makes remote text fit to be shown, at most [`MAX_SHOWN_CHARS`] long.
pub fn sanitise(text: &str) -> Shown {
    sanitise_to(text, MAX_SHOWN_CHARS)
}

/// Makes remote text fit to be shown, at most `limit` characters long.
///
/// Plain ASCII passes as it is. Controls, direction marks, invisible
/// characters, odd spaces, private and unassigned-looking characters and all
/// but the first few combining marks of a run become `\u{…}`; a backslash
/// becomes `\\`, so that two different texts never look the same. What is cut
/// off is counted: `…(+120)`.
pub fn sanitise_to(text: &str, limit: usize) -> Shown {
    if is_plain(text, limit) {
        return Shown(text.into());
    }
    let mut shown = String::with_capacity(text.len().min(limit * 4));
    let mut length = 0;
    let mut marks = 0;
    for (taken, character) in text.chars().enumerate() {
        let piece = Piece::of(character, &mut marks, taken == 0);
        let width = piece.chars();
        if length + width > limit {
            let left = text.chars().count() - taken;
            shown.push_str(&format!("…(+{left})"));
            break;
        }
        length += width;
        piece.push_to(&mut shown);
    }
    Shown(shown.into())
}

enum Piece {
    Plain(char),
    Backslash,
    Escaped(char),
}

impl Piece {
    fn of(character: char, marks: &mut usize, first: bool) -> Self {
        // Some marks are invisible themselves: those are deceptive first.
        if is_combining_mark(character) && !is_deceptive(character) {
            *marks += 1;
            // A mark at the very start would sit on whatever stands before the text.
            if first || *marks > MAX_MARKS {
                return Self::Escaped(character);
            }
            return Self::Plain(character);
        }
        *marks = 0;
        match character {
            '\\' => Self::Backslash,
            character if is_deceptive(character) => Self::Escaped(character),
            character => Self::Plain(character),
        }
    }

    fn chars(&self) -> usize {
        match self {
            Self::Plain(_) => 1,
            Self::Backslash => 2,
            // `\u{` + hexadecimal digits + `}`
            Self::Escaped(character) => {
                4 + (32 - (*character as u32).leading_zeros()).div_ceil(4).max(1) as usize
            }
        }
    }

    fn push_to(&self, shown: &mut String) {
        match self {
            Self::Plain(character) => shown.push(*character),
            Self::Backslash => shown.push_str("\\\\"),
            Self::Escaped(character) => shown.push_str(&format!("\\u{{{:x}}}", *character as u32)),
        }
    }
}

/// Characters that act on the terminal, reorder or hide text, or look like
/// nothing: general categories Cc, Cf, Co, Cn (the noncharacters), Zl, Zp, all
/// spaces but U+0020, and the letters that are drawn as blanks.
fn is_deceptive(character: char) -> bool {
    let code = character as u32;
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(code,
            0x00ad                      // soft hyphen
            | 0x034f                    // combining grapheme joiner
            | 0x0600..=0x0605 | 0x06dd | 0x070f | 0x0890..=0x0891 | 0x08e2
            | 0x061c                    // Arabic letter mark
            | 0x115f..=0x1160           // Hangul fillers
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f           // Mongolian selectors, vowel separator
            | 0x200b..=0x200f           // zero width, direction marks
            | 0x202a..=0x202e           // direction embeddings and overrides
            | 0x2060..=0x206f           // joiners, isolates, deprecated format characters
            | 0x2800                    // blank Braille pattern
            | 0x3164 | 0xffa0           // Hangul fillers
            | 0xd800..=0xf8ff           // surrogates (never in a char), private use
            | 0xfe00..=0xfe0f           // variation selectors
            | 0xfeff                    // byte order mark
            | 0xfff0..=0xfffb           // interlinear annotation
            | 0x110bd | 0x110cd
            | 0x13430..=0x1345f
            | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a
            | 0xe0000..=0x10ffff        // tags, selectors, private planes
        )
        || code & 0xfffe == 0xfffe
        || matches!(code, 0xfdd0..=0xfdef)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_passes() {
        assert_eq!(sanitise("node-01.example.com").as_str(), "node-01.example.com");
        assert_eq!(sanitise("Gerät 7 東京").as_str(), "Gerät 7 東京");
    }

    #[test]
    fn what_acts_or_hides_becomes_visible() {
        for (raw, shown) in [
            ("a\u{1b}]52;c;eA==\u{7}", "a\\u{1b}]52;c;eA==\\u{7}"),
            ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
            ("a\u{9b}31m", "a\\u{9b}31m"),
            ("abc\u{202e}fdp", "abc\\u{202e}fdp"),
            ("a\u{200b}b", "a\\u{200b}b"),
            ("a\u{2800}", "a\\u{2800}"),
            ("a\u{a0}b", "a\\u{a0}b"),
            ("\u{e0041}", "\\u{e0041}"),
            ("back\\slash", "back\\\\slash"),
            ("\u{301}x", "\\u{301}x"),
        ] {
            assert_eq!(sanitise(raw).as_str(), shown);
        }
    }

    #[test]
    fn piled_up_marks_are_bounded() {
        let raw = format!("a{}", "\u{301}".repeat(40));
        let shown = sanitise_to(&raw, 4000).into_string();
        assert_eq!(shown.chars().filter(|character| is_combining_mark(*character)).count(), MAX_MARKS);
    }

    #[test]
    fn cut_text_says_how_much_is_missing() {
        assert_eq!(sanitise_to(&"x".repeat(100), 10).as_str(), "xxxxxxxxxx…(+90)");
    }

    proptest! {
        #[test]
        fn nothing_deceptive_survives(raw in any::<String>()) {
            let shown = sanitise_to(&raw, 10_000).into_string();
            prop_assert!(!shown.chars().any(is_deceptive));
        }

        #[test]
        fn different_texts_look_different(left in any::<String>(), right in any::<String>()) {
            prop_assume!(left != right);
            prop_assert_ne!(sanitise_to(&left, 100_000), sanitise_to(&right, 100_000));
        }

        #[test]
        fn length_is_bounded(raw in any::<String>(), limit in 0usize..40) {
            prop_assert!(sanitise_to(&raw, limit).as_str().chars().count() <= limit + 24);
        }
    }
}
