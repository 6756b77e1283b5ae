//! Names with their digests: `digests`, `keyrings` and `ima-buf`.

use std::borrow::Cow;

use crate::policy::json::{KeyIndex, Span, Text, Walk, keyed_hash};

use super::digest;

/// Where the entries of one object stand, and two ways to find them.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// Byte of the opening quote of each name, in the order of the text.
    pub(super) names: Vec<u32>,
    /// By name.
    pub(super) keys: KeyIndex,
    /// By digest: its first eight digits, then the number of the entry; sorted.
    pub(super) digests: Vec<u64>,
    /// By a keyed hash of the whole digest, then the number of the entry; sorted.
    /// Only where so many digests begin alike that `digests` finds nothing.
    pub(super) exact: Vec<u64>,
    /// Numbers of the entries whose names hold an escape.
    pub(super) escaped: Vec<u32>,
    /// How many right digests have how many digits.
    pub(super) lengths: Lengths,
    /// The part of the text that the object is, with its brackets.
    pub(super) span: Span,
}

/// Digests by their number of digits.
#[derive(Debug, Clone)]
pub(super) struct Lengths(pub(super) [u32; 129]);

impl Default for Lengths {
    fn default() -> Self {
        Self([0; 129])
    }
}

/// Digests that may begin with the same eight digits: a million honest ones
/// hardly ever do twice, but one digest may be that of many files.
const CROWD: usize = 1 << 10;

impl Table {
    /// Sorts what was gathered, when the object is read.
    pub(super) fn finish(&mut self, bytes: &[u8]) {
        self.names.shrink_to_fit();
        self.digests.shrink_to_fit();
        self.digests.sort_unstable();
        let crowded =
            self.digests.chunk_by(|one, other| one >> 32 == other >> 32).any(|group| group.len() > CROWD);
        if crowded {
            let entries = self.names.iter().zip(0_u64..);
            let digests = entries.flat_map(|(name, number)| {
                let digests = Entry::at(bytes, *name as usize).map(Entry::digests);
                digests.into_iter().flatten().map(move |digest| exactly(&digest.bytes()) | number)
            });
            self.exact = digests.collect();
            self.exact.sort_unstable();
        }
    }
}

fn exactly(digest: &[u8]) -> u64 {
    u64::from(keyed_hash(digest)) << 32
}

/// One of the three objects of a policy that have digests.
#[derive(Debug, Clone, Copy)]
pub struct DigestMap<'a> {
    bytes: &'a [u8],
    table: &'a Table,
}

impl<'a> DigestMap<'a> {
    pub(super) const fn new(bytes: &'a [u8], table: &'a Table) -> Self {
        Self { bytes, table }
    }

    /// How many names there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.table.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.table.names.is_empty()
    }

    /// How many right digests all names have together.
    #[must_use]
    pub fn digest_count(self) -> usize {
        self.table.digests.len()
    }

    /// How many digests have how many digits, from few digits to many.
    pub fn digest_lengths(self) -> impl Iterator<Item = (usize, usize)> + 'a {
        let counts = self.table.lengths.0.iter().enumerate();
        counts.filter(|(_, count)| **count > 0).map(|(digits, count)| (digits, *count as usize))
    }

    /// The part of the text that the object is; empty if the policy has none.
    #[must_use]
    pub fn span(self) -> Span {
        self.table.span
    }

    /// An entry by its number, from 0, in the order of the text.
    #[must_use]
    pub fn entry(self, number: usize) -> Option<Entry<'a>> {
        let name = *self.table.names.get(number)?;
        Entry::at(self.bytes, name as usize)
    }

    /// All entries in the order of the text.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'a>> + 'a {
        self.table.names.iter().map(move |name| {
            Entry::at(self.bytes, *name as usize).unwrap_or(Entry { name: EMPTY, bytes: self.bytes })
        })
    }

    /// The number of the entry with exactly this name.
    #[must_use]
    pub fn find(self, name: &str) -> Option<usize> {
        let at = self.table.keys.find(self.bytes, name)?;
        self.number_at(at)
    }

    /// The number of the entry whose name begins at this byte of the text.
    #[must_use]
    pub fn number_at(self, offset: u32) -> Option<usize> {
        self.table.names.binary_search(&offset).ok()
    }

    /// The numbers of the entries that have exactly this digest, ascending.
    pub fn holding<'d>(self, digest: &'d str) -> impl Iterator<Item = usize> + use<'a, 'd> {
        let mut last = None;
        let exact = &self.table.exact;
        let found = if exact.is_empty() {
            self.candidates(digest)
        } else {
            let low = exactly(digest.as_bytes());
            let from = exact.partition_point(|held| *held < low);
            let to = exact.partition_point(|held| held >> 32 <= low >> 32);
            exact.get(from..to).unwrap_or_default()
        };
        numbers(found).filter(move |number| {
            // An entry may have a digest twice.
            last.replace(*number) != Some(*number)
                && self.entry(*number).is_some_and(|entry| entry.digests().any(|held| held.is(digest)))
        })
    }

    /// The numbers of the entries that have a digest which begins so, in the
    /// order of the digests; an entry with several such digests may come again.
    pub fn holding_prefix<'d>(self, digits: &'d str) -> impl Iterator<Item = usize> + use<'a, 'd> {
        let begins = move |held: Text<'_>| held.value().starts_with(digits);
        numbers(self.candidates(digits)).filter(move |number| {
            digits.len() <= 8 || self.entry(*number).is_some_and(|entry| entry.digests().any(begins))
        })
    }

    /// Entries by the first eight digits.
    fn candidates(self, digits: &str) -> &'a [u64] {
        let sorted = &self.table.digests;
        let hexadecimal = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let open = 4 * (8 - digits.len().min(8));
        let low = u64::from(digest::prefix(digits.as_bytes())) << open;
        let high = low + (1_u64 << open);
        let from = sorted.partition_point(|held| held >> 32 < low);
        let to = sorted.partition_point(|held| held >> 32 < high);
        let found = if hexadecimal { sorted.get(from..to) } else { None };
        found.unwrap_or_default()
    }

    pub(in crate::policy) const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(super) const fn table(self) -> &'a Table {
        self.table
    }

    /// Bytes where the names stand, in the order of the text.
    pub(in crate::policy) fn names(self) -> &'a [u32] {
        &self.table.names
    }

    /// Names by their hash.
    pub(in crate::policy) const fn keys(self) -> &'a KeyIndex {
        &self.table.keys
    }

    /// By digest: the first eight digits above the number of the entry; sorted.
    pub(in crate::policy) fn by_digest(self) -> &'a [u64] {
        &self.table.digests
    }
}

/// The numbers of entries in a part of an index.
fn numbers(held: &[u64]) -> impl Iterator<Item = usize> + '_ {
    held.iter().map(|held| (held & 0xffff_ffff) as usize)
}

const EMPTY: Text<'static> = Text { raw: b"", offset: 0, escaped: false };

/// A name and its digests.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The path, or the name of a keyring or buffer.
    pub name: Text<'a>,
    bytes: &'a [u8],
}

impl<'a> Entry<'a> {
    pub(in crate::policy) fn at(bytes: &'a [u8], offset: usize) -> Option<Self> {
        Walk::new(bytes).text_at(offset).map(|name| Self { name, bytes })
    }

    /// The path as it is meant: hostile text, to be shown through the
    /// sanitiser only.
    #[must_use]
    pub fn path(self) -> Cow<'a, str> {
        self.name.value()
    }

    /// Its digests in the order of the text, right ones and wrong ones.
    #[must_use]
    pub fn digests(self) -> Digests<'a> {
        let walk = Walk::new(self.bytes);
        let at = walk.value_of(self.name);
        let next = if walk.byte(at) == Some(b'[') { walk.first_in(at) } else { None };
        Digests { walk, next }
    }

    /// The part of the text that its value is.
    #[must_use]
    pub fn value(self) -> Span {
        let walk = Walk::new(self.bytes);
        let at = walk.value_of(self.name);
        Span::new(at, walk.end_of_value(at))
    }
}

/// The digests of an entry.
#[derive(Debug, Clone)]
pub struct Digests<'a> {
    walk: Walk<'a>,
    next: Option<usize>,
}

impl<'a> Iterator for Digests<'a> {
    type Item = Text<'a>;

    fn next(&mut self) -> Option<Text<'a>> {
        loop {
            let at = self.next?;
            let text = self.walk.text_at(at);
            let end = text.map_or_else(|| self.walk.end_of_value(at), Text::end);
            // What does not move on is no text that was read.
            self.next = self.walk.next_after(end).filter(|next| *next > at);
            if text.is_some() {
                return text;
            }
        }
    }
}
