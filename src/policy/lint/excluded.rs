//! Digests that no verifier looks at, because an exclude matches their path.

use super::report::{Report, shown};
use crate::policy::document::Policy;
use crate::policy::exclude::{Excludes, Outcome, Standing};
use crate::text::count;

pub(super) fn judge(policy: &Policy, excludes: &Excludes, budget: usize, report: &mut Report) {
    if *excludes.standing() != Standing::Effective {
        return;
    }
    shadowed(policy, excludes, report);
    let cost = excludes.cost().max(1);
    // Metadata first: there is little of it, and it matters more.
    let left = metadata(policy, excludes, budget / cost, report);
    dead(policy, excludes, left, report);
}

fn dead(policy: &Policy, excludes: &Excludes, most: usize, report: &mut Report) {
    let digests = policy.digests();
    let mut found = 0_usize;
    let mut first = None;
    for entry in digests.entries().take(most) {
        let path = entry.path();
        if path != "boot_aggregate" && excludes.excludes(&path) == Some(true) {
            found += 1;
            first = first.or(Some(entry));
        }
    }
    if let Some(first) = first {
        let hint = "Remove the digests or narrow the exclude.";
        report.add("dead-entry", Some(first.name.offset), hint, || {
            let why = match excludes.which(&first.path()) {
                Outcome::Excluded(exclusion) => exclusion.why,
                _ => "an exclude matches it".to_owned(),
            };
            format!(
                "{} never looked at, because an exclude matches the path; the first is {}: {why}",
                count::some(found, "path has digests that are", "paths have digests that are"),
                shown(&first.path())
            )
        });
    }
    if digests.len() > most {
        report.add("exclude-budget-ended", None, "", || {
            format!(
                "{most} of {} paths were matched against the excludes; it would take too long",
                digests.len()
            )
        });
    }
}

/// How many paths may still be matched.
fn metadata(policy: &Policy, excludes: &Excludes, most: usize, report: &mut Report) -> usize {
    let mut left = most;
    for entry in policy.metadata().entries() {
        let digest = entry.digest();
        let mut has_paths = false;
        let mut all = true;
        for number in policy.paths_of(&digest) {
            if left == 0 {
                return 0;
            }
            left -= 1;
            has_paths = true;
            let excluded = policy.entry(number).and_then(|entry| excludes.excludes(&entry.path()));
            if excluded != Some(true) {
                all = false;
                break;
            }
        }
        if has_paths && all {
            report.add("metadata-all-paths-excluded", Some(entry.name.offset), "Narrow the exclude.", || {
                format!(
                    "excludes match every path with the digest {}: its checks can never run",
                    shown(&digest)
                )
            });
        }
    }
    left
}

fn shadowed(policy: &Policy, excludes: &Excludes, report: &mut Report) {
    let places: Vec<usize> = policy.excludes().map(|text| text.offset).collect();
    for (entry, before) in excludes.shadowed() {
        report.add("exclude-shadowed", places.get(entry).copied(), "Remove it.", || {
            format!("exclude {} matches nothing that exclude {} does not match too", entry + 1, before + 1)
        });
    }
}
