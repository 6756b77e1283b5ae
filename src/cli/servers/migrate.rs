//! `limescope servers migrate`: from the keys before Enhancement 119 to a block.
//!
//! And back, which is what an older agent needs after a downgrade. The
//! enhancement defines neither (its section on upgrade and downgrade is empty,
//! point 42): the old keys are written only where they can say the same, that is
//! for exactly one block of one registrar and at most one verifier, with no
//! `verification_duplication` but 1. Else nothing is changed (exit 1).

use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::Report;

use super::change::{self, ChangeOptions};

#[derive(Debug, Args)]
pub(super) struct MigrateOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// From one block of one registrar, and at most one verifier, to the keys: for agents before
    /// Enhancement 119. What the keys cannot say is refused
    #[arg(long)]
    back: bool,
}

pub(super) fn run(options: &MigrateOptions) -> Result<ExitCode, Report> {
    change::edit(&options.change, |document| match options.back {
        true => document.migrate_back(),
        false => document.migrate(),
    })
}
