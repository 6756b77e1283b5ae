//! The clock and the counters of a quote.

use super::step::{Step, StepResult};
use crate::text::duration;
use crate::tpm::wire::{Attest, ClockInfo};

fn words(clock: &ClockInfo) -> String {
    format!(
        "{} ms ({}), reset {}, restart {}{}",
        clock.clock,
        duration::words(clock.clock / 1000),
        clock.reset_count,
        clock.restart_count,
        if clock.safe { "" } else { ", not safe" }
    )
}

/// What the clock says, where nothing is there to compare it with.
pub(super) fn shown(attest: &Attest) -> Step {
    let said = if attest.clock_info.safe {
        "the TPM never told a later time; only an earlier quote tells more"
    } else {
        "the TPM lost power without notice: its clock may have stood later before"
    };
    Step::new("clock", "Clock of the TPM", StepResult::Passed, said)
        .fact("clock", words(&attest.clock_info))
        .fact("firmware", format!("{:#018x}", attest.firmware_version))
}

/// Compares the clock of a quote with that of an earlier one of the same
/// agent, and says how often the machine was started anew between them.
///
/// The clock runs on while a TPM has power and is never set back; a reset
/// counts up. What runs backwards is another TPM, an older quote shown again,
/// or a TPM that was cleared.
#[must_use]
pub fn against_earlier(earlier: &Attest, attest: &Attest) -> Step {
    let (before, now) = (earlier.clock_info, attest.clock_info);
    let order = (now.reset_count, now.restart_count).cmp(&(before.reset_count, before.restart_count));
    let (result, said) = if order.is_lt() {
        (
            StepResult::Failed,
            "the counters of restarts ran backwards: an older quote, a cleared or another TPM".to_owned(),
        )
    } else if now.clock < before.clock && before.safe {
        (StepResult::Failed, "the clock ran backwards: an older quote, a cleared or another TPM".to_owned())
    } else {
        let said = match now.reset_count - before.reset_count.min(now.reset_count) {
            0 if order.is_eq() => "the same start of the machine as in the earlier quote".to_owned(),
            0 => "it slept and woke since the earlier quote; not started anew".to_owned(),
            1 => "started anew once since the earlier quote".to_owned(),
            times => format!("started anew {times} times since the earlier quote"),
        };
        (StepResult::Passed, said)
    };
    let firmware = |attest: &Attest| format!("{:#018x}", attest.firmware_version);
    Step::new("clock-earlier", "Clock against an earlier quote", result, said)
        .fact("earlier", words(&before))
        .fact("now", words(&now))
        .fact("firmware-earlier", firmware(earlier))
        .fact("firmware", firmware(attest))
}
