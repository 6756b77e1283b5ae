//! Giving evidence, judging with it in the background, explaining one digest,
//! and taking the explanation away as a file.

use std::path::PathBuf;
use std::sync::Arc;

use super::{EvidencePlace, Explaining, Explanation, Inspection, Judgement, OutcomeFilter, PolicyWish, Tab};
use crate::console::command::Reason;
use crate::console::outside::Request;
use crate::console::state::{Notice, Overlay, State, none};
use crate::text::sanitise_to;

/// The command that is given evidence.
const EVIDENCE: &str = "evidence";

/// The command that writes a report.
const EXPORT: &str = "evidence-export";

/// Characters of a digest that tell it from others in the name of a file.
const SHORT: usize = 16;

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
    fn sees_metadata(&self) -> bool {
        self.has_open_policy() && self.policies.inspection().map(Inspection::tab) == Some(Tab::Metadata)
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

    /// Unfolds what came of the selected digest into its steps, or folds it
    /// again.
    pub(in crate::console) fn turn_explanation(&mut self) {
        if self.close_explanation() || !self.sees_metadata() {
            return;
        }
        let generation = self.policies.generation();
        let Some(inspection) = &mut self.policies.inspection else { return };
        let evidence = inspection.judgement().and_then(|judgement| judgement.evidence.clone());
        let Some(demand) = inspection.selected_demand() else { return };
        let policy = inspection.policy().clone();
        let awaited = evidence.map(|evidence| PolicyWish::Examine { generation, policy, demand, evidence });
        inspection.explaining = Some(match awaited {
            Some(_) => Explaining { demand, generation: Some(generation), outcome: None },
            // Without evidence there are no steps; all that is demanded can be read.
            None => {
                let outcome = Some(Ok(Arc::new(inspection.unjudged(demand))));
                Explaining { demand, generation: None, outcome }
            }
        });
        self.scroll_to_top();
        self.policies.touch();
        awaited.into_iter().for_each(|wish| self.wish(wish));
    }

    fn scroll_to_top(&mut self) {
        if let Some(Overlay::Policy { scroll }) = &mut self.overlay {
            *scroll = 0;
        }
    }

    /// Folds the steps again; whether there were any.
    pub(in crate::console::state) fn close_explanation(&mut self) -> bool {
        let explaining =
            self.policies.inspection.as_mut().and_then(|inspection| inspection.explaining.take());
        let was_open = explaining.is_some();
        if let Some(explaining) = explaining {
            self.policies.touch();
            self.scroll_to_top();
            if let Some(generation) = explaining.generation {
                self.wish(PolicyWish::Cancel { generation });
            }
        }
        was_open
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

    /// Why the selected digest cannot be explained.
    pub(in crate::console) fn can_explain(&self) -> Result<(), Reason> {
        let inspection = self.policies.inspection().filter(|_| self.sees_metadata());
        let inspection = inspection.ok_or_else(|| Reason::new("the metadata of a policy is not in sight"))?;
        if inspection.explaining().is_some() {
            return Ok(());
        }
        if inspection.selected_demand().is_none() {
            return Err(Reason::new("no digest is selected"));
        }
        match inspection.judgement() {
            Some(Judgement { evidence: None, generation: Some(_), .. }) => {
                Err(Reason::new("the evidence is still being read"))
            }
            _ => Ok(()),
        }
    }

    /// The explanation in sight.
    pub(in crate::console) fn explanation(&self) -> Option<&Arc<Explanation>> {
        self.policies.inspection()?.explaining()?.outcome.as_ref()?.as_ref().ok()
    }

    /// Writes the command that writes the report, with a name for the file.
    pub(in crate::console) fn write_export(&mut self) {
        let Some(explanation) = self.explanation() else { return };
        let digest = explanation.digest.get(..SHORT).unwrap_or(&explanation.digest);
        let name = if digest.bytes().all(|byte| byte.is_ascii_alphanumeric()) { digest } else { "digest" };
        let line = format!("{EXPORT} {name}.evidence.json");
        self.open_palette(&line);
    }

    /// Writes the report of the explanation in sight into a new file.
    ///
    /// # Errors
    /// Nothing is explained, or not one file is named.
    pub(in crate::console) fn export_report(&mut self, text: &str) -> Result<(), Reason> {
        let words = shlex::split(text).ok_or_else(|| Reason::new("a quote is not closed"))?;
        let [file] = <[String; 1]>::try_from(words)
            .map_err(|_words| Reason::new("write one file; quotes hold a space"))?;
        let generation = self.policies.generation();
        let report = self.explanation().and_then(|explanation| explanation.report.clone());
        let (report, sha256) = report.ok_or_else(|| Reason::new("no digest is explained"))?;
        self.notice = Some(Notice::information("writing…"));
        self.wish(PolicyWish::Export { generation, file: PathBuf::from(file), report, sha256 });
        Ok(())
    }

    /// Shows the report in the pager, if a digest is explained.
    pub(in crate::console::state) fn page_report(&mut self) -> bool {
        let report = self.explanation().and_then(|explanation| explanation.report.as_ref());
        let Some(text) = report.map(|(text, _)| text.to_string()) else { return false };
        self.requests.push(Request::Page { text, suffix: ".json" });
        true
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
    /// What is demanded of a digest, where no evidence was read.
    fn unjudged(&self, demand: usize) -> Explanation {
        let document = &self.policy().0.document;
        let digest = document.demanded(demand);
        let (entries, all_paths) = document.entries_of(&digest, PATHS);
        let path = |entry: u32| document.path(usize::try_from(entry).unwrap_or(usize::MAX));
        Explanation {
            digest: sanitise_to(&digest, LIMIT).into_string(),
            status: None,
            checks: document.checks(demand),
            bundles: Vec::new(),
            paths: entries.into_iter().map(|entry| sanitise_to(&path(entry), LIMIT).into_string()).collect(),
            all_paths,
            report: None,
        }
    }

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

/// Paths of a digest that are listed at most, and characters of each.
const PATHS: usize = 1_000;
const LIMIT: usize = 400;
