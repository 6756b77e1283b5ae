//! What a text says about servers.

use std::ops::Range;
use std::path::Path;

use crate::servers::conceal::conceal;
use crate::servers::{Address, Severity};

use super::diagnostic::Diagnostic;

/// Who reads the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// An agent that the verifier asks. It uses registrars only.
    Pull,
    /// An agent that brings its evidence to a verifier.
    Push,
    /// limescope itself: the text is `limescope.toml`.
    Console,
}

impl Mode {
    /// `pull`, `push` or `console`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Console => "console",
        }
    }

    /// Whether a block needs verifiers to be of use.
    pub fn needs_verifiers(self) -> bool {
        self != Self::Pull
    }
}

/// A text, read.
#[derive(Clone, Debug)]
pub struct Document {
    /// The modes it was judged in.
    pub modes: Vec<Mode>,
    /// Where the blocks come from.
    pub origin: Origin,
    /// The blocks in the order of the text, as far as they could be read.
    pub blocks: Vec<Block>,
    /// How many blocks an agent is to be verified by.
    pub duplication: Duplication,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings beyond the number that is kept.
    pub omitted: usize,
    /// One for each of `modes`.
    pub readings: Vec<Reading>,
    /// Whether the text is no TOML.
    pub(super) broken: bool,
}

impl Document {
    /// The reading in one mode, if it was asked for.
    pub fn reading(&self, mode: Mode) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.mode == mode)
    }

    /// The reading to show where only one can be: the first valid one, else
    /// the first.
    pub fn chief_reading(&self) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.valid).or(self.readings.first())
    }

    /// Whether the text is right in at least one of the modes.
    pub fn valid(&self) -> bool {
        self.readings.iter().any(|reading| reading.valid)
    }

    /// How many diagnostics have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Each diagnostic with its source line and carets, without secrets.
    /// `source` is the text that was read, `origin` its name.
    pub fn render(&self, source: &str, origin: &Path) -> Vec<String> {
        let mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let plain = source.get(mark..).unwrap_or_default();
        let concealed = conceal(plain, &[], self.broken);
        self.diagnostics
            .iter()
            .map(|diagnostic| {
                let mut diagnostic = diagnostic.clone();
                diagnostic.span =
                    diagnostic.span.start.saturating_sub(mark)..diagnostic.span.end.saturating_sub(mark);
                diagnostic.render(origin, &concealed, &self.modes)
            })
            .collect()
    }
}

/// Where blocks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `[[servers]]` at the root.
    Root,
    /// `[[agent.servers]]`.
    Agent,
    /// One block made of `registrar_ip`, `verifier_url` and their like.
    Legacy,
    /// One block of the agent's built-in defaults: nothing is written.
    Defaults,
    /// There are none.
    Nothing,
}

/// One block: addresses that share one backend.
#[derive(Clone, Debug)]
pub struct Block {
    /// Position, from 1.
    pub index: usize,
    /// Its header; the table where it is written inline; empty where the block
    /// was made of other keys.
    pub span: Range<usize>,
    /// Its name, where one is written (console only).
    pub name: Option<String>,
    /// Where agents register.
    pub registrars: List,
    /// Where evidence is judged.
    pub verifiers: List,
    /// Registrars as operators use them (console only).
    pub registrar_admin: List,
}

impl Block {
    /// Adds to every place: bytes of a mark before the text.
    pub(super) fn shift(&mut self, by: usize) {
        let moved = |span: &mut Range<usize>| *span = span.start + by..span.end + by;
        moved(&mut self.span);
        for list in [&mut self.registrars, &mut self.verifiers, &mut self.registrar_admin] {
            moved(&mut list.span);
            list.key.iter_mut().for_each(moved);
            list.entries.iter_mut().for_each(|entry| moved(&mut entry.span));
        }
    }

    /// Whether the block counts for the duplication in this mode.
    pub fn usable(&self, mode: Mode) -> bool {
        let registrars = self.registrars.addresses().next().is_some()
            || (mode == Mode::Console && self.registrar_admin.addresses().next().is_some());
        registrars && (!mode.needs_verifiers() || self.verifiers.addresses().next().is_some())
    }
}

/// A list of addresses.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Its key; `None` where the list is not written.
    pub key: Option<Range<usize>>,
    /// Its value; empty where the list is not written.
    pub span: Range<usize>,
    /// What is written in it, readable or not.
    pub entries: Vec<Entry>,
    /// Whether something was meant to be there that is no list.
    pub(super) other_type: bool,
}

impl List {
    /// The entries that could be read.
    pub fn addresses(&self) -> impl Iterator<Item = (&Entry, &Address)> {
        self.entries.iter().filter_map(|entry| entry.address.as_ref().map(|address| (entry, address)))
    }

    /// Whether anything is written in it.
    pub(super) fn is_written(&self) -> bool {
        self.other_type || !self.entries.is_empty()
    }
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its value with the quotation marks.
    pub span: Range<usize>,
    /// The text with userinfo masked, sanitised.
    pub shown: String,
    /// What it means; `None` where it is no address.
    pub address: Option<Address>,
    /// What it would mean without its userinfo, where that is its fault: to be
    /// shown, never to be used.
    pub without_userinfo: Option<Address>,
}

/// `verification_duplication`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplication {
    /// The number: 1 where nothing is written, `None` where something else
    /// than a number that TOML can hold is.
    pub requested: Option<i64>,
    /// The value, where it is written.
    pub span: Option<Range<usize>>,
}

/// What the text means in one mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The mode.
    pub mode: Mode,
    /// Whether there is no error.
    pub valid: bool,
    /// For each block, whether it counts.
    pub usable: Vec<bool>,
    /// Usable blocks: the most that `verification_duplication` can be.
    pub max: usize,
    /// `max` − requested; below 0 where it cannot be met.
    pub headroom: Option<i64>,
}
