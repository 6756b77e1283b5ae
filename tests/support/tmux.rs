//! A tmux of our own: its own server, its own settings, one window.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::command::Place;

/// How long a test waits for a screen.
const LIMIT: Duration = Duration::from_secs(30);

static STARTED: AtomicUsize = AtomicUsize::new(0);

/// A tmux server with one window; it ends with this.
pub struct Tmux {
    socket: String,
}

impl Tmux {
    /// Starts a shell in a window of this size. `limescope` is the console.
    pub fn start(place: &Place, columns: u16, rows: u16) -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let tmux = Self { socket: place.path().join(format!("tmux-{number}")).to_str().unwrap().to_owned() };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        // Whoever runs the tests may sit in a tmux with settings of their own.
        let shell = format!(
            "exec env -i PATH=/usr/bin:/bin TERM=\"$TERM\" TMUX=\"$TMUX\" HOME={home} XDG_CONFIG_HOME={home}/config \
             XDG_STATE_HOME={home}/state PS1='ready> ' LIMESCOPE='{program}' bash --norc -i",
            home = place.path().display(),
            program = env!("CARGO_BIN_EXE_limescope"),
        );
        tmux.run(&["-f", "/dev/null", "new-session", "-d", "-x", &columns, "-y", &rows, &shell]);
        tmux.run(&["set", "-g", "status", "off"]);
        tmux.wait_for("ready>");
        tmux
    }

    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("tmux");
        command.args(["-S", &self.socket]).args(arguments).env_remove("TMUX");
        command.output().expect("tmux, which `make keylime` installs")
    }

    /// Runs one of tmux's commands and gives what it says.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Presses keys, by tmux's names.
    pub fn keys(&self, keys: &[&str]) {
        self.run(&[&["send-keys"], keys].concat());
    }

    /// Writes a text as it is.
    pub fn write(&self, text: &str) {
        self.run(&["send-keys", "-l", text]);
    }

    /// What stands in the window.
    pub fn text(&self) -> String {
        self.run(&["capture-pane", "-p"])
    }

    /// What stands in the window, with the sequences of its colours.
    pub fn coloured(&self) -> String {
        self.run(&["capture-pane", "-p", "-e"])
    }

    /// Waits until the window holds a text.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the window has a property.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            assert!(start.elapsed() < LIMIT, "waited {} s for {what}; the window:\n{text}", LIMIT.as_secs());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a program gave tmux a text to copy.
    pub fn wait_buffer(&self) -> String {
        super::wait::wait_for("a text in tmux's buffer", || {
            let output = self.command(&["show-buffer"]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if output.status.success() && !text.is_empty() { Ok(text) } else { Err("nothing".to_owned()) }
        })
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.command(&["kill-server"]);
    }
}
