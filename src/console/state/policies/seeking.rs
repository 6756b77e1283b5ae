//! Looking for something in the table or in a policy, while it is written.

use super::{DemandSort, Inspection, Judgement, PolicyWish, Tab, Where, Window};
use crate::console::state::{Overlay, PageId, State, TextLine};

impl State {
    /// Begins or ends writing what is looked for.
    pub(in crate::console) fn write_sought(&mut self, is_writing: bool) {
        match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => {
                self.policies.with(|inspection| inspection.is_writing = is_writing);
            }
            (Some(Overlay::Identities), _) => self.write_sought_identity(is_writing),
            (None, PageId::Policies) => {
                self.policies.table.is_writing = is_writing;
                self.policies.touch();
            }
            _ => {}
        }
    }

    /// Whether what is on top can be searched.
    pub(in crate::console) fn can_seek(&self) -> bool {
        match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => {
                self.policies.inspection().is_some_and(|inspection| inspection.line().is_some())
            }
            (Some(Overlay::Identities), _) => self.identity.picture().is_some(),
            (None, PageId::Policies) => true,
            _ => false,
        }
    }

    /// Whether something that is looked for is being written here.
    pub(in crate::console::state) fn is_seeking(&self) -> bool {
        match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => {
                self.policies.inspection().is_some_and(Inspection::is_writing)
            }
            (Some(Overlay::Identities), _) => self.identity.is_writing(),
            (None, PageId::Policies) => self.policies.table.is_writing,
            _ => false,
        }
    }

    /// Whether something is looked for here.
    pub(in crate::console::state) fn has_sought(&self) -> bool {
        let line = match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => self.policies.inspection().and_then(Inspection::line),
            (Some(Overlay::Identities), _) => Some(self.identity.line()),
            (None, PageId::Policies) => Some(&self.policies.table.line),
            _ => None,
        };
        line.is_some_and(|line| *line != TextLine::default())
    }

    /// Changes what is looked for; it is followed at once.
    pub(in crate::console::state) fn edit_sought(&mut self, change: impl FnOnce(&mut TextLine)) {
        if self.shows_identities() {
            self.edit_sought_identity(change);
            return;
        }
        if self.overlay.is_none() {
            self.policies.table.edit(change);
            self.policies.touch();
            return;
        }
        let changed = self.policies.with(|inspection| {
            let line = inspection.line_mut()?;
            let before = line.text();
            change(line);
            (line.text() != before).then_some(())
        });
        if changed.flatten().is_some() {
            self.follow_sought();
        }
    }

    /// Looks for a text in a part, whichever is in sight.
    pub(super) fn seek(&mut self, place: Where, text: &str) {
        let changed = self.policies.with(|inspection| {
            let line = &mut inspection.sought_mut(place).0.line;
            let has_changed = line.text() != text;
            *line = TextLine::new(text);
            has_changed
        });
        if changed == Some(true) {
            self.follow_sought_in(place);
        }
    }

    /// Orders the paths otherwise, beside the console: there may be a million.
    pub(super) fn sort_paths(&mut self, sort: DemandSort, is_reversed: bool) {
        if sort == DemandSort::Policy {
            self.follow_sought_in(Where::Digests);
            return;
        }
        let generation = self.policies.generation();
        let Some(inspection) = &mut self.policies.inspection else { return };
        let policy = inspection.policy().clone();
        let verdicts = inspection.judgement().map(Judgement::verdicts).unwrap_or_default();
        let statuses = verdicts.iter().map(|verdict| verdict.status).collect();
        inspection.path_sort = (sort, is_reversed);
        let sought = &mut inspection.digests.0;
        let before = sought.generation.replace(generation);
        let rows = sought.rows.clone();
        self.policies.touch();
        before.into_iter().for_each(|generation| self.wish(PolicyWish::Cancel { generation }));
        self.wish(PolicyWish::Rank { generation, policy, rows, statuses, is_reversed });
    }

    /// What is written is another text than before.
    fn follow_sought(&mut self) {
        let Some(inspection) = self.policies.inspection() else { return };
        match (inspection.place(), inspection.tab()) {
            (Some(place), _) => self.follow_sought_in(place),
            (None, Tab::Excludes) => self.explain(),
            (None, _) => {}
        }
    }

    fn follow_sought_in(&mut self, place: Where) {
        let generation = self.policies.generation();
        let Some(inspection) = &mut self.policies.inspection else { return };
        let policy = inspection.policy().clone();
        if place == Where::Digests {
            // What is found stands as it stands in the policy.
            inspection.path_sort = Default::default();
        }
        let (sought, window) = inspection.sought_mut(place);
        let before = sought.generation.take();
        let text = sought.line.text();
        let is_awaited = !text.trim().is_empty();
        if is_awaited {
            sought.generation = Some(generation);
        } else {
            sought.rows = None;
            sought.is_slow = false;
            *window = Window::default();
            inspection.refilter();
        }
        before.into_iter().for_each(|generation| self.wish(PolicyWish::Cancel { generation }));
        if is_awaited {
            let sought = text.trim().to_owned();
            self.wish(PolicyWish::Find { generation, policy, place, sought });
        }
    }

    fn explain(&mut self) {
        let generation = self.policies.generation();
        let Some(inspection) = &mut self.policies.inspection else { return };
        let policy = inspection.policy().clone();
        let looked = &mut inspection.excludes.0;
        let before = looked.generation.take();
        let path = looked.line.text();
        if path.is_empty() {
            looked.lines.clear();
        } else {
            looked.generation = Some(generation);
        }
        let is_awaited = looked.generation.is_some();
        before.into_iter().for_each(|generation| self.wish(PolicyWish::Cancel { generation }));
        if is_awaited {
            self.wish(PolicyWish::Explain { generation, policy, path });
        }
    }
}
