//! `limescope servers remove-block`: one backend less, with the comments directly
//! above it.

use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;

use super::change::{self, ChangeOptions};

#[derive(Debug, Args)]
pub(super) struct RemoveBlockOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// Which block, from 1
    #[arg(value_name = "INDEX", value_parser = clap::value_parser!(u32).range(1..))]
    index: u32,
}

pub(super) fn run(options: &RemoveBlockOptions) -> Result<ExitCode, Report> {
    let index = usize::try_from(options.index)?.saturating_sub(1);
    change::edit(&options.change, |document| document.remove_block(index))
}
