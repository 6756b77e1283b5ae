//! The embedded fleet, served by another process.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use limescope::config::{self, Config};
use tempfile::TempDir;

use crate::Outcome;

/// The default of a configuration.
const POLL_INTERVAL: Duration = Duration::from_secs(10);

/// A fleet to ask; its process ends when this is dropped.
pub struct Servers {
    child: Child,
    folder: TempDir,
    config: Config,
}

/// What fleet is wanted.
#[derive(Clone, Copy)]
pub struct Wanted {
    pub agents: usize,
    pub groups: usize,
    /// As slow as a real verifier with one worker.
    pub slow: bool,
    /// With the story, and a clock that moves.
    pub moving: bool,
}

impl Wanted {
    /// A fleet that stands still and answers at once.
    pub fn still(agents: usize, groups: usize) -> Self {
        Self { agents, groups, slow: false, moving: false }
    }
}

impl Servers {
    /// Starts a fleet; it listens when this returns.
    pub fn start(wanted: Wanted) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_limescope"));
        command.args(["demo", "--serve", "--agents", &wanted.agents.to_string()]);
        command.args(["--groups", &wanted.groups.to_string()]);
        command.args(["--pace", if wanted.slow { "keylime" } else { "instant" }]);
        if !wanted.moving {
            command.arg("--still");
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let messages = child.stderr.take().ok_or("no standard error")?;
        // This message follows when the whole configuration stands in the pipe.
        let mut lines = BufReader::new(messages).lines();
        lines
            .find(|line| line.as_ref().is_ok_and(|line| line.contains("listens")))
            .ok_or("no fleet listens")??;
        let text = what_stands_in(output)?;
        let (config, _warnings) = config::parse(&text, Path::new("limescope.toml"), None)?;
        fs::write(folder.path().join("limescope.toml"), text)?;
        Ok(Self { child, folder, config })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The configuration as a file.
    pub fn config_path(&self) -> PathBuf {
        self.folder.path().join("limescope.toml")
    }

    /// A configuration that polls as often as one that does not say how often:
    /// the embedded fleet's own asks for more.
    pub fn patient_config_path(&self) -> Outcome<PathBuf> {
        let text = fs::read_to_string(self.config_path())?;
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("poll_interval_s")).collect();
        let path = self.folder.path().join("patient.toml");
        fs::write(&path, lines.join("\n"))?;
        let (config, _warnings) = config::parse(&fs::read_to_string(&path)?, &path, None)?;
        match config.poll_interval {
            POLL_INTERVAL => Ok(path),
            other => Err(format!("the default poll interval is {other:?}, not {POLL_INTERVAL:?}").into()),
        }
    }

    /// A folder that goes with the fleet.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // SIGTERM, so that it removes its own folder; the shell's own kill,
        // since a small Debian has no other.
        let id = self.child.id().to_string();
        let _ = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]).status();
        let _ = self.child.wait();
    }
}

/// All that a pipe holds now: one read takes it, since a pipe holds 64 KiB.
fn what_stands_in(mut pipe: impl Read) -> std::io::Result<String> {
    let mut text = vec![0; 256 * 1024];
    let length = pipe.read(&mut text)?;
    text.truncate(length);
    String::from_utf8(text).map_err(std::io::Error::other)
}
