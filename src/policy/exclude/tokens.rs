//! The characters of an expression, taken as Python's tokenizer takes them: a backslash and what follows are one.

use super::syntax::{Fault, FaultKind};

/// One character, or a backslash with the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Plain(char),
    Escape(char),
}

/// The characters, with one token of foresight.
pub(super) struct Tokens<'a> {
    characters: &'a [char],
    index: usize,
    /// The next token; none at the end.
    pub(super) next: Option<Token>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(characters: &'a [char]) -> Result<Self, Fault> {
        let mut tokens = Self { characters, index: 0, next: None };
        tokens.advance()?;
        Ok(tokens)
    }

    fn advance(&mut self) -> Result<(), Fault> {
        self.next = match self.characters.get(self.index) {
            None => None,
            Some('\\') => {
                let Some(&escaped) = self.characters.get(self.index + 1) else {
                    return Err(Fault {
                        kind: FaultKind::Refused,
                        message: "bad escape (end of pattern)".to_owned(),
                        position: self.index,
                    });
                };
                self.index += 2;
                Some(Token::Escape(escaped))
            }
            Some(&plain) => {
                self.index += 1;
                Some(Token::Plain(plain))
            }
        };
        Ok(())
    }

    pub(super) fn get(&mut self) -> Result<Option<Token>, Fault> {
        let this = self.next;
        self.advance()?;
        Ok(this)
    }

    /// Takes the next token if it is this plain character.
    pub(super) fn take(&mut self, character: char) -> Result<bool, Fault> {
        let is_it = self.next == Some(Token::Plain(character));
        if is_it {
            self.advance()?;
        }
        Ok(is_it)
    }

    /// Takes up to `limit` plain characters that fit.
    pub(super) fn while_fits(&mut self, limit: usize, fits: fn(char) -> bool) -> Result<String, Fault> {
        let mut taken = String::new();
        let mut count = 0;
        while count < limit
            && let Some(Token::Plain(character)) = self.next
            && fits(character)
        {
            taken.push(character);
            count += 1;
            self.advance()?;
        }
        Ok(taken)
    }

    /// What comes before the terminator; both are taken.
    pub(super) fn until(&mut self, terminator: char, what: &str) -> Result<String, Fault> {
        let mut taken = String::new();
        loop {
            let next = self.next;
            self.advance()?;
            match next {
                None if taken.is_empty() => return Err(self.fault(format!("missing {what}"))),
                None => return Err(self.fault(format!("missing {terminator}, unterminated name"))),
                Some(Token::Plain(character)) if character == terminator => break,
                Some(Token::Plain(character)) => taken.push(character),
                Some(Token::Escape(character)) => taken.extend(['\\', character]),
            }
        }
        if taken.is_empty() { Err(self.fault(format!("missing {what}"))) } else { Ok(taken) }
    }

    /// The place of the next token.
    pub(super) fn tell(&self) -> usize {
        self.index
            - match self.next {
                None => 0,
                Some(Token::Plain(_)) => 1,
                Some(Token::Escape(_)) => 2,
            }
    }

    pub(super) fn seek(&mut self, place: usize) -> Result<(), Fault> {
        self.index = place;
        self.advance()
    }

    /// Python refuses, here.
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault { kind: FaultKind::Refused, message: message.into(), position: self.tell() }
    }

    /// A fault of another kind, here.
    pub(super) fn fault_of(&self, kind: FaultKind, message: impl Into<String>) -> Fault {
        Fault { kind, message: message.into(), position: self.tell() }
    }
}
