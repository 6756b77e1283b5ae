//! Finding and reading the configuration.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Report, WrapErr};

use super::arguments::Global;
use super::{hidden, output};
use crate::config::{self, Config, ConfigErrors, Installed, LocalInstallation};
use crate::files::bounded::{self, ReadError};
use crate::files::log::{self, Log};
use crate::files::places::{ConfigPlace, Places, config_place};
use crate::keylime::Limits;
use crate::servers::Severity;
use crate::tasks::device::Wanted;
use crate::text::{Secret, sanitise};

/// Largest file of Keylime's own configuration that is read, in bytes.
const MAX_KEYLIME_FILE: u64 = 1024 * 1024;

/// There is nothing to watch.
#[derive(Debug, thiserror::Error)]
#[error("{looked_for} {advice}")]
pub(super) struct NothingConfigured {
    /// What was looked for, and what was found instead.
    pub looked_for: String,
    /// What to do.
    pub advice: String,
}

/// A configuration, and what it is to be called on the screen.
pub(super) struct Loaded {
    pub config: Config,
    pub title: String,
    /// The file, if there is one: its name and its text.
    pub file: Option<(PathBuf, String)>,
    /// Whether this is the embedded fleet, whose agents are nobody's.
    pub is_embedded: bool,
}

/// Reads the configuration that the command line or the user's folders name,
/// else takes the Keylime that is installed on this host.
pub(super) fn load(global: &Global) -> Result<Loaded, Report> {
    let places = Places::of_this_user();
    let mut loaded = match config_place(global.config.as_deref(), places.as_ref(), Path::exists) {
        ConfigPlace::Given(path) if path == Path::new("-") => {
            let text = bounded::read_text_from(io::stdin().lock(), "standard input", config::MAX_BYTES)?;
            parse(&text, Path::new("standard input"), places.as_ref())?
        }
        ConfigPlace::Given(path) | ConfigPlace::Own(path) => {
            let text = bounded::read_text(&path, config::MAX_BYTES)?;
            parse(&text, &path, places.as_ref())?
        }
        ConfigPlace::None(own) => local(own)?,
    };
    loaded.config.read_only |= global.read_only;
    Ok(loaded)
}

/// What the configuration demands of the trust store's anchor; where there is no configuration, nothing.
///
/// # Errors
/// There is one, and it cannot be used.
pub(super) fn anchor_setting(global: &Global) -> Result<config::Anchor, Report> {
    let places = Places::of_this_user();
    let (path, text) = match config_place(global.config.as_deref(), places.as_ref(), Path::exists) {
        // It is read once, for what it holds; who pipes it in has the store's file at hand too.
        ConfigPlace::Given(path) if path == Path::new("-") => return Ok(config::Anchor::Warn),
        ConfigPlace::Given(path) | ConfigPlace::Own(path) => {
            let text = bounded::read_text(&path, config::MAX_BYTES)?;
            (path, text)
        }
        ConfigPlace::None(_) => return Ok(config::Anchor::Warn),
    };
    let (config, _diagnostics) =
        config::parse(&text, &path, places.as_ref().map(|places| places.home.as_path()))?;
    Ok(config.anchor)
}

/// Checks a configuration's text; warnings go to standard error.
pub(super) fn parse(text: &str, origin: &Path, places: Option<&Places>) -> Result<Loaded, ConfigErrors> {
    let (config, diagnostics) = config::parse(text, origin, places.map(|places| places.home.as_path()))?;
    // An operator reaches many servers through tunnels: loopback is their
    // everyday, and concerns agents only.
    let worth_saying = |diagnostic: &&config::Diagnostic| {
        diagnostic.severity == Severity::Warning && diagnostic.code != "loopback-in-blocks"
    };
    for diagnostic in diagnostics.iter().filter(worth_saying) {
        output::message(&diagnostic.render(origin));
    }
    let title = sanitise(&origin.to_string_lossy()).into_string();
    Ok(Loaded { config, title, file: Some((origin.to_owned(), text.to_owned())), is_embedded: false })
}

fn local(own: Option<PathBuf>) -> Result<Loaded, Report> {
    let read = |path: &Path| match bounded::read_text(path, MAX_KEYLIME_FILE) {
        Ok(text) => Installed::Text(text),
        Err(ReadError::Denied { .. }) => Installed::Denied,
        Err(_) => Installed::Absent,
    };
    let list = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
    };
    let found = config::local_installation(read, list, |name| std::env::var(name).ok());
    let place = own.map_or_else(
        || "a file that --config names".to_owned(),
        |own| sanitise(&own.to_string_lossy()).into_string(),
    );
    let advice = format!(
        "Write {place} (`limescope print config` prints a commented sample), name a file with --config, \
         or look around first with `limescope demo`."
    );
    match found {
        LocalInstallation::Found { config, sources, notices } => {
            let sources: Vec<_> =
                sources.iter().map(|path| sanitise(&path.to_string_lossy()).into_string()).collect();
            output::message(&format!(
                "No configuration; watching the Keylime of this host ({}).",
                sources.join(", ")
            ));
            notices.iter().for_each(|notice| output::message(notice));
            Ok(Loaded {
                config: *config,
                title: "this host's Keylime".to_owned(),
                file: None,
                is_embedded: false,
            })
        }
        LocalInstallation::Denied { file } => {
            let looked_for = format!(
                "There is no configuration, and the Keylime of this host cannot be read: {} (permission denied).",
                sanitise(&file.to_string_lossy())
            );
            Err(NothingConfigured { looked_for, advice }.into())
        }
        LocalInstallation::Absent => {
            let looked_for = "There is no configuration, and no Keylime is installed on this host \
                 (looked at /etc/keylime/tenant.conf and verifier.conf, and for cv_ca in its folder)."
                .to_owned();
            Err(NothingConfigured { looked_for, advice }.into())
        }
    }
}

/// Starts the log in the state folder. Without one, or where it cannot be
/// written, the ring alone is kept and the reason is said.
pub(super) fn start_log() -> Result<Log, Report> {
    let folder = Places::of_this_user().map(|places| places.state_folder);
    let directives = std::env::var("RUST_LOG").ok();
    match log::start(folder.as_deref(), directives.as_deref()) {
        Ok(log) => Ok(log),
        Err(error) => {
            output::message(&format!(
                "limescope: the log cannot be written ({error}); going on without a file"
            ));
            log::start(None, directives.as_deref()).wrap_err("the log cannot be started")
        }
    }
}

/// Asks for a passphrase or PIN on the terminal, if there is one.
pub(super) fn ask_passphrase(wanted: Wanted<'_>) -> Option<Secret> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let question = match wanted {
        Wanted::Passphrase(path) => format!("Passphrase of {}: ", sanitise(&path.to_string_lossy())),
        Wanted::Pin(path) => format!("PIN of the TPM's key {}: ", sanitise(&path.to_string_lossy())),
    };
    hidden::ask(&question).ok()
}

/// The deadlines of every run.
pub(super) fn limits() -> Limits {
    Limits::default()
}
