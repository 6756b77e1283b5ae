//! In what condition an agent is before the story touches it.

/// How an agent gives its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The verifier asks it.
    Pull,
    /// It sends.
    Push,
}

/// In what condition an agent is, in one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Attests by the clock.
    Healthy,
    /// Enrolled, never reached (push: `PENDING`), though a pull verifier says `PASS`.
    Unproven,
    /// Attested once, then its verifier stopped asking; Keylime still says `PASS`.
    Stale,
    /// Its quote or its logs were rejected (pull 9).
    InvalidQuote,
    /// Lost after all retries (pull 7).
    Unreachable,
    /// Push `FAIL`.
    PushFail,
    /// Push `FAIL`, though it passes again.
    PushLatched,
    /// Push `TIMEOUT`.
    PushTimeout,
    /// Stopped by an operator (pull 10).
    Stopped,
    /// Being deleted (pull 8).
    Removing,
    /// Quotes arrive and fail, below the level that stops it.
    Retrying,
    /// Attests again after a failure whose event id is still carried.
    Historic,
    /// No policy at all: its quotes are checked against nothing.
    NothingChecked,
    /// Has a runtime policy, but PCR 10 is not in the mask.
    PolicyNotEnforced,
    /// At the registrar only.
    Registered,
    /// At the registrar only, and its TPM has not answered the challenge.
    NotActivated,
    /// At the verifier only, and healthy.
    NotRegistered,
}

impl Condition {
    /// Whether the verifier knows the agent.
    pub(super) fn is_enrolled(self) -> bool {
        !matches!(self, Self::Registered | Self::NotActivated)
    }

    /// Whether the registrar knows the agent.
    pub(super) fn is_registered(self) -> bool {
        self != Self::NotRegistered
    }
}
