//! One agent as a row.

use std::sync::Arc;

use super::{columns, keylime};
use crate::console::glyph;
use crate::console::state::{SortKey, State};
use crate::console::theme::Role;
use crate::console::widget::Target;
use crate::console::widget::table::{Cell, Rows};
use crate::fleet::{AgentInGroup, AgentView, Flag};
use crate::text::duration::short;
use crate::text::sanitise_to;

/// The group that the row speaks of: the one whose verdict is the row's, and
/// of several the one with the oldest success.
pub fn deciding(agent: &AgentView) -> Option<&Arc<AgentInGroup>> {
    let same = agent.groups.iter().filter(|inside| inside.judgement.verdict == agent.verdict);
    // `max_by_key` takes the last of equals; the first configured is meant.
    same.rev().max_by_key(|inside| inside.judgement.age)
}

/// Whether two agents make the same row.
pub fn looks_like(one: &AgentView, other: &AgentView) -> bool {
    (&one.id, one.verdict, one.split, one.coverage, one.flags, one.groups.len())
        == (&other.id, other.verdict, other.split, other.coverage, other.flags, other.groups.len())
        && match (deciding(one), deciding(other)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || inside_looks_like(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
}

fn inside_looks_like(one: &AgentInGroup, other: &AgentInGroup) -> bool {
    let last_verdict = |inside: &AgentInGroup| inside.last_known.as_ref().map(|last| last.verdict);
    (one.group, &one.judgement, last_verdict(one)) == (other.group, &other.judgement, last_verdict(other))
        && match (&one.record, &other.record) {
            (Some(one), Some(other)) => {
                (&one.attestation_status, one.operational_state, one.is_push(), &one.last_event_id)
                    == (
                        &other.attestation_status,
                        other.operational_state,
                        other.is_push(),
                        &other.last_event_id,
                    )
            }
            (one, other) => one.is_none() && other.is_none(),
        }
}

/// Why the row's verdict is what it is; with the group's name where it is not
/// the only one.
pub fn reason(state: &State, agent: &AgentView) -> String {
    let Some(inside) = deciding(agent) else { return String::new() };
    let words = inside.reason_words();
    match agent.groups.len() {
        0 | 1 => words,
        _ => format!("{}: {words}", group_name(state, inside)),
    }
}

/// The name of the group, fit to be shown.
pub fn group_name(state: &State, inside: &AgentInGroup) -> String {
    let group = state.snapshot.groups.get(inside.group);
    group.map_or_else(|| "?".to_owned(), |group| sanitise_to(&group.name, 24).into_string())
}

/// The rows of the table.
pub(super) struct AgentRows<'a>(pub &'a State);

impl Rows for AgentRows<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let state = self.0;
        let Some(agent) = state.agents.row(&state.snapshot, row) else { return };
        let inside = deciding(agent);
        match column {
            columns::VERDICT => {
                let role = glyph::verdict_role(agent.verdict);
                cell.write(glyph::verdict(agent.verdict, cell.ascii()), role);
                cell.write(" ", role);
                cell.write(agent.verdict.word(), role);
            }
            columns::AGENT => cell.write(agent.shown.as_str(), Role::Text),
            columns::GROUPS => groups(state, agent, cell),
            columns::COVERAGE => {
                let coverage = agent.coverage;
                let role = if coverage.have < coverage.want { Role::Warn } else { Role::Text };
                cell.write(&format!("{} of {}", coverage.have, coverage.want), role);
            }
            columns::KEYLIME => match inside.and_then(|inside| inside.record.as_deref()) {
                Some(record) => cell.write(&keylime::in_columns(record, cell.columns()), Role::Text),
                None => cell.write("–", Role::Dim),
            },
            columns::AGE => match inside.and_then(|inside| inside.judgement.age) {
                Some(age) => cell.write(&short(age), Role::Text),
                None => cell.write("–", Role::Dim),
            },
            columns::FLAGS => flags(agent, cell),
            columns::REASON => cell.write(&reason(state, agent), Role::Dim),
            _ => {}
        }
    }

    /// A column orders; the one that does already turns around.
    fn title_target(&self, column: usize) -> Option<Target> {
        let sort = self.0.agents.sort();
        if columns::of(sort.key) == column {
            return Some(Target::command("sort.reverse"));
        }
        let key = SortKey::ALL.into_iter().find(|key| columns::of(*key) == column)?;
        Some(Target::Command(format!("sort.by {}", key.name()).into()))
    }
}

fn groups(state: &State, agent: &AgentView, cell: &mut Cell<'_, '_>) {
    match agent.groups.as_slice() {
        [only] => cell.write(&group_name(state, only), Role::Text),
        several => cell.write(&format!("{} groups", several.len()), Role::Text),
    }
}

/// The flags of the row as words; that its groups differ is one of them.
pub(super) fn flag_words(agent: &AgentView) -> impl Iterator<Item = &'static str> {
    agent.split.then_some("split").into_iter().chain(agent.flags.iter().map(Flag::word))
}

/// Whole words as long as they fit, then how many are left: `latched +2`.
fn flags(agent: &AgentView, cell: &mut Cell<'_, '_>) {
    let words: Vec<_> = flag_words(agent).collect();
    let mut written = 0;
    for (number, word) in words.iter().enumerate() {
        let left = words.len() - number - 1;
        let gap = if number == 0 { "" } else { " " };
        // Room for ` +9` behind it, if this is not the last one.
        let needed = gap.len() + word.len() + if left == 0 { 0 } else { 3 };
        if number > 0 && needed > cell.columns() {
            break;
        }
        cell.write(gap, Role::Warn);
        cell.write(word, Role::Warn);
        written += 1;
    }
    if written < words.len() {
        cell.write(&format!(" +{}", words.len() - written), Role::Warn);
    }
}
