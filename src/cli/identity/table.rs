//! An audit for people: the findings, the worst first, and what is worth knowing.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::tasks::identity::{AgentAudit, Audit};
use crate::text::count::some;
use crate::text::{RemoteText, sanitise};
use crate::tpm::identity::{Finding, Severity};

/// Agents of which a kind of note names this many at most.
const NAMED: usize = 3;

pub(super) fn write(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    for group in &audit.groups {
        match (group.listed, &group.failure) {
            (Some(listed), None) => writeln!(out, "{}: {}", group.group, some(listed, "agent", "agents"))?,
            (Some(listed), Some(_)) => {
                writeln!(out, "{}: {} of {listed} agents read", group.group, group.read)?
            }
            (None, _) => writeln!(out, "{}: not audited", group.group)?,
        }
    }
    match &audit.vendors {
        None => writeln!(
            out,
            "No certificates of TPM makers were given (vendor_roots in limescope.toml, or --vendor-roots): no chain was \
             checked."
        )?,
        Some(vendors) if vendors.used.is_ok() => writeln!(out, "{}.", sentence(&vendors.words()))?,
        Some(_) => writeln!(out, "vendor_roots cannot be used: no chain was checked.")?,
    }
    findings(out, audit)?;
    notes(out, audit)?;
    if let Some(pinning) = &audit.pinning {
        let learned = some(pinning.learned, "agent was", "agents were");
        writeln!(out, "\n{learned} pinned now; {} in all.", pinning.pinned)?;
        gone(out, &pinning.gone)?;
    }
    let bad = audit.agents.iter().filter(|agent| agent.findings().next().is_some()).count();
    writeln!(
        out,
        "{}{}: {}, {} on {}.",
        if audit.pinning.is_none() { "\n" } else { "" },
        some(audit.agents.len(), "agent", "agents"),
        some(count(audit, Severity::Error), "error", "errors"),
        some(count(audit, Severity::Warning), "warning", "warnings"),
        some(bad, "agent", "agents"),
    )
}

/// With a capital letter at its beginning.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn count(audit: &Audit, severity: Severity) -> usize {
    let all = audit.agents.iter().flat_map(AgentAudit::findings);
    all.filter(|finding| finding.severity == severity).count()
}

fn findings(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    for severity in [Severity::Error, Severity::Warning] {
        for agent in &audit.agents {
            for finding in agent.findings().filter(|finding| finding.severity == severity) {
                let word = severity.word();
                writeln!(out, "\n{word}  {}  {}  {}", agent.id.shown(), agent.group, finding.code)?;
                writeln!(out, "    {}\n    → {}", finding.words, finding.next_step)?;
            }
        }
    }
    Ok(())
}

/// Who is pinned and not there any more: usually a machine that was given up.
fn gone(out: &mut dyn Write, gone: &[(RemoteText, String)]) -> io::Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let named = gone.iter().take(NAMED).map(|(id, group)| format!("{} in {}", id.shown(), sanitise(group)));
    writeln!(
        out,
        "{} no longer at the registrar of their group ({}{}): `limescope identity pins remove ID` forgets them.",
        some(gone.len(), "pinned agent is", "pinned agents are"),
        named.collect::<Vec<_>>().join(", "),
        if gone.len() > NAMED { ", …" } else { "" }
    )
}

/// What is worth knowing is much the same of many agents: once for each kind.
fn notes(out: &mut dyn Write, audit: &Audit) -> io::Result<()> {
    let mut kinds: BTreeMap<&str, (&Finding, Vec<&AgentAudit>)> = BTreeMap::new();
    for agent in &audit.agents {
        for note in agent.notes() {
            kinds.entry(note.code).or_insert_with(|| (note, Vec::new())).1.push(agent);
        }
    }
    for (code, (note, agents)) in kinds {
        let named: Vec<_> = agents.iter().take(NAMED).map(|agent| agent.id.shown().into_string()).collect();
        let more = if agents.len() > NAMED { ", …" } else { "" };
        writeln!(
            out,
            "\ninfo  {}  {code} ({}{more})\n    {}",
            some(agents.len(), "agent", "agents"),
            named.join(", "),
            note.words
        )?;
    }
    Ok(())
}
