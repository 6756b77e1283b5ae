//! What an operator changes.

use super::EditorState;
use super::form::Row;
use super::open::{Editor, Field};
use crate::console::command::Reason;
use crate::console::outside::Request;
use crate::console::state::{State, TextLine};
use crate::servers::Role;
use crate::servers::document::Mode;
use crate::servers::edit::{Document, EditError, EntryPlace};

impl Editor {
    /// Changes the blocks of the text.
    fn change(&mut self, change: impl FnOnce(&mut Document) -> Result<(), EditError>) -> Result<(), Reason> {
        let text = changed(&self.text, change)?;
        self.step_to(text);
        Ok(())
    }

    /// Begins to write a row.
    fn begin(&mut self, row: Row) -> Result<(), Reason> {
        let before = self.version();
        let line = match row {
            Row::Duplication => {
                let span = self.form.document.duplication.span.clone();
                let written = span.and_then(|span| self.text.get(span)).unwrap_or_default();
                TextLine::new(crate::text::sanitise_to(written, 40).into_string())
            }
            Row::Entry(place) => TextLine::new(self.entry_text(place)),
            _ => TextLine::default(),
        };
        self.field = Some(Field { line, fault: None, row, before });
        Ok(())
    }

    /// What an address reads in its field. Userinfo is left out: it has no place
    /// there, and no password is put on the screen.
    fn entry_text(&self, place: EntryPlace) -> String {
        let block = self.form.document.blocks.get(place.block);
        let list = block.map(|block| match place.role {
            Role::Registrar => &block.registrars,
            Role::Verifier => &block.verifiers,
        });
        let Some(entry) = list.and_then(|list| list.entries.get(place.entry)) else { return String::new() };
        match entry.shown.split_once("***@") {
            Some((before, after)) => format!("{before}{after}"),
            None => entry.shown.clone(),
        }
    }

    /// A new, empty address, which is being written.
    fn begin_new(&mut self, place: EntryPlace) -> Result<(), Reason> {
        let before = self.version();
        let text = changed(&self.text, |document| document.insert_entry(place, ""))?;
        self.set_text(text);
        let row = Row::Entry(place);
        self.go_to_row(row);
        self.field = Some(Field { line: TextLine::default(), fault: None, row, before });
        Ok(())
    }

    /// What is written changes the text at once.
    fn follow_field(&mut self) {
        let Some(field) = &self.field else { return };
        let (row, written) = (field.row, field.line.text());
        // Each from the text as it is: the row is in it since it was begun.
        let result = match row {
            Row::Duplication => match written.trim() {
                "" => changed(&self.text, |document| document.set_duplication(None)),
                number => match number.parse() {
                    Ok(number) => changed(&self.text, |document| document.set_duplication(Some(number))),
                    Err(_no_number) => Err(Reason::new("write a whole number from 1, or nothing for 1")),
                },
            },
            Row::Entry(place) => changed(&self.text, |document| document.set_entry(place, &written)),
            _ => return,
        };
        match result {
            Ok(text) => {
                self.set_text(text);
                self.go_to_row(row);
                self.field.iter_mut().for_each(|field| field.fault = None);
            }
            Err(reason) => self.field.iter_mut().for_each(|field| field.fault = Some(reason.to_string())),
        }
    }

    /// What was written stays.
    fn keep_field(&mut self) {
        if let Some(field) = self.field.take() {
            let is_empty_entry = matches!(field.row, Row::Entry(_)) && field.line.text().trim().is_empty();
            if is_empty_entry {
                self.set_text(field.before.text);
                self.place = field.before.place.min(self.form.rows.len().saturating_sub(1));
            } else if field.before.text != self.text {
                self.remember(field.before);
            }
        }
    }

    /// What was written is forgotten.
    fn drop_field(&mut self) {
        if let Some(field) = self.field.take() {
            self.place = field.before.place;
            self.set_text(field.before.text);
        }
    }

    fn add(&mut self) -> Result<(), Reason> {
        match self.row() {
            Some(Row::Entry(place)) => self.begin_new(EntryPlace { entry: place.entry + 1, ..place }),
            Some(Row::Empty { block, role }) => self.begin_new(EntryPlace { block, role, entry: 0 }),
            Some(Row::Block(block)) => self.begin_new(EntryPlace { block, role: Role::Registrar, entry: 0 }),
            _ => self.add_block(),
        }
    }

    fn add_block(&mut self) -> Result<(), Reason> {
        self.change(|document| document.add_block(&[], &[]))?;
        let last = self.form.document.blocks.len().saturating_sub(1);
        self.go_to_row(Row::Block(last));
        Ok(())
    }

    fn remove(&mut self) -> Result<(), Reason> {
        match self.row() {
            Some(Row::Duplication) => self.change(|document| document.set_duplication(None)),
            Some(Row::Block(block)) => self.change(|document| document.remove_block(block)),
            Some(Row::Entry(place)) => self.change(|document| document.remove_entry(place)),
            _ => Err(Reason::new("there is nothing to remove in this row")),
        }
    }

    fn shift(&mut self, is_down: bool) -> Result<(), Reason> {
        let next = |place: usize| if is_down { Some(place + 1) } else { place.checked_sub(1) };
        let end = || Reason::new("there is no place further");
        match self.row() {
            Some(Row::Block(block)) => {
                let to = next(block).ok_or_else(end)?;
                self.change(|document| document.move_block(block, to))?;
                self.go_to_row(Row::Block(to));
                Ok(())
            }
            Some(Row::Entry(place)) => {
                let to = next(place.entry).ok_or_else(end)?;
                self.change(|document| document.move_entry(place, to))?;
                self.go_to_row(Row::Entry(EntryPlace { entry: to, ..place }));
                Ok(())
            }
            _ => Err(Reason::new("blocks and addresses move; this row does not")),
        }
    }

    fn undo(&mut self) -> Result<(), Reason> {
        let before = self.undo.pop().ok_or_else(|| Reason::new("nothing was changed"))?;
        self.redo.push(self.version());
        self.place = before.place;
        self.set_text(before.text);
        Ok(())
    }

    fn redo(&mut self) -> Result<(), Reason> {
        let after = self.redo.pop().ok_or_else(|| Reason::new("nothing was undone"))?;
        self.undo.push(self.version());
        self.place = after.place;
        self.set_text(after.text);
        Ok(())
    }

    /// Carries out the first fix of the row, else of the file.
    fn fix(&mut self) -> Result<(), Reason> {
        let found = self.form.of_row(self.place).chain(self.form.of_file());
        let fix = found.filter_map(|found| found.fix.as_ref()).next();
        let fix = fix.ok_or_else(|| Reason::new("nothing of this row can be put right by a key"))?;
        let text = fix.apply(&self.text).ok_or_else(|| Reason::new("this fix is for another text"))?;
        self.step_to(text);
        Ok(())
    }

    fn next_fault(&mut self) -> Result<(), Reason> {
        let faulty = self.form.faulty();
        let next = faulty.iter().find(|row| **row > self.place).or(faulty.first());
        self.place = *next.ok_or_else(|| Reason::new("no row has a remark"))?;
        Ok(())
    }

    fn turn_mode(&mut self) -> Result<(), Reason> {
        self.mode = match self.mode {
            Mode::Console => {
                return Err(Reason::new("this is the console's own file: it is read as the console does"));
            }
            Mode::Pull => Mode::Push,
            Mode::Push => Mode::Pull,
        };
        self.set_text(self.text.clone());
        Ok(())
    }
}

/// A text with a change of its blocks.
fn changed(
    text: &str,
    change: impl FnOnce(&mut Document) -> Result<(), EditError>,
) -> Result<String, Reason> {
    let refused = |error: EditError| Reason::new(error.to_string());
    let mut document = Document::new(text).map_err(refused)?;
    change(&mut document).map_err(refused)?;
    Ok(document.text().to_owned())
}

/// What a command of the editor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum EditorCommand {
    Change,
    Add,
    AddBlock,
    Remove,
    Down,
    Up,
    Undo,
    Redo,
    Fix,
    NextFault,
    Mode,
    Text,
    Migrate,
}

impl EditorState {
    fn run(&mut self, command: EditorCommand) -> Result<(), Reason> {
        let done = self.with(|editor| match command {
            EditorCommand::Change => match editor.row() {
                Some(row @ (Row::Duplication | Row::Entry(_))) => editor.begin(row),
                Some(_) => editor.add(),
                None => Err(Reason::new("there is no row")),
            },
            EditorCommand::Add => editor.add(),
            EditorCommand::AddBlock => editor.add_block(),
            EditorCommand::Remove => editor.remove(),
            EditorCommand::Down => editor.shift(true),
            EditorCommand::Up => editor.shift(false),
            EditorCommand::Undo => editor.undo(),
            EditorCommand::Redo => editor.redo(),
            EditorCommand::Fix => editor.fix(),
            EditorCommand::NextFault => editor.next_fault(),
            EditorCommand::Mode => editor.turn_mode(),
            EditorCommand::Text => {
                editor.shows_text = !editor.shows_text;
                Ok(())
            }
            EditorCommand::Migrate => editor.change(Document::migrate),
        });
        done.unwrap_or_else(|| Err(Reason::new("no file is open")))
    }
}

impl State {
    /// Runs a command of the editor; why it cannot be done is said.
    pub(in crate::console) fn edit_servers(&mut self, command: EditorCommand) {
        if let Err(reason) = self.editor.run(command) {
            self.notice = Some(crate::console::state::Notice::problem(reason.to_string()));
        }
    }

    /// Changes the field that is being written.
    pub(in crate::console::state) fn edit_field(&mut self, change: impl FnOnce(&mut TextLine)) {
        self.editor.with(|editor| {
            if let Some(field) = &mut editor.field {
                change(&mut field.line);
            }
            editor.follow_field();
        });
    }

    /// Ends writing the field.
    pub(in crate::console) fn end_field(&mut self, keeps: bool) {
        self.editor.with(|editor| if keeps { editor.keep_field() } else { editor.drop_field() });
    }

    /// Whether a field is being written.
    pub(in crate::console) fn writes_field(&self) -> bool {
        self.page == crate::console::state::PageId::Servers
            && self.overlay.is_none()
            && self.editor.editor().is_some_and(|editor| editor.field.is_some())
    }

    /// Gives the whole text to the operator's editor.
    pub(in crate::console) fn edit_text_outside(&mut self) {
        if let Some(editor) = self.editor.editor() {
            self.requests.push(Request::EditText { text: editor.text().to_owned() });
        }
    }

    /// Takes what the operator's editor left.
    pub(in crate::console) fn take_text(&mut self, text: String) {
        self.editor.with(|editor| editor.step_to(text));
    }
}
