//! Insertions and replacements, carried out at once.

use crate::policy::json::Span;

/// New bytes in the place of a part of the text, which may be empty.
#[derive(Debug)]
struct Edit {
    at: Span,
    new: Vec<u8>,
}

/// Changes of one text that do not touch each other.
#[derive(Debug, Default)]
pub(super) struct Splice {
    edits: Vec<Edit>,
}

impl Splice {
    pub fn insert(&mut self, at: usize, new: Vec<u8>) {
        self.replace(Span::new(at, at), new);
    }

    pub fn replace(&mut self, at: Span, new: Vec<u8>) {
        self.edits.push(Edit { at, new });
    }

    /// The new text. Insertions at one byte keep their order.
    pub fn apply(mut self, text: &[u8]) -> Vec<u8> {
        self.edits.sort_by_key(|edit| edit.at);
        let added: usize = self.edits.iter().map(|edit| edit.new.len()).sum();
        let mut out = Vec::with_capacity(text.len() + added);
        let mut from = 0;
        for edit in self.edits {
            out.extend_from_slice(text.get(from..edit.at.start()).unwrap_or_default());
            out.extend_from_slice(&edit.new);
            from = edit.at.end();
        }
        out.extend_from_slice(text.get(from..).unwrap_or_default());
        out
    }
}
