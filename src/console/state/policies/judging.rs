//! Giving evidence and judging with it in the background, which outcomes are
//! shown, and marks on digests.

use super::{DemandSort, EvidencePlace, Inspection, Judgement, OutcomeFilter, PolicyWish, Tab};
use crate::console::command::Reason;
use crate::console::state::{Notice, Overlay, State, none};

/// The command that is given evidence.
const EVIDENCE: &str = "evidence";

impl State {
    /// Judges the open policy with the evidence of a place, and those that are
    /// opened later: `DIR [ROOT]`.
    ///
    /// # Errors
    /// It names no place.
    pub(in crate::console) fn give_evidence(&mut self, text: &str) -> Result<(), Reason> {
        let place = EvidencePlace::read(text).map_err(Reason::new)?;
        self.policies.evidence = Some(place);
        self.policies.touch();
        if !self.has_open_policy() {
            let words = "the next policy that is opened is judged with it, under Metadata";
            self.notice = Some(Notice::information(words));
            return Ok(());
        }
        self.drop_judgement();
        self.go_to_tab(Tab::Metadata);
        Ok(())
    }

    /// Writes the command that gives evidence, with the place that was given.
    pub(in crate::console) fn write_evidence(&mut self) {
        let place = self.policies.evidence.as_ref().map(EvidencePlace::written).unwrap_or_default();
        let gap = if place.is_empty() { "" } else { " " };
        self.open_palette(&format!("{EVIDENCE}{gap}{place} "));
    }

    /// Whether a policy is in sight, and not only its name.
    pub(in crate::console) fn has_open_policy(&self) -> bool {
        matches!(self.overlay, Some(Overlay::Policy { .. })) && self.policies.inspection.is_some()
    }

    /// Whether the digests with metadata are in sight.
    pub(super) fn sees_metadata(&self) -> bool {
        self.has_open_policy() && self.policies.inspection().map(Inspection::tab) == Some(Tab::Metadata)
    }

    /// Whether the list of the digests with metadata is in sight, and none of
    /// them is unfolded.
    pub(in crate::console) fn sees_demands(&self) -> bool {
        self.sees_metadata() && self.policies.inspection().is_some_and(|one| one.explaining().is_none())
    }

    /// Begins to judge what is demanded, where it is to be seen, there is
    /// evidence, and it was not begun before.
    pub(super) fn judge_if_in_sight(&mut self) {
        let Some(place) = self.policies.evidence.clone() else { return };
        let generation = self.policies.generation();
        let Some(inspection) = &mut self.policies.inspection else { return };
        let policy = inspection.policy().clone();
        let all = policy.0.document.demands();
        if inspection.tab() != Tab::Metadata || inspection.judgement.is_some() || all == 0 {
            return;
        }
        inspection.judgement = Some(Judgement::new(place.clone(), generation, all));
        inspection.refilter();
        self.policies.touch();
        self.wish(PolicyWish::Judge { generation, policy, place });
    }

    /// Forgets what came of the demands, and ends what judges them.
    fn drop_judgement(&mut self) {
        self.close_explanation();
        // An order by what came of them is one of nothing now.
        if self.policies.inspection().is_some_and(|one| one.path_sort().0 == DemandSort::Outcome) {
            self.sort_paths(DemandSort::Policy, false);
        }
        let judgement = self.policies.with(|inspection| inspection.judgement.take()).flatten();
        if let Some(generation) = judgement.and_then(|judgement| judgement.generation) {
            self.wish(PolicyWish::Cancel { generation });
        }
    }

    /// Whether demands are being judged.
    pub(in crate::console) fn is_judging(&self) -> bool {
        let judgement = self.policies.inspection().and_then(Inspection::judgement);
        self.has_open_policy() && judgement.is_some_and(Judgement::is_at_work)
    }

    /// Gives up judging; what came of it so far stays.
    pub(in crate::console) fn stop_judging(&mut self) {
        let stopped = self.policies.with(|inspection| {
            let judgement = inspection.judgement.as_mut()?;
            let generation = judgement.generation.take()?;
            judgement.is_given_up = true;
            Some(generation)
        });
        if let Some(generation) = stopped.flatten() {
            self.wish(PolicyWish::Cancel { generation });
        }
    }

    /// Shows the digests of the next outcome.
    pub(in crate::console) fn filter_next_outcome(&mut self) {
        self.policies.with(|inspection| inspection.filter_by(inspection.outcome_filter().next()));
    }

    /// Shows the digests of an outcome by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub(in crate::console) fn filter_named_outcome(&mut self, name: &str) -> Result<(), Reason> {
        let named = |filter: &OutcomeFilter| filter.word().eq_ignore_ascii_case(name);
        let names = OutcomeFilter::ALL.map(OutcomeFilter::word);
        let filter =
            OutcomeFilter::ALL.into_iter().find(named).ok_or_else(|| none("outcome", name, names))?;
        if self.policies.inspection().map(Inspection::tab) != Some(Tab::Metadata) {
            self.go_to_tab(Tab::Metadata);
        }
        self.close_explanation();
        self.policies.with(|inspection| inspection.filter_by(filter));
        Ok(())
    }

    /// Closes what lies inside the digests with metadata: the explanation, the
    /// judging, a filter. Whether there was any of it.
    pub(in crate::console::state) fn close_in_metadata(&mut self) -> bool {
        if !self.sees_metadata() {
            return false;
        }
        if self.close_explanation() {
            return true;
        }
        if self.is_judging() {
            self.stop_judging();
            return true;
        }
        // What is looked for goes first: its line stands above.
        let is_filtered =
            self.policies.inspection().is_some_and(|one| one.outcome_filter() != OutcomeFilter::All);
        if is_filtered && !self.has_sought() {
            self.policies.with(|inspection| inspection.filter_by(OutcomeFilter::All));
            return true;
        }
        false
    }

    /// Marks the digests of the selected row, or takes their marks away.
    pub(in crate::console::state) fn turn_digest_mark(&mut self) {
        self.policies.with(|inspection| {
            let digests = inspection.selected_digests();
            let are_marked = digests.iter().all(|digest| inspection.marks.contains(digest));
            for digest in digests {
                if are_marked {
                    inspection.marks.remove(&digest);
                } else {
                    inspection.marks.insert(digest);
                }
            }
        });
    }

    /// Takes the marks of all digests away.
    pub(in crate::console::state) fn clear_digest_marks(&mut self) {
        self.policies.with(|inspection| inspection.marks.clear());
    }
}

impl Inspection {
    /// The digests of the selected row, as the policy writes them.
    pub(super) fn selected_digests(&self) -> Vec<String> {
        let document = &self.policy().0.document;
        match self.tab() {
            Tab::Digests => {
                let entry = self.selected_entry();
                let digests = |entry| (0..MOST).map_while(move |number| document.digest(entry, number));
                entry.into_iter().flat_map(digests).map(std::borrow::Cow::into_owned).collect()
            }
            Tab::Metadata => self
                .selected_demand()
                .map(|demand| document.demanded(demand).into_owned())
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Digests of one path that are marked at most.
const MOST: usize = 100;
