//! `limescope` without a command: the console.

use std::process::ExitCode;

use color_eyre::eyre::Report;

use super::arguments::Global;
use super::load::{self, Loaded};
use crate::console;
use crate::tasks;

pub(super) fn run(global: &Global) -> Result<ExitCode, Report> {
    let loaded = load::load(global)?;
    open(global, loaded)
}

/// Opens the console on a configuration: the network on a runtime of its own,
/// the screen on this thread.
pub(super) fn open(global: &Global, loaded: Loaded) -> Result<ExitCode, Report> {
    let Loaded { config, title } = loaded;
    let _log = load::start_log()?;
    let network = tasks::network()?;
    let (following, snapshots) = {
        let _inside = network.enter();
        tasks::follow(&config, load::limits(), &mut load::ask_passphrase)
    };
    let options = console::Options {
        read_only: config.read_only,
        title,
        ascii: global.ascii,
        colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        notice: None,
    };
    let screen = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = screen.block_on(console::run_on_terminal(snapshots, options));
    drop(following);
    network.shutdown_background();
    ended?;
    Ok(ExitCode::SUCCESS)
}
