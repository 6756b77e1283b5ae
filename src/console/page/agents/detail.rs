//! The details of one agent: per group our verdict and why, Keylime's words,
//! every flag explained, what changed lately, and all that the verifiers hold.

use super::{evidence, fields, keylime, raw, row};
use crate::console::glyph;
use crate::console::page::{condition, events, verdicts};
use crate::console::state::{Detail, State};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled, wrap};
use crate::fleet::{AgentInGroup, AgentView, Flag, Flags};
use crate::text::duration::words;
use crate::text::sanitise_to;

/// The rules of the contract in their order; the first that matches decides.
const RULES: [&str; 7] = [
    "the group or its verifier gives no usable answer",
    "at the registrar, and not at the verifier",
    "a push agent's own status",
    "a pull agent's operational state",
    "no attestation has ever succeeded",
    "the last success is older than the limit",
    "none of the others: attested",
];

/// Columns of the labels.
const LABEL: usize = 13;

/// All lines, as wide as the pane has room.
pub fn lines(state: &State, detail: &Detail) -> Vec<StyledLine> {
    let width = usize::from(state.size.detail_width());
    let agent = &detail.agent;
    let mut lines: Vec<_> = wrap(agent.shown.as_str(), width)
        .into_iter()
        .map(|part| StyledLine::new().with(Role::Strong, part))
        .collect();
    if detail.is_gone {
        let words =
            "Gone: neither a verifier nor a registrar lists it any more. This is what was known last.";
        lines.extend(labelled(StyledLine::new(), 0, Role::Warn, words, width));
    }
    lines.push(summary(state, agent));
    if detail.is_evidence {
        lines.extend(evidence::lines(state, width));
        return lines;
    }
    if detail.is_raw {
        json(state, agent, width, &mut lines);
        return lines;
    }
    for inside in &agent.groups {
        lines.push(StyledLine::new());
        in_group(state, inside, width, &mut lines);
    }
    let of_row = only_of_row(agent);
    if !of_row.is_empty() {
        lines.push(StyledLine::new());
        flags(of_row, width, &mut lines);
    }
    changes(state, agent, width, &mut lines);
    for inside in &agent.groups {
        if let Some(record) = &inside.record {
            let title = format!("all that the verifier of {} holds", row::group_name(state, inside));
            lines.extend([StyledLine::new(), StyledLine::new().with(Role::Heading, title)]);
            for (name, value) in fields::fields(record) {
                let label = StyledLine::new().with(Role::Dim, name);
                lines.extend(labelled(label, LABEL, Role::Text, &value, width));
            }
        }
    }
    lines
}

/// The last events of the agent, the newest first.
fn changes(state: &State, agent: &AgentView, width: usize, lines: &mut Vec<StyledLine>) {
    let mut events = state.events_of(&agent.id).peekable();
    if events.peek().is_none() {
        return;
    }
    lines.extend([StyledLine::new(), StyledLine::new().with(Role::Heading, "last changes")]);
    for event in events {
        let group = sanitise_to(&event.group, 24);
        let what = StyledLine::new()
            .with(Role::Dim, format!("{}  ", events::when(event.at)))
            .with(Role::Text, format!("{group}  "));
        lines.push(what.then(events::change(event, state.ascii)));
        lines.extend(labelled(StyledLine::new(), 2, Role::Text, &event.why, width));
    }
}

/// The records as JSON, one after the other.
fn json(state: &State, agent: &AgentView, width: usize, lines: &mut Vec<StyledLine>) {
    for inside in &agent.groups {
        let title = format!("in {}", row::group_name(state, inside));
        lines.extend([StyledLine::new(), StyledLine::new().with(Role::Heading, title)]);
        match &inside.record {
            None => lines.push(StyledLine::new().with(Role::Dim, "no verifier has it")),
            Some(record) => {
                let pieces = raw::lines(record).into_iter().flat_map(|line| raw::pieces(&line, width));
                lines.extend(pieces.map(|piece| StyledLine::new().with(Role::Text, piece)));
            }
        }
    }
}

fn summary(state: &State, agent: &AgentView) -> StyledLine {
    let coverage = agent.coverage;
    let line = StyledLine::new()
        .with(glyph::verdict_role(agent.verdict), verdicts::one(agent.verdict, state.ascii))
        .with(Role::Text, format!("   attested by {} of {} wanted", coverage.have, coverage.want));
    if agent.split { line.with(Role::Warn, "   split: its groups differ") } else { line }
}

fn in_group(state: &State, inside: &AgentInGroup, width: usize, lines: &mut Vec<StyledLine>) {
    let judgement = &inside.judgement;
    lines.push(StyledLine::new().with(Role::Heading, format!("in {}", row::group_name(state, inside))));
    let verdict = StyledLine::new()
        .with(glyph::verdict_role(judgement.verdict), verdicts::one(judgement.verdict, state.ascii));
    lines.extend(labelled(verdict, LABEL, Role::Text, &inside.reason_words(), width));
    let mut said = |name: &'static str, text: &str| {
        let label = StyledLine::new().with(Role::Dim, name);
        lines.extend(labelled(label, LABEL, Role::Text, text, width));
    };
    let rule = judgement.reason.rule();
    said(
        "by rule",
        &format!(
            "{rule} of 7: {}",
            RULES.get(usize::from(rule).saturating_sub(1)).copied().unwrap_or_default()
        ),
    );
    let group = state.snapshot.groups.get(inside.group);
    if let Some(words) = group.and_then(|group| condition::of_group(state, group)) {
        said("the group", &words);
    }
    if let Some(last) = &inside.last_known {
        let age =
            last.age.map(|age| format!(", last success {} before that", words(age))).unwrap_or_default();
        said("known last", &format!("{}{age}", last.verdict.word()));
    }
    if let Some(record) = &inside.record {
        let state = keylime::state(record).map(|state| format!(", {state}")).unwrap_or_default();
        said("Keylime says", &format!("{}{state}", keylime::status(record)));
        if let Some(event) = record.last_event_id.as_ref().filter(|event| !event.is_empty()) {
            let severity =
                record.severity_level.map(|level| format!(", severity {level}")).unwrap_or_default();
            said("event", &format!("{}{severity}", event.shown_to(160)));
        }
    }
    flags(judgement.flags, width, lines);
}

/// The flags that no group has: they are about the row.
fn only_of_row(agent: &AgentView) -> Flags {
    let in_groups = agent.groups.iter().fold(Flags::NONE, |flags, inside| flags.with(inside.judgement.flags));
    in_groups.iter().fold(agent.flags, Flags::without)
}

fn flags(flags: Flags, width: usize, lines: &mut Vec<StyledLine>) {
    for flag in flags.iter() {
        let label = StyledLine::new().with(Role::Warn, Flag::word(flag));
        // Names of flags are longer than the other labels: the words go below.
        lines.push(label);
        lines.extend(labelled(StyledLine::new(), LABEL.min(2), Role::Text, flag.words(), width));
    }
}
