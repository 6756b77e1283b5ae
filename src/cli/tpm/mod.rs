//! `limescope tpm …`: the TPM of this host.
//!
//! `status` asks it what it is, `enroll` makes an operator's key in it, `test` uses
//! that key towards a group, `anchor` keeps what the trust store should be. What a TPM that is off costs elsewhere is one line.

mod anchor;
mod enroll;
mod status;
mod test;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use color_eyre::eyre::Report;

use super::arguments::Global;

/// The TPM did not do it, or what was tested does not work.
const REFUSED: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct TpmOptions {
    #[command(subcommand)]
    command: TpmCommand,
}

#[derive(Debug, Subcommand)]
enum TpmCommand {
    /// Whether a TPM answers, and how close it is to its lockout
    Status,
    /// Make an operator's key in the TPM, with a certificate or a request for one
    Enroll(enroll::EnrollOptions),
    /// Sign with the key of a group, and connect to all its addresses with it
    Test(test::TestOptions),
    /// The trust store's anchor: edits and old copies of the store are noticed
    Anchor(anchor::AnchorOptions),
}

pub(super) fn run(global: &Global, options: &TpmOptions) -> Result<ExitCode, Report> {
    match &options.command {
        TpmCommand::Status => status::run(),
        TpmCommand::Enroll(options) => enroll::run(options),
        TpmCommand::Test(options) => test::run(global, options),
        TpmCommand::Anchor(options) => anchor::run(global, options),
    }
}
