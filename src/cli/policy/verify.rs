//! `limescope policy verify` and `inspect`.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use color_eyre::eyre::Report;
use jiff::Timestamp;

use super::evidence::EvidenceOptions;
use super::input::{self, Inputs};
use super::trusted::{TrustedOptions, time};
use super::{Format, report};
use crate::cli::output;
use crate::policy::envelope::SignedBytes;
use crate::policy::evidence::Outcome;
use crate::policy::examination::json::Report as Answer;
use crate::policy::examination::{Examination, Options, examine};
use crate::policy::trust::Trust;

/// The policy is not what it should be.
const REFUSED: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SignedBytesName {
    /// Its canonical JSON, as securesystemslib and TUF do
    Canonical,
    /// The base64 of its text as it stands (enhancement 77)
    #[value(name = "enh77-raw")]
    Enhancement77Raw,
}

#[derive(Debug, Args)]
pub(super) struct VerifyOptions {
    #[command(flatten)]
    inspect: InspectOptions,
    /// Exit with 1 unless every demanded check of digest_metadata passed
    #[arg(long)]
    require_metadata: bool,
}

#[derive(Debug, Args)]
pub(super) struct InspectOptions {
    /// The policy; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    trusted: TrustedOptions,
    /// A signature in a file of its own (ECDSA, DER)
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// What signatures beside `signed` cover
    #[arg(long, value_enum, default_value_t = SignedBytesName::Canonical)]
    signed_bytes: SignedBytesName,
    /// Judge certificates and trust at this time [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    #[command(flatten)]
    evidence: EvidenceOptions,
    /// Metadata of a digest that no path has is an error
    #[arg(long)]
    strict: bool,
    /// Digests with metadata that are listed
    #[arg(long, value_name = "N", default_value_t = 1000)]
    metadata_limit: usize,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &VerifyOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let (examination, answer, met) = look(&options.inspect, inputs)?;
    let demanded = !options.require_metadata || met;
    print(&options.inspect, &examination, &answer)?;
    Ok(if examination.is_good() && demanded { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

pub(super) fn inspect(options: &InspectOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let (examination, answer, _met) = look(options, inputs)?;
    print(options, &examination, &answer)?;
    Ok(ExitCode::SUCCESS)
}

/// The last is whether every demanded check passed.
fn look(options: &InspectOptions, inputs: &Inputs<'_>) -> Result<(Examination, Answer, bool), Report> {
    let signature = options.signature.as_deref().map(input::small).transpose()?;
    let loaded = inputs.load(&options.file)?;
    let trust: Trust = options.trusted.trust(loaded.subject(), inputs)?;
    let examined = Options {
        strict: options.strict,
        signed_bytes: match options.signed_bytes {
            SignedBytesName::Canonical => SignedBytes::Canonical,
            SignedBytesName::Enhancement77Raw => SignedBytes::Enhancement77Raw,
        },
        detached: signature.as_deref(),
        ..Options::at(options.at.unwrap_or_else(Timestamp::now))
    };
    let examination = examine(loaded.bytes, &trust, &examined, &mut |_step| ControlFlow::Continue(()));
    let mut answer = Answer::of(&loaded.name, &examination, options.metadata_limit);
    let met = match examination.document.as_ref().filter(|_| options.evidence.is_given()) {
        Some(policy) => {
            let (outcomes, report) = options.evidence.outcomes(policy, examination.at)?;
            answer.judged(&outcomes);
            answer.evidence = Some(report);
            outcomes.iter().all(Outcome::is_satisfied)
        }
        None => examination.meets_its_demands(),
    };
    Ok((examination, answer, met))
}

fn print(options: &InspectOptions, examination: &Examination, answer: &Answer) -> Result<(), Report> {
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{}", answer.to_json()),
        Format::Text => report::write(out, examination, answer),
    })?;
    Ok(())
}
