//! Checks for machines.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::tasks::quotes::{AgentCheck, Found};
use crate::tpm::quote::Step;

pub(super) fn write(out: &mut dyn Write, checks: &[&AgentCheck]) -> io::Result<()> {
    let agents: Vec<_> = checks.iter().map(|check| agent(check)).collect();
    writeln!(out, "{}", json!({"schema": 1, "agents": agents}))
}

fn agent(check: &AgentCheck) -> Value {
    json!({
        "id": check.agent.shown(),
        "group": check.group,
        "source": check.source.word(),
        "attestation": check.index,
        "received": check.received,
        "conclusion": match check.found {
            Found::Evidence(conclusion) => conclusion.word(),
            Found::Awaited => "awaited",
            Found::NothingKept => "nothing kept",
        },
        "clean": check.is_clean(),
        "verifier": {
            "evaluation": check.verifier.evaluation.map(|evaluation| evaluation.word()),
            "attestation_status": check.verifier.status,
        },
        "said": check.compared(),
        "steps": check.steps.iter().map(step).collect::<Vec<_>>(),
        "notes": check.notes,
    })
}

fn step(step: &Step) -> Value {
    let fact = |fact: &crate::tpm::quote::Fact| json!({"name": fact.name, "value": fact.value});
    json!({
        "code": step.code,
        "title": step.title,
        "result": step.result.word(),
        "said": step.said,
        "facts": step.facts.iter().map(fact).collect::<Vec<_>>(),
    })
}
