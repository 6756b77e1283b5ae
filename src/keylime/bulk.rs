//! Reads the agent records of a bulk answer while it arrives.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::alike::{Alike, Read};
use super::answer::{MAX_AGENTS, UnreadableAnswer, fault};
use super::interner::Interner;
use super::limits::Kind;
use super::members::{Member, Members, TakeMembers, Unsplittable};
use super::order::sort_by_id;
use super::record::{AgentRecord, RecordSeed};
use super::scan::Passed;
use crate::text::RemoteText;

const WHAT: &str = "the verifier's list of agent records is not readable";

/// Takes the chunks of one bulk answer.
pub(super) struct BulkReader {
    members: Members,
    agents: Agents,
}

/// The agents so far.
#[derive(Default)]
struct Agents {
    interner: Interner,
    alike: Alike,
    list: Vec<(RemoteText, Arc<AgentRecord>)>,
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
        Self { members: Members::new(Kind::Bulk.max_values()), agents: Agents::default() }
    }
}

impl BulkReader {
    /// Reads the next chunk.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        self.members.feed(chunk, &mut self.agents)
    }

    /// All agents, in order of their ids.
    ///
    /// # Errors
    /// An answer that ended too early, an id that stands twice.
    pub(super) fn finish(self) -> Result<Vec<(RemoteText, Arc<AgentRecord>)>, UnreadableAnswer> {
        let Self { members, agents: Agents { list: mut agents, .. } } = self;
        members.finish().map_err(Refusal::Split)?;
        sort_by_id(&mut agents, |(id, _)| id);
        if let Some([(twice, _), ..]) =
            agents.windows(2).find(|pair| matches!(pair, [left, right] if left.0 == right.0))
        {
            return Err(refusal(format!("the agent {} stands in it twice", twice.shown_to(64))).into());
        }
        agents.shrink_to_fit();
        Ok(agents)
    }
}

impl TakeMembers<Refusal> for Agents {
    fn take(&mut self, member: Member<'_>) -> Result<(), Refusal> {
        match member {
            Member::Agent { key, value } => {
                let id: RemoteText = serde_json::from_slice(key).map_err(|error| of(&error))?;
                let record = match self.alike.record(value, &self.interner) {
                    Some(record) => record,
                    None => self.read(&id, value)?,
                };
                self.push(id, record)
            }
            Member::Results(value) => whole(value, NoAgents).map_err(|error| of(&error)),
            Member::Other(value) => {
                serde_json::from_slice::<IgnoredAny>(value).map(drop).map_err(|error| of(&error))
            }
        }
    }

    fn take_ahead(&mut self, text: &[u8]) -> Result<Option<Passed>, Refusal> {
        let Some(Read { id, record, passed }) = self.alike.member(text, &self.interner) else {
            return Ok(None);
        };
        self.push(id, record)?;
        Ok(Some(passed))
    }
}

impl Agents {
    fn push(&mut self, id: RemoteText, record: AgentRecord) -> Result<(), Refusal> {
        if self.list.len() == MAX_AGENTS {
            return Err(refusal(format!("more than {MAX_AGENTS} agents")));
        }
        self.list.push((id, Arc::new(record)));
        Ok(())
    }

    fn read(&mut self, id: &RemoteText, value: &[u8]) -> Result<AgentRecord, Refusal> {
        match whole(value, RecordSeed(&self.interner)) {
            Ok(record) => {
                self.alike.learn(value, &record);
                Ok(record)
            }
            Err(error) => Err(refusal(format!("in the record of {}: {}", id.shown_to(64), fault(&error)))),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &str, chunk: usize) -> Result<Vec<(RemoteText, Arc<AgentRecord>)>, UnreadableAnswer> {
        let mut reader = BulkReader::default();
        for chunk in answer.as_bytes().chunks(chunk) {
            reader.feed(chunk)?;
        }
        reader.finish()
    }

    #[test]
    fn agents_are_the_same_wherever_the_chunks_break() {
        let agent = |number: usize| {
            let (status, verifier) = (["PASS", "FAIL"][number % 2], number % 3);
            // Every fifth has a number where others have none, every seventh an escape in its id.
            let state = if number.is_multiple_of(5) { "null" } else { "3" };
            let id = if number.is_multiple_of(7) {
                format!("n\\u006fde-{number}")
            } else {
                format!("node-{number}")
            };
            format!(
                r#""{id}": {{"operational_state": {state}, "v": "c2hhcmU=", "verifier_id": "v{verifier}", "attestation_status": "{status}"}}"#
            )
        };
        let agents: Vec<_> = (0..40).rev().map(agent).collect();
        let answer = format!(r#"{{"code": 200, "results": {{{}}}}}"#, agents.join(", "));
        let whole = read(&answer, answer.len()).unwrap();
        assert_eq!(whole.len(), 40);
        for (id, record) in &whole {
            let number: usize = id.raw().strip_prefix("node-").unwrap().parse().unwrap();
            assert_eq!(record.operational_state, (!number.is_multiple_of(5)).then_some(3));
            assert_eq!(record.attestation_status, Some(["PASS", "FAIL"][number % 2].into()));
            assert_eq!(record.settings.verifier_id, Some(format!("v{}", number % 3).into()));
        }
        for chunk in [1, 2, 3, 50, 100, 119, 120, 121, 300, 1000] {
            assert_eq!(read(&answer, chunk).unwrap(), whole, "chunks of {chunk}");
        }
        for (from, to) in [
            ("\"node-20\"", "\"node-19\""),
            ("}, \"node-20\"", "} \"node-20\""),
            ("\"node-20\":", "\"node-20\""),
            ("}}}", "},}}"),
            ("\"v\": \"c2hhcmU=\"", "\"v\": \"c2hh\u{1}\""),
        ] {
            let broken = answer.replace(from, to);
            assert_ne!(broken, answer);
            let told = read(&broken, broken.len()).unwrap_err();
            for chunk in [1, 120, 1000] {
                assert!(read(&broken, chunk).is_err(), "{told}, in chunks of {chunk}");
            }
        }
    }

    #[test]
    fn what_is_read_at_a_glance_counts_for_the_bounds() {
        let agent = |number| format!(r#""{number}": {{"attestation_count": {number}, "verifier_id": "v"}}"#);
        let answer = |count| {
            let agents: Vec<_> = (0..count).map(agent).collect();
            format!(r#"{{"results": {{{}}}}}"#, agents.join(", "))
        };
        assert_eq!(read(&answer(MAX_AGENTS), 65_536).unwrap().len(), MAX_AGENTS);
        let told = read(&answer(MAX_AGENTS + 1), 65_536).unwrap_err();
        assert_eq!(told.detail, format!("more than {MAX_AGENTS} agents"));
        let mut reader = BulkReader { members: Members::new(1_000), agents: Agents::default() };
        match reader.feed(answer(400).as_bytes()) {
            Err(Refusal::Split(fault)) => {
                assert_eq!(fault.to_string(), "its JSON holds more than 1000 values")
            }
            other => panic!("{other:?}"),
        }
    }
}
