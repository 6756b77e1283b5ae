//! A configuration that is being edited.

use std::fmt;

use super::error::EditError;
use super::layout::{DUPLICATION, Form, Layout, List, Written, name};
use super::splice::{Splice, apply};
use super::{block, format, legacy, list, scalar};
use crate::servers::Role;
use crate::text::caret;

/// A text in TOML whose servers can be changed. Every change leaves the text as
/// it was where it fails.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    text: String,
}

/// Where an address stands. All places count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPlace {
    /// The block.
    pub block: usize,
    /// The list.
    pub role: Role,
    /// The place in the list.
    pub entry: usize,
}

impl Document {
    /// A text that is TOML.
    ///
    /// # Errors
    /// It is none, or `servers` is nothing that can be edited.
    pub fn new(text: impl Into<String>) -> Result<Self, EditError> {
        let text = text.into();
        Layout::of(&text)?;
        Ok(Self { text })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many blocks there are.
    pub fn blocks(&self) -> usize {
        Layout::of(&self.text).map_or(0, |layout| layout.blocks.len())
    }

    /// Says how many blocks an agent has to be attested by; `None`: no word of it.
    ///
    /// # Errors
    /// The text cannot be edited.
    pub fn set_duplication(&mut self, duplication: Option<u64>) -> Result<(), EditError> {
        self.change(|text, layout| {
            Ok(match duplication {
                Some(value) => scalar::set(text, layout, DUPLICATION, &value.to_string()),
                None => {
                    let keys = scalar::keys(layout).filter(|key| key.name == DUPLICATION);
                    keys.map(|key| scalar::remove(text, key)).collect()
                }
            })
        })
    }

    /// Adds a block after the last.
    ///
    /// # Errors
    /// The text cannot be edited.
    pub fn add_block(&mut self, registrars: &[String], verifiers: &[String]) -> Result<(), EditError> {
        self.change(|text, layout| Ok(block::add(text, layout, registrars, verifiers)))
    }

    /// Removes a block, with the comments directly above it.
    ///
    /// # Errors
    /// There is no such block.
    pub fn remove_block(&mut self, index: usize) -> Result<(), EditError> {
        self.change(|text, layout| {
            known(layout, index)?;
            Ok(block::remove(text, layout, index))
        })
    }

    /// Moves a block to another place; those between move up or down.
    ///
    /// # Errors
    /// There is no such block or place.
    pub fn move_block(&mut self, from: usize, to: usize) -> Result<(), EditError> {
        let mut moved = self.clone();
        let layout = Layout::of(&self.text)?;
        known(&layout, from)?;
        known(&layout, to)?;
        let steps: Vec<_> = if from < to { (from..to).collect() } else { (to..from).rev().collect() };
        for step in steps {
            moved.change(|text, layout| Ok(block::swap(text, layout, step)))?;
        }
        *self = moved;
        Ok(())
    }

    /// Writes an address in the place of another.
    ///
    /// # Errors
    /// There is no such address.
    pub fn set_entry(&mut self, place: EntryPlace, entry: &str) -> Result<(), EditError> {
        self.change(|text, layout| {
            let list = written_list(text, layout, place)?.ok_or_else(|| no_entry(place, 0))?;
            let range = list.elements.get(place.entry).ok_or_else(|| no_entry(place, list.elements.len()))?;
            let old = text.get(range.clone()).unwrap_or_default();
            Ok(vec![Splice::replace(range.clone(), quote_like(old, entry))])
        })
    }

    /// Puts an address into a list, before the one at the place or after the last.
    ///
    /// # Errors
    /// There is no such block, or the place is further than after the last.
    pub fn insert_entry(&mut self, place: EntryPlace, entry: &str) -> Result<(), EditError> {
        self.change(|text, layout| {
            known(layout, place.block)?;
            match written_list(text, layout, place)? {
                Some(list) if place.entry > list.elements.len() => Err(no_entry(place, list.elements.len())),
                Some(list) => {
                    let like =
                        list.elements.first().and_then(|range| text.get(range.clone())).unwrap_or_default();
                    Ok(list::insert(text, &list, place.entry, &quote_like(like, entry)))
                }
                None if place.entry > 0 => Err(no_entry(place, 0)),
                None => Ok(new_list(text, layout, place, entry)),
            }
        })
    }

    /// Takes an address out of its list.
    ///
    /// # Errors
    /// There is no such address.
    pub fn remove_entry(&mut self, place: EntryPlace) -> Result<(), EditError> {
        self.change(|text, layout| {
            let list = written_list(text, layout, place)?.ok_or_else(|| no_entry(place, 0))?;
            if place.entry >= list.elements.len() {
                return Err(no_entry(place, list.elements.len()));
            }
            Ok(list::remove(text, &list, place.entry))
        })
    }

    /// Moves an address inside its list; comments stay where they are.
    ///
    /// # Errors
    /// There is no such address or place.
    pub fn move_entry(&mut self, place: EntryPlace, to: usize) -> Result<(), EditError> {
        self.change(|text, layout| {
            let list = written_list(text, layout, place)?.ok_or_else(|| no_entry(place, 0))?;
            let count = list.elements.len();
            let missing = [place.entry, to].into_iter().find(|entry| *entry >= count);
            if let Some(entry) = missing {
                return Err(no_entry(EntryPlace { entry, ..place }, count));
            }
            let mut order: Vec<_> = list.elements.clone();
            let moved = order.remove(place.entry);
            order.insert(to, moved);
            let pairs = list.elements.iter().zip(order).filter(|(old, new)| *old != new);
            let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
            Ok(pairs.map(|(old, new)| Splice::replace(old.clone(), part(new))).collect())
        })
    }

    /// Turns the keys of agents before Enhancement 119 into one block. Comments
    /// stay.
    ///
    /// # Errors
    /// There are blocks already, or no such keys.
    pub fn migrate(&mut self) -> Result<(), EditError> {
        self.change(legacy::to_block)
    }

    /// Turns one block of one registrar, and at most one verifier, into the keys
    /// of agents before Enhancement 119.
    ///
    /// # Errors
    /// There are more, or the keys exist already.
    pub fn migrate_back(&mut self) -> Result<(), EditError> {
        self.change(legacy::to_keys)
    }

    /// Writes every list of addresses in one form; how many were not in it.
    /// Comments stay.
    ///
    /// # Errors
    /// The text cannot be edited.
    pub fn format_lists(&mut self) -> Result<usize, EditError> {
        let mut count = 0;
        self.change(|text, layout| {
            let splices = format::lists(text, layout);
            count = splices.len();
            Ok(splices)
        })?;
        Ok(count)
    }

    fn change(
        &mut self,
        splices: impl FnOnce(&str, &Layout) -> Result<Vec<Splice>, EditError>,
    ) -> Result<(), EditError> {
        let layout = Layout::of(&self.text)?;
        let changed = apply(&self.text, splices(&self.text, &layout)?);
        // A text that is written in a way nobody thought of is left alone.
        Layout::of(&changed).map_err(|error| EditError::Unsafe { message: error.to_string() })?;
        self.text = changed;
        Ok(())
    }
}

fn known(layout: &Layout, index: usize) -> Result<(), EditError> {
    let count = layout.blocks.len();
    if index < count { Ok(()) } else { Err(EditError::NoBlock { index: index + 1, count }) }
}

fn no_entry(place: EntryPlace, count: usize) -> EditError {
    EditError::NoEntry { block: place.block + 1, role: place.role, index: place.entry + 1, count }
}

fn written_list(text: &str, layout: &Layout, place: EntryPlace) -> Result<Option<List>, EditError> {
    known(layout, place.block)?;
    let written = layout.blocks.get(place.block).and_then(|block| block.list(place.role));
    match written {
        None => Ok(None),
        Some(Written { list: Ok(list), .. }) => Ok(Some(list.clone())),
        Some(Written { list: Err(found), key }) => Err(EditError::Shape {
            line: caret::place(text, key.range.start).line,
            what: name(place.role).to_owned(),
            found,
            wanted: "a list such as [\"host\"]",
        }),
    }
}

/// A list with one address, in a block that has none of the role.
fn new_list(text: &str, layout: &Layout, place: EntryPlace, entry: &str) -> Vec<Splice> {
    let Some(block) = layout.blocks.get(place.block) else { return Vec::new() };
    let line = format!("{} = [{}]", name(place.role), quote(entry));
    if let Some(Form::Inline(_)) = layout.form {
        return vec![match block.last_key {
            Some(end) => Splice::insert(end, format!(", {line}")),
            None => Splice::replace(block.range.clone(), format!("{{ {line} }}")),
        }];
    }
    let other = match place.role {
        Role::Verifier => block.registrars.as_ref().map(|written| written.key.range.clone()),
        Role::Registrar => None,
    };
    let after = other.as_ref().map_or(block.range.end, |key| key.end);
    let like = other.as_ref().map_or(block.range.start, |key| key.start);
    let indent = super::splice::indentation(text, like);
    vec![scalar::after_line(text, after, &format!("{indent}{line}"))]
}

/// A string of TOML.
pub(super) fn quote(text: &str) -> String {
    toml_edit::Value::from(text).to_string().trim().to_owned()
}

/// A string of TOML with the quotes of another, where that can be.
fn quote_like(old: &str, text: &str) -> String {
    let is_literal = old.starts_with('\'') && !old.starts_with("'''");
    let fits = !text.contains(|character: char| character == '\'' || character.is_control());
    if is_literal && fits { format!("'{text}'") } else { quote(text) }
}

/// Without the text: an address may hold a password.
impl fmt::Debug for Document {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Document").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}
