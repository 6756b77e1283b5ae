//! `--evidence` and `--trusted-root`, and `limescope policy explain`.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use clap::Args;
use color_eyre::eyre::{Report, eyre};
use jiff::Timestamp;

use super::Format;
use super::input::Inputs;
use super::trusted::time;
use crate::cli::output;
use crate::policy::document::Policy;
use crate::policy::evidence::{Demand, Examination as Examined, Judge, Outcome, TrustedRoot, report};
use crate::policy::examination::{Options, examine};
use crate::policy::trust::Trust;
use crate::tasks::evidence::{EvidenceFolder, judge_none, read_trusted_root};
use crate::text::sanitise;

/// A demanded check did not pass.
const NOT_PASSED: u8 = 1;

/// Characters of a value that are shown in words; the JSON report has all.
const SHOWN: usize = 160;

#[derive(Debug, Args)]
pub(super) struct EvidenceOptions {
    /// A folder of Sigstore bundles: the evidence for digest_metadata
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// The keys of the Sigstore instance (trusted_root.json)
    #[arg(long, value_name = "FILE")]
    trusted_root: Option<PathBuf>,
}

/// Evidence that was given, ready to be judged with.
struct Given {
    root: TrustedRoot,
    folder: EvidenceFolder,
}

impl EvidenceOptions {
    /// Whether anything of it was given.
    pub(super) const fn is_given(&self) -> bool {
        self.evidence.is_some() || self.trusted_root.is_some()
    }

    /// What comes of all that the policy demands, in the order of its
    /// `digest_metadata`.
    pub(super) fn outcomes(&self, policy: &Policy, at: Timestamp) -> Result<Vec<Outcome>, Report> {
        let demands: Vec<_> = policy.metadata().entries().map(|entry| Demand::of(policy, entry)).collect();
        let given = match self.read()? {
            Ok(given) => given,
            Err(reason) => return Ok(judge_none(&demands, reason)),
        };
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let judge = Judge::new(&given.root, at);
        let outcomes =
            given.folder.judge_all(judge, &demands, threads, &AtomicBool::new(false), &|_done, _total| ());
        outcomes.ok_or_else(|| eyre!("cancelled"))
    }

    fn read(&self) -> Result<Result<Given, &'static str>, Report> {
        let Some(root) = &self.trusted_root else { return Ok(Err("no trusted root was given")) };
        let root = read_trusted_root(root)?;
        let Some(folder) = &self.evidence else { return Ok(Err("no evidence was given")) };
        let folder = EvidenceFolder::read(folder, &AtomicBool::new(false), &|_done, _total| ())?;
        Ok(Ok(Given { root, folder }))
    }
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
    let entry = metadata
        .find(&options.digest)
        .and_then(|number| metadata.entry(number))
        .ok_or_else(|| eyre!("digest_metadata of the policy does not name {}", sanitise(&options.digest)))?;
    let demand = Demand::of(policy, entry);
    let digest = entry.digest();
    let paths = policy.paths_of(&digest).take(1000).filter_map(|number| policy.entry(number));
    let paths: Vec<_> = paths.map(|entry| entry.path().into_owned()).collect();

    let root = read_trusted_root(&options.trusted_root)?;
    let folder = EvidenceFolder::read(&options.evidence, &AtomicBool::new(false), &|_done, _total| ())?;
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
    let root = judge.root();
    writeln!(out, "trusted root {} of {}", root.sha256(), root.instance().shown())?;
    if let Some(newest) = root.newest_key() {
        writeln!(out, "  its newest key is of {newest}; what was revoked later is still accepted")?;
    }
    for check in &outcome.checks {
        let name = sanitise(&check.name);
        writeln!(out, "{name}: {} ({})", check.status.word(), check.reason)?;
    }
    for examination in examined {
        writeln!(out, "bundle {}", sanitise(&examination.bundle.name))?;
        for step in &examination.steps {
            writeln!(out, "  {} {}: {}", step.result.word(), step.title, step.said)?;
            for fact in &step.facts {
                writeln!(out, "      {} {}", fact.name, fact.shown(SHOWN))?;
            }
        }
    }
    writeln!(out, "report sha256 {sum} (the same with --format json)")
}
