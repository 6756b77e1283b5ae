//! The rows of the form, as lines.

use crate::console::page::verdicts;
use crate::console::state::{Editor, Row};
use crate::console::theme::Role;
use crate::console::widget::prompt;
use crate::console::widget::styled::{StyledLine, cut, labelled};
use crate::servers::document::{Diagnostic, Entry, List};
use crate::servers::edit::EntryPlace;
use crate::servers::{self, Severity, registrar_agent_face, registrar_operator_face, verifier_endpoint};

/// Columns of what a row is.
const LABEL: usize = 16;

/// Columns of an address at most, where what it means stands beside it.
const ENTRY: usize = 40;

/// Columns from which on it is worth to tell what an address means.
const MEANING: usize = 16;

/// One row in so many columns.
pub(super) fn row(editor: &Editor, number: usize, row: Row, ascii: bool, columns: usize) -> StyledLine {
    let worst = editor.form().of_row(number).map(|found| found.severity).max();
    let (sign, role) = sign(worst, ascii);
    let line = StyledLine::new().with(role, sign).with(Role::Text, " ");
    let is_written = editor.place() == number;
    if let (true, Some(field)) = (is_written, editor.field()) {
        let label = line.field(Role::Strong, label(row), LABEL);
        let rest = columns.saturating_sub(LABEL + 2);
        let meaning = meaning_of(editor, row);
        let room =
            rest.saturating_sub(meaning.as_ref().map_or(0, |text| text.chars().count().min(rest / 2) + 3));
        let written = label.then(prompt::written("", field.line.parts(), room, true));
        return match meaning {
            Some(meaning) => written.with(Role::Dim, format!("  {}", cut(&meaning, rest / 2))),
            None => written,
        };
    }
    match row {
        Row::Duplication => {
            let found = &editor.form().document.duplication;
            let value = match (found.requested, &found.span) {
                (Some(value), Some(_)) => value.to_string(),
                (Some(value), None) => format!("{value} (not written)"),
                (None, _) => "not a number".to_owned(),
            };
            line.field(Role::Text, "duplication", LABEL).with(Role::Strong, value)
        }
        Row::Block(block) => {
            let (name, usable) = match editor.form().document.blocks.get(block) {
                Some(found) => (found.name.clone(), found.usable(editor.mode())),
                None => (None, false),
            };
            let name = name.map(|name| format!(" {name}")).unwrap_or_default();
            let line = line.with(Role::Strong, format!("block {}{name}", block + 1));
            if usable { line } else { line.with(Role::Warn, "   cannot be used") }
        }
        Row::Entry(place) => {
            let Some(entry) = entry(editor, place) else { return line };
            let line = line.field(Role::Text, label(row), LABEL);
            match meaning_of(editor, row) {
                Some(meaning) if columns >= LABEL + longest(editor) + MEANING + 4 => {
                    let line = line.field(Role::Strong, &entry.shown, longest(editor));
                    let room = columns - LABEL - longest(editor) - 4;
                    line.with(Role::Dim, format!("  {}", cut(&meaning, room)))
                }
                _ => {
                    line.with(Role::Strong, cut(&entry.shown, columns.saturating_sub(LABEL + 2)).into_owned())
                }
            }
        }
        Row::Empty { .. } => line.field(Role::Dim, label(row), LABEL).with(Role::Dim, "none; a adds one"),
        Row::NewBlock => line.with(Role::Dim, "A adds a block"),
    }
}

/// What is said of a row below it: its remarks, and what is being written
/// wrongly.
pub(super) fn remarks(editor: &Editor, number: usize, fix: Option<&str>, columns: usize) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    if let Some(fault) = editor.field().and_then(|field| field.fault.as_deref()) {
        lines.extend(labelled(StyledLine::new(), 4, Role::Problem, fault, columns));
    }
    for found in editor.form().of_row(number) {
        lines.extend(remark(found, fix, columns));
    }
    lines
}

/// A diagnostic with what to do.
pub(super) fn remark(found: &Diagnostic, fix: Option<&str>, columns: usize) -> Vec<StyledLine> {
    let (_, role) = sign(Some(found.severity), true);
    let mut lines = labelled(StyledLine::new(), 4, role, &found.message, columns);
    if let Some(hint) = &found.hint {
        lines.extend(labelled(StyledLine::new(), 4, Role::Text, &format!("→ {hint}"), columns));
    }
    if let (Some(fixed), Some(key)) = (&found.fix, fix) {
        let words = format!("→ {key}: {}", fixed.title);
        lines.extend(labelled(StyledLine::new(), 4, Role::Key, &words, columns));
    }
    lines
}

/// How many errors, warnings and remarks there are.
pub(super) fn counts(editor: &Editor) -> StyledLine {
    let count = |severity| editor.form().document.count(severity);
    let mut line = StyledLine::new();
    for (severity, role, one) in [
        (Severity::Error, Role::Bad, "error"),
        (Severity::Warning, Role::Warn, "warning"),
        (Severity::Info, Role::Dim, "remark"),
    ] {
        if count(severity) > 0 {
            line = line.with(Role::Text, "   ").with(role, verdicts::some(count(severity), one));
        }
    }
    if line.width() == 0 { line.with(Role::Good, "   no remark") } else { line }
}

fn sign(severity: Option<Severity>, ascii: bool) -> (&'static str, Role) {
    match severity {
        Some(Severity::Error) if ascii => ("x", Role::Bad),
        Some(Severity::Error) => ("✗", Role::Bad),
        Some(Severity::Warning) => ("!", Role::Warn),
        Some(Severity::Info) => ("i", Role::Dim),
        None => (" ", Role::Text),
    }
}

/// Columns that the longest address needs.
fn longest(editor: &Editor) -> usize {
    let lists = editor.form().document.blocks.iter().flat_map(|block| [&block.registrars, &block.verifiers]);
    let entries = lists.flat_map(|list| &list.entries).map(|entry| entry.shown.chars().count());
    entries.max().unwrap_or(0).clamp(MEANING, ENTRY)
}

fn label(row: Row) -> &'static str {
    match row {
        Row::Duplication => "duplication",
        Row::Entry(EntryPlace { role, .. }) | Row::Empty { role, .. } => match role {
            servers::Role::Registrar => "  registrar",
            servers::Role::Verifier => "  verifier",
        },
        Row::Block(_) | Row::NewBlock => "",
    }
}

fn entry(editor: &Editor, place: EntryPlace) -> Option<&Entry> {
    list(editor, place)?.entries.get(place.entry)
}

fn list(editor: &Editor, place: EntryPlace) -> Option<&List> {
    let block = editor.form().document.blocks.get(place.block)?;
    Some(match place.role {
        servers::Role::Registrar => &block.registrars,
        servers::Role::Verifier => &block.verifiers,
    })
}

/// What an address resolves to; none where it is no address.
fn meaning_of(editor: &Editor, row: Row) -> Option<String> {
    let Row::Entry(place) = row else { return None };
    let address = entry(editor, place)?.address.as_ref()?;
    Some(match place.role {
        servers::Role::Verifier => verifier_endpoint(address).to_string(),
        servers::Role::Registrar => {
            let (agents, operators) = (registrar_agent_face(address), registrar_operator_face(address));
            match agents == operators {
                true => agents.to_string(),
                false => format!("{agents}, operators {operators}"),
            }
        }
    })
}
