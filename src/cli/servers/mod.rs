//! `limescope servers`: server blocks and duplication (Enhancement 119).
//!
//! One file each; all they know is in [`crate::servers`].

mod check;
mod input;
mod json;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use color_eyre::eyre::Report;

use crate::servers::document::Mode;

#[derive(Debug, Args)]
pub(super) struct ServersOptions {
    #[command(subcommand)]
    command: ServersCommand,
}

#[derive(Debug, Subcommand)]
enum ServersCommand {
    /// Check the server blocks of an agent's configuration or of limescope.toml
    Check(CheckOptions),
}

#[derive(Debug, Args)]
struct CheckOptions {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who reads it [default: both kinds of agent]
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    /// An agent that the verifier asks
    Pull,
    /// An agent that brings its evidence
    Push,
    /// limescope: the file is limescope.toml
    Console,
}

impl ModeName {
    fn modes(name: Option<Self>) -> Vec<Mode> {
        match name {
            None => vec![Mode::Pull, Mode::Push],
            Some(Self::Pull) => vec![Mode::Pull],
            Some(Self::Push) => vec![Mode::Push],
            Some(Self::Console) => vec![Mode::Console],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(options: &ServersOptions) -> Result<ExitCode, Report> {
    match &options.command {
        ServersCommand::Check(options) => check::run(options),
    }
}
