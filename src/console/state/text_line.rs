//! One line of text that is being written.

use crate::text::sanitise;

/// Characters of the line at most: a view with a long filter has room.
const MAX_CHARACTERS: usize = 500;

/// A line of text with a cursor in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLine {
    before: String,
    after: String,
}

impl TextLine {
    /// A line that holds a text fit to be shown, the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        Self { before: text.into(), after: String::new() }
    }

    /// The text before the cursor and the text from it on.
    pub fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// The whole text.
    pub fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// Writes a character. One that could not be shown as it is, is not taken:
    /// a paste may hold anything.
    pub fn insert(&mut self, character: char) {
        let is_plain = character == '\\' || sanitise(&character.to_string()).as_str().chars().eq([character]);
        if is_plain && self.before.chars().count() + self.after.chars().count() < MAX_CHARACTERS {
            self.before.push(character);
        }
    }

    /// One character left.
    pub fn left(&mut self) {
        if let Some(character) = self.before.pop() {
            self.after.insert(0, character);
        }
    }

    /// One character right.
    pub fn right(&mut self) {
        if !self.after.is_empty() {
            self.before.push(self.after.remove(0));
        }
    }

    /// To the start.
    pub fn start(&mut self) {
        self.after.insert_str(0, &std::mem::take(&mut self.before));
    }

    /// To the end.
    pub fn end(&mut self) {
        self.before.push_str(&std::mem::take(&mut self.after));
    }

    /// Deletes the character before the cursor.
    pub fn delete_back(&mut self) {
        self.before.pop();
    }

    /// Deletes the character under the cursor.
    pub fn delete(&mut self) {
        if !self.after.is_empty() {
            self.after.remove(0);
        }
    }

    /// Deletes the word before the cursor.
    pub fn delete_word(&mut self) {
        let kept =
            self.before.trim_end().trim_end_matches(|character: char| !character.is_whitespace()).len();
        self.before.truncate(kept);
    }

    /// Deletes everything.
    pub fn clear(&mut self) {
        self.before.clear();
        self.after.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> TextLine {
        let mut line = TextLine::default();
        text.chars().for_each(|character| line.insert(character));
        line
    }

    #[test]
    fn editing() {
        let mut line = line("group=eu verdict=failed");
        line.delete_word();
        assert_eq!(line.text(), "group=eu ");
        line.start();
        line.right();
        line.insert('é');
        assert_eq!(line.parts(), ("gé", "roup=eu "));
        line.delete();
        line.delete_back();
        line.left();
        line.delete_back();
        assert_eq!(line.parts(), ("", "goup=eu "));
        line.end();
        line.clear();
        line.delete();
        line.delete_back();
        line.left();
        line.right();
        assert_eq!(line.text(), "");
    }

    #[test]
    fn what_deceives_is_not_taken_and_the_length_is_bounded() {
        assert_eq!(line("a\u{202e}\u{7}\u{301}b\\").text(), "ab\\");
        assert_eq!(line(&"x".repeat(1_000)).text().len(), MAX_CHARACTERS);
    }
}
