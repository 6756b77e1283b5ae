//! Reading a body: bounded in bytes, time, throughput, depth and values.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::failure::{AddressState, Deadline, Failure};
use super::limits::{Kind, Limits};
use super::scan::JsonScan;

/// Takes the chunks of one body and watches over the bounds.
pub(super) struct BodyReader {
    kind: Kind,
    limits: Limits,
    started: Instant,
    deadline: Instant,
    whole: Duration,
    bytes: Vec<u8>,
    scan: JsonScan,
}

impl BodyReader {
    /// A reader for a body whose head just came.
    ///
    /// # Errors
    /// If the head claims more bytes than this kind of answer may have.
    pub(super) fn new(kind: Kind, limits: Limits, claimed: Option<u64>) -> Result<Self, Failure> {
        if let Some(claimed) = claimed
            && claimed > kind.max_bytes()
        {
            return Err(too_large(kind, &format!("it claims {claimed} bytes")));
        }
        let (_, whole) = kind.deadlines(&limits);
        let started = Instant::now();
        // What is claimed is not believed: the buffer grows with what comes.
        let capacity = claimed.unwrap_or(0).min(1024 * 1024);
        let bytes = Vec::with_capacity(usize::try_from(capacity).unwrap_or(0));
        Ok(Self { kind, limits, started, deadline: started + whole, whole, bytes, scan: JsonScan::default() })
    }

    /// Waits for the next chunk, as long as the bounds allow.
    pub(super) async fn wait<T>(&self, next: impl Future<Output = T>) -> Result<T, Failure> {
        match timeout_at(self.patience(), next).await {
            Ok(chunk) => Ok(chunk),
            Err(_elapsed) if Instant::now() >= self.deadline => {
                Err(Failure::deadline(Deadline::WholeAnswer, self.whole))
            }
            Err(_elapsed) => Err(self.too_slow()),
        }
    }

    /// Takes a chunk in.
    pub(super) fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let total = self.bytes.len() as u64 + chunk.len() as u64;
        if total > self.kind.max_bytes() {
            return Err(too_large(self.kind, "it does not end"));
        }
        self.scan.feed(chunk, self.kind.max_values()).map_err(|error| unusable(error.to_string()))?;
        self.bytes.extend_from_slice(chunk);
        if Instant::now() > self.patience() { Err(self.too_slow()) } else { Ok(()) }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Until when the bytes that came so far are enough: what they are worth
    /// at the minimum throughput, after the grace, and never past the deadline.
    fn patience(&self) -> Instant {
        let worth =
            Duration::from_millis(self.bytes.len() as u64 * 1000 / self.limits.minimum_throughput.max(1));
        (self.started + self.limits.throughput_grace + worth).min(self.deadline)
    }

    fn too_slow(&self) -> Failure {
        let rate = self.limits.minimum_throughput;
        let words = format!(
            "the answer comes too slowly: {} bytes so far, less than {rate} bytes a second",
            self.bytes.len()
        );
        Failure::reselect(AddressState::TimedOut, words)
    }
}

fn too_large(kind: Kind, what: &str) -> Failure {
    unusable(format!("{what}; such an answer may have {} bytes", kind.max_bytes()))
}

/// An answer that came and is of no use.
pub(super) fn unusable(words: String) -> Failure {
    Failure::reselect(AddressState::Error, format!("the answer is refused: {words}"))
}
