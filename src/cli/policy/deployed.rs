//! FILEs of the form `group:NAME/POLICY`: policies that groups store.
//!
//! Only the group that is named is asked, and only the passphrase of its key.

use std::collections::HashMap;

use color_eyre::eyre::{Report, eyre};
use tokio::runtime::Runtime;

use super::input::Loaded;
use crate::cli::arguments::Global;
use crate::cli::load;
use crate::config::Config;
use crate::files::log::Log;
use crate::fleet::policies::{PolicyReference, reference};
use crate::keylime::policies::PolicyKind;
use crate::tasks::policies::Policies;
use crate::text::sanitise;

/// The groups of the configuration, and who asks them.
pub(super) struct Deployed {
    config: Config,
    /// By the group's name.
    policies: HashMap<String, Policies>,
    /// Taken at the end only.
    runtime: Option<Runtime>,
    _log: Log,
}

impl Deployed {
    /// Finds and reads the configuration, as every command does.
    ///
    /// # Errors
    /// There is none, or it is not usable.
    pub(super) fn open(global: &Global) -> Result<Self, Report> {
        let config = load::load(global)?.config;
        let log = load::start_log()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self { config, policies: HashMap::new(), runtime: Some(runtime), _log: log })
    }

    /// Fetches the policy of this name. Every wait for a server has its
    /// deadline, every answer its bound.
    ///
    /// # Errors
    /// There is no such group or policy, or it cannot be read.
    pub(super) fn load(&mut self, given: String) -> Result<Loaded, Report> {
        let shown = || sanitise(&given).into_string();
        let groups = self.config.groups.iter().map(|group| group.name.as_str());
        let PolicyReference { group, name } = reference(&given, groups)
            .ok_or_else(|| eyre!("{} is no policy of a group", shown()))?
            .map_err(|error| {
                let known: Vec<_> = self.config.groups.iter().map(|group| group.name.as_str()).collect();
                eyre!("{error} (configured: {})", sanitise(&known.join(", ")))
            })?;
        let Some(runtime) = &self.runtime else { return Err(eyre!("{} is asked for too late", shown())) };
        let policies = self.policies.entry(group.clone()).or_insert_with(|| {
            let _inside = runtime.enter();
            let mut only = self.config.clone();
            only.groups.retain(|other| other.name == group);
            Policies::of(&only, load::limits(), &mut load::ask_passphrase)
        });
        let fetched =
            runtime.block_on(policies.fetch_text(&group, PolicyKind::Runtime, &name, &|_progress| {}))?;
        let text = fetched.ok_or_else(|| eyre!("{}: null is stored, which is no policy", shown()))?;
        // No copy: nobody else holds it.
        let bytes = Vec::from(text);
        let policy = Some(name.raw().to_owned());
        Ok(Loaded { bytes, name: given, group: Some(group), policy })
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        // A name lookup that hangs in the system must not hold up the end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
