//! The subcommands: one thin file each, over [`crate::tasks`] and the console.
//!
//! What they print for machines goes to standard output without escape codes,
//! messages for people to standard error. Exit code 2 is wrong usage or
//! unreadable input; `check` alone says 3 for a bad configuration.

mod arguments;
mod check;
mod console;
mod demo;
mod identity;
mod load;
mod output;
mod policy;
mod print;
mod report;
mod servers;
mod settings;
mod status;
mod tpm;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

use crate::tasks::device;
use crate::tpm::link;

/// Exit code for wrong usage and unreadable input (contract).
const UNUSABLE: u8 = 2;

/// Reads the command line, carries it out, and says how it ended.
pub fn main() -> ExitCode {
    // Before any thread: see there. What libtss2 would write goes over the screen.
    link::keep_quiet();
    let arguments = Arguments::parse();
    if let Err(error) = color_eyre::config::HookBuilder::default().display_env_section(false).install() {
        return failed(&error);
    }
    let run = match arguments.command {
        None => console::run(&arguments.global),
        Some(Command::Status(options)) => status::run(&arguments.global, &options),
        Some(Command::Check(options)) => check::run(&arguments.global, &options),
        Some(Command::Demo(options)) => demo::run(&arguments.global, &options),
        Some(Command::Servers(options)) => servers::run(&options),
        Some(Command::Policy(options)) => policy::run(&arguments.global, &options),
        Some(Command::Identity(options)) => identity::run(&arguments.global, &options),
        Some(Command::Tpm(options)) => tpm::run(&arguments.global, &options),
        Some(Command::Print(options)) => print::run(&options),
    };
    // What it left in the TPM is flushed there before the process ends.
    device::close();
    match run {
        Ok(code) => code,
        // Whoever read our output has seen enough.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &color_eyre::Report) -> ExitCode {
    output::message(&format!("limescope: {}", output::words(error)));
    ExitCode::from(UNUSABLE)
}
