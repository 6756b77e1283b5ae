//! The programs that are compared, and how each is started.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use super::terminal::Terminal;
use crate::Outcome;
use crate::servers::Servers;

/// What is started, and by what it is known on the screen.
pub struct Program {
    /// Its name in the tables.
    pub name: String,
    /// The command as one would type it.
    pub command: String,
    path: PathBuf,
    arguments: Vec<String>,
    /// Words of its first frame.
    pub frame: &'static str,
    /// Words that only stand there when it shows what it is for.
    pub content: String,
    /// A key that moves the selection down, and one that takes it back.
    pub keys: [&'static str; 2],
    /// Whether there is more than a screen holds, so that it can scroll.
    pub scrolls: bool,
}

impl Program {
    /// limescope with these arguments.
    pub fn limescope(name: &str, command: &str, arguments: &[&str], content: String) -> Self {
        Self {
            name: name.to_owned(),
            command: command.to_owned(),
            path: env!("CARGO_BIN_EXE_limescope").into(),
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            frame: "Overview",
            content,
            keys: ["j", "k"],
            scrolls: true,
        }
    }

    /// limescope on a served fleet.
    pub fn on_fleet(name: &str, servers: &Servers, agents: usize) -> Outcome<Self> {
        let config = servers.patient_config_path()?;
        let arguments = ["--config", &config.to_string_lossy()];
        Ok(Self::limescope(name, "limescope --config FILE", &arguments, format!("{agents} agents in")))
    }

    /// bottom: a process and system monitor.
    pub fn bottom() -> Outcome<Self> {
        Ok(Self {
            name: version("btm")?,
            command: "btm".to_owned(),
            path: peer("btm")?,
            arguments: Vec::new(),
            frame: "Processes",
            // Its own row.
            content: " btm ".to_owned(),
            keys: ["j", "k"],
            scrolls: true,
        })
    }

    /// trippy: traceroute and ping. On loopback there is one hop: it is selected
    /// and not selected in turn.
    pub fn trippy() -> Outcome<Self> {
        Ok(Self {
            name: version("trip")?,
            command: "trip 127.0.0.1".to_owned(),
            path: peer("trip")?,
            arguments: vec!["127.0.0.1".to_owned()],
            frame: "Target:",
            content: "discovered 1 hops".to_owned(),
            keys: ["\u{1b}[B", "\u{1b}"],
            scrolls: false,
        })
    }

    /// Starts it in a terminal, with nobody's settings.
    pub fn start(&self, home: &Home) -> Outcome<Terminal> {
        let mut command = CommandBuilder::new(&self.path);
        command.args(&self.arguments);
        home.furnish(&mut command);
        Terminal::start(&self.name, command)
    }
}

/// A home folder without settings.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Outcome<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    /// Gives a program this home and a usual terminal.
    pub fn furnish(&self, command: &mut CommandBuilder) {
        command.cwd(self.0.path());
        command.env_clear();
        command.env("PATH", "/usr/bin:/bin");
        command.env("LANG", "C.UTF-8");
        command.env("TERM", "xterm-256color");
        command.env("HOME", self.0.path());
    }
}

/// Processes that sleep, so that bottom has more to list than a screen holds.
pub struct Sleepers(Vec<Child>);

impl Sleepers {
    pub fn start() -> Outcome<Self> {
        let sleep = |_| Command::new("sleep").arg("3600").stdin(Stdio::null()).spawn();
        Ok(Self((0..60).map(sleep).collect::<Result<_, _>>()?))
    }
}

impl Drop for Sleepers {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a peer calls itself.
fn version(name: &str) -> Outcome<String> {
    let output = Command::new(peer(name)?).arg("--version").output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?.trim().to_owned()),
        false => Err(format!("{name} --version ended with {}", output.status).into()),
    }
}

/// Where `make bench` installs a peer.
fn peer(name: &str) -> Outcome<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin").join(name);
    match path.exists() {
        true => Ok(path),
        false => Err(format!("there is no {}: run `make peers`", path.display()).into()),
    }
}
