//! What commands do with policies.

use super::{
    Compared, DemandSort, Inspection, Opening, OutcomeFilter, PolicySource, PolicyWish, Tab, Where, Window,
};
use crate::console::command::{Motion, Reason};
use crate::console::outside::Request;
use crate::console::state::{Notice, Overlay, PageId, State};
use crate::text::sanitise_to;

/// The command that compares two policies.
const COMPARE: &str = "policy-diff";

impl State {
    /// Goes to the policies; the first time every group is asked for them.
    pub(in crate::console) fn show_policies(&mut self) {
        self.show(PageId::Policies);
        if !self.policies.table.was_asked() {
            self.ask_policies();
        }
    }

    /// Asks every group for its policies.
    pub(in crate::console) fn ask_policies(&mut self) {
        if self.policies.table.is_busy() {
            return;
        }
        let generation = self.policies.generation();
        self.policies.table.ask(generation);
        self.policies.touch();
        self.wish(PolicyWish::List { generation });
    }

    pub(super) fn wish(&mut self, wish: PolicyWish) {
        self.requests.push(Request::Policies(wish));
    }

    pub(in crate::console::state) fn mark_policy(&mut self) {
        self.policies.table.turn_mark();
        self.policies.touch();
    }

    pub(in crate::console::state) fn clear_policy_marks(&mut self) {
        self.policies.table.clear_marks();
        self.policies.touch();
    }

    /// Orders the page's table by what comes next.
    pub(in crate::console) fn sort_by_next(&mut self) {
        if self.has_open_policy() {
            return self.sort_open_policy(|(sort, is_reversed)| (sort.next(), is_reversed));
        }
        match self.page {
            PageId::Policies => {
                let (sort, is_reversed) = self.policies.table.sort();
                self.policies.table.sort_by(sort.next(), is_reversed);
            }
            _ => self.agents.sort_by_next(),
        }
    }

    /// Turns the order of the page's table around.
    pub(in crate::console) fn reverse_sort(&mut self) {
        if self.has_open_policy() {
            return self.sort_open_policy(|(sort, is_reversed)| (sort, !is_reversed));
        }
        match self.page {
            PageId::Policies => {
                let (sort, is_reversed) = self.policies.table.sort();
                self.policies.table.sort_by(sort, !is_reversed);
            }
            _ => self.agents.reverse_sort(),
        }
    }

    /// Orders the part of the policy in sight otherwise.
    fn sort_open_policy(&mut self, otherwise: impl FnOnce((DemandSort, bool)) -> (DemandSort, bool)) {
        let Some(inspection) = &mut self.policies.inspection else { return };
        if inspection.tab() == Tab::Digests {
            let (sort, is_reversed) = otherwise(inspection.path_sort());
            return self.sort_paths(sort, is_reversed);
        }
        let (sort, is_reversed) = otherwise(inspection.demand_sort());
        inspection.sort_demands(sort, is_reversed);
        self.policies.touch();
    }

    /// Opens the selected policy.
    pub(in crate::console) fn open_selected_policy(&mut self) {
        if let Some(source) = self.policies.table.selected().map(|row| row.source.clone()) {
            self.open_policy(source, None);
        }
    }

    /// Opens a policy by what was written.
    ///
    /// # Errors
    /// It names none.
    pub(in crate::console) fn open_named_policy(&mut self, text: &str) -> Result<(), Reason> {
        let source = self.policy_source(text)?;
        self.open_policy(source, None);
        Ok(())
    }

    /// Compares two policies by what was written.
    ///
    /// # Errors
    /// It names not two.
    pub(in crate::console) fn compare_named_policies(&mut self, text: &str) -> Result<(), Reason> {
        let words = shlex::split(text).ok_or_else(|| Reason::new("a quote is not closed"))?;
        let [one, other] = words.as_slice() else {
            return Err(Reason::new("write two policies: files or group:NAME/POLICY; quotes hold a space"));
        };
        let (one, other) = (self.policy_source(one)?, self.policy_source(other)?);
        let is_open = self.policies.inspection().is_some_and(|inspection| *inspection.source() == one);
        match is_open && matches!(self.overlay, Some(Overlay::Policy { .. })) {
            true => self.compare_policy(other),
            false => self.open_policy(one, Some(other)),
        }
        Ok(())
    }

    /// What was written as a source; a deployed policy's name may be written as
    /// it is shown.
    fn policy_source(&self, text: &str) -> Result<PolicySource, Reason> {
        let groups = self.snapshot.groups.iter().map(|group| &*group.name);
        let source = PolicySource::read(text, groups).map_err(Reason::new)?;
        let shown = |source: &PolicySource| sanitise_to(&source.to_string(), 1_000).into_string();
        let known = self.policies.table.all().find(|row| row.source == source || shown(&row.source) == text);
        Ok(known.map_or(source, |known| known.source.clone()))
    }

    /// Opens a policy, and then compares it with another one.
    pub(super) fn open_policy(&mut self, source: PolicySource, then: Option<PolicySource>) {
        self.page = PageId::Policies;
        self.leave_policy();
        self.overlay = Some(Overlay::Policy { scroll: 0 });
        let generation = self.policies.generation();
        let opening = Opening { generation, source: source.clone(), progress: None, trouble: None, then };
        self.policies.opening = Some(opening);
        self.policies.touch();
        self.wish(PolicyWish::Open { generation, source });
    }

    /// Opens the policy that lies over the page again.
    pub(in crate::console) fn reopen_policy(&mut self) {
        let tab = self.policies.inspection().map(Inspection::tab);
        if let Some(source) = self.policies.looked_into().cloned() {
            self.open_policy(source, None);
        }
        // Another text may lack what was looked at; only the part stays.
        if let Some(tab) = tab.filter(|tab| *tab != Tab::Diff) {
            self.policies.wanted_tab = Some(tab);
        }
    }

    /// Lets go of the policy, and of what is at work for it.
    pub(in crate::console) fn leave_policy(&mut self) {
        let opening = self.policies.opening.take().filter(|opening| opening.trouble.is_none());
        let inspection = self.policies.inspection.take();
        if opening.is_none() && inspection.is_none() {
            return;
        }
        self.policies.touch();
        let working = inspection.iter().flat_map(|inspection| inspection.at_work());
        let at_work: Vec<_> = opening.map(|opening| opening.generation).into_iter().chain(working).collect();
        for generation in at_work {
            self.wish(PolicyWish::Cancel { generation });
        }
    }

    /// What lies over the page may be something else now.
    pub(in crate::console::state) fn settle_policies(&mut self) {
        if !self.overlay.as_ref().is_some_and(Overlay::holds_policy) {
            self.leave_policy();
        }
        let height = self.size.table_height();
        let mut has_changed = match self.page {
            PageId::Policies => self.policies.table.settle(height),
            _ => false,
        };
        if let (Some(Overlay::Policy { .. }), Some(inspection)) =
            (&self.overlay, &mut self.policies.inspection)
        {
            has_changed |= inspection.settle(self.size.policy_rows(inspection.tab));
        }
        if matches!(self.overlay, Some(Overlay::Trust)) {
            let height = crate::console::page::trust::rows(self);
            has_changed |= self.policies.trust.settle(height);
        }
        self.policies.revision += u64::from(has_changed);
    }

    /// Shows another part of the policy.
    pub(in crate::console) fn turn_tab(&mut self, is_right: bool) {
        if let Some(tab) = self.policies.inspection().map(Inspection::tab) {
            self.go_to_tab(tab.turned(is_right));
        }
    }

    /// Shows a part of the policy.
    pub(in crate::console) fn go_to_tab(&mut self, tab: Tab) {
        self.policies.with(|inspection| {
            inspection.tab = tab;
            inspection.is_writing = false;
        });
        self.close_explanation();
        if let Some(Overlay::Policy { scroll }) = &mut self.overlay {
            *scroll = 0;
        }
        self.judge_if_in_sight();
    }

    /// Goes to a part by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub(in crate::console) fn go_to_named_tab(&mut self, name: &str) -> Result<(), Reason> {
        let names = Tab::ALL.map(Tab::title);
        let tab = Tab::from_name(name).ok_or_else(|| crate::console::state::none("part", name, names))?;
        self.go_to_tab(tab);
        Ok(())
    }

    /// From an entry to what is demanded for its digest, and back.
    pub(in crate::console) fn follow_digest(&mut self) {
        let Some(inspection) = self.policies.inspection() else { return };
        let document = &inspection.policy().0.document;
        match inspection.tab() {
            Tab::Digests => {
                let Some(entry) = inspection.selected_entry() else { return };
                let digests = (0..).map_while(|number| document.digest(entry, number));
                let demand = digests.take(100).find_map(|digest| document.demand_of(&digest));
                match demand {
                    Some(demand) => {
                        self.seek(Where::Metadata, "");
                        self.go_to_tab(Tab::Metadata);
                        self.policies.with(|inspection| {
                            inspection.filter_by(OutcomeFilter::All);
                            inspection.select_demand(Some(demand));
                        });
                    }
                    None => {
                        self.notice = Some(Notice::information("no metadata demands more of this digest"));
                    }
                }
            }
            Tab::Metadata => {
                let Some(demand) = inspection.selected_demand() else { return };
                let digest = sanitise_to(&document.demanded(demand), 200).into_string();
                self.go_to_tab(Tab::Digests);
                self.seek(Where::Digests, &digest);
            }
            _ => {}
        }
    }

    /// Whether the selected row leads somewhere.
    pub(in crate::console) fn has_digest_to_follow(&self) -> bool {
        let selected = self.policies.inspection().and_then(|inspection| match inspection.tab() {
            Tab::Digests => inspection.selected_entry(),
            Tab::Metadata => inspection.selected_demand(),
            _ => None,
        });
        selected.is_some()
    }

    /// Whether the selected row has digests that can be marked.
    pub(in crate::console) fn has_digest_to_mark(&self) -> bool {
        self.has_digest_to_follow()
            && self.policies.inspection().is_some_and(|inspection| !inspection.shows_text())
    }

    /// Compares the open policy with another one.
    pub(super) fn compare_policy(&mut self, other: PolicySource) {
        let generation = self.policies.generation();
        let Some(inspection) = &mut self.policies.inspection else { return };
        let before = inspection.compared.as_ref().and_then(|compared| compared.generation);
        inspection.compared = Some(Compared {
            other: other.clone(),
            generation: Some(generation),
            progress: None,
            outcome: None,
        });
        inspection.diff = Window::default();
        let policy = inspection.policy().clone();
        self.go_to_tab(Tab::Diff);
        if let Some(generation) = before {
            self.wish(PolicyWish::Cancel { generation });
        }
        self.wish(PolicyWish::Compare { generation, policy, other });
    }

    /// The policy that is meant, and the marked one it can be compared with.
    fn pair(&self) -> Option<(PolicySource, PolicySource)> {
        let marks: Vec<_> = self.policies.table.marks().collect();
        let meant = match self.policies.looked_into() {
            Some(open) => open,
            None => match marks.as_slice() {
                [one, other] => return Some(((*one).clone(), (*other).clone())),
                _ => &self.policies.table.selected()?.source,
            },
        };
        match marks.as_slice() {
            [mark] if *mark != meant => Some((meant.clone(), (*mark).clone())),
            _ => None,
        }
    }

    /// Compares the policy that is meant with the marked one; where none is
    /// marked, the other one is written.
    pub(in crate::console) fn compare_marked(&mut self) {
        let is_open = matches!(self.overlay, Some(Overlay::Policy { .. }));
        match self.pair() {
            Some((_, other)) if is_open && self.policies.inspection.is_some() => self.compare_policy(other),
            Some((one, other)) => self.open_policy(one, Some(other)),
            None => {
                let selected = || self.policies.table.selected().map(|row| &row.source);
                let meant = self.policies.looked_into().or_else(selected).map(ToString::to_string);
                let quoted = meant.as_deref().and_then(|meant| shlex::try_quote(meant).ok());
                let line = quoted.map(|meant| format!("{COMPARE} {meant} "));
                self.open_palette(&line.unwrap_or_else(|| format!("{COMPARE} ")));
            }
        }
    }

    /// Moves in what lies on top, if that is a list of a policy or the trust
    /// store.
    pub(in crate::console::state) fn go_in_policies(&mut self, motion: Motion) -> bool {
        match &self.overlay {
            Some(Overlay::Trust) => {
                self.policies.trust.go(motion, self.size.table_height());
                self.policies.touch();
                true
            }
            Some(Overlay::Policy { .. }) => {
                let list = self.policies.inspection().filter(|inspection| !inspection.shows_text());
                let Some(tab) = list.map(Inspection::tab) else { return false };
                let height = self.size.policy_rows(tab);
                self.policies.with(|inspection| inspection.go(motion, height));
                true
            }
            _ => false,
        }
    }

    /// Scrolls in what lies on top, if that is a list of a policy.
    pub(in crate::console::state) fn scroll_in_policies(&mut self, by: i64) -> bool {
        let list = match &self.overlay {
            Some(Overlay::Policy { .. }) => {
                self.policies.inspection().filter(|inspection| !inspection.shows_text())
            }
            _ => None,
        };
        let Some(tab) = list.map(Inspection::tab) else { return false };
        let height = self.size.policy_rows(tab);
        self.policies.with(|inspection| inspection.scroll(by, height));
        true
    }
}
