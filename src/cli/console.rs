//! `limescope` without a command: the console.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use color_eyre::eyre::Report;
use tokio::sync::watch;

use super::arguments::{DemoOptions, Global};
use super::load::{self, Loaded, NothingConfigured};
use super::{demo, settings};
use crate::console::{self, Outcome};
use crate::files::places::Places;
use crate::fleet::Fleet;
use crate::tasks;
use crate::text::sanitise;

pub(super) fn run(global: &Global) -> Result<ExitCode, Report> {
    match load::load(global) {
        Ok(loaded) => open(global, loaded),
        Err(error) => match error.downcast_ref::<NothingConfigured>() {
            // Scripts get the words and the exit code instead.
            Some(nothing) if is_on_terminal() && !global.dashboard => start(global, nothing),
            _ => Err(error),
        },
    }
}

fn is_on_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// The start screen; from there the embedded fleet is one key away.
fn start(global: &Global, nothing: &NothingConfigured) -> Result<ExitCode, Report> {
    let settings = settings::read(global, None)?;
    let (sender, snapshots) = watch::channel(Arc::new(Fleet::new(1, 60, []).snapshot()));
    let paragraphs = vec![
        "Nothing is configured yet.".to_owned(),
        nothing.looked_for.clone(),
        nothing.advice.clone(),
        "Press d to look around in the embedded fleet now: it needs no server. q quits.".to_owned(),
    ];
    let network = tasks::network()?;
    let options = console::Options {
        prober: Some(tasks::Prober::new(network.handle().clone(), load::limits())),
        title: "no configuration".to_owned(),
        start: Some(paragraphs),
        log: None,
        ..options(global, settings)
    };
    let screen = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = screen.block_on(console::run_on_terminal(snapshots, options))?;
    drop((screen, sender));
    network.shutdown_background();
    if outcome == Outcome::Demo { demo::run(global, &DemoOptions::default()) } else { Ok(ExitCode::SUCCESS) }
}

/// Opens the console on a configuration: the network on a runtime of its own,
/// the screen on this thread.
pub(super) fn open(global: &Global, loaded: Loaded) -> Result<ExitCode, Report> {
    let Loaded { config, title, file, is_embedded } = loaded;
    let settings = settings::read(global, file.as_ref())?;
    let log = load::start_log()?;
    let network = tasks::network()?;
    let (following, snapshots) = {
        let _inside = network.enter();
        tasks::follow(&config, load::limits(), &mut load::ask_passphrase)
    };
    // A wall-board keeps nothing.
    let places = Places::of_this_user().filter(|_| !global.dashboard);
    let trust_file = places.as_ref().map(|places| places.trust_file.clone());
    // The embedded fleet's agents have no place among the operator's.
    let identity_file = places.as_ref().filter(|_| !is_embedded).map(Places::identity_file);
    let history_file = places.map(|places| places.state_folder.join("filters"));
    let standing = tasks::standing::watch(network.handle(), trust_file.clone(), config.anchor);
    let own_file = file.map(|(path, _)| path).filter(|path| path.is_file());
    let options = console::Options {
        read_only: config.read_only,
        title,
        log: Some(log.ring.clone()),
        remembered: history_file.as_deref().map(console::outside::remembered).unwrap_or_default(),
        history_file,
        refresher: Some(following.refresher()),
        director: Some(following.director()),
        prober: Some(tasks::Prober::new(network.handle().clone(), load::limits())),
        policies: Some(following.policies()),
        trust_file,
        identity_file,
        vendor_roots: config.vendor_roots.clone(),
        anchor: config.anchor,
        standing: Some(standing),
        own_file,
        ..options(global, settings)
    };
    let screen = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = screen.block_on(console::run_on_terminal(snapshots, options));
    // What writes has ended; nobody waits for a policy that is still being read.
    screen.shutdown_background();
    drop(following);
    network.shutdown_background();
    ended?;
    Ok(ExitCode::SUCCESS)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What command line and environment say of the screen.
fn options(global: &Global, settings: console::Settings) -> console::Options {
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let notice =
        global.theme.as_ref().filter(|theme| !colour && *theme != console::theme::MONO).map(|theme| {
            format!(
                "NO_COLOR is set and wins over --theme {}: everything is shown in the theme mono",
                sanitise(theme)
            )
        });
    console::Options {
        notice,
        read_only: global.read_only,
        ascii: global.ascii,
        dashboard: global.dashboard,
        // Nobody stands at a wall-board; its text can be selected.
        mouse: !global.no_mouse && !global.dashboard,
        colour,
        depth: console::ColourDepth::of_environment(
            variable("COLORTERM").as_deref(),
            variable("TERM").as_deref(),
        ),
        settings,
        ..console::Options::default()
    }
}
