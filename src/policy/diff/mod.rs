//! How two policies differ, by what they say and not by how they spell it.
//!
//! [`compare`] goes through both once. Tools write their policies in one order,
//! so most entries stand side by side and are compared byte for byte; only the
//! others are looked up. What differs is kept as numbers and places in the two
//! policies, so that two million paths fit beside them and a page shows any
//! part of a list.

mod digests;
mod lists;
mod maps;
mod members;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use crate::policy::document::Policy;

pub use digests::DigestChanges;
pub use lists::ListChanges;
pub use maps::MapChanges;
pub use members::{MemberChange, verification_keys};

/// Entries between two reports of progress.
const STEP: usize = 1 << 14;

/// What is different in the right policy, seen from the left one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Paths and their digests.
    pub paths: MapChanges,
    /// Digests of files that the other policy does not have under any path.
    pub digests: DigestChanges,
    /// Keyrings and the digests of their keys.
    pub keyrings: MapChanges,
    /// Measured buffers and their digests.
    pub buffers: MapChanges,
    /// `excludes`, numbers in the two lists.
    pub excludes: ListChanges,
    /// `ima.ignored_keyrings`, numbers in the two lists.
    pub ignored_keyrings: ListChanges,
    /// `digest_metadata`, numbers of its entries.
    pub metadata: MapChanges,
    /// The left policy has metadata and the right one not even the member:
    /// as when an upstream tool wrote it.
    pub metadata_lost: bool,
    /// Keys in `verification-keys`, numbers in [`verification_keys`] of each.
    pub keys: ListChanges,
    /// All other members that differ.
    pub members: Vec<MemberChange>,
}

impl Comparison {
    /// Whether both say the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two policies. `progress` is told now and then how many entries of
/// the two were seen, and stops it with `Break`: then there is no comparison.
pub fn compare(
    left: &Policy,
    right: &Policy,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Option<Comparison> {
    let paths = maps::compare(left.digests(), right.digests(), progress)?;
    let digests = digests::compare(left.digests(), right.digests(), &paths, progress)?;
    let quiet = &mut |_| ControlFlow::Continue(());
    let (before, after) = (left.metadata(), right.metadata());
    Some(Comparison {
        paths: paths.changes,
        digests,
        keyrings: maps::compare(left.keyrings(), right.keyrings(), quiet)?.changes,
        buffers: maps::compare(left.ima_buf(), right.ima_buf(), quiet)?.changes,
        excludes: lists::compare(left.excludes(), right.excludes()),
        ignored_keyrings: lists::compare(left.ignored_keyrings(), right.ignored_keyrings()),
        metadata: members::metadata(left, right, progress)?,
        metadata_lost: !before.is_empty() && !after.is_present(),
        keys: lists::compare_said(
            verification_keys(left).into_iter().map(Into::into),
            verification_keys(right).into_iter().map(Into::into),
        ),
        members: members::compare(left, right),
    })
}
