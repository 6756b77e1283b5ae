//! Everything that a verifier's record holds, in readable names and units.

use jiff::Timestamp;

use super::keylime;
use crate::keylime::AgentRecord;
use crate::text::RemoteText;

/// Characters of one value at most; the JSON has all of it.
const LIMIT: usize = 400;

/// Name and value of every field; what was not told reads so.
pub(super) fn fields(record: &AgentRecord) -> Vec<(&'static str, String)> {
    vec![
        ("status", text(record.attestation_status.as_ref())),
        ("state", state(record)),
        ("successes", number(record.attestation_count)),
        ("last success", time(record.last_successful_attestation)),
        ("last quote", time(record.last_received_quote)),
        ("interval", text(record.settings.attestation_period.as_ref())),
        ("limit", text(record.settings.maximum_attestation_interval.as_ref())),
        ("event", text(record.last_event_id.as_ref())),
        ("severity", number(record.severity_level)),
        ("asked at", if record.is_push() { "nowhere: it sends".to_owned() } else { address(record) }),
        ("PCR mask", mask(record.settings.pcr_mask)),
        ("TPM policy", text(record.settings.tpm_policy.as_ref())),
        ("IMA policy", yes(record.settings.has_runtime_policy)),
        ("boot policy", yes(record.settings.has_measured_boot_policy)),
        (
            "hash",
            algorithm(
                record.settings.hash_algorithm.as_ref(),
                record.settings.accepted_hash_algorithms.as_ref(),
            ),
        ),
        (
            "encryption",
            algorithm(
                record.settings.encryption_algorithm.as_ref(),
                record.settings.accepted_encryption_algorithms.as_ref(),
            ),
        ),
        (
            "signature",
            algorithm(
                record.settings.signing_algorithm.as_ref(),
                record.settings.accepted_signing_algorithms.as_ref(),
            ),
        ),
        ("verifier", text(record.settings.verifier_id.as_ref())),
        ("its address", verifier(record)),
        ("metadata", text(record.settings.meta_data.as_ref())),
    ]
}

fn text(text: Option<&RemoteText>) -> String {
    match text {
        Some(text) if text.is_empty() => "empty".to_owned(),
        Some(text) => text.shown_to(LIMIT).into_string(),
        None => "–".to_owned(),
    }
}

fn number(number: Option<i64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| number.to_string())
}

fn yes(yes: bool) -> String {
    if yes { "yes" } else { "none" }.to_owned()
}

fn state(record: &AgentRecord) -> String {
    match (keylime::state(record), record.operational_state) {
        (Some(words), Some(number)) => format!("{number}, {words}"),
        (None, Some(number)) => format!("{number}, which means nothing for a push agent"),
        (_, None) => "–".to_owned(),
    }
}

/// A time by the servers' clock.
fn time(seconds: Option<i64>) -> String {
    match seconds {
        None | Some(0) => "never".to_owned(),
        Some(seconds) => Timestamp::from_second(seconds).map_or_else(
            |_| format!("{seconds} s after 1970, which is no time"),
            |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        ),
    }
}

fn address(record: &AgentRecord) -> String {
    match record.port {
        Some(port) => format!("{} port {port}", text(record.ip.as_ref())),
        None => text(record.ip.as_ref()),
    }
}

fn verifier(record: &AgentRecord) -> String {
    match (&record.settings.verifier_ip, record.settings.verifier_port) {
        (None, None) => "–".to_owned(),
        (ip, port) => {
            format!("{} port {}, as whoever enrolled it said", text(ip.as_ref()), number(port))
        }
    }
}

fn algorithm(last: Option<&RemoteText>, accepted: Option<&RemoteText>) -> String {
    format!("{} in the last quote; accepted: {}", text(last), text(accepted))
}

fn mask(mask: Option<u64>) -> String {
    let Some(mask) = mask else { return "not readable".to_owned() };
    let registers: Vec<_> =
        (0..64).filter(|bit| mask >> bit & 1 == 1).map(|bit: u32| bit.to_string()).collect();
    match registers.is_empty() {
        true => format!("{mask:#x}: no PCR"),
        false => format!("{mask:#x}: PCR {}", registers.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_times_are_told() {
        assert_eq!(mask(Some(0x408)), "0x408: PCR 3, 10");
        assert_eq!(mask(Some(0)), "0x0: no PCR");
        assert_eq!(mask(Some(u64::MAX)).matches(", ").count(), 63);
        assert_eq!(time(Some(1_795_262_400)), "2026-11-21 12:00:00 UTC");
        assert_eq!(time(Some(0)), "never");
        assert_eq!(time(Some(i64::MAX)), "9223372036854775807 s after 1970, which is no time");
    }
}
