//! How far long work is, told on a terminal while somebody waits.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What takes no longer is not worth a line.
const PATIENCE: Duration = Duration::from_millis(100);

/// Between two lines.
const PACE: Duration = Duration::from_millis(100);

/// A line on standard error that is written over and over, and goes away at the end.
pub(super) struct Progress {
    what: &'static str,
    is_terminal: bool,
    state: Mutex<State>,
}

struct State {
    next: Instant,
    /// Characters of the line that stands there.
    written: usize,
}

impl Progress {
    /// Told as `WHAT 12 of 345`; nothing is written where standard error is no terminal.
    pub fn new(what: &'static str) -> Self {
        let state = State { next: Instant::now() + PATIENCE, written: 0 };
        Self { what, is_terminal: io::stderr().is_terminal(), state: Mutex::new(state) }
    }

    /// So much is done; from any thread.
    pub fn tell(&self, done: usize, total: usize) {
        if !self.is_terminal {
            return;
        }
        // Who comes while another one writes has nothing newer to say.
        let Ok(mut state) = self.state.try_lock() else { return };
        if Instant::now() < state.next {
            return;
        }
        state.next = Instant::now() + PACE;
        let line = format!("{} {done} of {total} (ctrl-c cancels)", self.what);
        let _ = write!(io::stderr().lock(), "\r{line:<width$}", width = state.written);
        state.written = line.len();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Ok(state) = self.state.lock()
            && state.written > 0
        {
            let _ = write!(io::stderr().lock(), "\r{:width$}\r", "", width = state.written);
        }
    }
}
