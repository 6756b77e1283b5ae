//! A policy that was read, as the pages ask for it.

use std::borrow::Cow;
use std::fmt::Write;

use bytes::Bytes;

use crate::console::state::{Check, Document, Tone, Where};
use crate::policy::document::metadata::{Check as Demand, CheckKind};
use crate::policy::document::{PathSearch, Policy, digest_query};
use crate::policy::evidence::Status;
use crate::policy::exclude::{Excludes, Outcome};
use crate::text::sanitise_to;

/// Bytes of a row of the text at most: it fits the narrowest screen.
const ROW: usize = 72;
/// Entries that are searched between two questions whether to go on.
const CHUNK: usize = 1 << 15;
/// Characters of a value that is shown at most.
const LIMIT: usize = 400;
/// Rows of a text at most.
const MAX_ROWS: usize = 1 << 24;

/// A policy with its excludes, and its text in rows.
pub(super) struct Read {
    /// None: the text is no policy.
    policy: Option<Policy>,
    excludes: Excludes,
    text: Bytes,
    /// Where each row of the text begins.
    rows: Vec<u32>,
}

impl Read {
    /// A policy, or a text that is none.
    pub(super) fn new(policy: Option<Policy>, excludes: Excludes, text: Bytes) -> Self {
        let rows = rows(&text);
        Self { policy, excludes, text, rows }
    }

    fn entry_path(&self, entry: usize) -> Option<Cow<'_, str>> {
        self.policy.as_ref()?.entry(entry).map(|entry| entry.path())
    }
}

/// Where the rows begin: at each line, and within a long one where it is full.
fn rows(text: &[u8]) -> Vec<u32> {
    let mut starts = Vec::with_capacity((text.len() / ROW).min(MAX_ROWS));
    let mut at = 0;
    while at < text.len() && starts.len() < MAX_ROWS {
        let Ok(start) = u32::try_from(at) else { break };
        starts.push(start);
        let rest = text.get(at..text.len().min(at + ROW)).unwrap_or_default();
        at += match memchr::memchr(b'\n', rest) {
            Some(end) => end + 1,
            None if at + ROW >= text.len() => rest.len(),
            // Not in the middle of a character.
            None => {
                let tail = rest.iter().rev().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
                let cuts = text.get(at + rest.len()).is_some_and(|byte| *byte & 0xc0 == 0x80);
                if cuts && tail + 1 < rest.len() { rest.len() - tail - 1 } else { rest.len() }
            }
        };
    }
    starts
}

impl Document for Read {
    fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    fn paths(&self) -> usize {
        self.policy.as_ref().map_or(0, Policy::paths)
    }

    fn path(&self, entry: usize) -> Cow<'_, str> {
        self.entry_path(entry).unwrap_or_default()
    }

    fn digest(&self, entry: usize, number: usize) -> Option<Cow<'_, str>> {
        let entry = self.policy.as_ref()?.entry(entry)?;
        entry.digests().nth(number).map(|digest| digest.value())
    }

    fn demands(&self) -> usize {
        self.policy.as_ref().map_or(0, |policy| policy.metadata().len())
    }

    fn demanded(&self, number: usize) -> Cow<'_, str> {
        let entry = self.policy.as_ref().and_then(|policy| policy.metadata().entry(number));
        entry.map(|entry| entry.digest()).unwrap_or_default()
    }

    fn check_names(&self, number: usize, each: &mut dyn FnMut(&str)) {
        let entry = self.policy.as_ref().and_then(|policy| policy.metadata().entry(number));
        for check in entry.into_iter().flat_map(|entry| entry.checks()) {
            each(&check.name.value());
        }
    }

    fn checks(&self, number: usize) -> Vec<Check> {
        let Some(policy) = &self.policy else { return Vec::new() };
        let Some(entry) = policy.metadata().entry(number) else { return Vec::new() };
        let digest = entry.digest();
        entry.checks().iter().map(|check| shown(policy, &digest, check)).collect()
    }

    fn demand_of(&self, digest: &str) -> Option<usize> {
        self.policy.as_ref()?.metadata().find(digest)
    }

    fn entries_of(&self, digest: &str, most: usize) -> (Vec<u32>, usize) {
        let Some(policy) = &self.policy else { return (Vec::new(), 0) };
        let mut entries = Vec::new();
        let mut all = 0;
        for entry in policy.paths_of(digest) {
            all += 1;
            if entries.len() < most {
                entries.extend(u32::try_from(entry));
            }
        }
        (entries, all)
    }

    fn find(&self, sought: &str, place: Where, is_given_up: &dyn Fn() -> bool) -> Option<Vec<u32>> {
        let Some(policy) = &self.policy else { return Some(Vec::new()) };
        match place {
            Where::Digests => find_entries(policy, sought, is_given_up),
            Where::Metadata => find_demands(policy, sought, is_given_up),
        }
    }

    fn exclusion(&self, path: &str) -> Vec<(Tone, String)> {
        let mut lines = vec![match self.excludes.which(path) {
            Outcome::Included => (Tone::Good, "No pattern leaves it out: its digest counts.".to_owned()),
            Outcome::Excluded(exclusion) => {
                let number = match exclusion.last_entry {
                    last if last == exclusion.entry => format!("Pattern {}", last + 1),
                    last => format!("Patterns {} to {}", exclusion.entry + 1, last + 1),
                };
                (Tone::Warn, format!("{number} leaves it out: {}", sanitise_to(&exclusion.why, LIMIT)))
            }
            Outcome::ListIgnored { why } => {
                let why = sanitise_to(&why, LIMIT);
                (Tone::Bad, format!("Nothing is left out: the verifier ignores all patterns. {why}"))
            }
            Outcome::Unknown { why } => {
                (Tone::Warn, format!("It cannot be said: {}", sanitise_to(&why, LIMIT)))
            }
        }];
        lines.push(match self.policy.as_ref().and_then(|policy| policy.find_path(path)) {
            Some(_) => (Tone::Dim, "The policy lists this path.".to_owned()),
            None => (Tone::Dim, "The policy does not list this path.".to_owned()),
        });
        lines
    }

    fn text_rows(&self) -> usize {
        self.rows.len()
    }

    fn text_row(&self, row: usize) -> Cow<'_, str> {
        let Some(start) = self.rows.get(row) else { return Cow::Borrowed("") };
        let end = self.rows.get(row + 1).map_or(self.text.len(), |end| *end as usize);
        let bytes = self.text.get(*start as usize..end).unwrap_or_default();
        String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(bytes))
    }
}

/// By a part of the path, and by the beginning of a digest.
fn find_entries(policy: &Policy, sought: &str, is_given_up: &dyn Fn() -> bool) -> Option<Vec<u32>> {
    let map = policy.digests();
    let mut search = PathSearch::new(sought);
    let mut found = Vec::new();
    while search.step(map, CHUNK, &mut found) {
        if is_given_up() {
            return None;
        }
    }
    if let Some(digits) = digest_query(sought) {
        found.extend(map.holding_prefix(&digits));
        found.sort_unstable();
        found.dedup();
    }
    Some(found.into_iter().filter_map(|entry| u32::try_from(entry).ok()).collect())
}

/// By a part of the digest or a check's name, else by a part of a path.
fn find_demands(policy: &Policy, sought: &str, is_given_up: &dyn Fn() -> bool) -> Option<Vec<u32>> {
    let digits = digest_query(sought);
    let mut found = Vec::new();
    for (number, entry) in (0u32..).zip(policy.metadata().entries()) {
        if number.is_multiple_of(1_000) && is_given_up() {
            return None;
        }
        let digest = entry.digest();
        let by_digest = digits.as_ref().is_some_and(|digits| digest.contains(digits.as_str()));
        let by_check = || entry.checks().iter().any(|check| check.name.value().contains(sought));
        let by_path = || {
            let mut entries = policy.paths_of(&digest).filter_map(|entry| policy.entry(entry));
            entries.any(|entry| entry.path().contains(sought))
        };
        if by_digest || by_check() || by_path() {
            found.push(number);
        }
    }
    Some(found)
}

/// A check in words, and why nothing is said of it here.
fn shown(policy: &Policy, digest: &str, check: &Demand<'_>) -> Check {
    let raw = || sanitise_to(&policy.slice(check.span()), LIMIT).into_string();
    let value = match &check.kind {
        CheckKind::LogProof(demanded) => demanded.to_string(),
        CheckKind::Identity(identities) => {
            let mut words = String::new();
            for identity in identities.iter().take(10) {
                let gap = if words.is_empty() { "" } else { ", or " };
                let (subject, issuer) =
                    (sanitise_to(&identity.subject, LIMIT), sanitise_to(&identity.issuer, LIMIT));
                // Writing to a String cannot fail.
                let _ = write!(words, "{gap}{subject} by {issuer}");
            }
            words
        }
        CheckKind::PublicKey(key) => format!("a key of {} bytes", key.len()),
        CheckKind::Signature(signature) => format!("a signature of {} bytes", signature.len()),
        CheckKind::Unknown | CheckKind::Malformed => raw(),
    };
    let reason = match &check.kind {
        CheckKind::LogProof(false) => "not demanded",
        CheckKind::Unknown => "unknown to this console; kept as it is",
        CheckKind::Malformed => "its value is wrong, see the findings",
        // Sigstore knows no SHA-1.
        _ if digest.len() == 40 => "a SHA-1 digest cannot be checked",
        _ => "no evidence was given",
    };
    let name = sanitise_to(&check.name.value(), LIMIT).into_string();
    Check { name, value, status: Status::NotEvaluated, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lines_and_pieces_of_long_ones() {
        let long = "é".repeat(100);
        let text = format!("{{\n\"a\": 1,\n\n{long}\n}}");
        let read = Read::new(None, Excludes::new(&[]), Bytes::from(text.clone()));
        let rows: Vec<_> = (0..read.text_rows()).map(|row| read.text_row(row).into_owned()).collect();
        assert_eq!(rows[..3], ["{", "\"a\": 1,", ""]);
        assert!(rows.iter().all(|row| row.len() <= ROW && !row.contains('\u{fffd}')), "{rows:?}");
        assert_eq!(rows[3..].concat(), format!("{long}}}"));
        assert_eq!(Read::new(None, Excludes::new(&[]), Bytes::new()).text_rows(), 0);
    }
}
