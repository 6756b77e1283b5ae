//! An audit as a whole.

use jiff::Timestamp;

use super::gather::{GroupOutcome, Measure, Progress};
use super::judge::AgentAudit;
use super::pin_file::{PinFile, PinFileError};
use super::vendor_folder::VendorFolderError;
use super::vendors::{Vendors, read_vendors};
use super::{AuditOptions, Identities};
use crate::fleet::identity::{Seen, across};
use crate::text::RemoteText;
use crate::tpm::identity::{Finding, Severity};

/// What an audit found.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// When.
    pub at: Timestamp,
    /// The groups, in the order of the configuration.
    pub groups: Vec<GroupOutcome>,
    /// The agents by group, in the order of their ids.
    pub agents: Vec<AgentAudit>,
    /// The certificates of TPM makers; none: none were given.
    pub vendors: Option<Vendors>,
    /// What became of the pins.
    pub pinning: Option<Pinning>,
}

/// Why there is no audit. Nobody was asked for anything.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file of pins cannot be used.
    #[error(transparent)]
    Pins(#[from] PinFileError),
    /// The certificates of TPM makers that were demanded cannot be used.
    #[error(transparent)]
    Vendors(#[from] VendorFolderError),
    /// The work was broken off.
    #[error("the audit broke off: {0}")]
    Broken(String),
}

/// What became of the pins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pinning {
    /// Agents that are pinned now.
    pub pinned: usize,
    /// Those of them that are new or have a key more.
    pub learned: usize,
    /// Ids that were to be accepted and were not seen.
    pub unseen: Vec<String>,
    /// Agents that are pinned in a group whose registrar does not list them any
    /// more: their ids and groups.
    pub gone: Vec<(RemoteText, String)>,
    /// Why the file could not be saved, in words.
    pub not_saved: Option<String>,
}

impl Audit {
    /// How many agents have a finding of this weight.
    #[must_use]
    pub fn with(&self, severity: Severity) -> usize {
        let has =
            |agent: &&AgentAudit| agent.identity.findings.iter().any(|finding| finding.severity == severity);
        self.agents.iter().filter(has).count()
    }

    /// How many findings count (contract §7).
    #[must_use]
    pub fn findings(&self) -> usize {
        self.agents.iter().map(|agent| agent.findings().count()).sum()
    }

    /// Adds what the agents say about each other, and what the pins say.
    pub fn compare(&mut self, pins: Option<&crate::fleet::identity::Pins>) {
        let seen = self.seen();
        let add = |agents: &mut Vec<AgentAudit>, found: Vec<Vec<Finding>>| {
            for (agent, findings) in agents.iter_mut().zip(found) {
                if !findings.is_empty() {
                    agent.identity.findings.extend(findings);
                    agent.identity.sort();
                }
            }
        };
        add(&mut self.agents, across(&seen));
        if let Some(pins) = pins {
            add(&mut self.agents, pins.changes(&seen));
        }
    }

    /// The keys of all agents.
    fn seen(&self) -> Vec<Seen> {
        self.agents.iter().map(AgentAudit::seen).collect()
    }
}

impl Identities {
    /// Audits all groups. Whatever fails at a server is in the result, in words.
    ///
    /// # Errors
    /// The file of pins cannot be used, or certificates that were demanded;
    /// nothing was asked then.
    pub async fn audit(
        &self,
        options: AuditOptions,
        told: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Audit, AuditError> {
        // Before anybody is asked for anything: a run in vain would be the dearer mistake.
        let pins = match options.pins.clone() {
            Some(path) => Some(aside(move || Ok(PinFile::open(&path)?)).await?),
            None => None,
        };
        let (vendors, roots) = match options.vendors.clone() {
            Some(choice) => aside(move || Ok(read_vendors(&choice, options.at)?)).await?,
            None => (None, None),
        };
        let mut audit = Audit { at: options.at, vendors, ..Audit::default() };
        let measure = Measure { only: &options.only, vendors: roots, at: options.at };
        for (outcome, agents) in self.gather(&measure, told).await {
            audit.groups.push(outcome);
            audit.agents.extend(agents);
        }
        aside(move || Ok(finish(audit, pins, &options))).await
    }
}

/// Work on files and whole fleets, not on a thread that serves the network.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AuditError> + Send + 'static,
) -> Result<T, AuditError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(AuditError::Broken(error.to_string())))
}

fn finish(mut audit: Audit, pins: Option<PinFile>, options: &AuditOptions) -> Audit {
    let Some(mut file) = pins else {
        audit.compare(None);
        return audit;
    };
    let seen = audit.seen();
    let mut pinning = Pinning::default();
    let unseen = file.pins.accept(&options.accept, &seen, options.at);
    pinning.unseen = unseen.into_iter().map(str::to_owned).collect();
    audit.compare(Some(&file.pins));
    if options.learn {
        pinning.learned = file.pins.learn(&seen, options.at);
    }
    pinning.pinned = file.pins.len();
    // What a group did not say to its end is not known.
    let whole = audit.groups.iter().filter(|group| group.listed.is_some() && group.failure.is_none());
    let whole: Vec<_> = whole.map(|group| group.group.as_str()).collect();
    let gone = file.pins.gone(&seen, &whole);
    pinning.gone = gone.into_iter().map(|pin| (pin.id.clone(), pin.group.clone())).collect();
    // The findings are worth more than the file: they are told even if it cannot be saved.
    pinning.not_saved = file.save().err().map(|error| error.to_string());
    audit.pinning = Some(pinning);
    audit
}
