//! Which groups are followed, and another configuration while that goes on.
//!
//! A group of which nothing changed is left alone: its task, its connections
//! and all that is known of it stay. The model is told of the new arrangement
//! before any task of it says something.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinSet};

use super::asker::{Asker, Inputs};
use super::follow::follow_group;
use super::group::GroupTargets;
use super::keeper::News;
use super::policies::{Policies, PolicyAccess};
use super::refresh::{Bell, Refresher};
use super::{AskPassphrase, credentials, once};
use crate::config::{Config, GroupConfig};
use crate::fleet::GroupPlan;
use crate::keylime::{AddressState, Failure, Limits};

/// The tasks of a followed fleet; they end when this is dropped.
#[derive(Debug)]
pub struct Following {
    direction: Arc<Mutex<Direction>>,
    refresher: Refresher,
    policies: Policies,
    runtime: Handle,
}

impl Following {
    /// What reads the policies of the groups that are followed.
    pub fn policies(&self) -> Policies {
        self.policies.clone()
    }

    /// What asks the groups sooner than planned.
    pub fn refresher(&self) -> Refresher {
        self.refresher.clone()
    }

    /// What gives the fleet another configuration.
    pub fn director(&self) -> Director {
        Director { direction: Arc::downgrade(&self.direction), runtime: self.runtime.clone() }
    }
}

/// Gives the followed fleet another configuration. Cloning is cheap; it does
/// not keep the fleet followed.
#[derive(Clone, Debug)]
pub struct Director {
    direction: Weak<Mutex<Direction>>,
    runtime: Handle,
}

/// What another configuration changed, in words by its `Display`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redirected {
    /// Names of groups that are asked from now on.
    pub added: Vec<String>,
    /// Names of groups that are asked no more.
    pub removed: Vec<String>,
    /// Names of groups that are asked otherwise than before.
    pub changed: Vec<String>,
    /// Groups that were not disturbed.
    pub kept: usize,
}

impl Director {
    /// Follows the groups of this configuration from now on. A key whose
    /// passphrase has to be typed cannot be used: there is nobody at a prompt.
    ///
    /// None: nobody follows any more.
    pub async fn redirect(&self, config: Config) -> Option<Redirected> {
        let direction = self.direction.upgrade()?;
        // Credentials are read from files, which may take their time: not on the caller's thread.
        let change = async move { direction.lock().await.redirect(&config).await };
        self.runtime.spawn(change).await.ok()
    }
}

/// What is followed, by whom.
#[derive(Debug)]
pub(super) struct Direction {
    limits: Limits,
    inputs: Inputs,
    interval: Duration,
    next_key: usize,
    running: Vec<Running>,
    refresher: Refresher,
    policies: Policies,
    tasks: JoinSet<()>,
    runtime: Handle,
}

/// A group that is followed.
#[derive(Debug)]
struct Running {
    key: usize,
    group: GroupConfig,
    task: AbortHandle,
    bell: Arc<Bell>,
    access: PolicyAccess,
}

/// A group that is to be followed, and its key.
type Planned = (usize, GroupPlan);

impl Direction {
    /// Nothing is followed yet. Must be called inside a runtime.
    pub(super) fn new(limits: Limits, inputs: Inputs) -> Self {
        Self {
            limits,
            inputs,
            interval: Duration::ZERO,
            next_key: 0,
            running: Vec::new(),
            refresher: Refresher::default(),
            policies: Policies::new(),
            tasks: JoinSet::new(),
            runtime: Handle::current(),
        }
    }

    /// What holds the tasks.
    pub(super) fn followed(self) -> Following {
        let (refresher, policies) = (self.refresher.clone(), self.policies.clone());
        let runtime = self.runtime.clone();
        Following { direction: Arc::new(Mutex::new(self)), refresher, policies, runtime }
    }

    async fn redirect(&mut self, config: &Config) -> Redirected {
        let before: Vec<_> = self.running.iter().map(|running| running.group.clone()).collect();
        let stays = self.interval == config.poll_interval;
        let is_kept = |group: &GroupConfig, among: &[GroupConfig]| {
            stays && among.iter().any(|other| is_same(group, other))
        };
        let names = |groups: &[GroupConfig], others: &[GroupConfig]| {
            let other = groups.iter().filter(|group| !is_kept(group, others));
            other.map(|group| group.name.clone()).collect::<Vec<_>>()
        };
        let (mut added, mut removed) = (names(&config.groups, &before), names(&before, &config.groups));
        let kept = config.groups.len() - added.len();
        let changed: Vec<_> = added.extract_if(.., |name| removed.contains(name)).collect();
        removed.retain(|name| !changed.contains(name));
        let redirected = Redirected { added, removed, changed, kept };
        let started = self.plan(config);
        let groups = self.planned();
        let news = News::Rearranged {
            requested: config.verification_duplication,
            stale_after: config.stale_after.as_secs(),
            groups,
        };
        // The keeper ends last; if it is gone, nobody wants to know.
        let _ = self.inputs.send(news).await;
        self.start(started, &mut no_passphrase);
        redirected
    }

    /// Follows the groups of the first configuration, and says what the model is
    /// to know: how many are wanted, the limit of age in seconds, the groups.
    pub(super) fn arrange(&mut self, config: &Config, ask: AskPassphrase<'_>) -> (u32, u64, Vec<Planned>) {
        let started = self.plan(config);
        let groups = self.planned();
        self.start(started, ask);
        (config.verification_duplication, config.stale_after.as_secs(), groups)
    }

    /// Ends what is to be followed no more, and gives keys to what is new.
    /// Its places among those that run are returned.
    fn plan(&mut self, config: &Config) -> Vec<usize> {
        let stays = self.interval == config.poll_interval;
        self.interval = config.poll_interval;
        let mut before = std::mem::take(&mut self.running);
        let mut new = Vec::new();
        for (place, group) in config.groups.iter().enumerate() {
            let kept = before.iter().position(|running| stays && is_same(&running.group, group));
            let running = match kept {
                Some(kept) => Running { group: group.clone(), ..before.swap_remove(kept) },
                None => {
                    new.push(place);
                    let key = self.next_key;
                    self.next_key += 1;
                    // Its task comes when the model knows of it.
                    let task = self.tasks.spawn_on(std::future::ready(()), &self.runtime);
                    let access = PolicyAccess::Followed(Weak::new());
                    Running { key, group: group.clone(), task, bell: Arc::default(), access }
                }
            };
            self.running.push(running);
        }
        before.iter().for_each(|running| running.task.abort());
        while self.tasks.try_join_next().is_some() {}
        self.refresher.ring_for(self.running.iter().map(|running| Arc::clone(&running.bell)));
        new
    }

    fn planned(&self) -> Vec<Planned> {
        let plan = |running: &Running| (running.key, GroupTargets::of(&running.group).plan());
        self.running.iter().map(plan).collect()
    }

    fn start(&mut self, places: Vec<usize>, ask: AskPassphrase<'_>) {
        for place in places {
            let Some(running) = self.running.get_mut(place) else { continue };
            let (key, group) = (running.key, &running.group);
            let targets = GroupTargets::of(group);
            let addresses = targets.addresses.len();
            let asker = credentials::read(&group.tls, &mut *ask)
                .map_err(|error| Failure::stay(AddressState::Error, error.to_string()))
                .and_then(|tls| {
                    Asker::new(key, targets, tls, self.limits, self.interval, self.inputs.clone())
                });
            let inputs = self.inputs.clone();
            let (task, access) = match asker {
                Ok((asker, sides)) => {
                    // The task owns it: who reads policies keeps nobody at work.
                    let asker = Arc::new(asker);
                    let access = PolicyAccess::Followed(Arc::downgrade(&asker));
                    let bell = Arc::clone(&running.bell);
                    let task = follow_group(asker, sides, self.interval, inputs, key, bell);
                    (self.tasks.spawn_on(task, &self.runtime), access)
                }
                Err(failure) => {
                    tracing::error!(group = %group.name, "{failure}");
                    let access = PolicyAccess::Unusable(failure.clone());
                    let task = async move {
                        for input in once::unusable(addresses, &failure) {
                            let _ = inputs.send(News::Input(key, input)).await;
                        }
                    };
                    (self.tasks.spawn_on(task, &self.runtime), access)
                }
            };
            running.task = task;
            running.access = access;
        }
        let desk = |running: &Running| (running.key, running.group.name.clone(), running.access.clone());
        self.policies.arrange(self.running.iter().map(desk).collect());
    }
}

fn no_passphrase(_wanted: super::device::Wanted<'_>) -> Option<crate::text::Secret> {
    None
}

/// Whether two groups are asked the same way and shown under the same name.
fn is_same(one: &GroupConfig, other: &GroupConfig) -> bool {
    let without_place = |group: &GroupConfig| GroupConfig { index: 0, ..group.clone() };
    without_place(one) == without_place(other)
}

impl fmt::Display for Redirected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (what, names) in [
            ("now asking", &self.added),
            ("no longer asking", &self.removed),
            ("asking otherwise", &self.changed),
        ] {
            if !names.is_empty() {
                parts.push(format!("{what} {}", names.join(", ")));
            }
        }
        match (parts.is_empty(), self.kept) {
            (true, _) => parts.push("the same groups are asked as before".to_owned()),
            (false, 0) => {}
            (false, 1) => parts.push("1 other is undisturbed".to_owned()),
            (false, kept) => parts.push(format!("{kept} others are undisturbed")),
        }
        out.write_str(&parts.join("; "))
    }
}
