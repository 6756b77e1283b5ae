//! `limescope policy`: runtime policies, from files and out of groups (contract §6).
//!
//! One file each; all they know is in [`crate::policy`]. `input` is the one
//! place where a FILE argument becomes bytes (`deployed` those of groups),
//! `trusted` the one where `--key`, `--cert`, `--trust` or the console's own
//! store become trust.

mod convert;
mod deployed;
mod diff;
mod evidence;
mod input;
mod lint;
mod opened;
mod progress;
mod report;
mod require;
mod saved;
mod search;
mod sign;
pub(in crate::cli) mod trust;
mod trusted;
mod verify;

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use color_eyre::eyre::Report;

use super::arguments::Global;
use input::Inputs;

#[derive(Debug, Args)]
pub(super) struct PolicyOptions {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Verify who signed a policy and whether it is one; exits with 1 unless both are sure
    Verify(verify::VerifyOptions),
    /// Say what a policy is and what is in it, without a judgement by the exit code
    Inspect(verify::InspectOptions),
    /// Find what is wrong or dangerous in a policy, beyond what verifiers refuse; exits with 1 on errors
    Lint(lint::LintOptions),
    /// Compare two policies; exits with 1 if they differ
    Diff(diff::DiffOptions),
    /// Find a digest or a part of a path in policies; exits with 1 if it is in none
    Search(search::SearchOptions),
    /// Make a policy for today's verifiers of an old allow-list or an older policy
    Convert(convert::ConvertOptions),
    /// Explain step by step what the evidence for a digest proves; exits with 1 unless all passed
    Explain(evidence::ExplainOptions),
    /// Demand a log's proof or a signer of some digests of a policy (digest_metadata), changing nothing else
    Require(require::RequireOptions),
    /// Sign a policy with a key in a file, or in the TPM
    Sign(sign::SignOptions),
    /// The keys and certificates that are trusted to sign policies
    Trust(trust::TrustOptions),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(global: &Global, options: &PolicyOptions) -> Result<ExitCode, Report> {
    let inputs = Inputs::new(global);
    match &options.command {
        PolicyCommand::Verify(options) => verify::run(options, &inputs),
        PolicyCommand::Inspect(options) => verify::inspect(options, &inputs),
        PolicyCommand::Lint(options) => lint::run(options, &inputs),
        PolicyCommand::Diff(options) => diff::run(options, &inputs),
        PolicyCommand::Search(options) => search::run(options, &inputs),
        PolicyCommand::Convert(options) => convert::run(options, &inputs),
        PolicyCommand::Explain(options) => evidence::explain(options, &inputs),
        PolicyCommand::Require(options) => require::run(options, &inputs),
        PolicyCommand::Sign(options) => sign::run(options, &inputs),
        PolicyCommand::Trust(options) => trust::run(options, &inputs),
    }
}
