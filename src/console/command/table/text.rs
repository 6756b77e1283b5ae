//! Editing whatever line is being written.

use super::{Command, always, read};
use crate::console::state::TextLine;

pub(super) const COMMANDS: &[Command] = &[
    read("text.left", "Go one character left", None, always, |state| state.edit(TextLine::left)),
    read("text.right", "Go one character right", None, always, |state| state.edit(TextLine::right)),
    read("text.start", "Go to the start of the line", None, always, |state| state.edit(TextLine::start)),
    read("text.end", "Go to the end of the line", None, always, |state| state.edit(TextLine::end)),
    read("text.delete-back", "Delete the character before", None, always, |state| {
        state.edit(TextLine::delete_back);
    }),
    read("text.delete", "Delete the character under the cursor", None, always, |state| {
        state.edit(TextLine::delete);
    }),
    read("text.delete-word", "Delete the word before", None, always, |state| {
        state.edit(TextLine::delete_word);
    }),
    read("text.clear", "Delete the whole line", None, always, |state| state.edit(TextLine::clear)),
];
