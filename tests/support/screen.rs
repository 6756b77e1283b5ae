//! limescope in a real pseudo-terminal, with a VT100 screen behind it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use super::command::Place;

/// How long a test waits for a screen.
const LIMIT: Duration = Duration::from_secs(30);

/// What the terminal received so far.
struct Received {
    screen: vt100::Parser,
    bytes: Vec<u8>,
}

/// A running console and its screen.
pub struct Screen {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    input: Box<dyn Write + Send>,
    received: Arc<Mutex<Received>>,
    cooked: String,
}

impl Screen {
    /// Starts `limescope` with these arguments in a terminal of this size.
    pub fn start(place: &Place, arguments: &[&str], columns: u16, rows: u16) -> Self {
        Self::start_with(place, arguments, columns, rows, &[])
    }

    /// As [`Screen::start`], with more environment variables.
    pub fn start_with(
        place: &Place,
        arguments: &[&str],
        columns: u16,
        rows: u16,
        variables: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let cooked = flags(&*pair.master);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_limescope"));
        command.args(arguments);
        command.cwd(place.path());
        command.env_clear();
        command.env("PATH", "/usr/bin:/bin");
        command.env("TERM", "xterm-256color");
        command.env("HOME", place.path().join("home"));
        command.env("XDG_CONFIG_HOME", place.path().join("config"));
        command.env("XDG_STATE_HOME", place.path().join("state"));
        command.env("XDG_DATA_HOME", place.path().join("data"));
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("limescope starts");
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let input = pair.master.take_writer().expect("a writer");
        let screen = vt100::Parser::new(size_of(rows), size_of(columns), 0);
        let received = Arc::new(Mutex::new(Received { screen, bytes: Vec::new() }));
        let shared = Arc::clone(&received);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // The other side of a closed terminal reads as an error.
            while let Ok(count @ 1..) = output.read(&mut chunk) {
                let mut received = shared.lock().unwrap();
                received.screen.process(&chunk[..count]);
                received.bytes.extend_from_slice(&chunk[..count]);
            }
        });
        // The slave stays open in the child only.
        drop(pair.slave);
        Self { master: pair.master, child, input, received, cooked }
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap()
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        self.received().screen.screen().contents()
    }

    /// The screen as a picture.
    pub fn svg(&self) -> String {
        super::picture::svg(self.received().screen.screen())
    }

    /// Every byte that the terminal received.
    pub fn bytes(&self) -> Vec<u8> {
        self.received().bytes.clone()
    }

    /// Waits until the screen holds a text.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("{text:?} on the screen"), |screen| screen.contains(text))
    }

    /// Waits until the screen has a property.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            assert!(start.elapsed() < LIMIT, "waited {} s for {what}; the screen:\n{text}", LIMIT.as_secs());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).expect("a terminal that takes keys");
        self.input.flush().expect("a terminal that takes keys");
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.received().screen.screen_mut().set_size(size_of(rows), size_of(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("a terminal that can be resized");
    }

    /// Whether the program asked for the mouse.
    pub fn has_mouse(&self) -> bool {
        self.received().screen.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.child.process_id().expect("a running child")
    }

    /// Sends a signal, by name.
    pub fn signal(&self, name: &str) {
        let process = self.child.process_id().expect("a running child").to_string();
        let sent = std::process::Command::new("kill").args([&format!("-{name}"), &process]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for the end, and looks whether the terminal is as it was.
    pub fn ended_with_the_terminal_restored(mut self) -> ExitStatus {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("a child to wait for") {
                Some(status) => break status,
                None if start.elapsed() > LIMIT => {
                    self.child.kill().expect("a child to kill");
                    panic!("it did not end; the screen:\n{}", self.text());
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        assert_eq!(flags(&*self.master), self.cooked, "the line discipline was not restored");
        let start = Instant::now();
        loop {
            {
                let received = self.received();
                let screen = received.screen.screen();
                if !screen.alternate_screen() && !screen.hide_cursor() {
                    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
                    // What the screen does not know of: that the terminal tells its focus.
                    let last = |what: &[u8]| received.bytes.windows(8).rposition(|part| part == what);
                    let (on, off) = (last(b"\x1b[?1004h"), last(b"\x1b[?1004l"));
                    assert!(on <= off, "the terminal still tells its focus");
                    return status;
                }
            }
            assert!(start.elapsed() < LIMIT, "alternate screen or hidden cursor left behind");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The terminal's own flags, as text.
fn flags(master: &dyn MasterPty) -> String {
    master.get_termios().map_or_else(String::new, |termios| {
        format!("{:?} {:?} {:?}", termios.local_flags, termios.input_flags, termios.output_flags)
    })
}

fn size_of(cells: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(cells).expect("a terminal has cells")
}
