//! Splitting a filter's text into words, with the place of each.

use std::iter::{Enumerate, Peekable};
use std::ops::Range;
use std::str::Chars;

/// The text with the number of each character.
pub(super) type Characters<'t> = Peekable<Enumerate<Chars<'t>>>;

/// One character of a word, and whether it stood in quotes.
pub(super) type Piece = (char, bool);

/// One word.
#[derive(Debug)]
pub(super) struct Word {
    /// Whether `!` stood before it.
    pub is_negated: bool,
    /// What it holds.
    pub content: Content,
    /// Its place in the text, `!` included, in characters.
    pub place: Range<usize>,
}

/// What a word holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Characters.
    Pieces(Vec<Piece>),
    /// What stood between two slashes.
    Expression(String),
    /// It is not whole, in words.
    Broken(&'static str),
}

/// The next word; none at the end of the text.
pub(super) fn next(characters: &mut Characters<'_>) -> Option<Word> {
    while characters.next_if(|(_, character)| character.is_whitespace()).is_some() {}
    let (start, _) = *characters.peek()?;
    let is_negated = characters.next_if(|(_, character)| *character == '!').is_some();
    let mut end = start + usize::from(is_negated);
    let content = match characters.next_if(|(_, character)| *character == '/') {
        Some((slash, _)) => expression(characters, slash, &mut end),
        None => pieces(characters, &mut end),
    };
    Some(Word { is_negated, content, place: start..end })
}

/// Everything up to the closing slash; `\/` is a slash of the expression.
fn expression(characters: &mut Characters<'_>, slash: usize, end: &mut usize) -> Content {
    let mut text = String::new();
    *end = slash + 1;
    while let Some((at, character)) = characters.next() {
        *end = at + 1;
        match character {
            '/' => return Content::Expression(text),
            '\\' => match characters.next() {
                Some((at, '/')) => {
                    *end = at + 1;
                    text.push('/');
                }
                Some((at, escaped)) => {
                    *end = at + 1;
                    text.extend(['\\', escaped]);
                }
                None => break,
            },
            character => text.push(character),
        }
    }
    Content::Broken("the closing slash / is missing")
}

/// Everything up to the next space outside quotes.
fn pieces(characters: &mut Characters<'_>, end: &mut usize) -> Content {
    let mut pieces = Vec::new();
    let mut in_quotes = false;
    while let Some((at, character)) =
        characters.next_if(|(_, character)| in_quotes || !character.is_whitespace())
    {
        *end = at + 1;
        match character {
            '"' => in_quotes = !in_quotes,
            '\\' if in_quotes => match characters.next() {
                Some((at, escaped)) => {
                    *end = at + 1;
                    pieces.push((escaped, true));
                }
                None => break,
            },
            character => pieces.push((character, in_quotes)),
        }
    }
    if in_quotes { Content::Broken("the closing quote \" is missing") } else { Content::Pieces(pieces) }
}
