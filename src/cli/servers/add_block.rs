//! `limescope servers add-block`: one more backend.

use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;

use super::change::{self, ChangeOptions};

#[derive(Debug, Args)]
pub(super) struct AddBlockOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// Addresses of the block's registrars
    #[arg(long = "registrar", value_name = "ADDRESS", num_args = 1.., required = true)]
    registrars: Vec<String>,
    /// Addresses of the block's verifiers; a pull agent uses none
    #[arg(long = "verifier", value_name = "ADDRESS", num_args = 1..)]
    verifiers: Vec<String>,
}

pub(super) fn run(options: &AddBlockOptions) -> Result<ExitCode, Report> {
    change::edit(&options.change, |document| document.add_block(&options.registrars, &options.verifiers))
}
