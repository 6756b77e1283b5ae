//! The rules of judgement for one agent in one group (contract §2).
//!
//! Pure: the server's clock is given, and nothing is remembered between calls.

use super::flags::{Flag, Flags};
use super::reason::Reason;
use super::verdict::Verdict;
use crate::keylime::AgentRecord;
use crate::text::RemoteText;

/// The shortest limit, in seconds: upstream truncates periods below a second to 0.
const SHORTEST_LIMIT: u64 = 10;

/// What a judgement depends on beside the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The answer's own `Date`, in Unix seconds.
    pub server_time: i64,
    /// `stale_after_s`: the limit where the record names none, in seconds.
    pub stale_after: u64,
    /// Whether the group's release is known to predate 7.14.3, where a silent
    /// push agent reads FAIL because TIMEOUT does not exist.
    pub before_timeout: bool,
}

/// What we say of one agent in one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What stands beside it.
    pub flags: Flags,
    /// Why, as the rule that decided.
    pub reason: Reason,
    /// Seconds since the last success by the server's clock; none without one.
    pub age: Option<u64>,
    /// Seconds after which the last success is too old.
    pub limit: u64,
}

/// Judges a record by rules 3–7; rules 1 and 2 are the group's.
pub fn judge(record: &AgentRecord, circumstances: Circumstances) -> Judgement {
    let limit = limit(record, circumstances.stale_after);
    let success = record.last_successful_attestation.filter(|time| *time > 0);
    let ahead = success.is_some_and(|time| time > circumstances.server_time);
    let age = success.map(|time| u64::try_from(circumstances.server_time.saturating_sub(time)).unwrap_or(0));
    let too_old = age.is_some_and(|age| age > limit);
    let (verdict, reason) =
        if record.is_push() { push(record, circumstances, too_old) } else { pull(record) }.unwrap_or_else(
            || {
                if record.attestation_count.unwrap_or(0) <= 0 {
                    (Verdict::Unproven, Reason::NothingProven { push: record.is_push() })
                } else if too_old || age.is_none() {
                    (Verdict::Stale, Reason::TooOld)
                } else {
                    (Verdict::Attested, Reason::Fresh)
                }
            },
        );
    let mut flags = configuration_flags(record);
    flags.set_if(Flag::ClockAhead, ahead);
    let retrying = is_retrying(record, success);
    flags.set_if(Flag::Retrying, retrying);
    flags.set_if(Flag::HistoricEvent, verdict == Verdict::Attested && has_event(record) && !retrying);
    flags.set_if(Flag::Latched, verdict == Verdict::Failed && record.is_push() && newest_passed(record));
    Judgement { verdict, flags, reason, age, limit }
}

/// Rule 3. `operational_state` is left alone: for push agents it is a remnant.
fn push(record: &AgentRecord, circumstances: Circumstances, too_old: bool) -> Option<(Verdict, Reason)> {
    match word(&record.attestation_status) {
        "FAIL" if circumstances.before_timeout && newest_passed(record) && too_old => {
            Some((Verdict::TimedOut, Reason::SilentBeforeTimeout))
        }
        "FAIL" => Some((Verdict::Failed, Reason::PushFailed)),
        "TIMEOUT" => Some((Verdict::TimedOut, Reason::PushTimeout)),
        _ => None,
    }
}

/// Rule 4.
fn pull(record: &AgentRecord) -> Option<(Verdict, Reason)> {
    match record.operational_state {
        Some(10) => Some((Verdict::Stopped, Reason::Stopped)),
        Some(8) => Some((Verdict::Removing, Reason::Removing)),
        Some(7) => Some((Verdict::Failed, Reason::GaveUp)),
        Some(9) => Some((Verdict::Failed, Reason::InvalidQuote)),
        _ => None,
    }
}

fn configuration_flags(record: &AgentRecord) -> Flags {
    let mut flags = Flags::NONE;
    let settings = &record.settings;
    if let Some(mask) = settings.pcr_mask {
        let nothing = mask == 0 && !settings.has_runtime_policy && !settings.has_measured_boot_policy;
        flags.set_if(Flag::NothingChecked, nothing);
        flags.set_if(Flag::PolicyNotEnforced, settings.has_runtime_policy && mask & (1 << 10) == 0);
    }
    flags
}

fn is_retrying(record: &AgentRecord, success: Option<i64>) -> bool {
    let active = matches!(record.operational_state, Some(1..=6)) && !record.is_push();
    let quote = record.last_received_quote.unwrap_or(0);
    active && has_event(record) && success.is_none_or(|success| quote > success)
}

/// The last quote is the last success: whatever FAIL stands for is older.
fn newest_passed(record: &AgentRecord) -> bool {
    let quote = record.last_received_quote.unwrap_or(0);
    let success = record.last_successful_attestation.unwrap_or(0);
    success > 0 && success >= quote
}

fn has_event(record: &AgentRecord) -> bool {
    !word(&record.last_event_id).is_empty()
}

/// `maximum_attestation_interval`, else five periods, never below ten seconds;
/// `stale_after` where the release sends neither.
fn limit(record: &AgentRecord, stale_after: u64) -> u64 {
    seconds(&record.settings.maximum_attestation_interval)
        .or_else(|| seconds(&record.settings.attestation_period).map(|period| period.saturating_mul(5)))
        .map_or(stale_after, |limit| limit.max(SHORTEST_LIMIT))
}

/// `10s` in seconds.
fn seconds(text: &Option<RemoteText>) -> Option<u64> {
    text.as_ref()?.raw().strip_suffix('s')?.parse().ok()
}

fn word(text: &Option<RemoteText>) -> &str {
    text.as_ref().map_or("", RemoteText::raw)
}
