//! Who the agents are: what all registrars have of them, asked for on request.
//!
//! [`Identities::audit`] asks the registrar of every group for its list and then
//! for each record (one question per agent: never in a poll), has each judged
//! while the next ones arrive, compares all with each other and with the local
//! [`PinFile`], and gives an [`Audit`]. Chains of certificates are judged by a
//! folder of TPM makers' ([`VendorChoice`]), which is read first. A group that cannot be asked is in it with
//! the words why; its agents get no finding for that. [`Identities::begin_audit`]
//! does so in the background, for a screen; dropping it ends it.

mod audit;
mod begun;
mod gather;
mod judge;
mod pin_file;
mod vendor_folder;
mod vendors;

use std::path::PathBuf;

use jiff::Timestamp;

use super::AskPassphrase;
use super::policies::Policies;
use crate::config::Config;
use crate::keylime::Limits;

pub use audit::{Audit, AuditError, Pinning};
pub use begun::{AuditState, Auditing};
pub use gather::{GroupOutcome, Progress};
pub use judge::{AgentAudit, AgentState, judge, judge_on_all_cores};
pub use pin_file::{PinFile, PinFileError};
pub use vendor_folder::{UnusableCertificate, VendorFolder, VendorFolderError, read_vendor_folder};
pub use vendors::{VendorChoice, VendorCount, Vendors};

/// Audits the identities of all groups. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Identities {
    /// Who has the accesses to the groups.
    groups: Policies,
}

/// What an audit is to look at.
#[derive(Clone, Debug, Default)]
pub struct AuditOptions {
    /// Only these groups; empty: all.
    pub only: Vec<String>,
    /// Where the certificates of TPM makers are; none: chains are not checked.
    pub vendors: Option<VendorChoice>,
    /// The file of pins; none: nothing is compared with earlier audits.
    pub pins: Option<PathBuf>,
    /// Whether agents that are seen for the first time are pinned.
    pub learn: bool,
    /// Ids whose present keys are to be pinned though they have changed.
    pub accept: Vec<String>,
    /// The time of the audit.
    pub at: Timestamp,
}

impl Identities {
    /// Of the groups that are followed.
    #[must_use]
    pub const fn over(groups: Policies) -> Self {
        Self { groups }
    }

    /// Of all groups of a configuration, for a command that follows none. Must
    /// be called inside a runtime.
    #[must_use]
    pub fn of(config: &Config, limits: Limits, ask: AskPassphrase<'_>) -> Self {
        Self { groups: Policies::of(config, limits, ask) }
    }
}
