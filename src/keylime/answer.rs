//! What Keylime's answers hold, read by shape and not by `Content-Type`.
//!
//! Four error shapes come from one and the same server: the v2 envelope,
//! JSON:API `errors[]`, an empty body, and text that is not Keylime's at all
//! (`keylime-api` §1.1 upstream: `web_util.py`, `action_handler.py`).

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::bulk::BulkReader;
use super::interner::Interner;
use super::order::sort_by_id;
use super::record::{AgentRecord, RecordSeed};
use crate::text::{RemoteText, Shown, sanitise_to};

/// Agents of one group at most; one answer with more is refused. A record has
/// some 700 bytes, so that many fit into a bulk answer's bound.
pub const MAX_AGENTS: usize = 150_000;

/// Why a body could not be read as the answer that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {detail}")]
pub struct UnreadableAnswer {
    /// What was expected.
    pub what: &'static str,
    /// What stands there instead, with its place.
    pub detail: String,
}

impl UnreadableAnswer {
    pub(super) fn of(what: &'static str, error: &serde_json::Error) -> Self {
        Self { what, detail: fault(error) }
    }
}

/// What the JSON reader says, fit to be shown and without any text of the answer.
pub(super) fn fault(error: &serde_json::Error) -> String {
    sanitise_to(&without_text(&error.to_string()), 200).into_string()
}

/// A message without the text that it quotes: an answer of another shape may
/// have an agent's `v` where something else is expected.
fn without_text(message: &str) -> String {
    let parts = message.split_once("string \"").and_then(|(before, quoted)| {
        // The quoted text has its own quotes escaped, so the last plain one ends it.
        let (_, after) = quoted.rsplit_once("\", expected ")?;
        Some(format!("{before}a text, expected {after}"))
    });
    parts.unwrap_or_else(|| message.to_owned())
}

/// The agents of a bulk answer, in order of their ids.
pub type Bulk = Vec<(RemoteText, AgentRecord)>;

/// Reads `GET /v2.x/agents/?bulk=true`: `{"results": {"id": {record}, …}}`.
///
/// # Errors
/// A body of another shape, an id that stands twice, too many agents.
pub fn bulk(body: &[u8]) -> Result<Bulk, UnreadableAnswer> {
    let mut reader = BulkReader::default();
    reader.feed(body)?;
    let agents = reader.finish()?;
    Ok(agents.into_iter().map(|(id, record)| (id, Arc::unwrap_or_clone(record))).collect())
}

/// Reads `GET /v2.x/agents/ID` of a verifier.
///
/// # Errors
/// A body of another shape.
pub fn record(body: &[u8]) -> Result<AgentRecord, UnreadableAnswer> {
    envelope(body, RecordSeed(&Interner::default()))
        .map_err(|error| UnreadableAnswer::of("the verifier's agent record is not readable", &error))
}

/// Reads a list of agent ids: the verifier nests each in a list of its own, the
/// registrar does not. The ids come back in order and without repetition.
///
/// # Errors
/// A body of another shape, too many agents.
pub fn agent_ids(body: &[u8]) -> Result<Vec<RemoteText>, UnreadableAnswer> {
    #[derive(Deserialize)]
    struct Ids {
        uuids: Vec<Id>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Flat(RemoteText),
        Nested([RemoteText; 1]),
    }
    let what = "the list of agent ids is not readable";
    let ids: Ids =
        envelope(body, std::marker::PhantomData).map_err(|error| UnreadableAnswer::of(what, &error))?;
    if ids.uuids.len() > MAX_AGENTS {
        return Err(UnreadableAnswer { what, detail: format!("more than {MAX_AGENTS} ids") });
    }
    let mut ids: Vec<_> = ids
        .uuids
        .into_iter()
        .map(|id| match id {
            Id::Flat(id) | Id::Nested([id]) => id,
        })
        .collect();
    sort_by_id(&mut ids, |id| id);
    ids.dedup();
    Ok(ids)
}

/// Reads `GET /version`.
///
/// # Errors
/// A body of another shape.
pub fn versions(body: &[u8]) -> Result<Versions, UnreadableAnswer> {
    envelope(body, std::marker::PhantomData)
        .map_err(|error| UnreadableAnswer::of("the answer to /version is not Keylime's", &error))
}

/// What a server says of the API versions that it speaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Versions {
    /// The newest v2 version; not the newest of all.
    pub current_version: RemoteText,
    /// Announced versions, 1.0 among them though it has no routes.
    pub supported_versions: Vec<RemoteText>,
}

/// The text that a refusal carries, whatever its shape; none where it is empty.
pub fn refusal(body: &[u8]) -> Option<Shown> {
    #[derive(Deserialize)]
    struct Refusal {
        status: Option<RemoteText>,
        errors: Option<Vec<Entry>>,
    }
    #[derive(Deserialize)]
    struct Entry {
        title: Option<RemoteText>,
        detail: Option<RemoteText>,
    }
    let refusal: Refusal = serde_json::from_slice(body).ok()?;
    let from_entries = || {
        refusal
            .errors
            .and_then(|entries| entries.into_iter().next())
            .and_then(|entry| entry.detail.or(entry.title))
    };
    refusal.status.or_else(from_entries).filter(|text| !text.is_empty()).map(|text| text.shown_to(200))
}

/// Whether a body has the v2 envelope or the JSON:API error shape: Keylime's own
/// words, and not those of something else that answers on that port.
pub fn is_keylime(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Envelope {
        code: Option<i64>,
        status: Option<IgnoredAny>,
        results: Option<IgnoredAny>,
        errors: Option<Vec<IgnoredAny>>,
    }
    serde_json::from_slice::<Envelope>(body).is_ok_and(|envelope| {
        envelope.errors.is_some()
            || (envelope.code.is_some() && envelope.status.is_some() && envelope.results.is_some())
    })
}

pub(super) fn envelope<'de, S: DeserializeSeed<'de>>(
    body: &'de [u8],
    seed: S,
) -> Result<S::Value, serde_json::Error> {
    let mut input = serde_json::Deserializer::from_slice(body);
    let results = Envelope(seed).deserialize(&mut input)?;
    input.end()?;
    Ok(results)
}

/// `{"code", "status", "results"}`: only `results` matters, in whatever order.
struct Envelope<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Envelope<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<S::Value, D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Envelope<S> {
    type Value = S::Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Keylime's envelope (a JSON object with \"results\")")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S::Value, A::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "snake_case")]
        enum Key {
            Results,
            #[serde(other)]
            Other,
        }
        let mut seed = Some(self.0);
        let mut results = None;
        while let Some(key) = map.next_key()? {
            match (key, seed.take()) {
                (Key::Results, Some(taken)) => results = Some(map.next_value_seed(taken)?),
                (Key::Results, None) => return Err(A::Error::duplicate_field("results")),
                (Key::Other, kept) => {
                    seed = kept;
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        results.ok_or_else(|| A::Error::missing_field("results"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unreadable_is_told_without_its_texts() {
        for body in [
            r#"{"results": {"v": "key share", "operational_state": 3}}"#,
            r#"{"results": {"v": "key share\", expected \"nothing"}}"#,
            r#"{"results": "key share"}"#,
            r#"{"results": {"uuids": "key share", "current_version": 1}}"#,
            r#""key share""#,
        ] {
            let told = [
                bulk(body.as_bytes()).unwrap_err(),
                agent_ids(body.as_bytes()).unwrap_err(),
                versions(body.as_bytes()).unwrap_err(),
                record(body.as_bytes()).err().unwrap_or_else(|| bulk(b"").unwrap_err()),
            ];
            for error in told {
                assert!(!error.to_string().contains("share"), "{body}: {error}");
                let has_place =
                    error.detail.contains(" at line 1 column ") || error.detail == "it is no JSON object";
                assert!(has_place, "{body}: {error}");
            }
        }
        let told = bulk(br#"{"results": {"v": "key share"}}"#).unwrap_err().to_string();
        assert!(told.contains("invalid type: a text, expected an agent's record"), "{told}");
    }
}
