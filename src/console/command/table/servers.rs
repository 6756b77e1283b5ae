//! Editing server blocks and duplication.

use super::{Argument, Command, Effect, Reason, always, read, read_given};
use crate::console::command::{PathKind, Values};
use crate::console::state::{Editor, EditorCommand, State};

/// A command of the editor.
macro_rules! edit {
    ($id:literal, $doc:literal, $hint:expr, $command:ident) => {
        read($id, $doc, $hint, some_file, |state| state.edit_servers(EditorCommand::$command))
    };
}

pub(super) const COMMANDS: &[Command] = &[
    edit!("servers.change", "Write the value of the row", Some("write"), Change),
    edit!("servers.add", "Add an address after the row's", Some("add"), Add),
    edit!("servers.add-block", "Add a block", Some("add block"), AddBlock),
    edit!("servers.remove", "Remove the row's address, or its whole block", Some("remove"), Remove),
    edit!("servers.move-down", "Move the row's address or block down", None, Down),
    edit!("servers.move-up", "Move the row's address or block up", None, Up),
    edit!("servers.undo", "Undo the last change", None, Undo),
    edit!("servers.redo", "Do again what was undone", None, Redo),
    edit!("servers.fix", "Put right what is wrong in the row, where that is clear", Some("fix"), Fix),
    edit!("servers.next", "Go to the next row with a remark", None, NextFault),
    edit!("servers.mode", "Read an agent's file as a pull or a push agent does", None, Mode),
    edit!("servers.text", "Show the text instead of the form, or again the form", None, Text),
    edit!("servers.migrate", "Turn the keys of older agents into a block", None, Migrate).named(&["migrate"]),
    read("servers.write-text", "Write the whole text in $VISUAL or $EDITOR", None, some_file, |state| {
        state.edit_text_outside();
    }),
    read("servers.compare", "Show what saving would change", Some("save"), sound, State::compare_file),
    read(
        "servers.compare-faulty",
        "Show what saving would change, although the text has errors",
        None,
        some_change,
        State::compare_file,
    )
    .named(&["save-faulty"]),
    Command {
        effect: Effect::Write,
        ..read("servers.save", "Save the file as compared", Some("save it"), compared, State::save_file)
    },
    read(
        "servers.reload",
        "Read the file again; undo calls back what was changed",
        None,
        some_file,
        |state| {
            state.reload_file();
        },
    )
    .named(&["reload"]),
    read_given(
        "servers.open",
        "Edit the servers of a file: an agent's configuration, or limescope.toml",
        Argument::needed("FILE", Values::Path(PathKind::File)),
        |state, path| state.edit_file(path),
    )
    .named(&["edit"]),
    read("field.keep", "Keep what was written", Some("keep"), always, |state| state.end_field(true)),
    read("field.drop", "Leave the value as it was", Some("leave"), always, |state| state.end_field(false)),
    read(
        "servers.probe",
        "Look at the address of the row: does it answer, and as whom",
        Some("probe"),
        some_file,
        |state| {
            state.probe_address();
        },
    )
    .named(&["probe"]),
];

fn some_file(state: &State) -> Result<(), Reason> {
    match state.editor.editor() {
        Some(_) => Ok(()),
        None => Err(Reason::new("no file is open")),
    }
}

fn some_change(state: &State) -> Result<(), Reason> {
    some_file(state)?;
    match state.editor.editor().is_some_and(Editor::is_modified) {
        true if !state.editor.is_busy() => Ok(()),
        true => Err(Reason::new("the file is being written")),
        false => Err(Reason::new("nothing was changed")),
    }
}

fn sound(state: &State) -> Result<(), Reason> {
    some_change(state)?;
    match state.editor.editor().map_or(0, |editor| editor.form().errors()) {
        0 => Ok(()),
        1 => Err(Reason::new("the text has an error: n goes to it; :save-faulty saves all the same")),
        errors => Err(Reason::new(format!(
            "the text has {errors} errors: n goes to them; :save-faulty saves all the same"
        ))),
    }
}

fn compared(state: &State) -> Result<(), Reason> {
    some_change(state)?;
    match state.editor.editor().is_some_and(|editor| editor.comparison().is_some()) {
        true => Ok(()),
        false => Err(Reason::new("look first at what saving would change: w")),
    }
}
