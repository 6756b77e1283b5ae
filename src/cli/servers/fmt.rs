//! `limescope servers fmt`: what a machine may put right unasked.

use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;

use super::change::{self, ChangeOptions, Changed};
use crate::servers::tidy::tidy;

#[derive(Debug, Args)]
pub(super) struct FmtOptions {
    #[command(flatten)]
    change: ChangeOptions,
}

pub(super) fn run(options: &FmtOptions) -> Result<ExitCode, Report> {
    change::run(&options.change, |text, modes| {
        let tidied = tidy(text, modes)?;
        Ok(Changed { text: tidied.text, notes: tidied.done })
    })
}
