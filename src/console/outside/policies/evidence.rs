//! Demands judged with the evidence of a folder, one of them explained, and the
//! explanation written down.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::Track;
use super::new_file::write_new;
use crate::console::outside::paths::meant;
use crate::console::state::{
    CheckVerdicts, DigestVerdict, EvidencePicture, EvidencePlace, EvidenceSource, Explanation, FactRow,
    SharedEvidence, SharedPolicy, StepRow,
};
use crate::policy::document::Policy;
use crate::policy::evidence::{Demand, Examination, Fact, Judge, Outcome, Step, TrustedRoot, report};
use crate::tasks::evidence::{EvidenceFolder, read_trusted_root};
use crate::text::{sanitise, sanitise_to};

/// Demands that are judged in one go: not so many that the progress stands
/// still, and not so few that the threads wait for each other.
const CHUNK: usize = 128;
/// Different outcomes that are remembered, to hold those that are the same once.
const KNOWN: usize = 4_096;
/// Characters of a reason or a value that is shown at most.
const LIMIT: usize = 400;
/// Files of a folder that the log tells to be no evidence.
const TOLD: usize = 20;
/// Lines of a value that are shown at most.
const LINES: usize = 40;
/// Paths of a digest that are listed at most, here and in the report.
const PATHS: usize = 1_000;

/// Judges all that a policy demands, and tells what came of it bit by bit.
///
/// # Errors
/// Why that cannot be done; what was judged before stays.
pub(super) fn judge(
    policy: &SharedPolicy,
    place: &EvidencePlace,
    at: Timestamp,
    track: &Track,
) -> Result<(), String> {
    track.step("reading evidence", 0);
    EvidenceFolder::look(&meant(&place.folder)).map_err(|error| error.to_string())?;
    let root = read_trusted_root(&meant(place.root_file())).map_err(|error| match &place.root {
        Some(_) => error.to_string(),
        None => format!("{error}; name the trusted root behind the folder if it is elsewhere"),
    })?;
    let told = |done: usize, all: usize| track.count(done, all);
    let folder = EvidenceFolder::read(&meant(&place.folder), track.cancel(), &told)
        .map_err(|error| error.to_string())?;
    // The page counts them; the log names them.
    for finding in folder.index().findings().iter().take(TOLD) {
        tracing::warn!("{}", sanitise(&finding.message));
    }
    let held = Arc::new(Held { root, folder, at });
    let picture = SharedEvidence(Arc::new(picture(&held)));
    track.judged(|batch| batch.evidence = Some(picture));
    let Some(policy) = policy.0.document.policy() else { return Ok(()) };
    judge_all(policy, &held, track)
}

fn judge_all(policy: &Policy, held: &Held, track: &Track) -> Result<(), String> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let metadata = policy.metadata();
    let all = metadata.len();
    track.step("checking", 0);
    track.count(0, all);
    let mut known = Known::default();
    let mut entries = metadata.entries();
    let mut before = 0;
    loop {
        let demands: Vec<_> = entries.by_ref().take(CHUNK).map(|entry| Demand::of(policy, entry)).collect();
        if demands.is_empty() {
            return Ok(());
        }
        let told = |done: usize, _: usize| track.count(before + done, all);
        let judge = Judge::new(&held.root, held.at);
        let outcomes = held.folder.judge_all(judge, &demands, threads, track.cancel(), &told);
        let outcomes = outcomes.ok_or_else(|| "given up".to_owned())?;
        before += demands.len();
        let verdicts: Vec<_> = outcomes
            .into_iter()
            .zip(&demands)
            .map(|(outcome, demand)| DigestVerdict {
                status: outcome.status(),
                has_evidence: held.folder.has_evidence(demand),
                checks: known.checks(&outcome),
            })
            .collect();
        track.judged(|batch| batch.verdicts.extend(verdicts));
    }
}

/// Outcomes that were there before.
#[derive(Default)]
struct Known(HashSet<CheckVerdicts>);

impl Known {
    fn checks(&mut self, outcome: &Outcome) -> CheckVerdicts {
        let reason = |text: &str| Box::from(sanitise_to(text, LIMIT).as_str());
        let checks: CheckVerdicts =
            outcome.checks.iter().map(|check| (check.status, reason(&check.reason))).collect();
        if let Some(same) = self.0.get(&checks) {
            return Arc::clone(same);
        }
        if self.0.len() >= KNOWN {
            self.0.clear();
        }
        self.0.insert(Arc::clone(&checks));
        checks
    }
}

/// Evidence that was read, with its root.
struct Held {
    root: TrustedRoot,
    folder: EvidenceFolder,
    at: Timestamp,
}

fn picture(held: &Arc<Held>) -> EvidencePicture {
    let (root, index) = (&held.root, held.folder.index());
    EvidencePicture {
        root_sha256: root.sha256().to_owned(),
        instance: root.instance().shown_to(LIMIT).into_string(),
        newest_key: root.newest_key(),
        logs: root.log_count(),
        bundles: index.len(),
        unreadable: index.unreadable(),
        judged_at: held.at,
        source: Box::new(Explainer(Arc::clone(held))),
    }
}

struct Explainer(Arc<Held>);

impl EvidenceSource for Explainer {
    fn explain(&self, shared: &SharedPolicy, demand: usize) -> Option<Explanation> {
        let held = &self.0;
        let policy = shared.0.document.policy()?;
        let entry = policy.metadata().entry(demand)?;
        let digest = entry.digest();
        let demanded = Demand::of(policy, entry);
        let judge = Judge::new(&held.root, held.at);
        let (outcome, examined) = held.folder.explain(judge, &demanded);
        let (entries, all_paths) = shared.0.document.entries_of(&digest, PATHS);
        let paths: Vec<_> = entries
            .into_iter()
            .filter_map(|entry| policy.entry(usize::try_from(entry).ok()?))
            .map(|entry| entry.path().into_owned())
            .collect();
        let written = report(&judge, &outcome, &examined, &paths);
        let mut checks = shared.0.document.checks(demand);
        for (check, came) in checks.iter_mut().zip(&outcome.checks) {
            check.status = came.status;
            check.reason = sanitise_to(&came.reason, LIMIT).into_string();
        }
        Some(Explanation {
            digest: sanitise_to(&digest, LIMIT).into_string(),
            status: outcome.status(),
            checks,
            bundles: examined.iter().map(bundle).collect(),
            paths: paths.iter().map(|path| sanitise_to(path, LIMIT).into_string()).collect(),
            all_paths,
            report: Some((written.text.into(), written.sha256)),
        })
    }
}

fn bundle(examination: &Examination) -> (String, String, Vec<StepRow>) {
    let bundle = &examination.bundle;
    let sum = bundle.sha256.clone().unwrap_or_else(|| "it cannot be read".to_owned());
    let steps = examination.steps.iter().map(step).collect();
    (sanitise_to(&bundle.name, LIMIT).into_string(), sum, steps)
}

fn step(step: &Step) -> StepRow {
    StepRow {
        result: step.result,
        title: step.title,
        said: sanitise_to(&step.said, 2 * LIMIT).into_string(),
        facts: step.facts.iter().flat_map(fact).collect(),
    }
}

/// A value in lines; each fold of a proof is one of its own.
fn fact(fact: &Fact) -> Vec<FactRow> {
    let row = |name: &str, lines: Vec<String>| vec![(name.to_owned(), lines)];
    match &fact.value {
        Value::Null => row(fact.name, vec!["none".to_owned()]),
        Value::String(text) if text.contains('\n') => row(fact.name, lines_of(text)),
        Value::Array(folds) if fact.name == "folds" => {
            folds.iter().zip(1..).filter_map(|(fold, number)| self::fold(fold, number)).collect()
        }
        Value::Object(members) => {
            let shown = |(name, value): (&String, &Value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                sanitise_to(&format!("{name} = {text}"), LIMIT).into_string()
            };
            row(fact.name, members.iter().take(LINES).map(shown).collect())
        }
        _ => row(fact.name, vec![fact.shown(LIMIT).into_string()]),
    }
}

fn lines_of(text: &str) -> Vec<String> {
    text.split('\n').take(LINES).map(|line| sanitise_to(line, LIMIT).into_string()).collect()
}

fn fold(fold: &Value, number: usize) -> Option<FactRow> {
    let text = |name: &str| Some(sanitise_to(fold.get(name)?.as_str()?, LIMIT).into_string());
    let name = format!("fold {number}, with the one on the {}", text("sibling_stands")?);
    Some((name, vec![text("sibling")?, format!("= {}", text("hash")?)]))
}

/// Writes a report into a file that is not there yet; what was done, in words.
///
/// # Errors
/// Why it was not written.
pub(super) fn export(file: &Path, report: &str, sha256: &str) -> Result<String, String> {
    write_new(&meant(file), report).map_err(|why| format!("no report was written: {why}"))?;
    Ok(format!("the report is in {}, SHA-256 {sha256}", sanitise(&file.to_string_lossy())))
}
