//! What the blocks are worth in each mode.

use crate::servers::{Scheme, Severity};

use super::diagnostic::Fix;
use super::findings::{Finding, Findings};
use super::model::{Block, Duplication, Mode, Origin, Reading};
use super::names::{DUPLICATION, SERVERS};

/// Judges the blocks in each mode; `valid` takes in all that was found.
pub(super) fn judge(
    findings: &mut Findings,
    modes: &[Mode],
    origin: Origin,
    blocks: &[Block],
    duplication: &Duplication,
) -> Vec<Reading> {
    let mut readings = Vec::new();
    for mode in modes {
        let usable: Vec<bool> = blocks.iter().map(|block| block.usable(*mode)).collect();
        let max = usable.iter().filter(|usable| **usable).count();
        let judge = Judge { mode: *mode, blocks, duplication, max };
        match mode {
            Mode::Pull => judge.pull(findings, origin),
            Mode::Push => judge.push(findings),
            Mode::Console => judge.console(findings),
        }
        judge.duplication(findings);
        let headroom = duplication.requested.map(|requested| (max as i64).saturating_sub(requested));
        readings.push(Reading { mode: *mode, valid: false, usable, max, headroom });
    }
    for reading in &mut readings {
        reading.valid = !findings.has_error(reading.mode);
    }
    readings
}

struct Judge<'j> {
    mode: Mode,
    blocks: &'j [Block],
    duplication: &'j Duplication,
    /// Usable blocks.
    max: usize,
}

impl Judge<'_> {
    fn pull(&self, findings: &mut Findings, origin: Origin) {
        for block in self.blocks {
            let index = block.index;
            for (position, (entry, address)) in block.registrars.addresses().enumerate() {
                if address.scheme == Some(Scheme::Https) {
                    let message = format!(
                        "block {index}: registrars entry {}: today's pull agent ignores https and registers in clear text",
                        position + 1
                    );
                    findings
                        .push(Finding::info("pull-clear-text", entry.span.clone(), message).only(self.mode));
                }
            }
            // The verifier's default of the old keys is in every file.
            if block.verifiers.is_written() && matches!(origin, Origin::Root | Origin::Agent) {
                let place = block.verifiers.key.clone().unwrap_or(block.span.clone());
                let message = format!("block {index}: verifier addresses are given but will not be used");
                let hint =
                    "in pull mode the verifier calls the agent; remove them, or keep them for push mode";
                findings
                    .push(Finding::warning("unused-verifiers", place, message).hint(hint).only(self.mode));
            }
        }
        if let (Some(requested), Some(span)) = (self.duplication.requested, &self.duplication.span)
            && requested > 1
            && requested <= self.max as i64
        {
            let message = format!("in pull mode {DUPLICATION} concerns registration only");
            findings.push(Finding::info("pull-duplication", span.clone(), message).only(self.mode));
        }
    }

    fn push(&self, findings: &mut Findings) {
        if self.blocks.is_empty() {
            return;
        }
        let hint = "add verifiers = [\"…\"]";
        let bare: Vec<_> = self.blocks.iter().filter(|block| !block.verifiers.is_written()).collect();
        if bare.len() == self.blocks.len() {
            let who = match bare.len() {
                1 => "block 1 has none".to_owned(),
                count => format!("none of the {count} blocks has one"),
            };
            let place = bare.first().map_or(0..0, |block| self.verifiers_place(block));
            let message = format!("no verifier address has been provided: {who}, and a push agent needs one");
            findings.push(Finding::error("no-verifiers", place, message).hint(hint).only(self.mode));
            return;
        }
        let enough = self.duplication.requested.unwrap_or(1) <= self.max as i64;
        let severity = if enough { Severity::Warning } else { Severity::Error };
        for block in bare {
            let message = format!(
                "block {}: no verifier address has been provided, so a push agent cannot use the block and it does \
                 not count",
                block.index
            );
            let place = self.verifiers_place(block);
            findings.push(Finding::new(severity, "no-verifiers", place, message).hint(hint).only(self.mode));
        }
    }

    fn console(&self, findings: &mut Findings) {
        for block in self.blocks {
            let empty = !block.registrars.is_written() && !block.registrar_admin.is_written();
            if block.verifiers.is_written() || empty {
                continue;
            }
            let message = format!(
                "block {} has no verifiers: its agents will read unknown, reason: no verifier configured",
                block.index
            );
            let place = self.verifiers_place(block);
            let finding = Finding::warning("no-verifiers", place, message).hint("add verifiers = [\"…\"]");
            findings.push(finding.only(self.mode));
        }
    }

    fn verifiers_place(&self, block: &Block) -> std::ops::Range<usize> {
        let written = block.verifiers.key.is_some() || !block.verifiers.span.is_empty();
        if written { block.verifiers.span.clone() } else { block.span.clone() }
    }

    fn duplication(&self, findings: &mut Findings) {
        let (Some(requested), Some(span)) = (self.duplication.requested, self.duplication.span.clone())
        else {
            // What is wrong with a missing number's value is said elsewhere.
            return;
        };
        let blocks = self.blocks.len();
        let is = format!("{DUPLICATION} is {requested}");
        let bound = |number: usize| {
            (number > 0).then(|| Fix::one(format!("write {number}"), span.clone(), number.to_string()))
        };
        let finding = if requested < 1 {
            Finding::error("duplication", span.clone(), format!("{is}, but the minimum is 1")).fix(bound(1))
        } else if blocks == 0 {
            // That there is no block is said already.
            return;
        } else if requested > blocks as i64 {
            let (there, hint) = match blocks {
                1 => (
                    "is only 1 block".to_owned(),
                    format!("write 1, or add a [[{SERVERS}]] block with another backend"),
                ),
                count => (
                    format!("are only {count} blocks"),
                    format!("write a number from 1 to {count}, or add a [[{SERVERS}]] block"),
                ),
            };
            let message = format!("{is}, but there {there}: it counts blocks, not addresses");
            Finding::error("duplication", span.clone(), message).hint(hint).fix(bound(self.max))
        } else if requested > self.max as i64 {
            // With one block, what it lacks is said already.
            if requested == 1 {
                return;
            }
            let max = self.max;
            if self.mode == Mode::Console {
                let message =
                    format!("{is}, but only {max} of {blocks} blocks name a registrar and a verifier");
                Finding::warning("duplication", span.clone(), message)
                    .hint("add verifiers = [\"…\"] to the others")
            } else {
                let needs =
                    if self.mode == Mode::Pull { "a registrar" } else { "a registrar and a verifier" };
                let message =
                    format!("{is}, but only {max} of {blocks} blocks are usable: each needs {needs}");
                let hint = format!("write a number up to {max}, or complete the other blocks");
                Finding::error("duplication", span.clone(), message).hint(hint).fix(bound(max))
            }
        } else if requested == self.max as i64 && requested > 1 {
            let message =
                format!("{is}, the number of usable blocks: every block must answer, there is no headroom");
            Finding::info("no-headroom", span.clone(), message)
        } else {
            return;
        };
        findings.push(finding.only(self.mode));
    }
}
