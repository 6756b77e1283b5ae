//! One digest with every step that judged it, and the values that were compared.

use super::check::{NOT_ENFORCED, check_lines};
use super::evidence::{old_words, root};
use crate::console::glyph;
use crate::console::keymap::Context;
use crate::console::page::verdicts;
use crate::console::state::{Explaining, Explanation, Inspection, State, StepRow};
use crate::console::theme::Role;
use crate::console::widget::styled::{StyledLine, labelled, wrap};
use crate::policy::evidence::StepResult;

/// Columns before a value, and before one that has lines of its own.
const VALUE: usize = 4;
const LONG: usize = 6;

/// The explanation in lines.
pub(super) fn lines(
    state: &State,
    inspection: &Inspection,
    explaining: &Explaining,
    columns: usize,
) -> Vec<StyledLine> {
    let explanation = match &explaining.outcome {
        None => return vec![StyledLine::new().with(Role::Dim, "going through every step…")],
        Some(Err(words)) => {
            return labelled(
                StyledLine::new(),
                0,
                Role::Bad,
                &format!("Cannot be explained: {words}"),
                columns,
            );
        }
        Some(Ok(explanation)) => explanation,
    };
    let mut lines = Vec::new();
    head(&mut lines, state, inspection, (explaining, explanation), columns);
    title(&mut lines, format!("Demanded, but {NOT_ENFORCED}"));
    for check in &explanation.checks {
        lines.extend(check_lines(check, state.ascii, columns));
    }
    for (name, sum, steps) in &explanation.bundles {
        title(&mut lines, format!("Bundle {name}"));
        lines.extend(labelled(StyledLine::new(), 2, Role::Dim, &format!("sha256 {sum}"), columns));
        for step in steps {
            step_lines(&mut lines, step, state.ascii, columns);
        }
    }
    title(
        &mut lines,
        verdicts::some_of(explanation.all_paths, "path has this digest", "paths have this digest"),
    );
    for path in &explanation.paths {
        lines.extend(labelled(StyledLine::new(), 2, Role::Text, path, columns));
    }
    let more = explanation.all_paths.saturating_sub(explanation.paths.len());
    if more > 0 {
        let key = state.keymap.keys_of(Context::Policy, "policy.follow").next();
        let key = key.map(|key| format!("; {key} lists all of them")).unwrap_or_default();
        lines.push(StyledLine::new().with(Role::Dim, format!("  and {more} more{key}")));
    }
    lines
}

fn title(lines: &mut Vec<StyledLine>, words: String) {
    lines.push(StyledLine::new());
    lines.push(StyledLine::new().with(Role::Heading, words));
}

/// The digest, what came of it, with which root and when, and the report.
fn head(
    lines: &mut Vec<StyledLine>,
    state: &State,
    inspection: &Inspection,
    (explaining, explanation): (&Explaining, &Explanation),
    columns: usize,
) {
    lines.extend(labelled(StyledLine::new(), 0, Role::Strong, &explanation.digest, columns));
    let evidence = inspection.judgement().and_then(|judgement| judgement.evidence.as_ref());
    let Some((evidence, (_, sum))) = evidence.zip(explanation.report.as_ref()) else {
        lines.push(StyledLine::new().with(Role::Unknown, "Nothing was judged: no evidence was read."));
        return;
    };
    let (sign, word, role) = glyph::outcome(explanation.status, state.ascii);
    let at = evidence.0.judged_at.strftime("%Y-%m-%d %H:%M:%S UTC");
    lines.push(
        StyledLine::new().with(role, format!("{sign} {word}")).with(Role::Dim, format!("   judged at {at}")),
    );
    let listed = inspection.judgement().and_then(|judgement| judgement.verdict(explaining.demand));
    if let Some(before) = listed.map(|verdict| verdict.status).filter(|before| *before != explanation.status)
    {
        let (_, word, _) = glyph::outcome(before, state.ascii);
        let key = state.keymap.keys_of(Context::Policy, "evidence.write").next();
        let key = key.unwrap_or_else(|| ":evidence".to_owned());
        let words = format!(
            "The list says {word}: the evidence was changed since, and was read again for this; {key} judges all anew."
        );
        lines.extend(labelled(StyledLine::new(), 0, Role::Problem, &words, columns));
    }
    lines.push(root(&evidence.0, columns));
    let old = old_words(&evidence.0);
    lines.extend(old.iter().flat_map(|words| labelled(StyledLine::new(), 0, Role::Warn, words, columns)));
    let key = state.keymap.keys_of(Context::Policy, "evidence.write-export").next();
    let key = key.unwrap_or_else(|| ":evidence-export".to_owned());
    let words = format!("{key} writes this as a JSON report with the SHA-256");
    lines.extend(labelled(StyledLine::new(), 0, Role::Dim, &words, columns));
    lines.extend(labelled(StyledLine::new(), 2, Role::Text, sum, columns));
}

fn step_lines(lines: &mut Vec<StyledLine>, step: &StepRow, ascii: bool, columns: usize) {
    let (sign, plain, word, role) = match step.result {
        StepResult::Holds => ("✓", "+", "holds", Role::Good),
        StepResult::Fails => ("✗", "X", "fails", Role::Bad),
        StepResult::NotJudged => ("·", "-", "not judged", Role::Neutral),
    };
    let sign = if ascii { plain } else { sign };
    lines.push(StyledLine::new().with(role, format!("  {sign} {word}  ")).with(Role::Strong, step.title));
    lines.extend(labelled(StyledLine::new(), 4, Role::Text, &step.said, columns));
    for (name, values) in &step.facts {
        fact_lines(lines, name, values, columns);
    }
}

/// A value beside its name where it has room there, else below it.
fn fact_lines(lines: &mut Vec<StyledLine>, name: &str, values: &[String], columns: usize) {
    let label =
        StyledLine::new().with(Role::Text, " ".repeat(VALUE)).with(Role::Information, name.replace('_', " "));
    if let [only] = values
        && label.width() + 2 + only.chars().count() <= columns
    {
        lines.push(label.with(Role::Text, format!("  {only}")));
        return;
    }
    lines.push(label);
    for value in values {
        for line in wrap(value, columns.saturating_sub(LONG)) {
            lines.push(StyledLine::new().with(Role::Text, format!("{}{line}", " ".repeat(LONG))));
        }
    }
}
