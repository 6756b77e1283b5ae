//! Searching a million paths without stopping anybody.

use memchr::memmem::Finder;

use super::table::{DigestMap, Entry};

/// A search for a part of a path. [`Self::step`] does a bounded piece of work,
/// so that whoever searches can be stopped, or the text be typed on.
#[derive(Debug, Clone)]
pub struct PathSearch {
    fragment: String,
    finder: Finder<'static>,
    next: usize,
}

impl PathSearch {
    /// A search for paths that hold exactly this, upper and lower case apart.
    /// Everything holds an empty fragment.
    #[must_use]
    pub fn new(fragment: &str) -> Self {
        Self { fragment: fragment.to_owned(), finder: Finder::new(fragment).into_owned(), next: 0 }
    }

    /// Number of the entry from which on the search goes on.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.next
    }

    /// Looks at the next `entries` entries and adds the numbers of those found,
    /// ascending. Gives whether there are more to look at.
    pub fn step(&mut self, map: DigestMap<'_>, entries: usize, found: &mut Vec<usize>) -> bool {
        let from = self.next.min(map.len());
        let to = from.saturating_add(entries).min(map.len());
        self.next = to;
        let before = found.len();
        self.plain(map, from, to, found);
        let added = found.len();
        self.escaped(map, from, to, found);
        if added < found.len()
            && let Some(added) = found.get_mut(before..)
        {
            added.sort_unstable();
        }
        to < map.len()
    }

    /// All at once.
    #[must_use]
    pub fn all(fragment: &str, map: DigestMap<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        Self::new(fragment).step(map, usize::MAX, &mut found);
        found
    }

    /// Names without escapes: the text itself is searched, from name to name.
    fn plain(&self, map: DigestMap<'_>, from: usize, to: usize, found: &mut Vec<usize>) {
        let names = &map.table().names;
        let bytes = map.bytes();
        let end = names.get(to).map_or(map.span().end(), |name| *name as usize);
        let Some(mut at) = names.get(from).map(|name| *name as usize) else { return };
        let mut number = from;
        while let Some(hit) = bytes.get(at..end).and_then(|rest| self.finder.find(rest)) {
            let hit = at + hit;
            // Hits are mostly near, so the entry is looked for from here on.
            let ahead = names.get(number..to).unwrap_or_default();
            number += ahead.partition_point(|name| *name as usize <= hit).saturating_sub(1);
            let Some(entry) = map.entry(number) else { return };
            // A hit among the digests, or over the end of the name, is none.
            let inside = hit > entry.name.offset && hit + self.fragment.len() < entry.name.end();
            if (inside || self.fragment.is_empty()) && !entry.name.escaped {
                found.push(number);
            }
            number += 1;
            let Some(next) = names.get(number).filter(|_| number < to) else { return };
            at = *next as usize;
        }
    }

    /// Names with escapes are decoded first.
    fn escaped(&self, map: DigestMap<'_>, from: usize, to: usize, found: &mut Vec<usize>) {
        let escaped = &map.table().escaped;
        let first = escaped.partition_point(|number| (*number as usize) < from);
        for number in
            escaped.iter().skip(first).map(|number| *number as usize).take_while(|number| *number < to)
        {
            let holds = |entry: Entry<'_>| self.finder.find(&entry.name.bytes()).is_some();
            if map.entry(number).is_some_and(holds) {
                found.push(number);
            }
        }
    }
}
