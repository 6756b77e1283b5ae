//! The names of one object: none twice, and found again quickly.
//!
//! A name is remembered as 32 bits of a keyed hash of what it says, and the
//! byte where it stands: eight bytes each. Sorted when the object closes, equal
//! hashes stand side by side, and only those names are compared. The hash is
//! keyed anew in every run, so no policy can be made whose names collide.

use std::hash::BuildHasher;
use std::hash::RandomState;
use std::sync::LazyLock;

use crate::text::sanitise_to;

use super::refusal::{Refusal, code};
use super::text::Text;
use super::walk::Walk;

/// Characters of a name in a message.
const SHOWN: usize = 120;

/// One key for the whole run: the indexes of two policies can be compared.
static HASH: LazyLock<RandomState> = LazyLock::new(RandomState::new);

#[inline]
fn hash(said: &[u8]) -> u64 {
    HASH.hash_one(said) & 0xffff_ffff_0000_0000
}

/// A keyed hash of a text, for indexes that nobody can crowd on purpose.
pub(in crate::policy) fn keyed_hash(said: &[u8]) -> u32 {
    (hash(said) >> 32) as u32
}

/// What is remembered of a name.
#[inline]
pub(super) fn remembered(key: Text<'_>) -> u64 {
    let hash = if key.escaped { hash(&key.bytes()) } else { hash(key.raw) };
    hash | (key.offset as u64 & 0xffff_ffff)
}

const fn offset(remembered: u64) -> u32 {
    (remembered & 0xffff_ffff) as u32
}

const fn hash_of(remembered: u64) -> u64 {
    remembered >> 32
}

/// Sorts the names of an object that closed.
///
/// # Errors
///
/// `duplicate-key` at the second place of a name that stands twice.
pub(super) fn close(bytes: &[u8], keys: &mut [u64]) -> Result<(), Refusal> {
    if keys.len() < 2 {
        return Ok(());
    }
    keys.sort_unstable();
    let mut earliest: Option<(u32, u32)> = None;
    for group in keys.chunk_by(|left, right| hash_of(*left) == hash_of(*right)) {
        if group.len() > 1 {
            let found = twice(bytes, group);
            earliest = [earliest, found].into_iter().flatten().min_by_key(|(_, second)| *second);
        }
    }
    let Some((first, second)) = earliest else { return Ok(()) };
    let name = Walk::new(bytes).text_at(second as usize).map(|text| text.value()).unwrap_or_default();
    let message = format!(
        "the name \"{}\" stands twice in one object (first at byte {first}); readers disagree on which counts",
        sanitise_to(&name, SHOWN)
    );
    Err(Refusal::new(code::DUPLICATE_KEY, second as usize, message))
}

/// The first two places of one name among names of one hash.
fn twice(bytes: &[u8], group: &[u64]) -> Option<(u32, u32)> {
    let walk = Walk::new(bytes);
    let text = |key: &u64| walk.text_at(offset(*key) as usize);
    for (at, second) in group.iter().enumerate() {
        let said = text(second)?;
        let before = group.get(..at)?;
        if let Some(first) = before.iter().find(|first| text(first).is_some_and(|first| first.same(said))) {
            return Some((offset(*first), offset(*second)));
        }
    }
    None
}

/// The names of one object, to be searched.
#[derive(Debug, Clone, Default)]
pub struct KeyIndex {
    sorted: Vec<u64>,
}

impl KeyIndex {
    /// No names.
    pub const EMPTY: Self = Self { sorted: Vec::new() };

    pub(super) fn new(sorted: &[u64]) -> Self {
        Self { sorted: sorted.to_vec() }
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The byte of the opening quote of a name in the text that was indexed.
    #[must_use]
    pub fn find(&self, bytes: &[u8], name: &str) -> Option<u32> {
        let hash = hash_of(hash(name.as_bytes()));
        let walk = Walk::new(bytes);
        self.of_hash(hash).find(|at| walk.text_at(*at as usize).is_some_and(|text| text.is(name)))
    }

    fn of_hash(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let from = self.sorted.partition_point(|key| hash_of(*key) < hash);
        let rest = self.sorted.get(from..).unwrap_or_default();
        rest.iter().take_while(move |key| hash_of(**key) == hash).map(|key| offset(*key))
    }

    /// Pairs the names of two objects by their hashes. Names of one hash that
    /// stand alone on both sides are paired without a look: whoever uses the
    /// pairs compares them.
    pub(in crate::policy) fn pair(&self, bytes: &[u8], right: &Self, right_bytes: &[u8]) -> Paired {
        let mut paired = Paired::default();
        let (mut one, mut other) = (self.sorted.as_slice(), right.sorted.as_slice());
        while let (Some(first), Some(second)) = (one.first(), other.first()) {
            let (hash, right_hash) = (hash_of(*first), hash_of(*second));
            if hash < right_hash {
                paired.left.push(offset(*first));
                one = one.get(1..).unwrap_or_default();
            } else if hash > right_hash {
                paired.right.push(offset(*second));
                other = other.get(1..).unwrap_or_default();
            } else {
                let (group, rest) = of_one_hash(one);
                let (right_group, right_rest) = of_one_hash(other);
                (one, other) = (rest, right_rest);
                paired.group(bytes, group, right_bytes, right_group);
            }
        }
        paired.left.extend(one.iter().map(|key| offset(*key)));
        paired.right.extend(other.iter().map(|key| offset(*key)));
        paired
    }
}

/// The first names of a sorted list, all of one hash, and the others.
fn of_one_hash(sorted: &[u64]) -> (&[u64], &[u64]) {
    let hash = sorted.first().map(|key| hash_of(*key));
    let end = sorted.iter().take_while(|key| Some(hash_of(**key)) == hash).count();
    sorted.split_at_checked(end).unwrap_or((sorted, &[]))
}

/// Names of two objects, each by the byte where it stands.
#[derive(Debug, Default)]
pub(in crate::policy) struct Paired {
    pub left: Vec<u32>,
    pub right: Vec<u32>,
    pub both: Vec<(u32, u32)>,
}

impl Paired {
    fn group(&mut self, bytes: &[u8], left: &[u64], right_bytes: &[u8], right: &[u64]) {
        if let ([one], [other]) = (left, right) {
            self.both.push((offset(*one), offset(*other)));
            return;
        }
        let text = |at: u32| Walk::new(bytes).text_at(at as usize);
        let right_text = |at: u32| Walk::new(right_bytes).text_at(at as usize);
        let mut right: Vec<u32> = right.iter().map(|key| offset(*key)).collect();
        for one in left.iter().map(|key| offset(*key)) {
            let same =
                |other: &u32| text(one).zip(right_text(*other)).is_some_and(|(one, other)| one.same(other));
            match right.iter().position(same) {
                Some(at) => self.both.push((one, right.swap_remove(at))),
                None => self.left.push(one),
            }
        }
        self.right.append(&mut right);
    }
}
