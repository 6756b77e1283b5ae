//! `limescope servers`: server blocks and duplication (Enhancement 119).
//!
//! One file each; all they know is in [`crate::servers`]. Those that write share
//! `change`: they show the diff, and save only with `--write`, through
//! [`crate::files::saving`].

mod add_block;
mod change;
mod check;
mod effective;
mod fmt;
mod headroom;
mod input;
mod json;
mod judged;
mod migrate;
mod one_mode;
mod pick;
mod remove_block;
mod set;

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
    /// Print which value of an agent's many files is in force, and where it comes from
    Effective(EffectiveOptions),
    /// Draw blocks and addresses as an agent would
    Pick(PickOptions),
    /// Print what can fail before the duplication is missed
    Headroom(HeadroomOptions),
    /// Set how many blocks an agent registers with and is verified by
    Set(set::SetOptions),
    /// Add a block after the last
    AddBlock(add_block::AddBlockOptions),
    /// Remove a block, with the comments directly above it
    RemoveBlock(remove_block::RemoveBlockOptions),
    /// Turn registrar_ip, verifier_url and their like into a block, or back
    Migrate(migrate::MigrateOptions),
    /// Write addresses and lists in their usual form, and keys above the blocks they fell into
    Fmt(fmt::FmtOptions),
}

#[derive(Debug, Args)]
struct EffectiveOptions {
    /// Look below this folder instead of /
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct PickOptions {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who connects [default: push where the file is right for it, else pull]
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// How often to draw; above 1, how often each was drawn is counted
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    draws: u32,
    /// The first draw's seed; the same seed draws the same
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// An address that does not answer; may be repeated
    #[arg(long = "down", value_name = "ADDRESS")]
    down: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
struct HeadroomOptions {
    /// The file; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Who connects [default: push where the file is right for it, else pull]
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// How likely each server is up, from 0 to 1
    #[arg(long, value_name = "P", value_parser = probability)]
    availability: Option<f64>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

fn probability(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|probability| (0.0..=1.0).contains(probability))
        .ok_or_else(|| "write a number from 0 to 1, such as 0.99".to_owned())
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
        ServersCommand::Effective(options) => effective::run(options),
        ServersCommand::Pick(options) => pick::run(options),
        ServersCommand::Headroom(options) => headroom::run(options),
        ServersCommand::Set(options) => set::run(options),
        ServersCommand::AddBlock(options) => add_block::run(options),
        ServersCommand::RemoveBlock(options) => remove_block::run(options),
        ServersCommand::Migrate(options) => migrate::run(options),
        ServersCommand::Fmt(options) => fmt::run(options),
    }
}
