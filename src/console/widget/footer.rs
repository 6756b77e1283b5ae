//! The last line: the keys that matter now, made from table and keymap.

use super::styled::StyledLine;
use crate::console::command::{self, TABLE};
use crate::console::state::{FilterLine, State};
use crate::console::theme::Role;

/// One command in the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Its first key.
    pub key: String,
    /// One or two words.
    pub label: &'static str,
    /// Whether it would run now.
    pub enabled: bool,
}

/// The commands that have a key where the operator is, in order of the table.
pub fn hints(state: &State) -> Vec<Hint> {
    let context = state.context();
    TABLE
        .iter()
        .filter_map(|command| {
            let key = state.keymap.keys_of(context, command.id).next()?;
            let enabled = command::may_run(state, command).is_ok();
            Some(Hint { key, label: command.hint?, enabled })
        })
        .collect()
}

/// The line in so many columns: a filter being written, else a notice, else
/// the hints that fit.
pub fn line(state: &State, columns: usize) -> StyledLine {
    if let Some(line) = &state.line {
        return writing(line, columns);
    }
    if let Some(notice) = &state.notice {
        let role = if notice.is_problem { Role::Problem } else { Role::Strong };
        return StyledLine::new().with(role, notice.words.clone());
    }
    let mut line = StyledLine::new();
    if !state.pending.is_empty() {
        let keys = crate::console::keymap::sequence_text(&state.pending);
        line = line.with(Role::Key, keys).with(Role::Dim, " …   ");
    }
    if let Some((first, last, all)) = state.overlay_in_sight() {
        line = line.with(Role::Strong, format!("lines {first} to {last} of {all}"));
    }
    for hint in hints(state) {
        let (key, label) = if hint.enabled { (Role::Key, Role::Text) } else { (Role::Dim, Role::Dim) };
        let piece = StyledLine::new().with(key, hint.key).with(label, format!(" {}", hint.label));
        let gap = if line.width() == 0 { "" } else { "   " };
        if line.width() + gap.len() + piece.width() > columns {
            break;
        }
        line = line.with(Role::Text, gap).then(piece);
    }
    line
}

fn writing(line: &FilterLine, columns: usize) -> StyledLine {
    let (before, after) = line.parts();
    let mut rest = after.chars();
    let under: String = rest.next().unwrap_or(' ').into();
    let error = line.error().map(|error| format!("   {error}")).unwrap_or_default();
    // What is being written stays in sight: the start of a long line gives way.
    let room = columns.saturating_sub(4).max(1);
    let mut shown: Vec<_> = before.chars().rev().take(room).collect();
    shown.reverse();
    StyledLine::new()
        .with(Role::Key, "/")
        .with(Role::Text, shown.into_iter().collect::<String>())
        .with(Role::Selection, under)
        .with(Role::Text, rest.collect::<String>())
        .with(Role::Problem, error)
}
