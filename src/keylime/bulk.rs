//! Reads the agent records of a bulk answer while it arrives.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::answer::{MAX_AGENTS, UnreadableAnswer, fault};
use super::interner::Interner;
use super::limits::Kind;
use super::members::{Member, MemberKind, Members, Position, Unsplittable};
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
    /// Too much of an answer.
    TooMuch(Unsplittable),
    /// Not the answer.
    Unreadable(UnreadableAnswer),
}

/// Why members are refused.
enum Fault {
    Split(Unsplittable),
    Member(UnreadableAnswer),
}

impl From<Unsplittable> for Fault {
    fn from(fault: Unsplittable) -> Self {
        Self::Split(fault)
    }
}

impl From<Refusal> for UnreadableAnswer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::TooMuch(fault) => UnreadableAnswer { what: WHAT, detail: fault.to_string() },
            Refusal::Unreadable(fault) => fault,
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
        let taken = members.feed(chunk, |member| {
            match member.kind {
                MemberKind::Agent => agents.push(agent(interner, &member, agents.len())?),
                MemberKind::Results => value(&member, NoAgents)?,
                MemberKind::Other => drop(value(&member, PhantomData::<IgnoredAny>)?),
            }
            Ok(())
        });
        taken.map_err(|fault| match fault {
            Fault::Split(fault @ (Unsplittable::TooMuch(_) | Unsplittable::Long)) => Refusal::TooMuch(fault),
            Fault::Split(fault) => Refusal::Unreadable(unreadable(&fault, members.position())),
            Fault::Member(fault) => Refusal::Unreadable(fault),
        })
    }

    /// All agents, in order of their ids.
    ///
    /// # Errors
    /// An answer that ended too early, an id that stands twice.
    pub(super) fn finish(self) -> Result<Vec<(RemoteText, Arc<AgentRecord>)>, UnreadableAnswer> {
        let Self { members, mut agents, .. } = self;
        members.finish().map_err(|fault| unreadable(&fault, members.position()))?;
        agents.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        if let Some([(twice, _), ..]) =
            agents.windows(2).find(|pair| matches!(pair, [left, right] if left.0 == right.0))
        {
            let detail = format!("the agent {} stands in it twice", twice.shown_to(64));
            return Err(UnreadableAnswer { what: WHAT, detail });
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
    let id = whole(member.key, member.key_at, PhantomData)?;
    Ok((id, Arc::new(value(member, RecordSeed(interner))?)))
}

fn value<'de, S: DeserializeSeed<'de>>(member: &Member<'de>, seed: S) -> Result<S::Value, Fault> {
    whole(member.value, member.value_at, seed)
}

fn whole<'de, S: DeserializeSeed<'de>>(text: &'de [u8], at: Position, seed: S) -> Result<S::Value, Fault> {
    let mut input = serde_json::Deserializer::from_slice(text);
    seed.deserialize(&mut input)
        .and_then(|value| input.end().map(|()| value))
        .map_err(|error| Fault::Member(UnreadableAnswer::within(WHAT, &error, at.line, at.column)))
}

fn unreadable(fault: &Unsplittable, at: Position) -> UnreadableAnswer {
    UnreadableAnswer { what: WHAT, detail: format!("{fault} at line {} column {}", at.line, at.column) }
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
