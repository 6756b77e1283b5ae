//! Explaining what came of one digest, and taking the explanation away as a file.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Explaining, Explanation, Inspection, Judgement, PolicyWish};
use crate::console::command::Reason;
use crate::console::outside::Request;
use crate::console::state::{Notice, Overlay, State};
use crate::text::sanitise_to;

/// The command that writes a report.
const EXPORT: &str = "evidence-export";

/// Characters of a digest that tell it from others in the name of a file.
const SHORT: usize = 16;

/// Paths of a digest that are listed at most, and characters of each.
const PATHS: usize = 1_000;
const LIMIT: usize = 400;

impl State {
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
}
