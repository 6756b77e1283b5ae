//! `limescope demo`: the console on an embedded fleet, or that fleet served.

use std::process::ExitCode;

use color_eyre::eyre::Report;
use tokio::signal::unix::{SignalKind, signal};

use super::arguments::{DemoOptions, DemoPace, Global};
use super::{console, load, output};
use crate::demo::{self, DemoFleet, Pace};

pub(super) fn run(global: &Global, options: &DemoOptions) -> Result<ExitCode, Report> {
    let options_of_fleet = demo::DemoOptions {
        groups: usize::from(options.groups),
        agents: options.agents as usize,
        seed: options.seed,
        still: options.still,
        pace: match options.pace {
            DemoPace::Instant => Pace::Instant,
            DemoPace::Keylime => Pace::Keylime,
        },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let fleet = runtime.block_on(DemoFleet::start(&options_of_fleet))?;
    if options.serve {
        return runtime.block_on(serve(&fleet));
    }
    let mut loaded = load::parse(fleet.config_toml(), fleet.config_path(), None)?;
    loaded.config.read_only |= global.read_only;
    loaded.title = "demo".to_owned();
    loaded.is_embedded = true;
    let code = console::open(global, loaded);
    drop(fleet);
    runtime.shutdown_background();
    code
}

async fn serve(fleet: &DemoFleet) -> Result<ExitCode, Report> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    output::standard(|out| out.write_all(fleet.config_toml().as_bytes()))?;
    output::message("The embedded fleet listens; its configuration is on standard output. SIGTERM ends it.");
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(ExitCode::SUCCESS)
}
