//! The JSON of a comparison; the words are made of it too.

use color_eyre::eyre::Report;
use serde::Serialize;

use super::super::opened::{Opened, shown};
use crate::policy::diff::{Comparison, ListChanges, MapChanges, verification_keys};
use crate::policy::document::{DigestMap, Entry, Policy};
use crate::policy::json::{Span, Text};
use crate::policy::signature::Fingerprint;

/// Digests of one entry that are listed at most.
const MAX_DIGESTS: usize = 100;

/// How two texts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Relation {
    /// The same bytes.
    Identical,
    /// The same policy, byte for byte, in another envelope or in none.
    ReSigned,
    /// Spelled otherwise, and saying the same.
    SameContent,
    Different,
}

#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub left: Side,
    pub right: Side,
    pub same: bool,
    pub relation: Relation,
    pub summary: Summary,
    pub paths: Entries,
    pub digests: Names,
    pub keyrings: Entries,
    pub buffers: Entries,
    pub excludes: Names,
    pub ignored_keyrings: Names,
    pub metadata: Values,
    pub keys: Names,
    pub members: Vec<Member>,
    /// Differences that the limits keep out of these lists.
    pub left_out: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Side {
    pub file: String,
    pub sha256: String,
    /// Of the policy without its envelope; `null` for old allow-lists.
    pub policy_sha256: Option<String>,
    pub format: &'static str,
    #[serde(skip)]
    pub title: &'static str,
}

/// How many differences there are of each kind.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub paths: Counted,
    pub digests: Counted,
    pub keyrings: Counted,
    pub buffers: Counted,
    pub excludes: Counted,
    pub ignored_keyrings: Counted,
    pub metadata: Counted,
    pub keys: Counted,
    pub members: usize,
    /// The right policy has no metadata any more, as when an upstream tool wrote it.
    pub metadata_lost: bool,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Counted {
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
    pub reordered: bool,
}

/// Paths, keyrings or buffers.
#[derive(Debug, Serialize)]
pub(super) struct Entries {
    pub added: Vec<Named>,
    pub removed: Vec<Named>,
    pub changed: Vec<Changed>,
}

#[derive(Debug, Serialize)]
pub(super) struct Named {
    pub name: String,
    pub digests: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Changed {
    pub name: String,
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Names {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

/// Metadata of digests, as it is spelled.
#[derive(Debug, Serialize)]
pub(super) struct Values {
    pub added: Vec<Member>,
    pub removed: Vec<Member>,
    pub changed: Vec<Member>,
}

#[derive(Debug, Serialize)]
pub(super) struct Member {
    pub name: String,
    /// As it is spelled; `null` where it does not stand.
    pub left: Option<String>,
    pub right: Option<String>,
}

impl Answer {
    pub(super) fn new(
        left: (&Opened, Option<Fingerprint>),
        right: (&Opened, Option<Fingerprint>),
        relation: Relation,
        comparison: &Comparison,
        limit: usize,
    ) -> Result<Self, Report> {
        let mut lists = Lists { left: left.0.policy()?, right: right.0.policy()?, limit, left_out: 0 };
        let (before, after) = (lists.left, lists.right);
        let keys = (verification_keys(before), verification_keys(after));
        Ok(Self {
            left: side(left.0, left.1.as_ref()),
            right: side(right.0, right.1.as_ref()),
            same: relation != Relation::Different,
            relation,
            summary: summary(comparison),
            paths: lists.entries(&comparison.paths, before.digests(), after.digests()),
            digests: Names {
                added: lists.take(&comparison.digests.added, |at| text_at(after, *at)),
                removed: lists.take(&comparison.digests.removed, |at| text_at(before, *at)),
            },
            keyrings: lists.entries(&comparison.keyrings, before.keyrings(), after.keyrings()),
            buffers: lists.entries(&comparison.buffers, before.ima_buf(), after.ima_buf()),
            excludes: lists.names(&comparison.excludes, before.excludes(), after.excludes()),
            ignored_keyrings: lists.names(
                &comparison.ignored_keyrings,
                before.ignored_keyrings(),
                after.ignored_keyrings(),
            ),
            metadata: lists.metadata(&comparison.metadata),
            keys: Names {
                added: lists.take(&comparison.keys.added, |number| {
                    keys.1.get(*number as usize).map(|key| shown(key))
                }),
                removed: lists.take(&comparison.keys.removed, |number| {
                    keys.0.get(*number as usize).map(|key| shown(key))
                }),
            },
            members: lists.take(&comparison.members, |member| {
                Some(Member {
                    name: shown(&member.name),
                    left: member.left.map(|span| spelled(before, span)),
                    right: member.right.map(|span| spelled(after, span)),
                })
            }),
            left_out: lists.left_out,
        })
    }
}

/// Makes lists of what differs, and counts what they leave out.
struct Lists<'a> {
    left: &'a Policy,
    right: &'a Policy,
    limit: usize,
    left_out: usize,
}

impl Lists<'_> {
    fn take<T, U>(&mut self, all: &[T], made: impl FnMut(&T) -> Option<U>) -> Vec<U> {
        self.left_out += all.len().saturating_sub(self.limit);
        all.iter().take(self.limit).filter_map(made).collect()
    }

    fn entries(&mut self, changes: &MapChanges, left: DigestMap<'_>, right: DigestMap<'_>) -> Entries {
        let named = |entry: Entry<'_>| Named {
            name: shown(&entry.path()),
            digests: entry.digests().take(MAX_DIGESTS).map(|digest| shown(&digest.value())).collect(),
        };
        Entries {
            added: self.take(&changes.added, |number| right.entry(*number as usize).map(named)),
            removed: self.take(&changes.removed, |number| left.entry(*number as usize).map(named)),
            changed: self.take(&changes.changed, |(one, other)| {
                changed(left.entry(*one as usize)?, right.entry(*other as usize)?)
            }),
        }
    }

    fn names<'t>(
        &mut self,
        changes: &ListChanges,
        left: impl Iterator<Item = Text<'t>>,
        right: impl Iterator<Item = Text<'t>>,
    ) -> Names {
        let (left, right): (Vec<_>, Vec<_>) = (left.collect(), right.collect());
        let name =
            |list: &[Text<'_>], number: u32| list.get(number as usize).map(|text| shown(&text.value()));
        Names {
            added: self.take(&changes.added, |number| name(&right, *number)),
            removed: self.take(&changes.removed, |number| name(&left, *number)),
        }
    }

    fn metadata(&mut self, changes: &MapChanges) -> Values {
        let (left, right) = (self.left, self.right);
        let of = |policy: &Policy, number: u32| {
            let entry = policy.metadata().entry(number as usize)?;
            Some((shown(&entry.digest()), spelled(policy, entry.value)))
        };
        Values {
            added: self.take(&changes.added, |number| {
                of(right, *number).map(|(name, value)| Member { name, left: None, right: Some(value) })
            }),
            removed: self.take(&changes.removed, |number| {
                of(left, *number).map(|(name, value)| Member { name, left: Some(value), right: None })
            }),
            changed: self.take(&changes.changed, |(one, other)| {
                let ((name, before), (_, after)) = (of(left, *one)?, of(right, *other)?);
                Some(Member { name, left: Some(before), right: Some(after) })
            }),
        }
    }
}

/// The digests that only one side has.
fn changed(left: Entry<'_>, right: Entry<'_>) -> Option<Changed> {
    let set = |entry: Entry<'_>| -> std::collections::BTreeSet<String> {
        entry.digests().map(|digest| digest.value().into_owned()).collect()
    };
    let (before, after) = (set(left), set(right));
    let beyond = |one: &std::collections::BTreeSet<String>, other| -> Vec<String> {
        one.difference(other).take(MAX_DIGESTS).map(|digest| shown(digest)).collect()
    };
    Some(Changed {
        name: shown(&right.path()),
        added: beyond(&after, &before),
        removed: beyond(&before, &after),
    })
}

fn text_at(policy: &Policy, at: u32) -> Option<String> {
    policy.text_from(at).map(|text| shown(&text.value()))
}

fn spelled(policy: &Policy, span: Span) -> String {
    shown(&policy.slice(span))
}

fn side(opened: &Opened, policy_sha256: Option<&Fingerprint>) -> Side {
    let examination = &opened.examination;
    Side {
        file: opened.file.clone(),
        sha256: examination.sha256.to_string(),
        policy_sha256: policy_sha256.map(ToString::to_string),
        format: examination.format.word(),
        title: examination.format.title(),
    }
}

fn summary(comparison: &Comparison) -> Summary {
    let map = |changes: &MapChanges| Counted {
        added: changes.added.len(),
        removed: changes.removed.len(),
        changed: changes.changed.len(),
        reordered: false,
    };
    let list = |changes: &ListChanges| Counted {
        added: changes.added.len(),
        removed: changes.removed.len(),
        changed: 0,
        reordered: changes.reordered,
    };
    let digests = &comparison.digests;
    Summary {
        paths: map(&comparison.paths),
        digests: Counted {
            added: digests.added.len(),
            removed: digests.removed.len(),
            changed: 0,
            reordered: false,
        },
        keyrings: map(&comparison.keyrings),
        buffers: map(&comparison.buffers),
        excludes: list(&comparison.excludes),
        ignored_keyrings: list(&comparison.ignored_keyrings),
        metadata: map(&comparison.metadata),
        keys: list(&comparison.keys),
        members: comparison.members.len(),
        metadata_lost: comparison.metadata_lost,
    }
}
