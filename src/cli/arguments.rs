//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::identity::IdentityOptions;
use super::policy::PolicyOptions;
use super::servers::ServersOptions;
use super::tpm::TpmOptions;
use crate::demo::{MAX_AGENTS, MAX_GROUPS};

/// The terminal operations console for Keylime attestation fleets.
///
/// Without a command it opens the console on the configured groups.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Where help puts what concerns only the console, apart from a command's own options.
const CONSOLE: &str = "Options of the console";

#[derive(Debug, Args)]
pub(super) struct Global {
    /// The configuration to use; `-` reads standard input
    /// [default: limescope/limescope.toml in the XDG configuration folder]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Change nothing on any server, whatever the configuration says
    #[arg(long, global = true, help_heading = CONSOLE)]
    pub read_only: bool,
    /// Draw with ASCII characters only
    #[arg(long, global = true, help_heading = CONSOLE)]
    pub ascii: bool,
    /// Leave the mouse to the terminal, to select text; M changes it later
    #[arg(long, global = true, help_heading = CONSOLE)]
    pub no_mouse: bool,
    /// A wall-board: large, read-only, its pages turn by themselves, the problems first
    #[arg(long, global = true, help_heading = CONSOLE)]
    pub dashboard: bool,
    /// The theme of the console; `limescope print themes` lists them
    #[arg(long, value_name = "NAME", global = true, help_heading = CONSOLE)]
    pub theme: Option<String>,
    /// What the console shows first: the string of a view, as
    /// `agents?verdict=failed&sort=-age`, or the name of a saved one
    #[arg(long, value_name = "VIEW", global = true, help_heading = CONSOLE)]
    pub view: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Poll every group once and print what is known
    Status(StatusOptions),
    /// Poll every group once and exit as monitoring plugins do
    Check(CheckOptions),
    /// Open the console on an embedded fleet, or serve that fleet
    Demo(DemoOptions),
    /// Server blocks and duplication in the configuration of agents or of limescope
    Servers(ServersOptions),
    /// Runtime policies: who signed them, what is in them, whom to trust
    Policy(PolicyOptions),
    /// Who the agents are: their TPMs, keys and certificates
    Identity(IdentityOptions),
    /// The TPM of this host: an operator's key that cannot be copied
    Tpm(TpmOptions),
    /// Print something to start from
    Print(PrintOptions),
}

#[derive(Debug, Args)]
pub(super) struct StatusOptions {
    /// Only this group; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    pub groups: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Json,
    Csv,
}

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    /// Failed agents that are still all right; more are critical
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub max_failed: u32,
    /// Stale, timed-out and unknown agents that are still all right; more are a warning
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub max_stale: u32,
    /// Groups that must not be down [default: all of them]
    #[arg(long, value_name = "N")]
    pub min_up: Option<usize>,
}

#[derive(Debug, Args)]
pub(super) struct DemoOptions {
    /// Groups of servers
    #[arg(long, value_name = "G", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=MAX_GROUPS as i64))]
    pub groups: u16,
    /// Agents over all groups together
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=MAX_AGENTS as i64))]
    pub agents: u32,
    /// The same seed makes the same fleet
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// No story: nothing changes after the start
    #[arg(long)]
    pub still: bool,
    /// Only serve: the configuration goes to standard output; runs until SIGTERM
    #[arg(long)]
    pub serve: bool,
    /// How quickly verifiers answer: at once, or as slowly as a real one
    #[arg(long, value_enum, default_value_t = DemoPace::Instant)]
    pub pace: DemoPace,
}

impl Default for DemoOptions {
    /// What the command line has without any option.
    fn default() -> Self {
        Self { groups: 4, agents: 120, seed: 1, still: false, serve: false, pace: DemoPace::Instant }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DemoPace {
    Instant,
    Keylime,
}

#[derive(Debug, Args)]
pub(super) struct PrintOptions {
    /// What to print
    #[arg(value_enum)]
    pub what: Printed,
    /// The shell that is to complete commands
    #[arg(value_enum, required_if_eq("what", "completions"))]
    pub shell: Option<CompletedShell>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Printed {
    /// A commented sample of limescope.toml
    Config,
    /// The built-in keymap: rows for a keymap.toml of your own
    Keymap,
    /// The built-in themes: patterns for themes/NAME.toml of your own
    Themes,
    /// Every command and key of the console, as Markdown
    Commands,
    /// The manual page
    Man,
    /// A script that completes commands in a shell
    Completions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CompletedShell {
    Bash,
    Zsh,
    Fish,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_takes_what_the_embedded_fleet_can_be() {
        let demo = |groups: usize, agents: usize| {
            let (groups, agents) = (groups.to_string(), agents.to_string());
            Arguments::try_parse_from(["limescope", "demo", "--groups", &groups, "--agents", &agents])
        };
        assert!(demo(MAX_GROUPS, MAX_AGENTS).is_ok());
        for (groups, agents) in [(0, 1), (1, 0), (MAX_GROUPS + 1, 1), (1, MAX_AGENTS + 1)] {
            assert!(demo(groups, agents).is_err(), "{groups} groups, {agents} agents");
        }
    }
}
