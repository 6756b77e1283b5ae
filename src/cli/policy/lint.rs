//! `limescope policy lint`.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;
use serde::Serialize;

use super::opened::{Opened, fault};
use super::{Format, Inputs};
use crate::cli::output;
use crate::policy::Severity;
use crate::policy::examination::json::{Counts, Report as Answer};
use crate::policy::examination::{Examination, Placed};
use crate::text::count;

/// There are errors.
const REFUSED: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct LintOptions {
    /// The policy; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Metadata of a digest that no path has is an error
    #[arg(long)]
    strict: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The JSON of a lint.
#[derive(Debug, Serialize)]
struct Lint<'a> {
    file: &'a str,
    sha256: &'a str,
    format: &'static str,
    policy: &'static str,
    counts: Counts,
    summary: Summary,
    /// The weightiest first.
    findings: Vec<Found<'a>>,
}

/// How many findings there are of each weight.
#[derive(Debug, Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Debug, Serialize)]
struct Found<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    /// Line, from 1, in the policy: in a DSSE envelope, in its payload.
    line: Option<usize>,
    /// Column in characters, from 1.
    column: Option<usize>,
    hint: Option<&'a str>,
}

pub(super) fn run(options: &LintOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let Opened { file, examination } = Opened::new(inputs.load(&options.file)?, options.strict);
    // Nobody was to be trusted here.
    let findings = examination.findings.iter().filter(|placed| placed.finding.code != "no-trust");
    let mut findings: Vec<&Placed> = findings.collect();
    findings.sort_by_key(|placed| Reverse(placed.finding.severity));
    let of = |severity| findings.iter().filter(|placed| placed.finding.severity == severity).count();
    let summary =
        Summary { errors: of(Severity::Error), warnings: of(Severity::Warning), infos: of(Severity::Info) };
    let good = summary.errors == 0 && examination.document.is_some();
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{}", json(&file, &examination, summary, &findings)),
        Format::Text => {
            writeln!(
                out,
                "{file}: {}: {}, {}, {}",
                examination.format.title(),
                count::some(summary.errors, "error", "errors"),
                count::some(summary.warnings, "warning", "warnings"),
                count::some(summary.infos, "remark", "remarks")
            )?;
            findings.iter().try_for_each(|placed| {
                writeln!(out, "{}", fault(placed))?;
                placed.finding.hint.iter().try_for_each(|hint| writeln!(out, "  {hint}"))
            })
        }
    })?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

fn json(file: &str, examination: &Examination, summary: Summary, findings: &[&Placed]) -> String {
    let answer = Answer::of(file, examination, 0);
    let lint = Lint {
        file,
        sha256: &answer.sha256,
        format: answer.format,
        policy: answer.policy,
        counts: answer.counts,
        summary,
        findings: findings
            .iter()
            .map(|placed| Found {
                severity: placed.finding.severity.word(),
                code: placed.finding.code,
                message: &placed.finding.message,
                line: placed.place.map(|place| place.line),
                column: placed.place.map(|place| place.column),
                hint: placed.finding.hint.as_deref(),
            })
            .collect(),
    };
    serde_json::to_string(&lint).unwrap_or_default()
}
