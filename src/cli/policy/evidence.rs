//! `--evidence` and `--trusted-root`, and `limescope policy explain`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;
use color_eyre::eyre::{Report, eyre};
use jiff::Timestamp;

use super::Format;
use super::input::Inputs;
use super::progress::Progress;
use super::trusted::time;
use crate::cli::output;
use crate::policy::document::Policy;
use crate::policy::evidence::{Demand, Digest, Examination as Examined, Judge, Outcome, Status, report};
use crate::policy::examination::evidence::{Coverage, EvidenceReport, RootReport};
use crate::policy::examination::{Options, examine};
use crate::policy::trust::Trust;
use crate::tasks::evidence::{EvidenceFolder, judge_none, read_trusted_root};
use crate::text::{sanitise, sanitise_to};

/// A demanded check did not pass.
const NOT_PASSED: u8 = 1;

/// Characters of a value that are shown in words; the JSON report has all.
const SHOWN: usize = 160;

/// The same of a row, as each fold of a proof is one: two hashes and their names.
const ROW: usize = 240;

/// Files of a folder that are told to be no evidence; the rest is counted.
const TOLD: usize = 20;

#[derive(Debug, Args)]
pub(super) struct EvidenceOptions {
    /// A folder of Sigstore bundles: the evidence for digest_metadata
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// The keys of the Sigstore instance (trusted_root.json)
    #[arg(long, value_name = "FILE")]
    trusted_root: Option<PathBuf>,
}

impl EvidenceOptions {
    /// Whether anything of it was given.
    pub(super) const fn is_given(&self) -> bool {
        self.evidence.is_some() || self.trusted_root.is_some()
    }

    /// What comes of all that the policy demands, in the order of its `digest_metadata`, and what it was judged with.
    pub(super) fn outcomes(
        &self,
        policy: &Policy,
        at: Timestamp,
    ) -> Result<(Vec<Outcome>, EvidenceReport), Report> {
        let demands: Vec<_> = policy.metadata().entries().map(|entry| Demand::of(policy, entry)).collect();
        let root = self.trusted_root.as_deref().map(read_trusted_root).transpose()?;
        let folder = self.evidence.as_deref().map(read_folder).transpose()?;
        let outcomes = match (&root, &folder) {
            (None, _) => judge_none(&demands, "no trusted root was given"),
            (_, None) => judge_none(&demands, "no evidence was given"),
            (Some(root), Some(folder)) => {
                let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
                let progress = Progress::new("checking digests:");
                let told = |done, total| progress.tell(done, total);
                let judge = Judge::new(root, at);
                let outcomes = folder.judge_all(judge, &demands, threads, &AtomicBool::new(false), &told);
                outcomes.ok_or_else(|| eyre!("cancelled"))?
            }
        };
        // A digest whose checks are all `false` has no demands, whatever is there for it.
        let with_evidence = |folder: &EvidenceFolder| {
            let demanded = demands.iter().zip(&outcomes).filter(|(_, outcome)| outcome.status().is_some());
            demanded.filter(|(demand, _)| folder.has_evidence(demand)).count()
        };
        let report = EvidenceReport {
            folder: self.evidence.as_ref().map(|folder| sanitise(&folder.to_string_lossy()).into_string()),
            bundles: folder.as_ref().map(|folder| folder.index().len() - folder.index().unreadable()),
            unreadable: folder.as_ref().map(|folder| folder.index().unreadable()),
            trusted_root: root.as_ref().map(|root| RootReport::of(root, at)),
            coverage: Coverage {
                demanded: outcomes.iter().filter(|outcome| outcome.status().is_some()).count(),
                with_evidence: folder.as_ref().map_or(0, with_evidence),
                passed: outcomes.iter().filter(|outcome| outcome.status() == Some(Status::Passed)).count(),
            },
        };
        Ok((outcomes, report))
    }
}

/// Indexes a folder, and says which of its files are no evidence.
fn read_folder(path: &Path) -> Result<EvidenceFolder, Report> {
    let progress = Progress::new("reading evidence:");
    let told = |done, total| progress.tell(done, total);
    let folder = EvidenceFolder::read(path, &AtomicBool::new(false), &told)?;
    drop(progress);
    let findings = folder.index().findings();
    for finding in findings.iter().take(TOLD) {
        output::message(&format!("{}[{}]: {}", finding.severity.word(), finding.code, finding.message));
    }
    let more = findings.len().saturating_sub(TOLD) + folder.index().dropped_findings();
    if more > 0 {
        output::message(&format!("and {more} more findings in {}", sanitise(&path.to_string_lossy())));
    }
    Ok(folder)
}

#[derive(Debug, Args)]
pub(super) struct ExplainOptions {
    /// The policy; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A digest that its digest_metadata names
    #[arg(value_name = "DIGEST")]
    digest: String,
    /// A folder of Sigstore bundles
    #[arg(long, value_name = "DIR")]
    evidence: PathBuf,
    /// The keys of the Sigstore instance (trusted_root.json)
    #[arg(long, value_name = "FILE")]
    trusted_root: PathBuf,
    /// Judge at this time [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn explain(options: &ExplainOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let at = options.at.unwrap_or_else(Timestamp::now);
    let loaded = inputs.load(&options.file)?;
    let examination = examine(loaded.bytes, &Trust::default(), &Options::at(at), &mut |_step| {
        std::ops::ControlFlow::Continue(())
    });
    let policy = examination
        .document
        .as_ref()
        .ok_or_else(|| eyre!("{}: no policy can be read from it", sanitise(&loaded.name)))?;
    let metadata = policy.metadata();
    // As the policy spells it, or as other tools print it.
    let typed = Digest::read(&options.digest).map(|digest| digest.to_string());
    let entry = metadata
        .find(&options.digest)
        .or_else(|| metadata.find(&typed?))
        .and_then(|number| metadata.entry(number))
        .ok_or_else(|| {
            let digest = sanitise(&options.digest);
            eyre!("digest_metadata of the policy does not name {digest}; policy require demands checks of a digest")
        })?;
    let demand = Demand::of(policy, entry);
    let digest = entry.digest();
    let paths = policy.paths_of(&digest).take(1000).filter_map(|number| policy.entry(number));
    let paths: Vec<_> = paths.map(|entry| entry.path().into_owned()).collect();

    let root = read_trusted_root(&options.trusted_root)?;
    let folder = read_folder(&options.evidence)?;
    let judge = Judge::new(&root, at);
    let (outcome, examined) = folder.explain(judge, &demand);
    let written = report(&judge, &outcome, &examined, &paths);
    output::standard(|out| match options.format {
        Format::Json => out.write_all(written.text.as_bytes()),
        Format::Text => words(out, judge, &outcome, &examined, &paths, &written.sha256),
    })?;
    Ok(if outcome.is_satisfied() { ExitCode::SUCCESS } else { ExitCode::from(NOT_PASSED) })
}

fn words(
    out: &mut dyn Write,
    judge: Judge<'_>,
    outcome: &Outcome,
    examined: &[Examined],
    paths: &[String],
    sum: &str,
) -> io::Result<()> {
    let status = outcome.status().map_or("not demanded", |status| status.word());
    writeln!(out, "{}: {status}", sanitise(&outcome.digest))?;
    paths.iter().try_for_each(|path| writeln!(out, "  {}", sanitise(path)))?;
    RootReport::of(judge.root(), judge.at()).write(out)?;
    for check in &outcome.checks {
        let name = sanitise(&check.name);
        writeln!(out, "{name}: {} ({})", check.status.word(), check.reason)?;
    }
    for examination in examined {
        writeln!(out, "bundle {}", sanitise(&examination.bundle.name))?;
        for step in &examination.steps {
            writeln!(out, "  {} {}: {}", step.result.word(), step.title, step.said)?;
            for fact in &step.facts {
                match fact.rows() {
                    Some(rows) => {
                        writeln!(out, "      {}", fact.name)?;
                        rows.iter().try_for_each(|row| writeln!(out, "        {}", sanitise_to(row, ROW)))?;
                    }
                    None => writeln!(out, "      {} {}", fact.name, fact.shown(SHOWN))?,
                }
            }
        }
    }
    // The report holds the time that it was judged at.
    writeln!(out, "report sha256 {sum} (the same with --format json --at {})", judge.at())
}
