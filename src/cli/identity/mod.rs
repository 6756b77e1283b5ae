//! `limescope identity`: who the agents are, and whether that is proven (contract §7).
//!
//! One file each; all they know is in [`crate::tpm`], [`crate::fleet::identity`]
//! and [`crate::tasks::identity`], or
//! in [`crate::tpm::quote`] and [`crate::tasks::quotes`].

mod audit;
mod check;
mod json;
mod pins;
mod table;

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use color_eyre::eyre::Report;

use super::arguments::Global;

#[derive(Debug, Args)]
pub(super) struct IdentityOptions {
    #[command(subcommand)]
    command: IdentityCommand,
}

#[derive(Debug, Subcommand)]
enum IdentityCommand {
    /// Judge what the registrars have of every agent; exits with 1 on findings
    Audit(audit::AuditArguments),
    /// Check the evidence of agents again, step by step; exits with 1 where it does not hold
    Check(check::CheckArguments),
    /// The keys with which agents were first seen: list them, or remove those of a machine
    Pins(pins::PinsArguments),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn run(global: &Global, options: &IdentityOptions) -> Result<ExitCode, Report> {
    match &options.command {
        IdentityCommand::Audit(options) => audit::run(global, options),
        IdentityCommand::Check(options) => check::run(global, options),
        IdentityCommand::Pins(options) => pins::run(options),
    }
}
