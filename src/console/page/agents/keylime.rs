//! Keylime's own words.

use std::fmt;

use crate::keylime::AgentRecord;

/// Upstream's names of the operational states (`common/states.py`).
const STATES: [&str; 11] = [
    "registered",
    "start",
    "saved",
    "get quote",
    "get quote (retry)",
    "provide V",
    "provide V (retry)",
    "failed",
    "terminated",
    "invalid quote",
    "tenant quote failed",
];

/// Columns from which on states are told in words: `FAIL invalid quote`.
const ROOM_FOR_WORDS: usize = 18;

/// The attestation status as it was sent; a dash where there is none.
pub(super) fn status(record: &AgentRecord) -> String {
    record
        .attestation_status
        .as_ref()
        .map_or_else(|| "–".to_owned(), |status| status.shown_to(24).into_string())
}

/// The operational state in upstream's words; none for a push agent, where the
/// number is a remnant and means nothing.
pub(super) fn state(record: &AgentRecord) -> Option<String> {
    if record.is_push() {
        return None;
    }
    let number = record.operational_state?;
    let name = usize::try_from(number).ok().and_then(|number| STATES.get(number));
    Some(name.map_or_else(|| format!("state {number}"), |name| (*name).to_owned()))
}

/// Upstream's name of the state, where it has one and means something.
pub(in crate::console) fn state_name(record: &AgentRecord) -> Option<&'static str> {
    let number = record.operational_state.filter(|_| !record.is_push())?;
    STATES.get(usize::try_from(number).ok()?).copied()
}

/// Status and state; the state in words where the column is wide enough for
/// most of them, else its number.
pub(super) struct InColumns<'a>(pub &'a AgentRecord, pub usize);

impl fmt::Display for InColumns<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(record, columns) = self;
        match &record.attestation_status {
            Some(status) => status.written_to(24).fmt(out)?,
            None => out.write_str("–")?,
        }
        let has_room = *columns >= ROOM_FOR_WORDS;
        match (record.operational_state.filter(|_| !record.is_push()), state_name(record)) {
            (None, _) => Ok(()),
            (Some(_), Some(name)) if has_room => write!(out, " {name}"),
            (Some(number), None) if has_room => write!(out, " state {number}"),
            (Some(number), _) => write!(out, " {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_upstreams_names_and_push_has_none() {
        let mut record = AgentRecord {
            attestation_status: Some("FAIL".into()),
            operational_state: Some(9),
            ip: Some("127.0.0.1".into()),
            ..AgentRecord::default()
        };
        let in_columns = |record: &AgentRecord, columns| InColumns(record, columns).to_string();
        assert_eq!(in_columns(&record, 20), "FAIL invalid quote");
        assert_eq!(in_columns(&record, 8), "FAIL 9");
        record.operational_state = Some(99);
        assert_eq!(state(&record).as_deref(), Some("state 99"));
        record.ip = None;
        assert_eq!(in_columns(&record, 20), "FAIL");
    }
}
