//! Names with their digests.

use std::ops::ControlFlow;

use crate::policy::document::{DigestMap, Entry};

use super::STEP;

/// Lookups in two policies of one order, before the other way is taken; beside
/// a small part of their entries.
const LOOKUPS: usize = 1 << 10;

/// Entries that differ, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapChanges {
    /// Only in the right one: numbers there, ascending.
    pub added: Vec<u32>,
    /// Only in the left one: numbers there, ascending.
    pub removed: Vec<u32>,
    /// In both and not the same: numbers left and right, ascending by the
    /// right one.
    pub changed: Vec<(u32, u32)>,
}

impl MapChanges {
    /// How many entries differ.
    #[must_use]
    pub fn len(&self) -> usize {
        self.added.len() + self.removed.len() + self.changed.len()
    }

    /// Whether none differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Only on this side.
    Alone,
    /// The same on both.
    Same,
    /// On both, with other digests.
    Changed,
}

/// The changes, and what became of every entry.
pub(super) struct Compared {
    pub(super) changes: MapChanges,
    pub(super) left: Vec<Fate>,
    pub(super) right: Vec<Fate>,
}

pub(super) fn compare(
    left: DigestMap<'_>,
    right: DigestMap<'_>,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Option<Compared> {
    match in_order(left, right, progress)? {
        Some(compared) => Some(compared),
        None => by_hash(left, right, progress),
    }
}

/// For policies in one order that differ here and there: what does not stand
/// side by side is looked up. Gives up where there is too much of that.
fn in_order(
    left: DigestMap<'_>,
    right: DigestMap<'_>,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Option<Option<Compared>> {
    let mut changes = MapChanges::default();
    let mut fates = (vec![Fate::Alone; left.len()], vec![Fate::Alone; right.len()]);
    let mut ahead = 0;
    let mut lookups = LOOKUPS + right.len() / 32;
    for (number, fate) in fates.1.iter_mut().enumerate() {
        if number % STEP == 0 && progress(number).is_break() {
            return None;
        }
        let beside = piece(left, ahead).is_some_and(|piece_left| piece(right, number) == Some(piece_left));
        let (other, same) = if beside {
            (ahead, true)
        } else {
            let Some(left_over) = lookups.checked_sub(1) else { return Some(None) };
            lookups = left_over;
            let Some(entry) = right.entry(number) else { continue };
            let found = left.find(&entry.path()).and_then(|other| Some((other, left.entry(other)?)));
            let Some((other, before)) = found else {
                changes.added.push(narrow(number));
                continue;
            };
            (other, same_digests(before, entry))
        };
        *fate = if same { Fate::Same } else { Fate::Changed };
        if let Some(before) = fates.0.get_mut(other) {
            *before = *fate;
        }
        if !same {
            changes.changed.push((narrow(other), narrow(number)));
        }
        ahead = other + 1;
    }
    let alone = fates.0.iter().enumerate().filter(|(_, fate)| **fate == Fate::Alone);
    changes.removed = alone.map(|(number, _)| narrow(number)).collect();
    Some(Some(Compared { changes, left: fates.0, right: fates.1 }))
}

/// For all others: both are gone through in the order of their hashes, and what
/// was found again in the order of the text, because memory is read faster so.
fn by_hash(
    left: DigestMap<'_>,
    right: DigestMap<'_>,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Option<Compared> {
    let mut paired = left.keys().pair(left.bytes(), right.keys(), right.bytes());
    paired.both.sort_unstable_by_key(|(_, right)| *right);
    let mut changed = Vec::new();
    for (number, (one, other)) in paired.both.iter().enumerate() {
        if number % STEP == 0 && progress(number).is_break() {
            return None;
        }
        let before = Entry::at(left.bytes(), *one as usize);
        let Some((before, after)) = before.zip(Entry::at(right.bytes(), *other as usize)) else { continue };
        if !before.name.same(after.name) {
            paired.left.push(*one);
            paired.right.push(*other);
        } else if !same_digests(before, after) {
            changed.push((*one, *other));
        }
    }
    let number = |map: DigestMap<'_>, at: u32| map.number_at(at).map_or(u32::MAX, narrow);
    let changes = MapChanges {
        added: numbers(right, paired.right),
        removed: numbers(left, paired.left),
        changed: changed.into_iter().map(|(one, other)| (number(left, one), number(right, other))).collect(),
    };
    let fates = |map: DigestMap<'_>, alone: &[u32], changed: &mut dyn Iterator<Item = u32>| {
        let mut fates = vec![Fate::Same; map.len()];
        let mut set = |number: u32, fate: Fate| {
            if let Some(known) = fates.get_mut(number as usize) {
                *known = fate;
            }
        };
        alone.iter().for_each(|number| set(*number, Fate::Alone));
        changed.for_each(|number| set(number, Fate::Changed));
        fates
    };
    let (one, other) = (
        fates(left, &changes.removed, &mut changes.changed.iter().map(|pair| pair.0)),
        fates(right, &changes.added, &mut changes.changed.iter().map(|pair| pair.1)),
    );
    Some(Compared { changes, left: one, right: other })
}

/// The numbers of entries whose places are given, ascending.
fn numbers(map: DigestMap<'_>, mut places: Vec<u32>) -> Vec<u32> {
    places.sort_unstable();
    let mut names = map.names().iter().zip(0_u32..);
    places
        .iter()
        .filter_map(|place| names.find(|(name, _)| *name == place))
        .map(|(_, number)| number)
        .collect()
}

/// The text from a name to the next one.
fn piece(map: DigestMap<'_>, number: usize) -> Option<&[u8]> {
    let (from, to) = (*map.names().get(number)?, *map.names().get(number + 1)?);
    map.bytes().get(from as usize..to as usize)
}

/// Whether both have the same digests, in any order and however often.
fn same_digests(left: Entry<'_>, right: Entry<'_>) -> bool {
    let sorted = |entry: Entry<'_>| {
        let mut digests: Vec<_> = entry.digests().map(|digest| digest.bytes().into_owned()).collect();
        digests.sort_unstable();
        digests.dedup();
        digests
    };
    let mut pairs = (left.digests(), right.digests());
    loop {
        match (pairs.0.next(), pairs.1.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if one.same(other) => {}
            _ => return sorted(left) == sorted(right),
        }
    }
}

pub(super) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
