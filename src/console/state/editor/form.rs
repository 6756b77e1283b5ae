//! The rows of the form, read from the text.

use std::ops::Range;

use crate::servers::document::{self, Diagnostic, Document, Learned, Mode, Origin};
use crate::servers::edit::EntryPlace;
use crate::servers::{Role, Severity, availability, backends, headroom};

/// Each server is up so often where the probability of staying satisfied is told.
const EACH_IS_UP: f64 = 0.99;

/// One row of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// `verification_duplication`.
    Duplication,
    /// A block, from 0.
    Block(usize),
    /// An address.
    Entry(EntryPlace),
    /// Where a first address of a list can be added.
    Empty {
        /// The block, from 0.
        block: usize,
        /// The list.
        role: Role,
    },
    /// Where a block can be added.
    NewBlock,
}

/// What a text says, as rows.
#[derive(Clone, Debug)]
pub struct Form {
    /// The text, read.
    pub document: Document,
    /// The rows.
    pub rows: Vec<Row>,
    /// For each diagnostic its row; none: it is about the file.
    owners: Vec<Option<usize>>,
    /// What can fail, a line each.
    pub headroom: Vec<String>,
}

impl Form {
    /// Reads a text as it means in a mode, with what was learned of its servers.
    pub(super) fn of(text: &str, mode: Mode, learned: &Learned) -> Self {
        let mut document = document::read(text, &[mode]);
        let more = document::learned(&document, text, learned);
        document.diagnostics.extend(more);
        document.diagnostics.sort_by_key(|found| (found.span.start, found.severity));
        let rows = rows(&document);
        let owners = document.diagnostics.iter().map(|found| owner(found, &document, &rows)).collect();
        let headroom = headroom_words(&document, mode);
        Self { document, rows, owners, headroom }
    }

    /// The diagnostics of a row.
    pub fn of_row(&self, row: usize) -> impl Iterator<Item = &Diagnostic> {
        self.owned(Some(row))
    }

    /// The diagnostics that are about the file and no row.
    pub fn of_file(&self) -> impl Iterator<Item = &Diagnostic> {
        self.owned(None)
    }

    fn owned(&self, row: Option<usize>) -> impl Iterator<Item = &Diagnostic> {
        let found = self.document.diagnostics.iter().zip(&self.owners);
        found.filter(move |(_, owner)| **owner == row).map(|(found, _)| found)
    }

    /// The rows that have a diagnostic, in order, each once.
    pub(super) fn faulty(&self) -> Vec<usize> {
        let mut rows: Vec<_> = self.owners.iter().copied().flatten().collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Whether the blocks are written as blocks, and can be edited as rows.
    pub fn has_blocks(&self) -> bool {
        matches!(self.document.origin, Origin::Root | Origin::Agent)
    }

    /// Errors that the text has.
    pub fn errors(&self) -> usize {
        self.document.count(Severity::Error)
    }

    /// The bytes of a row in the text.
    pub fn span(&self, row: Row) -> Option<Range<usize>> {
        match row {
            Row::Duplication => self.document.duplication.span.clone(),
            Row::Block(block) => self.document.blocks.get(block).map(|block| block.span.clone()),
            Row::Empty { block, .. } => self.document.blocks.get(block).map(|block| block.span.clone()),
            Row::Entry(place) => {
                let block = self.document.blocks.get(place.block)?;
                let list = match place.role {
                    Role::Registrar => &block.registrars,
                    Role::Verifier => &block.verifiers,
                };
                list.entries.get(place.entry).map(|entry| entry.span.clone())
            }
            Row::NewBlock => None,
        }
    }
}

fn rows(document: &Document) -> Vec<Row> {
    let mut rows = vec![Row::Duplication];
    if !matches!(document.origin, Origin::Root | Origin::Agent) {
        rows.push(Row::NewBlock);
        return rows;
    }
    for (number, block) in document.blocks.iter().enumerate() {
        rows.push(Row::Block(number));
        for (role, list) in [(Role::Registrar, &block.registrars), (Role::Verifier, &block.verifiers)] {
            if list.entries.is_empty() {
                rows.push(Row::Empty { block: number, role });
            }
            rows.extend(
                (0..list.entries.len()).map(|entry| Row::Entry(EntryPlace { block: number, role, entry })),
            );
        }
    }
    rows.push(Row::NewBlock);
    rows
}

/// The row that a diagnostic is about: the address or value that it points at,
/// else the block that it stands in.
fn owner(found: &Diagnostic, document: &Document, rows: &[Row]) -> Option<usize> {
    let at = found.span.start;
    let holds = |span: &Range<usize>| span.start <= at && at < span.end.max(span.start + 1);
    let wanted = if document.duplication.span.as_ref().is_some_and(&holds) {
        Row::Duplication
    } else {
        let (number, block) =
            document.blocks.iter().enumerate().rev().find(|(_, block)| block.span.start <= at)?;
        if block.span.is_empty() {
            return None;
        }
        let lists = [(Role::Registrar, &block.registrars), (Role::Verifier, &block.verifiers)];
        let entry = lists.into_iter().find_map(|(role, list)| {
            let entry = list.entries.iter().position(|entry| holds(&entry.span))?;
            Some(Row::Entry(EntryPlace { block: number, role, entry }))
        });
        entry.unwrap_or(Row::Block(number))
    };
    rows.iter().position(|row| *row == wanted)
}

/// A share with as many digits as tell something.
fn percent(share: f64) -> String {
    let text = format!("{:.6}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What can fail before the demand is missed, and how likely it is met.
fn headroom_words(document: &Document, mode: Mode) -> Vec<String> {
    let backends = backends(document, mode);
    let Some(wanted) = document.duplication.requested.and_then(|wanted| usize::try_from(wanted).ok()) else {
        return Vec::new();
    };
    if backends.is_empty() || wanted == 0 {
        return vec!["no block can be used yet".to_owned()];
    }
    let found = headroom(&backends, wanted);
    if found.blocks_may_fail < 0 {
        return vec![format!("{wanted} blocks are wanted, {} can be used: it cannot be met", found.usable)];
    }
    let blocks = match found.blocks_may_fail {
        0 => "no block may fail".to_owned(),
        1 => "1 block may fail".to_owned(),
        several => format!("{several} blocks may fail"),
    };
    let chance = availability(&backends, wanted, EACH_IS_UP);
    let about = if chance.exact { "" } else { "about " };
    let mut lines = vec![format!(
        "{wanted} of {} wanted: {blocks}; at {} % for each server it is met {about}{} % of the time",
        found.usable,
        EACH_IS_UP * 100.0,
        percent(chance.satisfied)
    )];
    if let Some(point) = found.single_points.first() {
        let more = match found.single_points.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        lines.push(format!("enough alone to miss it: {}{more}", point.name));
    }
    lines
}
