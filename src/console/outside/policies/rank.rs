//! Paths ordered by what came of the demands for their digests.

use crate::console::state::SharedPolicy;
use crate::policy::evidence::Status;

/// Digests of one path that are looked at, at most.
const DIGESTS: usize = 100;
/// Paths between two questions whether anybody still wants the result.
const BETWEEN_LOOKS: usize = 1_024;

/// The entries of a policy, or those of `rows`: the worst outcome first, or the
/// best; then those of which nothing is known, then those without metadata,
/// each as they stand in the policy. `statuses` are those of the demands. None:
/// it was given up.
pub(super) fn entries(
    policy: &SharedPolicy,
    rows: Option<&[u32]>,
    statuses: &[Option<Status>],
    is_reversed: bool,
    is_given_up: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let document = &policy.0.document;
    let all = u32::try_from(document.paths()).unwrap_or(u32::MAX);
    let mut entries = rows.map_or_else(|| (0..all).collect(), <[u32]>::to_vec);
    entries.sort_unstable();
    let rank = |entry: u32| {
        let entry = usize::try_from(entry).unwrap_or(usize::MAX);
        let digests = (0..DIGESTS).map_while(|number| document.digest(entry, number));
        let demands = digests.filter_map(|digest| document.demand_of(&digest));
        // Whichever way it is turned, the worst of a path's digests is the path's.
        let worst = demands.map(|demand| badness(statuses.get(demand).copied().flatten())).min();
        match worst {
            Some(worst @ 0..=2) if is_reversed => 2 - worst,
            Some(worst) => worst,
            None => 4,
        }
    };
    let mut ranked = Vec::with_capacity(entries.len());
    for (number, entry) in entries.into_iter().enumerate() {
        if number % BETWEEN_LOOKS == 0 && is_given_up() {
            return None;
        }
        ranked.push((rank(entry), entry));
    }
    ranked.sort_unstable();
    Some(ranked.into_iter().map(|(_, entry)| entry).collect())
}

fn badness(status: Option<Status>) -> u8 {
    match status {
        Some(Status::Failed) => 0,
        Some(Status::NotEvaluated) => 1,
        Some(Status::Passed) => 2,
        None => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::tests::policy_fakes::policy;

    #[test]
    fn the_worst_paths_come_first_and_those_without_metadata_last() {
        // Every tenth of the paths has metadata.
        let policy = SharedPolicy(policy("policy.json", 50));
        let statuses =
            [Some(Status::Passed), Some(Status::NotEvaluated), Some(Status::Failed), Some(Status::Passed)];
        let ranked = |rows: Option<&[u32]>, is_reversed| {
            entries(&policy, rows, &statuses, is_reversed, &|| false).unwrap()
        };
        let all = ranked(None, false);
        assert_eq!((all.len(), &all[..7]), (50, [20, 10, 0, 30, 40, 1, 2].as_slice()), "40 is not judged");
        assert_eq!(ranked(None, true)[..7], [0, 30, 10, 20, 40, 1, 2]);
        assert_eq!(ranked(Some(&[30, 20, 5]), false), [20, 30, 5]);
        assert_eq!(entries(&policy, None, &statuses, false, &|| true), None);
    }
}
