//! What can be said of metadata when the digests are known too.

use crate::policy::document::codes;
use crate::policy::document::digest::{is_digest, known_algorithm, prefix};
use crate::policy::document::findings::{Findings, shown};
use crate::policy::document::policy::Policy;
use crate::policy::document::table::DigestMap;

use super::table::{DigestMetadata, Metadata};

/// Metadata whose digest no path has, and metadata that several paths share.
pub(super) fn orphans(metadata: Metadata<'_>, policy: &Policy, findings: &mut Findings) {
    let mut suspects = suspects(metadata, policy.digests());
    suspects.sort_unstable();
    for number in suspects {
        if let Some(entry) = metadata.entry(number as usize) {
            judge(entry, policy, findings);
        }
    }
}

/// The entries that do not belong to exactly one path at first sight. A policy
/// may have a million of them, so both sides are gone through in the order of
/// the first eight digits, and then in that of the text.
fn suspects(metadata: Metadata<'_>, digests: DigestMap<'_>) -> Vec<u32> {
    let mut sorted: Vec<u64> = metadata
        .entries()
        .zip(0_u32..)
        .map(|(entry, number)| u64::from(prefix(entry.name.raw)) << 32 | u64::from(number))
        .collect();
    sorted.sort_unstable();
    let mut held = digests.by_digest();
    let mut suspects = Vec::new();
    // Number of the entry, then that of its only path.
    let mut single = Vec::new();
    for wanted in sorted {
        let (digits, number) = (wanted >> 32, wanted & 0xffff_ffff);
        let before = held.iter().take_while(|held| **held >> 32 < digits).count();
        held = held.get(before..).unwrap_or_default();
        match held {
            [one, rest @ ..]
                if one >> 32 == digits && rest.first().is_none_or(|next| next >> 32 != digits) =>
            {
                single.push(number << 32 | (one & 0xffff_ffff));
            }
            _ => suspects.push(number as u32),
        }
    }
    single.sort_unstable();
    for pair in single {
        let (number, path) = ((pair >> 32) as u32, (pair & 0xffff_ffff) as usize);
        let has = metadata
            .entry(number as usize)
            .zip(digests.entry(path))
            .is_some_and(|(entry, path)| path.digests().any(|digest| digest.same(entry.name)));
        if !has {
            suspects.push(number);
        }
    }
    suspects
}

fn judge(entry: DigestMetadata<'_>, policy: &Policy, findings: &mut Findings) {
    let digest = entry.digest();
    // What is no digest was said already.
    if !is_digest(digest.as_bytes()) || known_algorithm(digest.len()).is_none() {
        return;
    }
    let mut paths = policy.paths_of(&digest);
    match (paths.next(), paths.next()) {
        (Some(_), None) => {}
        (Some(_), Some(_)) => findings.add(codes::METADATA_SHARED, entry.name.offset, || {
            // Counted only as far as it is said.
            let more = paths.take(998).count() + 2;
            let number = if more < 1000 { more.to_string() } else { "1000 or more".to_owned() };
            format!("the checks of {} hold for {number} paths that share the digest", shown(&digest))
        }),
        (None, _) => {
            let elsewhere = [("keyrings", policy.keyrings()), ("ima-buf", policy.ima_buf())]
                .into_iter()
                .find(|(_, map)| map.holding(&digest).next().is_some());
            let hint = elsewhere.map(|(name, _)| {
                format!("the digest stands in `{name}`; digest_metadata speaks of files in `digests`")
            });
            let message =
                || format!("`digest_metadata` of {}: no path in `digests` has this digest", shown(&digest));
            findings.add_with(codes::ORPHAN_METADATA, entry.name.offset, message, hint.as_deref());
        }
    }
}
