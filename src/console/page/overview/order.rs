//! The order of the groups.

use std::sync::Arc;

use crate::fleet::{GroupView, Reachability, Verdict};

/// The groups by their place in the configuration, the worst first: down,
/// degraded, still asking, up; of these the one with the worst verdict; else as
/// configured.
pub fn worst_first(groups: &[Arc<GroupView>]) -> Vec<usize> {
    let mut order: Vec<_> = groups.iter().map(|group| badness(group)).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, place)| place).collect()
}

fn badness(group: &GroupView) -> (u8, Verdict) {
    let reachability = match group.reachability {
        Some(Reachability::Down) => 0,
        Some(Reachability::Degraded) => 1,
        None => 2,
        Some(Reachability::Up) => 3,
    };
    let worst = Verdict::ALL.into_iter().find(|verdict| group.counts.get(*verdict) > 0);
    (reachability, worst.unwrap_or(Verdict::Attested))
}
