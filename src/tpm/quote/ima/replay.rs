//! The list, carried to the value of PCR 10.

use super::entry::Entry;
use super::{ImaLog, Joining};
use crate::text::{count, sanitise_to};
use crate::tpm::quote::digits::digits;
use crate::tpm::quote::{Step, StepResult};
use crate::tpm::wire::{Hash, PcrBlob};

/// The PCR of IMA.
const PCR: u8 = 10;

/// Longest piece of a line in a sentence, in characters.
const SHOWN: usize = 80;

/// Replays a list to PCR 10 of every bank that the quote covers: one step for
/// the entries themselves, one per bank.
#[must_use]
pub fn replay_ima(log: &ImaLog<'_>, pcrs: &PcrBlob) -> Vec<Step> {
    let title = "IMA list, whole from its first entry";
    let joined = match log.joining {
        Joining::Whole => Step::new("ima-whole", title, StepResult::Passed, "no entry is missing"),
        Joining::Gap(from, to) => {
            let said = format!(
                "entries {} to {to} are in no record that the verifier still has: the list cannot be replayed",
                from + 1
            );
            Step::new("ima-whole", title, StepResult::NotCheckable, said)
        }
        Joining::Differs(at) => {
            let said = format!("entry {} reads differently in two records of one boot", at + 1);
            Step::new("ima-whole", title, StepResult::Failed, said)
        }
    };
    let joined = joined.fact("entries", log.lines.len().to_string());
    if log.joining != Joining::Whole {
        return vec![joined];
    }
    let entries: Vec<_> = log.lines.iter().map(|line| Entry::read(line)).collect();
    let mut steps = vec![joined, judge(&entries, &log.lines)];
    let banks: Vec<_> = pcrs.pcrs().filter(|(_, index, _)| *index == PCR).collect();
    if banks.is_empty() {
        let said = "the quote does not cover PCR 10";
        steps.push(Step::new("ima-pcr", REPLAY, StepResult::NotCheckable, said));
    }
    steps.extend(banks.into_iter().map(|(bank, _, value)| replay(&entries, log.covered, bank, value)));
    steps
}

const REPLAY: &str = "IMA list replayed to PCR 10";

/// Whether each entry is what its hash says.
fn judge(entries: &[Result<Entry<'_>, &'static str>], lines: &[&str]) -> Step {
    let (mut violations, mut unknown, mut wrong) = (0usize, 0usize, 0usize);
    let mut first = None;
    for (at, (entry, line)) in entries.iter().zip(lines).enumerate() {
        let fault = match entry {
            Err(fault) => Some((*fault).to_owned()),
            Ok(entry) if entry.is_violation() => {
                violations += 1;
                None
            }
            Ok(entry) => match entry.is_right() {
                Some(true) => None,
                Some(false) => Some("its template hash is not that of its fields".to_owned()),
                None => {
                    unknown += 1;
                    None
                }
            },
        };
        if let Some(fault) = fault {
            wrong += 1;
            first.get_or_insert((at, fault, *line));
        }
    }
    let (result, said) = match first {
        Some((at, fault, line)) => {
            let said = format!("entry {}: {fault}: {}", at + 1, sanitise_to(line, SHOWN));
            (StepResult::Failed, said)
        }
        None if unknown > 0 => (
            StepResult::NotCheckable,
            format!(
                "{} a template that is not known here",
                count::some(unknown, "entry has", "entries have")
            ),
        ),
        None => (StepResult::Passed, "every entry hashes to what the list says".to_owned()),
    };
    Step::new("ima-entries", "Entries of the IMA list", result, said)
        .fact("entries", entries.len().to_string())
        .fact("wrong", wrong.to_string())
        .fact("violations", violations.to_string())
}

/// Looks for the value of one bank.
fn replay(entries: &[Result<Entry<'_>, &'static str>], covered: u64, bank: Hash, value: &[u8]) -> Step {
    let step = |result, said: String| {
        Step::new("ima-pcr", REPLAY, result, said).fact("bank", bank.word()).fact("signed", digits(value))
    };
    let mut running = vec![0; bank.length()];
    let mut found = (running == value).then_some(0);
    let mut others = 0usize;
    for (at, entry) in entries.iter().enumerate() {
        // A line that cannot be read failed already; Keylime passes it over too.
        let Ok(entry) = entry else { continue };
        if entry.pcr != u32::from(PCR) {
            others += 1;
            continue;
        }
        let extended = entry.extended(bank).and_then(|digest| bank.digest(&[&running, &digest]));
        let Some(extended) = extended else {
            if found.is_some() {
                break;
            }
            let said = format!(
                "entry {}: what the template {} put into the bank {} is not known here",
                at + 1,
                sanitise_to(entry.template, SHOWN),
                bank.word()
            );
            return step(StepResult::NotCheckable, said);
        };
        running = extended;
        if running == value {
            found = Some(at + 1);
        }
    }
    let total = entries.len();
    let step = |result, said| match others {
        0 => step(result, said),
        others => step(result, said).fact("other-pcrs", others.to_string()),
    };
    match found {
        None => step(
            StepResult::Failed,
            "no entry of the list brings PCR 10 to the value that is signed".to_owned(),
        )
        .fact("reached", digits(&running)),
        Some(at) if (at as u64) < covered => {
            let said = format!(
                "PCR 10 stands at entry {at}, though {covered} entries were covered before: it ran backwards"
            );
            step(StepResult::Failed, said)
        }
        Some(at) if at == total => {
            step(StepResult::Passed, format!("all {} lead to it", count::some(total, "entry", "entries")))
        }
        Some(at) => {
            let said = format!(
                "{at} of {} lead to it; {} came after the quote, which does not cover what is later",
                count::some(total, "entry", "entries"),
                total - at
            );
            step(StepResult::Passed, said)
        }
    }
}
