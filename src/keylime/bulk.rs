//! Reads the agent records of a bulk answer while it arrives.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::answer::{MAX_AGENTS, UnreadableAnswer, fault};
use super::interner::Interner;
use super::limits::Kind;
use super::members::{Member, Members, Unsplittable};
use super::record::{AgentRecord, RecordSeed};
use crate::text::RemoteText;

const WHAT: &str = "the verifier's list of agent records is not readable";

/// Takes the chunks of one bulk answer.
pub(super) struct BulkReader {
    members: Members,
    interner: Interner,
    agents: Vec<(RemoteText, Arc<AgentRecord>)>,
}

/// Why a chunk is refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It cannot be the answer, or is too much of one.
    Split(Unsplittable),
    /// A member is not what it should be.
    Content(UnreadableAnswer),
}

impl From<Unsplittable> for Refusal {
    fn from(fault: Unsplittable) -> Self {
        Self::Split(fault)
    }
}

impl From<Refusal> for UnreadableAnswer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Split(fault) => UnreadableAnswer { what: WHAT, detail: fault.to_string() },
            Refusal::Content(fault) => fault,
        }
    }
}

impl Default for BulkReader {
    fn default() -> Self {
        Self {
            members: Members::new(Kind::Bulk.max_values()),
            interner: Interner::default(),
            agents: Vec::new(),
        }
    }
}

impl BulkReader {
    /// Reads the next chunk.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        let Self { members, interner, agents } = self;
        members.feed(chunk, |member| match member {
            Member::Agent { key, value } => {
                if agents.len() == MAX_AGENTS {
                    return Err(refusal(format!("more than {MAX_AGENTS} agents")));
                }
                agents.push(agent(interner, key, value)?);
                Ok(())
            }
            Member::Results(value) => whole(value, NoAgents).map_err(|error| of(&error)),
            Member::Other(value) => {
                serde_json::from_slice::<IgnoredAny>(value).map(drop).map_err(|error| of(&error))
            }
        })
    }

    /// All agents, in order of their ids.
    ///
    /// # Errors
    /// An answer that ended too early, an id that stands twice.
    pub(super) fn finish(self) -> Result<Vec<(RemoteText, Arc<AgentRecord>)>, UnreadableAnswer> {
        let Self { members, mut agents, .. } = self;
        members.finish().map_err(Refusal::Split)?;
        agents.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        if let Some([(twice, _), ..]) =
            agents.windows(2).find(|pair| matches!(pair, [left, right] if left.0 == right.0))
        {
            return Err(refusal(format!("the agent {} stands in it twice", twice.shown_to(64))).into());
        }
        agents.shrink_to_fit();
        Ok(agents)
    }
}

fn agent(interner: &Interner, key: &[u8], value: &[u8]) -> Result<(RemoteText, Arc<AgentRecord>), Refusal> {
    let id: RemoteText = serde_json::from_slice(key).map_err(|error| of(&error))?;
    match whole(value, RecordSeed(interner)) {
        Ok(record) => Ok((id, Arc::new(record))),
        Err(error) => Err(refusal(format!("in the record of {}: {}", id.shown_to(64), fault(&error)))),
    }
}

fn whole<'de, S: DeserializeSeed<'de>>(text: &'de [u8], seed: S) -> Result<S::Value, serde_json::Error> {
    let mut input = serde_json::Deserializer::from_slice(text);
    let value = seed.deserialize(&mut input)?;
    input.end()?;
    Ok(value)
}

fn refusal(detail: String) -> Refusal {
    Refusal::Content(UnreadableAnswer { what: WHAT, detail })
}

fn of(error: &serde_json::Error) -> Refusal {
    Refusal::Content(UnreadableAnswer::of(WHAT, error))
}

/// An empty list: what some releases send where there are no agents.
struct NoAgents;

impl<'de> DeserializeSeed<'de> for NoAgents {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NoAgents {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("agent records by id (a JSON object)")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }
}
