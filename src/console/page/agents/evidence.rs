//! The evidence of one agent, checked by us: per group what it comes to beside
//! the verifier's word, then every step with its values.

use crate::console::keymap::Context;
use crate::console::state::{EvidenceOf, State};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled};
use crate::tasks::quotes::{AgentCheck, COST, Found, Source};
use crate::text::sanitise_to;
use crate::tpm::quote::{Conclusion, Step, StepResult};

/// Columns of the results.
const RESULT: usize = 15;

/// Columns in front of the values.
const VALUE: usize = 4;

/// All lines, for a pane of this width.
pub(super) fn lines(state: &State, width: usize) -> Vec<StyledLine> {
    let mut lines = Vec::new();
    let mut said = |role, words: &str| lines.extend(labelled(StyledLine::new(), 0, role, words, width));
    if let Some(source) = state.evidence.asking() {
        said(
            Role::Information,
            match source {
                Source::Verifier => "asking the verifiers for what the agent attested…",
                Source::Agent => "asking the agent for a quote…",
            },
        );
        return lines;
    }
    let Some(groups) = state.examined().and_then(|agent| state.evidence.of(&agent.id)) else {
        said(Role::Dim, "nothing was checked yet");
        return lines;
    };
    if groups.is_empty() {
        said(Role::Dim, "no group has this agent any more");
    }
    for of_group in groups {
        lines.push(StyledLine::new());
        of(state, of_group, width, &mut lines);
    }
    lines
}

fn of(state: &State, EvidenceOf { group, checked }: &EvidenceOf, width: usize, lines: &mut Vec<StyledLine>) {
    let title = match checked {
        Ok(AgentCheck { source: Source::Agent, .. }) => "the agent's own answer".to_owned(),
        Ok(AgentCheck { index: Some(index), received: Some(received), .. }) => {
            format!("attestation {index}, {received}")
        }
        Ok(AgentCheck { index: Some(index), .. }) => format!("attestation {index}"),
        _ => "evidence".to_owned(),
    };
    let title = format!("in {}: {title}", sanitise_to(group, 40));
    lines.extend(labelled(StyledLine::new(), 0, Role::Heading, &title, width));
    let check = match checked {
        Ok(check) => check,
        Err(words) => {
            lines.extend(labelled(StyledLine::new(), 0, Role::Warn, words, width));
            return;
        }
    };
    let role = match check.found {
        Found::Evidence(Conclusion::Holds) => Role::Good,
        Found::Evidence(Conclusion::Fails) => Role::Bad,
        Found::Evidence(Conclusion::NotCheckable) => Role::Warn,
        Found::Awaited | Found::NothingKept => Role::Neutral,
    };
    lines.extend(labelled(StyledLine::new(), 0, role, &check.compared(), width));
    if check.found == Found::NothingKept {
        let key = state.keymap.keys_of(Context::Detail, "agent.ask").next();
        let key = key.unwrap_or_else(|| ":ask-quote".to_owned());
        let words = format!("{key} asks it for a quote over a nonce of ours; {COST}");
        lines.extend(labelled(StyledLine::new(), 0, Role::Text, &words, width));
    }
    let failed: Vec<_> =
        check.steps.iter().filter(|step| step.result == StepResult::Failed).map(|step| step.title).collect();
    if !failed.is_empty() {
        let label = StyledLine::new().with(Role::Bad, "failed");
        lines.extend(labelled(label, RESULT, Role::Strong, &failed.join("; "), width));
        lines.push(StyledLine::new());
    }
    for step in &check.steps {
        of_step(step, width, lines);
    }
    for note in &check.notes {
        let label = StyledLine::new().with(Role::Dim, "note");
        lines.extend(labelled(label, RESULT, Role::Dim, note, width));
    }
}

fn of_step(step: &Step, width: usize, lines: &mut Vec<StyledLine>) {
    let role = match step.result {
        StepResult::Passed => Role::Good,
        StepResult::Failed => Role::Bad,
        StepResult::NotCheckable => Role::Unknown,
    };
    let label = StyledLine::new().with(role, step.result.word());
    let words = format!("{}: {}", step.title, step.said);
    lines.extend(labelled(label, RESULT, Role::Text, &words, width));
    for fact in &step.facts {
        let value = format!("{} {}", fact.name, fact.value);
        lines.extend(labelled(StyledLine::new(), VALUE, Role::Dim, &value, width));
    }
}
