//! `limescope identity pins`: the keys with which agents were first seen.
//!
//! They are in a file of this user, so that nobody is asked: [`list`] reads it,
//! [`remove`] forgets single ones. Who is meant is found in
//! [`crate::fleet::identity`].

mod list;
mod remove;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use color_eyre::eyre::{Report, eyre};

use crate::cli::output;
use crate::files::places::Places;
use crate::fleet::identity::NotPinned;

/// Somebody who was named is not pinned.
const NOT_PINNED: u8 = 1;

/// The flags of `list` stand without its name too.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct PinsArguments {
    #[command(subcommand)]
    command: Option<PinsCommand>,
    #[command(flatten)]
    list: list::Listing,
}

#[derive(Debug, Subcommand)]
enum PinsCommand {
    /// List who is pinned, since when, and with which keys; the same as no command
    List(list::ListArguments),
    /// Forget the pins of agents, as of a machine that is given up; the file before stays beside it as a backup
    Remove(remove::RemoveArguments),
}

pub(super) fn run(arguments: &PinsArguments) -> Result<ExitCode, Report> {
    match &arguments.command {
        None => list::run(&[], &arguments.list),
        Some(PinsCommand::List(list)) => list::run(&list.ids, &list.listing),
        Some(PinsCommand::Remove(options)) => remove::run(options),
    }
}

/// The file that is named, else this user's own.
pub(super) fn file(given: Option<&Path>) -> Result<PathBuf, Report> {
    if let Some(file) = given {
        return Ok(file.to_owned());
    }
    let places = Places::of_this_user()
        .ok_or_else(|| eyre!("this user has no home folder: name a file of pins with --pins"))?;
    Ok(places.identity_file())
}

fn not_pinned(missing: &[NotPinned]) -> ExitCode {
    missing.iter().for_each(|one| output::message(&one.to_string()));
    ExitCode::from(NOT_PINNED)
}
