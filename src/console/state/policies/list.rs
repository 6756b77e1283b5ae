//! The table of all policies.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Drift, PolicyPicture, PolicyRow, PolicySort, PolicySource, Window};
use crate::console::command::Motion;
use crate::console::state::TextLine;
use crate::text::sanitise_to;

/// Files that are remembered at most.
const MAX_FILES: usize = 50;

/// A group that could not be asked, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFault {
    /// Its name.
    pub group: String,
    /// Why.
    pub words: String,
    /// Whether rows of an earlier look stand in its place.
    pub is_stale: bool,
}

/// The policies of every group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyList {
    /// All of them.
    pub rows: Vec<Arc<PolicyRow>>,
    /// Groups that could not be asked.
    pub faults: Vec<GroupFault>,
    /// When they were asked.
    pub taken_at: Option<Timestamp>,
    /// What is to be said of the whole, fit to be shown; may be empty.
    pub words: String,
}

/// The table of all policies.
#[derive(Clone, Debug, Default)]
pub struct PolicyTable {
    list: PolicyList,
    /// Files that were opened, the newest first.
    files: Vec<Arc<PolicyRow>>,
    asking: Option<u64>,
    /// Why nothing could be asked at all.
    trouble: Option<String>,
    /// What rows have to hold.
    pub(super) line: TextLine,
    pub(super) is_writing: bool,
    sort: PolicySort,
    is_reversed: bool,
    shown: Vec<Arc<PolicyRow>>,
    is_settled: bool,
    chosen: Option<PolicySource>,
    window: Window,
    marks: BTreeSet<PolicySource>,
}

impl PolicyTable {
    /// The rows in their order, as far as they are shown.
    pub fn rows(&self) -> &[Arc<PolicyRow>] {
        &self.shown
    }

    /// How many there are, shown or not.
    pub fn total(&self) -> usize {
        self.list.rows.len() + self.files.len()
    }

    /// Groups that could not be asked.
    pub fn faults(&self) -> &[GroupFault] {
        &self.list.faults
    }

    /// When the groups were asked; none: they were not.
    pub fn taken_at(&self) -> Option<Timestamp> {
        self.list.taken_at
    }

    /// What is to be said of the whole.
    pub fn words(&self) -> &str {
        &self.list.words
    }

    /// Whether they are being asked.
    pub fn is_busy(&self) -> bool {
        self.asking.is_some()
    }

    /// Why nothing could be asked at all.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// What rows have to hold.
    pub fn line(&self) -> &TextLine {
        &self.line
    }

    /// Whether that is being written.
    pub fn is_writing(&self) -> bool {
        self.is_writing
    }

    /// What the rows are ordered by, and whether that is turned around.
    pub fn sort(&self) -> (PolicySort, bool) {
        (self.sort, self.is_reversed)
    }

    /// Selection and scrolling.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&Arc<PolicyRow>> {
        self.shown.get(self.window.place())
    }

    /// Whether a row is marked.
    pub fn has_mark(&self, row: &PolicyRow) -> bool {
        self.marks.contains(&row.source)
    }

    /// The marked ones.
    pub fn marks(&self) -> impl ExactSizeIterator<Item = &PolicySource> {
        self.marks.iter()
    }

    /// Every policy that has a name here.
    pub fn all(&self) -> impl Iterator<Item = &Arc<PolicyRow>> {
        self.files.iter().chain(&self.list.rows)
    }

    pub(super) fn was_asked(&self) -> bool {
        self.list.taken_at.is_some() || self.asking.is_some() || self.trouble.is_some()
    }

    pub(super) fn is_asking(&self, generation: u64) -> bool {
        self.asking == Some(generation)
    }

    pub(super) fn ask(&mut self, generation: u64) {
        self.asking = Some(generation);
    }

    pub(super) fn take(&mut self, generation: u64, list: PolicyList, is_whole: bool) -> bool {
        if !self.is_asking(generation) {
            return false;
        }
        self.asking = self.asking.filter(|_| !is_whole);
        self.trouble = None;
        self.keep(list);
        self.is_settled = false;
        let known: BTreeSet<_> = self.all().map(|row| row.source.clone()).collect();
        self.marks.retain(|mark| known.contains(mark));
        true
    }

    /// Takes a list; what was known of a policy that is still the same stays,
    /// and so do the rows of a group that could not be asked.
    fn keep(&mut self, mut list: PolicyList) {
        for row in list.rows.iter_mut().filter(|row| row.verdict.is_none()) {
            let known = self.list.rows.iter().find(|known| known.source == row.source);
            let known = known.filter(|known| known.checksum == row.checksum && known.verdict.is_some());
            if let Some(known) = known {
                let new = row.as_ref().clone();
                let PolicyRow { shape, signature, verdict, counts, .. } = **known;
                *row = Arc::new(PolicyRow { shape, signature, verdict, counts, ..new });
            }
        }
        for fault in &mut list.faults {
            let only = |row: &PolicyRow| row.groups.as_slice() == [fault.group.clone()];
            let lost: Vec<_> = self
                .list
                .rows
                .iter()
                .filter(|row| only(row) && list.rows.iter().all(|other| other.source != row.source))
                .map(|row| Arc::new(PolicyRow { is_stale: true, ..row.as_ref().clone() }))
                .collect();
            fault.is_stale = !lost.is_empty();
            list.rows.extend(lost);
        }
        self.list = list;
    }

    pub(super) fn take_end(&mut self, generation: u64, words: &str) {
        if self.is_asking(generation) {
            self.asking = None;
            self.trouble = Some(words.to_owned());
        }
    }

    /// A policy was opened: what is known of it now stands in its row, and a
    /// file gets one.
    pub(super) fn remember(&mut self, policy: &PolicyPicture, now: Timestamp) {
        self.is_settled = false;
        let Some(file) = policy.source.file() else {
            for row in self.list.rows.iter_mut().filter(|row| row.source == policy.source) {
                *row = Arc::new(row.looked(policy, now));
            }
            return;
        };
        let row = PolicyRow {
            source: policy.source.clone(),
            name: sanitise_to(file, 200).into_string(),
            kind: policy.kind,
            groups: Vec::new(),
            shape: None,
            signature: None,
            verdict: None,
            counts: None,
            bytes: Some(policy.bytes as u64),
            checksum: Some(policy.sha256.clone()),
            drift: Drift::Unknown,
            drift_words: String::new(),
            note: String::new(),
            seen_at: None,
            is_stale: false,
        };
        self.files.retain(|row| row.source != policy.source);
        self.files.insert(0, Arc::new(row.looked(policy, now)));
        self.files.truncate(MAX_FILES);
    }

    pub(in crate::console::state) fn go(&mut self, motion: Motion, height: usize) {
        self.window.go(motion, self.shown.len(), height);
        self.chosen = self.selected().map(|row| row.source.clone());
    }

    pub(in crate::console::state) fn scroll(&mut self, by: i64, height: usize) {
        self.window.scroll(by, self.shown.len(), height);
        self.chosen = self.selected().map(|row| row.source.clone());
    }

    pub(super) fn sort_by(&mut self, sort: PolicySort, is_reversed: bool) {
        (self.sort, self.is_reversed) = (sort, is_reversed);
        self.is_settled = false;
    }

    pub(super) fn edit(&mut self, change: impl FnOnce(&mut TextLine)) {
        change(&mut self.line);
        self.is_settled = false;
    }

    pub(super) fn turn_mark(&mut self) {
        let Some(source) = self.selected().map(|row| row.source.clone()) else { return };
        if !self.marks.remove(&source) {
            self.marks.insert(source);
        }
    }

    pub(super) fn clear_marks(&mut self) {
        self.marks.clear();
    }

    /// Order, selection, scrolling; tells whether anything changed.
    pub(super) fn settle(&mut self, height: usize) -> bool {
        let mut has_changed = false;
        if !self.is_settled {
            self.is_settled = true;
            has_changed = true;
            let words = self.line.text();
            let mut shown: Vec<_> = self.all().filter(|row| row.holds(&words)).cloned().collect();
            shown.sort_by(|one, other| {
                let order = self.sort.order(one, other);
                if self.is_reversed { order.reverse() } else { order }
            });
            self.shown = shown;
            let chosen = self.chosen.as_ref();
            let place = chosen.and_then(|chosen| self.shown.iter().position(|row| row.source == *chosen));
            if let Some(place) = place {
                self.window.go_to(place);
            }
        }
        self.window.settle(self.shown.len(), height) || has_changed
    }
}
