//! Reading a body: bounded in bytes, time, throughput, depth and values. It is
//! kept as a whole, or read while it arrives.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::answer::UnreadableAnswer;
use super::bulk::{BulkReader, Refusal};
use super::failure::{AddressState, Deadline, Failure, Meaning};
use super::limits::{Kind, Limits};
use super::members::Unsplittable;
use super::scan::JsonScan;

/// What becomes of the chunks of a body.
pub(super) trait Sink {
    /// Takes the next chunk in.
    ///
    /// # Errors
    /// If the body is of no use, whatever follows.
    fn take(&mut self, chunk: &[u8]) -> Result<(), Failure>;
}

/// A body that is kept as a whole, to be read at its end.
pub(super) struct Whole {
    kind: Kind,
    bytes: Vec<u8>,
    scan: JsonScan,
}

impl Whole {
    /// A buffer for a body with so many bytes, if its head told.
    pub(super) fn new(kind: Kind, claimed: Option<u64>) -> Self {
        // What is claimed is not believed: the buffer grows with what comes.
        let capacity = claimed.unwrap_or(0).min(1024 * 1024);
        let bytes = Vec::with_capacity(usize::try_from(capacity).unwrap_or(0));
        Self { kind, bytes, scan: JsonScan::default() }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Sink for Whole {
    fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.scan.feed(chunk, self.kind.max_values()).map_err(|error| unusable(error.to_string()))?;
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

impl Sink for BulkReader {
    fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.feed(chunk).map_err(|refusal| match refusal {
            Refusal::Split(fault @ (Unsplittable::TooMuch(_) | Unsplittable::Long)) => {
                unusable(fault.to_string())
            }
            other => unreadable(&other.into()),
        })
    }
}

/// Takes the chunks of one body and watches over the bounds.
pub(super) struct BodyReader<S> {
    kind: Kind,
    limits: Limits,
    started: Instant,
    deadline: Instant,
    whole: Duration,
    taken: u64,
    sink: S,
}

impl<S: Sink> BodyReader<S> {
    /// A reader for a body whose head just came.
    ///
    /// # Errors
    /// If the head claims more bytes than this kind of answer may have.
    pub(super) fn new(kind: Kind, limits: Limits, claimed: Option<u64>, sink: S) -> Result<Self, Failure> {
        if let Some(claimed) = claimed
            && claimed > kind.max_bytes(&limits)
        {
            return Err(too_large(kind, &limits, &format!("it claims {claimed} bytes")));
        }
        let (_, whole) = kind.deadlines(&limits);
        let started = Instant::now();
        Ok(Self { kind, limits, started, deadline: started + whole, whole, taken: 0, sink })
    }

    /// Waits for the next chunk, as long as the bounds allow. Exclusive only
    /// because a sink need not be fit to be shared between threads.
    pub(super) async fn wait<T>(&mut self, next: impl Future<Output = T>) -> Result<T, Failure> {
        match timeout_at(self.patience(), next).await {
            Ok(chunk) => Ok(chunk),
            Err(_elapsed) => Err(self.out_of_patience()),
        }
    }

    /// Takes a chunk in.
    pub(super) fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.taken += chunk.len() as u64;
        if self.taken > self.kind.max_bytes(&self.limits) {
            return Err(too_large(self.kind, &self.limits, "it does not end"));
        }
        self.sink.take(chunk)?;
        if Instant::now() > self.patience() { Err(self.out_of_patience()) } else { Ok(()) }
    }

    /// The sink, with the whole body taken in.
    pub(super) fn finish(self) -> S {
        self.sink
    }

    /// Until when the bytes that came so far are enough: what they are worth
    /// at the minimum throughput, after the grace, and never past the deadline.
    fn patience(&self) -> Instant {
        let worth = Duration::from_millis(self.taken * 1000 / self.limits.minimum_throughput.max(1));
        (self.started + self.limits.throughput_grace + worth).min(self.deadline)
    }

    /// Which of the two bounds on time is reached: a chunk that comes right
    /// after the deadline is late, however many came before it.
    fn out_of_patience(&self) -> Failure {
        if Instant::now() >= self.deadline {
            return Failure::deadline(Deadline::WholeAnswer, self.whole);
        }
        let rate = self.limits.minimum_throughput;
        let words = format!(
            "the answer comes too slowly: {} bytes so far, less than {rate} bytes a second",
            self.taken
        );
        Failure::reselect(AddressState::TimedOut, words)
    }
}

fn too_large(kind: Kind, limits: &Limits, what: &str) -> Failure {
    unusable(format!("{what}; such an answer may have {} bytes", kind.max_bytes(limits)))
}

/// An answer that is not what it should be. Another member of the group would
/// say the same, so that is no reason to ask it.
pub(super) fn unreadable(error: &UnreadableAnswer) -> Failure {
    Failure { meaning: Meaning::Stay, ..unusable(error.to_string()) }
}

/// How [`unusable`] begins.
const REFUSED: &str = "the answer is refused: ";

/// An answer that came and is of no use.
pub(super) fn unusable(words: String) -> Failure {
    Failure::reselect(AddressState::Error, format!("{REFUSED}{words}"))
}

/// Whether an answer came and its content is of no use; the connection is well.
pub(super) fn is_refusal(failure: &Failure) -> bool {
    failure.state == AddressState::Error && failure.words.starts_with(REFUSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chunk that comes in time for the throughput, but after the deadline.
    #[tokio::test(start_paused = true)]
    async fn a_chunk_after_the_deadline_is_late_and_not_slow() {
        let limits = Limits::default();
        let (_, whole) = Kind::Version.deadlines(&limits);
        let mut reader =
            BodyReader::new(Kind::Version, limits, None, Whole::new(Kind::Version, None)).unwrap();
        let plenty = vec![b' '; 60 * 1024];
        reader.take(&plenty).unwrap();
        tokio::time::advance(whole + Duration::from_millis(1)).await;
        let late = reader.take(b" ").unwrap_err();
        assert!(late.words.contains("the whole answer did not come within"), "{late}");

        let mut reader =
            BodyReader::new(Kind::Version, limits, None, Whole::new(Kind::Version, None)).unwrap();
        tokio::time::advance(limits.throughput_grace + Duration::from_millis(100)).await;
        let slow = reader.take(b" ").unwrap_err();
        assert!(slow.words.contains("too slowly"), "{slow}");
    }
}
