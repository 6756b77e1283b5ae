//! Flags: what stands beside a verdict and does not change it.

use std::fmt;

/// One flag (contract §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Flag {
    /// The verifier keeps asking after a fault.
    Retrying = 1 << 0,
    /// Attested, an old event id still carried.
    HistoricEvent = 1 << 1,
    /// A push agent passes again and Keylime keeps saying FAIL.
    Latched = 1 << 2,
    /// Nothing of the machine is compared with anything.
    NothingChecked = 1 << 3,
    /// A runtime policy is set, and PCR 10 is not asked for.
    PolicyNotEnforced = 1 << 4,
    /// The agent attests more rarely than the verifier's limit.
    IntervalMismatch = 1 << 5,
    /// The registrar lists the agent and has not activated it.
    NotActivated = 1 << 6,
    /// At the verifier, and not in the registrar's list.
    NotRegistered = 1 << 7,
    /// The id is not plain, or easily taken for another one.
    OddId = 1 << 8,
    /// Fewer groups attest the agent than `verification_duplication` asks for.
    UnderDuplicated = 1 << 9,
    /// The last success lies in the future of the server's clock.
    ClockAhead = 1 << 10,
}

impl Flag {
    /// All flags in the order of the contract.
    pub const ALL: [Self; 11] = [
        Self::Retrying,
        Self::HistoricEvent,
        Self::Latched,
        Self::NothingChecked,
        Self::PolicyNotEnforced,
        Self::IntervalMismatch,
        Self::NotActivated,
        Self::NotRegistered,
        Self::OddId,
        Self::UnderDuplicated,
        Self::ClockAhead,
    ];

    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Retrying => "retrying",
            Self::HistoricEvent => "historic-event",
            Self::Latched => "latched",
            Self::NothingChecked => "nothing-checked",
            Self::PolicyNotEnforced => "policy-not-enforced",
            Self::IntervalMismatch => "interval-mismatch",
            Self::NotActivated => "not-activated",
            Self::NotRegistered => "not-registered",
            Self::OddId => "odd-id",
            Self::UnderDuplicated => "under-duplicated",
            Self::ClockAhead => "clock-ahead",
        }
    }

    /// What it means and what to do, in one or two sentences.
    pub fn words(self) -> &'static str {
        match self {
            Self::Retrying => "The verifier met a fault and asks again; Keylime says PASS until it gives up.",
            Self::HistoricEvent => {
                "The event id is from an earlier failure: Keylime does not clear it when an agent is reactivated."
            }
            Self::Latched => {
                "The newest evidence passed, and Keylime keeps FAIL until the agent is deleted and added again (auto_recover_attestation_failures is off)."
            }
            Self::NothingChecked => {
                "No PCR, no runtime policy and no measured-boot policy: the quote proves that a TPM answers and nothing about the machine."
            }
            Self::PolicyNotEnforced => {
                "A runtime policy is set, but the PCR mask lacks PCR 10, so the IMA log is never checked: add 0x400 to the mask."
            }
            Self::IntervalMismatch => {
                "The agent attests less often than the verifier's limit: raise quote_interval at the verifier or attest more often."
            }
            Self::NotActivated => {
                "The agent did not answer the registrar's challenge yet: its TPM identity is not proven."
            }
            Self::NotRegistered => {
                "The verifier has the agent and the registrar does not list it: its TPM identity cannot be looked up."
            }
            Self::OddId => {
                "The id has characters beyond A-Z a-z 0-9 . _ - or looks like another agent's: do not trust it by sight; Keylime may not be able to fetch or delete it."
            }
            Self::UnderDuplicated => "Fewer groups attest this agent than verification_duplication asks for.",
            Self::ClockAhead => {
                "The last success is later than the server's own clock: the servers' clocks differ."
            }
        }
    }
}

/// A set of flags.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u16);

impl Flags {
    /// No flag.
    pub const NONE: Self = Self(0);

    /// Whether the flag is set.
    pub fn has(self, flag: Flag) -> bool {
        self.0 & flag as u16 != 0
    }

    /// Sets the flag where `condition` holds.
    pub fn set_if(&mut self, flag: Flag, condition: bool) {
        if condition {
            self.0 |= flag as u16;
        }
    }

    /// This set and the other one together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set without this flag.
    #[must_use]
    pub fn without(self, flag: Flag) -> Self {
        Self(self.0 & !(flag as u16))
    }

    /// Whether no flag is set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flags that are set, in the order of the contract.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.iter().map(Flag::word)).finish()
    }
}
