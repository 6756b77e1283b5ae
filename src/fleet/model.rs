//! The fleet: all groups together.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::event::EventLog;
use super::group::Group;
use super::input::Input;
use super::rows;
use super::snapshot::{AgentView, Duplication, GroupView, Snapshot};
use super::verdict::Counts;
use crate::keylime::AddressRole;

/// What the model is to know of a group before anything was asked.
#[derive(Clone, Debug)]
pub struct GroupPlan {
    /// Its name, unique.
    pub name: String,
    /// Its addresses; inputs name them by their index here.
    pub addresses: Vec<(AddressRole, String)>,
}

/// All groups, and the rows over them.
#[derive(Debug)]
pub struct Fleet {
    duplication: Duplication,
    /// By their keys, in the order of the configuration.
    groups: Vec<(usize, Group)>,
    events: EventLog,
    generation: u64,
    views: Vec<Arc<GroupView>>,
    rows: Arc<[Arc<AgentView>]>,
    rows_are_old: bool,
    /// Of the rows.
    counts: Counts,
    is_rearranged: bool,
}

impl Fleet {
    /// A fleet of which nothing is known yet.
    ///
    /// `stale_after` in seconds is the limit for releases that tell none.
    pub fn new(requested: u32, stale_after: u64, plans: impl IntoIterator<Item = GroupPlan>) -> Self {
        let groups: Vec<_> = plans
            .into_iter()
            .enumerate()
            .map(|(number, plan)| (number, Group::new(&plan.name, number, stale_after, plan.addresses)))
            .collect();
        let max = u32::try_from(groups.len()).unwrap_or(u32::MAX);
        Self {
            duplication: Duplication { requested, max },
            views: groups.iter().map(|(_, group)| Arc::new(group.view())).collect(),
            groups,
            events: EventLog::default(),
            generation: 0,
            rows: Arc::new([]),
            rows_are_old: false,
            counts: Counts::default(),
            is_rearranged: false,
        }
    }

    /// Takes in what was learned about the group with this key: its number from
    /// 0 at the start, later as [`Fleet::rearrange`] had it. About a group that is
    /// no more, nothing.
    pub fn apply(&mut self, group: usize, input: Input, now: Timestamp) {
        if let Some((_, group)) = self.groups.iter_mut().find(|(key, _)| *key == group) {
            self.rows_are_old |= group.apply(input, now, &mut self.events);
        }
    }

    /// The configuration is another one: these groups, by keys that are never
    /// used again for others. Of those that were there before, all that is known
    /// stays.
    pub fn rearrange(
        &mut self,
        requested: u32,
        stale_after: u64,
        groups: impl IntoIterator<Item = (usize, GroupPlan)>,
        now: Timestamp,
    ) {
        let mut before: HashMap<_, _> = std::mem::take(&mut self.groups).into_iter().collect();
        let places = groups.into_iter().enumerate().map(|(number, (key, plan))| {
            let group = match before.remove(&key) {
                Some(group) => group.rearranged(number, stale_after, now),
                None => Group::new(&plan.name, number, stale_after, plan.addresses),
            };
            (key, group)
        });
        self.groups = places.collect();
        let max = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self.duplication = Duplication { requested, max };
        self.views = self.groups.iter().map(|(_, group)| Arc::new(group.view())).collect();
        // What a row says of the others depends on how many are wanted.
        self.rows = Arc::new([]);
        self.counts = Counts::default();
        self.rows_are_old = true;
        self.is_rearranged = true;
    }

    /// The fleet as it is known now. It has a new generation only if a screen
    /// could show the difference from the picture before.
    pub fn snapshot(&mut self) -> Snapshot {
        let mut changed = std::mem::take(&mut self.is_rearranged);
        for (view, (_, group)) in self.views.iter_mut().zip(&self.groups) {
            let now = group.view();
            changed |= !view.looks_like(&now);
            if **view != now {
                *view = Arc::new(now);
            }
        }
        if std::mem::take(&mut self.rows_are_old) {
            let agents: Vec<_> = self.groups.iter().map(|(_, group)| group.agents()).collect();
            let rows = rows::merge(&agents, &self.rows, self.duplication.requested);
            if rows.len() != self.rows.len()
                || !rows.iter().zip(self.rows.iter()).all(|(new, old)| Arc::ptr_eq(new, old))
            {
                self.rows = rows.into();
                self.counts = Counts::of(self.rows.iter().map(|row| row.verdict));
                changed = true;
            }
        }
        self.generation += u64::from(changed);
        Snapshot {
            generation: self.generation,
            duplication: self.duplication,
            groups: self.views.clone(),
            agents: Arc::clone(&self.rows),
            counts: self.counts,
            events: self.events.picture(),
        }
    }
}
