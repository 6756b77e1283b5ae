//! One agent as a row.

use std::fmt;
use std::sync::Arc;

use super::{columns, keylime};
use crate::console::glyph;
use crate::console::state::{AgentColumn, State};
use crate::console::theme::Role;
use crate::console::widget::Target;
use crate::console::widget::table::{Cell, Rows};
use crate::fleet::{AgentInGroup, AgentView, Flag, Judgement, Reason, ReasonWords, rough};
use crate::text::duration::Short;
use crate::text::{ShownTo, shown_to};

/// The group that the row speaks of: the one whose verdict is the row's, and
/// of several the one with the oldest success.
pub fn deciding(agent: &AgentView) -> Option<&Arc<AgentInGroup>> {
    let same = agent.groups.iter().filter(|inside| inside.judgement.verdict == agent.verdict);
    // `max_by_key` takes the last of equals; the first configured is meant.
    same.rev().max_by_key(|inside| inside.judgement.age)
}

/// The age of a success as a row shows it. An agent that attests steadily has
/// another age with every answer, which means nothing: of it only the limit is
/// shown. Other ages stand in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownAge {
    /// Whether it is less than that.
    pub is_less: bool,
    /// Seconds.
    pub seconds: u64,
}

/// What a row shows of the age; none without a success.
pub fn shown_age(inside: &AgentInGroup) -> Option<ShownAge> {
    let Judgement { reason, age, limit, .. } = inside.judgement;
    let age = age?;
    Some(match (reason, rough(age)) {
        (Reason::Fresh, _) => ShownAge { is_less: true, seconds: limit },
        (_, 0) => ShownAge { is_less: true, seconds: 10 },
        (_, seconds) => ShownAge { is_less: false, seconds },
    })
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
    let judged = |inside: &AgentInGroup| {
        let Judgement { verdict, flags, reason, age: _, limit } = inside.judgement;
        (inside.group, verdict, flags, reason, limit, shown_age(inside), last_verdict(inside))
    };
    judged(one) == judged(other)
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
pub fn reason<'a>(state: &'a State, agent: &'a AgentView) -> impl fmt::Display + 'a {
    RowReason { state, agent }
}

struct RowReason<'a> {
    state: &'a State,
    agent: &'a AgentView,
}

impl fmt::Display for RowReason<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(inside) = deciding(self.agent) else { return Ok(()) };
        if self.agent.groups.len() > 1 {
            write!(out, "{}: ", group_name(self.state, inside))?;
        }
        ReasonWords { inside, is_rough: true }.fmt(out)
    }
}

/// The name of the group, fit to be shown.
pub fn group_name<'a>(state: &'a State, inside: &AgentInGroup) -> ShownTo<'a> {
    let group = state.snapshot.groups.get(inside.group);
    shown_to(group.map_or("?", |group| &*group.name), 24)
}

/// The rows of the table.
pub(super) struct AgentRows<'a>(pub &'a State);

impl Rows for AgentRows<'_> {
    fn cell(&self, row: usize, column: usize, cell: &mut Cell<'_, '_>) {
        let state = self.0;
        let Some(agent) = state.agents.row(row) else { return };
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
                cell.print(role, format_args!("{} of {}", coverage.have, coverage.want));
            }
            columns::KEYLIME => match inside.and_then(|inside| inside.record.as_deref()) {
                Some(record) => {
                    let words = keylime::InColumns(record, cell.columns());
                    cell.print(Role::Text, format_args!("{words}"));
                }
                None => cell.write("–", Role::Dim),
            },
            columns::AGE => match inside.and_then(|inside| shown_age(inside)) {
                Some(ShownAge { is_less: true, seconds }) => {
                    cell.print(Role::Text, format_args!("<{}", Short(seconds)));
                }
                Some(ShownAge { seconds, .. }) => cell.print(Role::Text, format_args!("{}", Short(seconds))),
                None => cell.write("–", Role::Dim),
            },
            columns::FLAGS => flags(agent, cell),
            columns::IDENTITY => {
                let found = state.agents.identities().and_then(|found| found.of(&agent.id));
                let (sign, word, role) = glyph::identity(found, cell.ascii());
                cell.write(sign, role);
                cell.print(role, format_args!("{word}"));
            }
            columns::REASON => cell.print(Role::Dim, format_args!("{}", reason(state, agent))),
            _ => {}
        }
    }

    /// A column orders; the one that does already turns around.
    fn title_target(&self, column: usize) -> Option<Target> {
        let sort = self.0.agents.sort();
        if columns::of(sort.key) == column {
            return Some(Target::command("sort.reverse"));
        }
        let key = AgentColumn::ALL.into_iter().find(|key| columns::of(*key) == column)?;
        Some(Target::Command(format!("sort.by {}", key.name()).into()))
    }
}

fn groups(state: &State, agent: &AgentView, cell: &mut Cell<'_, '_>) {
    match agent.groups.as_slice() {
        [only] => cell.print(Role::Text, format_args!("{}", group_name(state, only))),
        several => cell.print(Role::Text, format_args!("{} groups", several.len())),
    }
}

/// The flags of the row as words; that its groups differ is one of them.
pub(super) fn flag_words(agent: &AgentView) -> impl Iterator<Item = &'static str> {
    agent.split.then_some("split").into_iter().chain(agent.flags.iter().map(Flag::word))
}

/// Whole words as long as they fit, then how many are left: `latched +2`.
fn flags(agent: &AgentView, cell: &mut Cell<'_, '_>) {
    let count = flag_words(agent).count();
    let mut written = 0;
    for (number, word) in flag_words(agent).enumerate() {
        let left = count - number - 1;
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
    if written < count {
        cell.print(Role::Warn, format_args!(" +{}", count - written));
    }
}
