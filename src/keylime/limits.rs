//! How long we wait and how much we take.

use std::time::Duration;

/// Deadlines and bounds of all requests. The defaults fit a real deployment;
/// tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Name lookup.
    pub lookup: Duration,
    /// TCP connection.
    pub connection: Duration,
    /// TLS handshake.
    pub handshake: Duration,
    /// First byte of an ordinary answer.
    pub first_byte: Duration,
    /// First byte of a bulk answer: a verifier computes it for minutes.
    pub bulk_first_byte: Duration,
    /// A whole ordinary answer, from its first byte.
    pub whole_answer: Duration,
    /// A whole bulk answer, from its first byte.
    pub bulk_whole_answer: Duration,
    /// First byte of a policy: a verifier reads it from its database and writes
    /// it as JSON before it answers.
    pub policy_first_byte: Duration,
    /// A whole policy, from its first byte.
    pub policy_whole_answer: Duration,
    /// Longest policy text that is read, in bytes: one of a million digests has
    /// 102 MB, and 136 MB when it is signed.
    pub policy_bytes: u64,
    /// First byte of a quote: a TPM makes it, one after the other.
    pub attestation_first_byte: Duration,
    /// A whole quote with its logs, from its first byte.
    pub attestation_whole_answer: Duration,
    /// Bytes per second that a body must bring on average…
    pub minimum_throughput: u64,
    /// …once this much time has passed since its first byte.
    pub throughput_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lookup: Duration::from_secs(5),
            connection: Duration::from_secs(5),
            handshake: Duration::from_secs(5),
            first_byte: Duration::from_secs(10),
            bulk_first_byte: Duration::from_secs(120),
            whole_answer: Duration::from_secs(20),
            bulk_whole_answer: Duration::from_secs(120),
            policy_first_byte: Duration::from_secs(60),
            policy_whole_answer: Duration::from_secs(600),
            policy_bytes: 256 * 1024 * 1024,
            attestation_first_byte: Duration::from_secs(20),
            attestation_whole_answer: Duration::from_secs(120),
            minimum_throughput: 1024,
            throughput_grace: Duration::from_secs(4),
        }
    }
}

/// A kind of answer, with its bound in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `/version`.
    Version,
    /// A registrar's list of ids.
    Ids,
    /// All agent records of a verifier.
    Bulk,
    /// One record of either server.
    Record,
    /// A policy's text in its envelope.
    Policy,
    /// A quote with its logs, from a verifier or an agent.
    Attestation,
}

/// What may stand around a policy's text in an answer, in bytes.
pub(super) const AROUND_POLICY: u64 = 1024 * 1024;

/// Bytes of JSON that one byte of a text may take: `\u0000`.
const LONGEST_ESCAPE: u64 = 6;

impl Kind {
    /// The largest body that is read, in bytes. That of a policy only ends what
    /// is absurd: its text has its own bound.
    pub fn max_bytes(self, limits: &Limits) -> u64 {
        match self {
            Self::Policy => limits.policy_bytes.saturating_mul(LONGEST_ESCAPE).saturating_add(AROUND_POLICY),
            Self::Version => 64 * 1024,
            Self::Ids => 32 * 1024 * 1024,
            Self::Bulk => 128 * 1024 * 1024,
            Self::Record => 1024 * 1024,
            // An IMA list of 200,000 entries has some 30 MB.
            Self::Attestation => 64 * 1024 * 1024,
        }
    }

    /// The most values that a body may hold.
    pub fn max_values(self) -> u64 {
        match self {
            Self::Version | Self::Record | Self::Policy | Self::Attestation => 10_000,
            Self::Ids => 600_000,
            Self::Bulk => 16_000_000,
        }
    }

    /// First byte and whole answer.
    pub fn deadlines(self, limits: &Limits) -> (Duration, Duration) {
        match self {
            Self::Bulk => (limits.bulk_first_byte, limits.bulk_whole_answer),
            Self::Policy => (limits.policy_first_byte, limits.policy_whole_answer),
            // A TPM takes its time, and another may be before us.
            Self::Attestation => (limits.attestation_first_byte, limits.attestation_whole_answer),
            _ => (limits.first_byte, limits.whole_answer),
        }
    }
}
