//! What can be said of metadata when the digests are known too.

use crate::policy::document::codes;
use crate::policy::document::digest::{is_digest, known_algorithm};
use crate::policy::document::findings::{Findings, shown};
use crate::policy::document::policy::Policy;

use super::table::Metadata;

/// Metadata whose digest no path has, and metadata that several paths share.
pub(super) fn orphans(metadata: Metadata<'_>, policy: &Policy, findings: &mut Findings) {
    for entry in metadata.entries() {
        let digest = entry.digest();
        // What is no digest was said already.
        if !is_digest(digest.as_bytes()) || known_algorithm(digest.len()).is_none() {
            continue;
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
                let message = || {
                    format!("`digest_metadata` of {}: no path in `digests` has this digest", shown(&digest))
                };
                findings.add_with(codes::ORPHAN_METADATA, entry.name.offset, message, hint.as_deref());
            }
        }
    }
}
