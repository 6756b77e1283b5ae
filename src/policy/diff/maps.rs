//! Names with their digests.

use std::ops::ControlFlow;

use crate::policy::document::{DigestMap, Entry};

use super::STEP;

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
    let mut changes = MapChanges::default();
    let mut fates = (vec![Fate::Alone; left.len()], vec![Fate::Alone; right.len()]);
    let mut ahead = 0;
    for (number, fate) in fates.1.iter_mut().enumerate() {
        if number % STEP == 0 && progress(number).is_break() {
            return None;
        }
        let (other, same) = match beside(left, ahead, right, number) {
            Some(()) => (ahead, true),
            None => {
                let Some(entry) = right.entry(number) else { continue };
                let found = left.find(&entry.path()).and_then(|other| Some((other, left.entry(other)?)));
                let Some((other, before)) = found else {
                    changes.added.push(narrow(number));
                    continue;
                };
                (other, same_digests(before, entry))
            }
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
    Some(Compared { changes, left: fates.0, right: fates.1 })
}

/// Whether the two entries are spelled the same, up to the names behind them.
fn beside(left: DigestMap<'_>, at: usize, right: DigestMap<'_>, number: usize) -> Option<()> {
    let (one, other) = (piece(left, at)?, piece(right, number)?);
    (one == other).then_some(())
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
