//! The digests of the log, carried to the values of the PCRs.

use super::log::{Log, LogFault};
use crate::text::count;
use crate::tpm::quote::digits::digits;
use crate::tpm::quote::{Step, StepResult};
use crate::tpm::wire::{Hash, PcrBlob};

const CODE: &str = "uefi-pcrs";
const TITLE: &str = "UEFI log replayed to its PCRs";

/// PCRs that firmware and boot loaders extend, all of it in the log: 0 to 7 of
/// the platform, 8, 9 and 14 of the loaders. What runs later extends 11 to 13
/// and 15 without the log (systemd-pcrphase), 10 is IMA's, 16 and above are
/// reset at will.
const fn is_of_the_boot(index: u8) -> bool {
    matches!(index, 0..=9 | 14)
}

const MEASURED: std::ops::RangeInclusive<u8> = 0..=15;

/// Replays a firmware log to the PCRs that the quote covers: one step for the
/// log, one for each bank.
#[must_use]
pub fn replay_uefi(log: &[u8], pcrs: &PcrBlob) -> Vec<Step> {
    let log = match Log::read(log) {
        Ok(log) => log,
        Err(LogFault::Unsupported(words)) => {
            let said = format!("the log is not replayed: {words}");
            return vec![Step::new("uefi-log", "UEFI log", StepResult::NotCheckable, said)];
        }
        Err(LogFault::Broken(at, words)) => {
            let said = format!("the log cannot be read, byte {at}: {words}");
            return vec![Step::new("uefi-log", "UEFI log", StepResult::Failed, said)];
        }
    };
    let said = format!("{} extended PCRs", count::some(log.events.len(), "event", "events"));
    let mut steps = vec![
        Step::new("uefi-log", "UEFI log", StepResult::Passed, said)
            .fact("locality", log.locality.to_string()),
    ];
    let banks = pcrs.selections.0.iter().map(|selection| selection.bank);
    let compared: Vec<_> = banks.filter_map(|bank| replay(&log, bank, pcrs)).collect();
    if compared.is_empty() {
        let said = "the quote covers no PCR of the boot in a bank that the log has digests of";
        steps.push(Step::new(CODE, TITLE, StepResult::NotCheckable, said));
    }
    steps.extend(compared);
    steps
}

/// Compares one bank; none where the quote covers nothing of it, or the log
/// holds no digests of it.
fn replay(log: &Log<'_>, bank: Hash, pcrs: &PcrBlob) -> Option<Step> {
    log.algorithms.iter().find(|(id, _)| *id == bank.id())?;
    let (mut wrong, mut open, mut same, mut facts) = (Vec::new(), Vec::new(), 0usize, Vec::new());
    for (_, index, value) in pcrs.pcrs().filter(|(of, index, _)| *of == bank && MEASURED.contains(index)) {
        let (replayed, events) = run(log, bank, index)?;
        // Without an event there is nothing to say of what others extend.
        if index == 10 || (events == 0 && !is_of_the_boot(index)) {
            continue;
        }
        if replayed == value {
            same += 1;
        } else if is_of_the_boot(index) {
            wrong.push(index.to_string());
        } else {
            open.push(index.to_string());
        }
        facts.push(format!("{index} signed {}", digits(value)));
        facts.push(format!(
            "{index} replayed {} ({})",
            digits(&replayed),
            count::some(events, "event", "events")
        ));
    }
    if facts.is_empty() {
        return None;
    }
    let (result, said) = if !wrong.is_empty() {
        (StepResult::Failed, format!("the log does not lead to the signed value of PCR {}", wrong.join(", ")))
    } else if same == 0 {
        let said = format!("PCR {} is extended by what runs later, without the log", open.join(", "));
        (StepResult::NotCheckable, said)
    } else if open.is_empty() {
        (StepResult::Passed, format!("the log leads to {}", count::some(same, "PCR", "PCRs")))
    } else {
        let said = format!(
            "the log leads to {}; PCR {} is extended by what runs later, without the log",
            count::some(same, "PCR", "PCRs"),
            open.join(", ")
        );
        (StepResult::Passed, said)
    };
    let step = Step::new(CODE, TITLE, result, said).fact("bank", bank.word());
    Some(facts.into_iter().fold(step, |step, fact| step.fact("pcr", fact)))
}

/// The value to which the log brings a PCR, and by how many events; none for
/// a hash that is not computed here.
fn run(log: &Log<'_>, bank: Hash, index: u8) -> Option<(Vec<u8>, usize)> {
    let mut value = vec![0; bank.length()];
    if index == 0
        && let Some(last) = value.last_mut()
    {
        *last = log.locality;
    }
    let mut events = 0;
    for event in log.events.iter().filter(|event| event.pcr == u32::from(index)) {
        // An event without a digest of this bank did not extend it.
        let Some((_, digest)) = event.digests.iter().find(|(id, _)| *id == bank.id()) else { continue };
        value = bank.digest(&[&value, digest])?;
        events += 1;
    }
    bank.digest(&[])?;
    Some((value, events))
}
