//! Evidence that agents gave, checked again by us: on request, never in a poll.
//!
//! [`Quotes::check`] fetches the newest attestation that a verifier in push mode
//! keeps of an agent, the agent's keys from the registrar, and as many earlier
//! attestations as the replay of the IMA list needs, and has
//! [`crate::tpm::quote`] judge them. A verifier in pull mode keeps nothing: then
//! the agent itself can be asked for a quote over a nonce of ours
//! ([`Source::Agent`]), which costs it a quote of its TPM. [`Quotes::begin_check`]
//! does so in the background, for a screen; dropping it ends it.

mod begun;
mod challenges;
mod check;
mod gather;
mod judge;

use std::sync::{Arc, Mutex};

use super::AskPassphrase;
use super::policies::Policies;
use crate::config::Config;
use crate::keylime::Limits;

pub use begun::{CheckState, Checking};
pub use check::{AgentCheck, CheckError, Found, Source, Verifier};

use challenges::Challenges;

/// Words about what a quote from the agent itself costs.
pub const COST: &str =
    "the agent's TPM makes one more quote (up to a second on a chip), and resets and extends its PCR 16";

/// Checks the evidence of agents. Cloning is cheap; clones share the challenges
/// that were seen.
#[derive(Clone, Debug)]
pub struct Quotes {
    /// Who has the accesses to the groups.
    groups: Policies,
    challenges: Arc<Mutex<Challenges>>,
}

impl Quotes {
    /// Of the groups that are followed.
    #[must_use]
    pub fn over(groups: Policies) -> Self {
        Self { groups, challenges: Arc::default() }
    }

    /// Of all groups of a configuration, for a command that follows none. Must
    /// be called inside a runtime.
    #[must_use]
    pub fn of(config: &Config, limits: Limits, ask: AskPassphrase<'_>) -> Self {
        Self::over(Policies::of(config, limits, ask))
    }
}
