//! Checks for people: every step with the values that were compared.

use std::io::{self, Write};

use crate::tasks::quotes::{AgentCheck, Source};
use crate::text::count::some;
use crate::tpm::quote::{Step, StepResult};

pub(super) fn write(out: &mut dyn Write, checks: &[&AgentCheck]) -> io::Result<()> {
    for (number, check) in checks.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        one(out, check)?;
    }
    if checks.len() > 1 {
        let bad = checks.iter().filter(|check| !check.is_clean()).count();
        writeln!(out, "\n{} checked, {bad} not clean.", some(checks.len(), "agent", "agents"))?;
    }
    Ok(())
}

fn one(out: &mut dyn Write, check: &AgentCheck) -> io::Result<()> {
    let of = match (check.source, check.index, &check.received) {
        (Source::Agent, ..) => "its own answer to our nonce".to_owned(),
        (Source::Verifier, Some(index), Some(received)) => {
            format!("attestation {index}, received {received}")
        }
        (Source::Verifier, Some(index), None) => format!("attestation {index}"),
        (Source::Verifier, None, _) => "the newest attestation".to_owned(),
    };
    writeln!(out, "{} in {}: {of}", check.agent.shown(), check.group)?;
    for step in &check.steps {
        write_step(out, step)?;
    }
    for note in &check.notes {
        writeln!(out, "  note: {note}")?;
    }
    writeln!(out, "  → {}", check.compared())
}

fn write_step(out: &mut dyn Write, step: &Step) -> io::Result<()> {
    let mark = match step.result {
        StepResult::Passed => "passed",
        StepResult::Failed => "FAILED",
        StepResult::NotCheckable => "not checkable",
    };
    writeln!(out, "  {mark:<13}  {}: {}", step.title, step.said)?;
    for fact in &step.facts {
        writeln!(out, "                   {} {}", fact.name, fact.value)?;
    }
    Ok(())
}
