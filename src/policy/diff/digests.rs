//! Digests that stand in one of two policies only, under whatever path.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::policy::document::DigestMap;

use super::STEP;
use super::maps::{Compared, Fate, narrow};

/// Distinct digests that one policy does not have, each by the byte of one
/// opening quote where it stands in the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DigestChanges {
    /// Only in the right one: bytes there, ascending.
    pub added: Vec<u32>,
    /// Only in the left one: bytes there, ascending.
    pub removed: Vec<u32>,
}

/// A digest and the byte where it stands.
type Held<'a> = (Cow<'a, [u8]>, u32);

struct Side<'a> {
    map: DigestMap<'a>,
    sorted: &'a [u64],
    fates: &'a [Fate],
    /// Entries with a digest that nobody shares: number, then its eight digits.
    alone: Vec<u64>,
}

/// An element of an index by digest, ordered by entries.
const fn number_first(held: u64) -> u64 {
    held.rotate_left(32)
}

impl<'a> Side<'a> {
    /// Takes the entries of the next eight digits, if they are these.
    fn take(&mut self, digits: u64) -> &'a [u64] {
        let end = self.sorted.iter().take_while(|held| **held >> 32 == digits).count();
        let (group, rest) = self.sorted.split_at_checked(end).unwrap_or((self.sorted, &[]));
        self.sorted = rest;
        group
    }

    /// Whether all entries of a group are the same on both sides.
    fn unchanged(&self, group: &[u64]) -> bool {
        group.iter().all(|held| self.fates.get((*held & 0xffff_ffff) as usize) == Some(&Fate::Same))
    }

    /// The distinct digests of a group, sorted.
    fn held(&self, group: &[u64], digits: u64, into: &mut Vec<Held<'a>>) {
        into.clear();
        let mut last = None;
        for number in group.iter().map(|held| *held & 0xffff_ffff) {
            if last.replace(number) == Some(number) {
                continue;
            }
            let Some(entry) = self.map.entry(number as usize) else { continue };
            for digest in entry.digests() {
                let said = digest.bytes();
                if starts_with(&said, digits) {
                    into.push((said, narrow(digest.offset)));
                }
            }
        }
        into.sort_unstable();
        into.dedup_by(|one, other| one.0 == other.0);
    }
}

impl Side<'_> {
    /// Adds the places of the digests that nobody shares, and sorts all.
    fn places(mut self, into: &mut Vec<u32>) {
        self.alone.sort_unstable();
        for held in &self.alone {
            let Some(entry) = self.map.entry((held >> 32) as usize) else { continue };
            let digest = entry.digests().find(|digest| starts_with(&digest.bytes(), held & 0xffff_ffff));
            into.extend(digest.map(|digest| narrow(digest.offset)));
        }
        into.sort_unstable();
    }
}

/// Whether a right digest begins with these eight digits.
fn starts_with(said: &[u8], digits: u64) -> bool {
    let first = said.get(..8).and_then(|first| std::str::from_utf8(first).ok());
    let hexadecimal = said.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    hexadecimal
        && (40..=128).contains(&said.len())
        && first.and_then(|first| u64::from_str_radix(first, 16).ok()) == Some(digits)
}

pub(super) fn compare(
    left: DigestMap<'_>,
    right: DigestMap<'_>,
    paths: &Compared,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Option<DigestChanges> {
    let mut changes = DigestChanges::default();
    let mut one = Side { map: left, sorted: left.by_digest(), fates: &paths.left, alone: Vec::new() };
    let mut other = Side { map: right, sorted: right.by_digest(), fates: &paths.right, alone: Vec::new() };
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut groups = 0_usize;
    while let Some(digits) =
        one.sorted.first().into_iter().chain(other.sorted.first()).min().map(|held| held >> 32)
    {
        groups += 1;
        if groups.is_multiple_of(STEP) && progress(right.len() + groups).is_break() {
            return None;
        }
        let (in_one, in_other) = (one.take(digits), other.take(digits));
        // What is the same under its path on both sides stands on both sides.
        if one.unchanged(in_one) && other.unchanged(in_other) {
            continue;
        }
        match (in_one, in_other) {
            // Nothing to compare with: they are looked at later, in the order of the text.
            ([alone], []) => one.alone.push(number_first(*alone)),
            ([], [alone]) => other.alone.push(number_first(*alone)),
            _ => {}
        }
        if in_one.len() + in_other.len() == 1 {
            continue;
        }
        one.held(in_one, digits, &mut before);
        other.held(in_other, digits, &mut after);
        missing(&before, &after, &mut changes.removed);
        missing(&after, &before, &mut changes.added);
    }
    one.places(&mut changes.removed);
    other.places(&mut changes.added);
    Some(changes)
}

/// The digests of one sorted list that another has not.
fn missing(of: &[Held<'_>], from: &[Held<'_>], into: &mut Vec<u32>) {
    let gone = of.iter().filter(|(digest, _)| from.binary_search_by(|(held, _)| held.cmp(digest)).is_err());
    into.extend(gone.map(|(_, at)| *at));
}
