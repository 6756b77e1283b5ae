//! One policy as a row.

use super::columns;
use crate::console::glyph;
use crate::console::state::{Drift, PolicyRow, State};
use crate::console::theme::Role;
use crate::console::widget::table::{Cell, Rows};
use crate::keylime::policies::PolicyKind;

/// Characters of a checksum that tell it from others.
const SHORT: usize = 12;

/// The rows of the table.
pub(super) struct PolicyRows<'a>(pub &'a State);

impl Rows for PolicyRows<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let Some(row) = self.0.policies.table().rows().get(row) else { return };
        match column {
            columns::NAME => cell.write(&row.name, Role::Strong),
            columns::SIGNATURE => match row.signature {
                Some(verdict) => {
                    let (sign, word, role) = glyph::signature(verdict, cell.ascii());
                    cell.write(sign, role);
                    cell.print(role, format_args!(" {word}"));
                }
                None => cell.write("–", Role::Dim),
            },
            columns::KIND => {
                cell.write(if row.kind == PolicyKind::Runtime { "runtime" } else { "boot" }, Role::Text)
            }
            columns::GROUPS => groups(row, cell),
            columns::DRIFT => drift(row, cell),
            columns::PATHS => match row.counts {
                Some(counts) => cell.print(Role::Text, format_args!("{}", counts.paths)),
                None => cell.write("–", Role::Dim),
            },
            columns::METADATA => match row.counts {
                Some(counts) => cell.print(Role::Text, format_args!("{}", counts.metadata)),
                None => cell.write("–", Role::Dim),
            },
            columns::SHAPE => cell.write(row.shape.unwrap_or("–"), Role::Text),
            columns::CHECKSUM => {
                let sum = row.checksum.as_deref().unwrap_or("–");
                cell.write(sum.get(..SHORT).unwrap_or(sum), Role::Dim);
            }
            columns::SEEN => match row.seen_at {
                Some(at) => {
                    let role = if row.is_stale { Role::Warn } else { Role::Dim };
                    cell.print(role, format_args!("{}", at.strftime("%H:%M:%S")));
                }
                None => cell.write("–", Role::Dim),
            },
            _ => {}
        }
    }
}

fn groups(row: &PolicyRow, cell: &mut Cell<'_, '_>) {
    match row.groups.as_slice() {
        [] => cell.write("file", Role::Dim),
        [only] => cell.write(only, Role::Text),
        several => cell.print(Role::Text, format_args!("{} groups", several.len())),
    }
}

fn drift(row: &PolicyRow, cell: &mut Cell<'_, '_>) {
    let (sign, role) = glyph::drift(row.drift, cell.ascii());
    cell.write(sign, role);
    match (row.drift, row.drift_words.as_str()) {
        // Nothing to compare: where it is, says more than a dash.
        (Drift::Unknown, words) if !words.is_empty() => cell.print(role, format_args!(" {words}")),
        (drift, "") => cell.print(role, format_args!(" {}", drift.word())),
        (drift, words) => cell.print(role, format_args!(" {}: {words}", drift.word())),
    }
}
