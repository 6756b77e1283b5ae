//! A policy's text on its way into memory: bounded, summed up, told of.

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;

use super::super::answer::UnreadableAnswer;
use super::super::body::{Sink, unreadable, unusable};
use super::super::failure::Failure;
use super::envelope::{Envelope, Refusal};
use super::kind::PolicyKind;
use crate::text::{Checksum, RemoteText};

/// A policy as a verifier stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPolicy {
    /// The stored text, byte for byte (it is UTF-8). None where `null` is
    /// stored: the measured-boot policy of an agent that was enrolled without.
    pub text: Option<Bytes>,
    /// SHA-256 of the stored text; what Keylime's own database calls `checksum`.
    pub sum: Checksum,
}

/// Takes the chunks of an answer with one policy.
pub(super) struct PolicySink<'a> {
    envelope: Envelope,
    kind: PolicyKind,
    sum: Context,
    summed: usize,
    taken: u64,
    /// Told how many bytes of the answer came so far.
    progress: &'a (dyn Fn(u64) + Send + Sync),
}

impl<'a> PolicySink<'a> {
    pub(super) fn new(kind: PolicyKind, most: u64, progress: &'a (dyn Fn(u64) + Send + Sync)) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self {
            envelope: Envelope::new(kind, most),
            kind,
            sum: Context::new(&SHA256),
            summed: 0,
            taken: 0,
            progress,
        }
    }

    /// What came, now that nothing more will.
    pub(super) fn end(self) -> Ended {
        Ended { envelope: self.envelope, kind: self.kind, sum: self.sum }
    }
}

impl Sink for PolicySink<'_> {
    fn take(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        self.envelope.feed(chunk).map_err(|refusal| failure(self.kind, &refusal))?;
        let text = self.envelope.text();
        self.sum.update(text.get(self.summed..).unwrap_or_default());
        self.summed = text.len();
        self.taken += chunk.len() as u64;
        (self.progress)(self.taken);
        Ok(())
    }
}

/// A whole answer that is yet to be looked at.
pub(super) struct Ended {
    envelope: Envelope,
    kind: PolicyKind,
    sum: Context,
}

impl Ended {
    /// The policy, if it is the one that was asked for.
    pub(super) fn read(self, asked: &RemoteText) -> Result<StoredPolicy, UnreadableAnswer> {
        let refused = |detail: String| UnreadableAnswer { what: what(self.kind), detail };
        let taken = self.envelope.finish().map_err(|refusal| refused(refusal.to_string()))?;
        if taken.name != asked.raw().as_bytes() {
            return Err(refused("it is that of a policy with another name".to_owned()));
        }
        let text = match taken.text {
            Some(text) if std::str::from_utf8(&text).is_err() => {
                return Err(refused("the policy is not UTF-8".to_owned()));
            }
            Some(mut text) => {
                // Large buffers shrink where they are.
                text.shrink_to_fit();
                Some(Bytes::from(text))
            }
            None => None,
        };
        let sum = Checksum::from_slice(self.sum.finish().as_ref())
            .ok_or_else(|| refused("its sum has not 32 bytes".to_owned()))?;
        Ok(StoredPolicy { text, sum })
    }
}

fn what(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Runtime => "the answer with the runtime policy is not readable",
        PolicyKind::MeasuredBoot => "the answer with the measured-boot policy is not readable",
    }
}

fn failure(kind: PolicyKind, refusal: &Refusal) -> Failure {
    match refusal {
        Refusal::Shape(_) => unreadable(&UnreadableAnswer { what: what(kind), detail: refusal.to_string() }),
        // Another member of the group has the same policy.
        Refusal::TooLong(_) | Refusal::Around | Refusal::Memory => {
            Failure::stay(super::super::failure::AddressState::Error, unusable(refusal.to_string()).words)
        }
    }
}
