//! The agents of a report.
//!
//! They are nearly all of it, and a large fleet's are millions of small texts.
//! So they are written by hand: the names of members as they are, values
//! looked at for what JSON must escape, and block after block on as many
//! threads as the machine has, so that whoever waits for the report waits for
//! little more than its own reading.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

use super::{group_name, shown};
use crate::fleet::{AgentInGroup, AgentView, Flags, Snapshot};

/// Agents of one block. All blocks that wait to be written are a few hundred
/// kilobytes.
const BLOCK: usize = 256;

/// Threads at most: more would make blocks faster than anybody reads them.
const MAX_THREADS: usize = 4;

/// Writes the list of all agents, with its brackets.
///
/// # Errors
/// If `out` takes no more.
pub(super) fn write(out: &mut dyn Write, snapshot: &Snapshot) -> io::Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    out.write_all(b"[")?;
    match snapshot.agents.chunks(BLOCK) {
        blocks if threads == 1 || blocks.len() < 2 * threads => {
            let mut text = Text::default();
            for (number, block) in blocks.enumerate() {
                text.block(number, block, snapshot);
                out.write_all(&text.json)?;
                text.json.clear();
            }
        }
        _ => together(out, snapshot, threads)?,
    }
    out.write_all(b"]")
}

/// Each thread makes every so manieth block; they are written in turn.
fn together(out: &mut dyn Write, snapshot: &Snapshot, threads: usize) -> io::Result<()> {
    thread::scope(|scope| {
        let mut made = Vec::new();
        for first in 0..threads {
            let (send, receive) = sync_channel(1);
            let blocks = snapshot.agents.chunks(BLOCK).enumerate().skip(first).step_by(threads);
            thread::Builder::new().spawn_scoped(scope, move || {
                let mut text = Text::default();
                for (number, block) in blocks {
                    text.block(number, block, snapshot);
                    let next = Vec::with_capacity(text.json.len() * 5 / 4);
                    if send.send(std::mem::replace(&mut text.json, next)).is_err() {
                        // Nobody writes any more.
                        return;
                    }
                }
            })?;
            made.push(receive);
        }
        for receive in made.iter().cycle() {
            // In turn: the first that has no more was the last.
            match receive.recv() {
                Ok(json) => out.write_all(&json)?,
                Err(_) => break,
            }
        }
        Ok(())
    })
}

/// JSON of some agents.
#[derive(Default)]
struct Text {
    json: Vec<u8>,
    /// For words that are put together.
    words: String,
}

impl Text {
    fn block(&mut self, number: usize, agents: &[Arc<AgentView>], snapshot: &Snapshot) {
        for (index, agent) in agents.iter().enumerate() {
            if number > 0 || index > 0 {
                self.push(",");
            }
            self.agent(agent, snapshot);
        }
    }

    fn agent(&mut self, agent: &AgentView, snapshot: &Snapshot) {
        self.push("{\"id\":");
        self.string(agent.shown.as_str());
        self.push(",\"verdict\":");
        self.string(agent.verdict.word());
        self.push(",\"split\":");
        self.push(if agent.split { "true" } else { "false" });
        self.push(",\"coverage\":{\"have\":");
        self.number(agent.coverage.have);
        self.push(",\"want\":");
        self.number(agent.coverage.want);
        self.push("},\"flags\":");
        self.flags(agent.flags);
        self.push(",\"groups\":[");
        for (index, here) in agent.groups.iter().enumerate() {
            if index > 0 {
                self.push(",");
            }
            self.in_group(here, snapshot);
        }
        self.push("]}");
    }

    fn in_group(&mut self, agent: &AgentInGroup, snapshot: &Snapshot) {
        let record = agent.record.as_deref();
        self.push("{\"group\":");
        self.string(group_name(agent, snapshot));
        self.push(",\"verdict\":");
        self.string(agent.judgement.verdict.word());
        self.push(",\"flags\":");
        self.flags(agent.judgement.flags);
        self.push(",\"keylime\":{\"attestation_status\":");
        self.maybe(shown(record, |record| record.attestation_status.as_ref()), |text, status| {
            text.string(status.as_str());
        });
        self.push(",\"operational_state\":");
        self.maybe(record.and_then(|record| record.operational_state), Self::number);
        self.push("},\"age_s\":");
        self.maybe(agent.judgement.age, Self::number);
        self.push(",\"event_id\":");
        self.maybe(shown(record, |record| record.last_event_id.as_ref()), |text, event| {
            text.string(event.as_str());
        });
        self.push(",\"severity\":");
        self.maybe(record.and_then(|record| record.severity_level), Self::number);
        self.push(",\"reason\":");
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        agent.write_reason(&mut words);
        self.string(&words);
        self.words = words;
        self.push("}");
    }

    fn push(&mut self, json: &str) {
        self.json.extend_from_slice(json.as_bytes());
    }

    fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => write(self, value),
            None => self.push("null"),
        }
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        // A vector takes everything.
        let _ = write!(self.json, "{number}");
    }

    fn flags(&mut self, flags: Flags) {
        self.push("[");
        for (index, flag) in flags.iter().enumerate() {
            if index > 0 {
                self.push(",");
            }
            self.string(flag.word());
        }
        self.push("]");
    }

    fn string(&mut self, text: &str) {
        let is_plain = |byte: u8| (byte >= b' ') & (byte != b'"') & (byte != b'\\');
        // Without a way out of the loop the processor takes many bytes at once.
        if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
            self.push("\"");
            self.push(text);
            self.push("\"");
        } else {
            // A vector takes everything, and a text is always JSON.
            let _ = serde_json::to_writer(&mut self.json, text);
        }
    }
}
