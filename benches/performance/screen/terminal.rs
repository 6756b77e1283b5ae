//! A program in a pseudo-terminal.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::SIZE;
use crate::Outcome;

/// How long anything is waited for.
const LIMIT: Duration = Duration::from_secs(60);

/// A frame has ended when nothing follows for this long.
const SILENCE: Duration = Duration::from_millis(6);

/// Where is the cursor?
const CURSOR_QUESTION: &[u8] = b"\x1b[6n";

/// In the first cell: it is asked at the start only.
const CURSOR_ANSWER: &str = "\x1b[1;1R";

/// Bytes that were read in one go, and when.
type Piece = (Instant, Vec<u8>);

/// A running program and its screen.
pub struct Terminal {
    name: String,
    started: Instant,
    screen: vt100::Parser,
    bytes: u64,
    pieces: Receiver<Piece>,
    /// Read already, and not on the screen yet.
    ahead: VecDeque<Piece>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

/// The answer to a key.
#[derive(Clone, Copy)]
pub struct Answer {
    /// From before the key was written to the last byte of the frame.
    pub took: Duration,
    /// Bytes since the key.
    pub bytes: u64,
}

impl Terminal {
    /// Starts a program; its time counts from before the process is made.
    pub fn start(name: &str, command: CommandBuilder) -> Outcome<Self> {
        let (cols, rows) = SIZE;
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 })?;
        let mut output = pair.master.try_clone_reader()?;
        let input = pair.master.take_writer()?;
        let (sender, pieces) = channel();
        std::thread::spawn(move || {
            let mut piece = vec![0; 64 * 1024];
            // The other side of a closed terminal reads as an error.
            while let Ok(length @ 1..) = output.read(&mut piece) {
                let now = Instant::now();
                let Some(read) = piece.get(..length) else { break };
                if sender.send((now, read.to_vec())).is_err() {
                    break;
                }
            }
        });
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let cells = |number| NonZeroU16::new(number).ok_or("a terminal has cells");
        Ok(Self {
            name: name.to_owned(),
            started,
            screen: vt100::Parser::new(cells(rows)?, cells(cols)?, 0),
            bytes: 0,
            pieces,
            ahead: VecDeque::new(),
            input,
            child,
            _master: pair.master,
        })
    }

    /// The number of the process.
    pub fn process(&self) -> Outcome<u32> {
        self.child.process_id().ok_or_else(|| format!("{} has ended", self.name).into())
    }

    /// Waits until the screen has a property; when it had it first, since the
    /// start of the program.
    pub fn wait_until(&mut self, what: &str, has: impl Fn(&vt100::Screen) -> bool) -> Outcome<Duration> {
        let end = Instant::now() + LIMIT;
        while Instant::now() < end {
            if let Some((at, bytes)) = self.next(LIMIT)? {
                self.show(&bytes);
                if has(self.screen.screen()) {
                    return Ok(at - self.started);
                }
            }
        }
        Err(format!("{} never showed {what}:\n{}", self.name, self.text()).into())
    }

    /// Waits until a text stands on the screen.
    pub fn wait_for(&mut self, words: &str) -> Outcome<Duration> {
        self.wait_until(words, |screen| screen.contents().contains(words))
    }

    /// Takes in what comes in this time; how many bytes.
    pub fn watch(&mut self, time: Duration) -> Outcome<u64> {
        let (end, before) = (Instant::now() + time, self.bytes);
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            if let Some((_, bytes)) = self.next(left)? {
                self.show(&bytes);
            }
        }
        Ok(self.bytes - before)
    }

    /// Types a key and takes in what comes in this time; how many bytes.
    pub fn press(&mut self, key: &str, time: Duration) -> Outcome<u64> {
        self.type_in(key)?;
        self.watch(time)
    }

    /// Types a key that moves the selection, and waits for the end of the frame
    /// in which it has moved.
    pub fn answer(&mut self, key: &str) -> Outcome<Answer> {
        let (selected, before) = (self.selected(), self.bytes);
        let pressed = self.type_in(key)?;
        let mut answered = None;
        while pressed.elapsed() < LIMIT {
            match self.next(if answered.is_some() { SILENCE } else { LIMIT })? {
                Some((at, bytes)) => {
                    // Slow looks must not make two frames one: what was read in time counts.
                    if let Some(last) = answered
                        && at - last > SILENCE
                    {
                        self.ahead.push_front((at, bytes));
                        break;
                    }
                    self.show(&bytes);
                    if answered.is_some() || self.selected() != selected {
                        answered = Some(at);
                    }
                }
                None if answered.is_some() => break,
                None => {}
            }
        }
        let answered =
            answered.ok_or_else(|| format!("{} did not answer {key:?}:\n{}", self.name, self.text()))?;
        Ok(Answer { took: answered - pressed, bytes: self.bytes - before })
    }

    /// How often these bytes come in this time.
    pub fn count(&mut self, wanted: &[u8], time: Duration) -> Outcome<usize> {
        let end = Instant::now() + time;
        let mut all = Vec::new();
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            if let Some((_, bytes)) = self.next(left)? {
                self.show(&bytes);
                all.extend(bytes);
            }
        }
        Ok(memchr::memmem::find_iter(&all, wanted).count())
    }

    /// Types the key that ends the program, and waits for its end.
    pub fn quit(mut self, key: &str) -> Outcome<()> {
        self.type_in(key)?;
        let end = Instant::now() + LIMIT;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                return match status.success() {
                    true => Ok(()),
                    false => Err(format!("{} ended with {status:?}", self.name).into()),
                };
            }
            // What it still writes must not make it wait.
            let _ = self.pieces.recv_timeout(Duration::from_millis(5));
        }
        Err(format!("{} did not end", self.name).into())
    }

    /// What stands on the screen.
    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    fn type_in(&mut self, key: &str) -> Outcome<Instant> {
        let now = Instant::now();
        self.input.write_all(key.as_bytes())?;
        self.input.flush()?;
        Ok(now)
    }

    /// Backgrounds and reversals of all cells: all programs here show the
    /// selection by them, and little else.
    fn selected(&self) -> Vec<(bool, vt100::Color)> {
        let screen = self.screen.screen();
        let (columns, rows) = SIZE;
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let cells = cells.filter_map(|(row, column)| screen.cell(row, column));
        cells.map(|cell| (cell.inverse(), cell.bgcolor())).collect()
    }

    fn show(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// The next piece, if one comes in this time.
    fn next(&mut self, time: Duration) -> Outcome<Option<Piece>> {
        if let Some(piece) = self.ahead.pop_front() {
            return Ok(Some(piece));
        }
        match self.pieces.recv_timeout(time) {
            Ok(piece) => {
                // A terminal answers; bottom would wait for it for two seconds.
                if memchr::memmem::find(&piece.1, CURSOR_QUESTION).is_some() {
                    self.type_in(CURSOR_ANSWER)?;
                }
                Ok(Some(piece))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(format!("{} has ended; its screen:\n{}", self.name, self.text()).into())
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // SIGHUP as from a closed window; SIGKILL if that is not enough.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
