//! `limescope servers set`: how many blocks an agent is to be verified by.

use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;

use super::change::{self, ChangeOptions};

#[derive(Debug, Args)]
pub(super) struct SetOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// How many blocks an agent registers with and is verified by
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    duplication: u64,
}

pub(super) fn run(options: &SetOptions) -> Result<ExitCode, Report> {
    change::edit(&options.change, |document| document.set_duplication(Some(options.duplication)))
}
