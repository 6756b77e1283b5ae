//! Our verdict on an agent: nine words, from worst to best.

/// What limescope says of an agent. The order is that of the contract's row
/// verdict: the first is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The verifier refused the evidence, or gave up.
    Failed,
    /// An operator stopped the attestation; Keylime cannot resume it.
    Stopped,
    /// A push agent fell silent.
    TimedOut,
    /// The last success is too old.
    Stale,
    /// Enrolled, and nothing has been proven yet.
    Unproven,
    /// Being deleted.
    Removing,
    /// Known to the registrar only.
    Registered,
    /// The group gives no usable answer.
    Unknown,
    /// Proven, and lately enough.
    Attested,
}

impl Verdict {
    /// All verdicts, the worst first.
    pub const ALL: [Self; 9] = [
        Self::Failed,
        Self::Stopped,
        Self::TimedOut,
        Self::Stale,
        Self::Unproven,
        Self::Removing,
        Self::Registered,
        Self::Unknown,
        Self::Attested,
    ];

    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::TimedOut => "timed-out",
            Self::Stale => "stale",
            Self::Unproven => "unproven",
            Self::Removing => "removing",
            Self::Registered => "registered",
            Self::Unknown => "unknown",
            Self::Attested => "attested",
        }
    }

    /// The verdict of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

/// How many agents have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([u32; Verdict::ALL.len()]);

impl Counts {
    /// Counts verdicts.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            if let Some(count) = counts.0.get_mut(verdict as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// Agents with this verdict.
    pub fn get(&self, verdict: Verdict) -> u32 {
        self.0.get(verdict as usize).copied().unwrap_or_default()
    }

    /// Agents in all.
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }
}
