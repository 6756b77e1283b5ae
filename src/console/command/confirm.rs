//! The question before a command that writes.

use super::dispatch::carry_out_confirmed;
use super::{Command, Effect, Reason};
use crate::console::state::{Notice, State, TextLine};

/// A command that waits for the operator's yes.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmation {
    command: Command,
    argument: String,
    /// What it is about, where it is given nothing; fit to be shown.
    object: Option<String>,
    /// What was written so far as the answer.
    pub line: TextLine,
}

impl Confirmation {
    /// The question about a command and what it was given.
    pub(super) fn new(command: Command, argument: &str, object: Option<String>) -> Self {
        Self { command, argument: argument.to_owned(), object, line: TextLine::default() }
    }

    /// What is asked about.
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// What the command was given.
    pub fn argument(&self) -> &str {
        &self.argument
    }

    /// Whether the object has to be written as the answer: what cannot be
    /// undone is not done by a slip of one finger.
    pub fn wants_words(&self) -> bool {
        self.command.effect == Effect::Destroy
    }

    /// What has to be written to agree.
    pub fn words(&self) -> &str {
        if self.argument.is_empty() { self.command.name() } else { &self.argument }
    }

    /// The question, without the answer.
    pub fn question(&self) -> String {
        let object = match (&self.object, self.argument.is_empty()) {
            (Some(object), _) => format!(" {object}"),
            (None, true) => String::new(),
            (None, false) => format!(" {}", self.argument),
        };
        match self.wants_words() {
            true => format!("{}{object}? This cannot be undone. Write {}: ", self.command.doc, self.words()),
            false => format!("{}{object}? y = yes, n = no ", self.command.doc),
        }
    }

    fn agreed(&self) -> Result<(), Reason> {
        match self.wants_words() && self.line.text().trim() != self.words() {
            true => {
                Err(Reason::new(format!("to go on, write {}; esc leaves everything as it is", self.words())))
            }
            false => Ok(()),
        }
    }
}

/// Whether the answer is a yes.
///
/// # Errors
/// What is missing to it.
pub(super) fn is_agreed(state: &State) -> Result<(), Reason> {
    state.confirmation.as_ref().map_or_else(|| Err(Reason::silent()), Confirmation::agreed)
}

/// Does what was asked about; why it is refused after all is said.
pub(super) fn agree(state: &mut State) {
    if let Some(confirmation) = state.confirmation.take()
        && let Err(refusal) = carry_out_confirmed(state, &confirmation)
    {
        state.notice = Some(Notice::problem(refusal.to_string()));
    }
}
