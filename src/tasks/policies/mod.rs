//! The policies that are deployed in the groups: listed and fetched on demand,
//! never polled.
//!
//! [`Policies`] is what screens and commands hold. [`Policies::fetch`] brings
//! one text; [`Policies::survey`] lists those of all groups at the same time
//! and reads them to compare them. What was read is remembered by its checksum
//! (`store`): a policy that did not change costs a few bytes the next time, and
//! the same text in ten groups is in memory once. Each is judged by the trust
//! store that [`Policies::trust`] was given. Ending a wait, or dropping
//! what `begin_…` gave, ends the transfer.

mod begun;
mod desk;
mod facts;
mod fetch;
mod question;
mod store;
mod survey;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};

use super::asker::Asker;
use super::{AskPassphrase, GroupTargets, credentials};
use crate::config::Config;
use crate::keylime::{AddressState, Failure, Limits};
use crate::policy::trust::Store as TrustStore;
use desk::Access;
use store::Store;

pub use begun::{FetchState, Fetching, Surveyed, Surveying};
pub use facts::local_facts;
pub use fetch::{Deployed, FetchError, Progress};

pub(super) use desk::{Access as PolicyAccess, Desk};
pub(super) use question::{Question, Reply};

/// Answers beyond this size are read few at a time, in bytes.
const LARGE: u64 = 8 * 1024 * 1024;

/// Large answers that are read at the same time, over all groups.
const LARGE_AT_A_TIME: usize = 2;

/// Reads the policies of all groups. Cloning is cheap; clones share what was
/// read.
#[derive(Clone, Debug)]
pub struct Policies {
    shared: Arc<Shared>,
}

/// Whom to trust for the policies of all groups, and which of the trusts that
/// were given one after the other this is.
#[derive(Clone, Debug, Default)]
struct Trusted {
    number: u64,
    store: Arc<TrustStore>,
}

#[derive(Debug)]
struct Shared {
    trusted: RwLock<Trusted>,
    desks: RwLock<Vec<Arc<Desk>>>,
    store: Mutex<Store>,
    large: Semaphore,
    runtime: Handle,
}

impl Policies {
    /// Of no group yet. Must be called inside a runtime.
    pub(super) fn new() -> Self {
        let shared = Shared {
            trusted: RwLock::default(),
            desks: RwLock::default(),
            store: Mutex::default(),
            large: Semaphore::new(LARGE_AT_A_TIME),
            runtime: Handle::current(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Of all groups of a configuration, for a command that follows none. Must
    /// be called inside a runtime.
    #[must_use]
    pub fn of(config: &Config, limits: Limits, ask: AskPassphrase<'_>) -> Self {
        let policies = Self::new();
        let desks = config.groups.iter().enumerate().map(|(key, group)| {
            let targets = GroupTargets::of(group);
            // Nobody keeps a model here: what is learned beside goes nowhere.
            let (inputs, _nobody) = mpsc::channel(1);
            let asker = credentials::read(&group.tls, &mut *ask)
                .map_err(|error| Failure::stay(AddressState::Error, error.to_string()))
                .and_then(|tls| Asker::new(key, targets, tls, limits, config.poll_interval, inputs));
            let access = match asker {
                Ok((asker, _)) => Access::Own(Arc::new(asker)),
                Err(failure) => Access::Unusable(failure),
            };
            (key, group.name.clone(), access)
        });
        policies.arrange(desks.collect());
        policies
    }

    /// From now on these groups, by their keys, names and accesses; what was read
    /// of others is forgotten.
    pub(super) fn arrange(&self, groups: Vec<(usize, String, Access)>) {
        let desks: Vec<_> =
            groups.into_iter().map(|(key, name, access)| Arc::new(Desk::new(key, name, access))).collect();
        self.store(|store| store.keep_only(|desk| desks.iter().any(|one| one.key == desk)));
        *self.shared.desks.write().unwrap_or_else(PoisonError::into_inner) = desks;
    }

    /// From now on signatures are judged with this trust store, each policy's
    /// with what it says for the group and the name. Until then nobody is
    /// trusted. What was judged with another one is judged again when it is
    /// asked for.
    pub fn trust(&self, store: TrustStore) {
        let mut trusted = self.shared.trusted.write().unwrap_or_else(PoisonError::into_inner);
        if *trusted.store != store {
            *trusted = Trusted { number: trusted.number.wrapping_add(1), store: Arc::new(store) };
        }
    }

    fn trusted(&self) -> Trusted {
        self.shared.trusted.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Names of the groups, in the order of the configuration.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        self.desks().iter().map(|desk| desk.name.clone()).collect()
    }

    pub(super) fn desks(&self) -> Vec<Arc<Desk>> {
        self.shared.desks.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where what is begun runs.
    pub(super) fn runtime(&self) -> &Handle {
        &self.shared.runtime
    }

    fn store<T>(&self, work: impl FnOnce(&mut Store) -> T) -> T {
        work(&mut self.shared.store.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
