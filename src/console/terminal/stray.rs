//! What libraries write to standard error while the screen is ours.
//!
//! Nothing of ours does, but a C library may (GLib, below libtss2's tabrmd
//! module, says so where the resource manager is gone), and no switch silences
//! them all. It would stand over the screen until that is drawn anew; so it
//! goes to the log.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Mutex;
use std::thread;

/// Bytes of a line that are read at once; the rest counts as another one.
const LONGEST_LINE: u64 = 1_000;

/// Lines that are kept from one taking of the terminal to the next.
const MOST_LINES: usize = 100;

/// Standard error as it was; none: it is as it was.
static OURS: Mutex<Option<OwnedFd>> = Mutex::new(None);

/// From now on what is written to standard error goes to the log. Where it is
/// no terminal it disturbs nobody, and stays what the operator made it.
///
/// # Errors
/// There are no more file descriptors or threads.
pub(super) fn catch() -> io::Result<()> {
    let standard_error = io::stderr();
    let Ok(mut ours) = OURS.try_lock() else { return Ok(()) };
    if ours.is_some() || !standard_error.is_terminal() {
        return Ok(());
    }
    let as_it_was = standard_error.as_fd().try_clone_to_owned()?;
    let (reader, writer) = io::pipe()?;
    thread::Builder::new().name("standard-error".to_owned()).spawn(move || record(reader))?;
    rustix::stdio::dup2_stderr(&writer)?;
    *ours = Some(as_it_was);
    Ok(())
}

/// Standard error is what it was. The thread that reads the pipe ends with it.
pub(super) fn give_back() {
    // Nothing panics while it is locked, and a panic hook must not wait.
    if let Some(as_it_was) = OURS.try_lock().ok().and_then(|mut ours| ours.take()) {
        // It was standard error before, so it can be again.
        let _ = rustix::stdio::dup2_stderr(&as_it_was);
    }
}

/// Writes down what comes. What is too much is read all the same: a full pipe
/// would stop whoever writes.
fn record(from: impl Read) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    for number in 0_usize.. {
        line.clear();
        match from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(1..) if number < MOST_LINES => {
                let words = String::from_utf8_lossy(&line);
                let words = words.trim();
                if !words.is_empty() {
                    tracing::warn!("a library wrote to standard error: {words}");
                }
            }
            Ok(1..) if number == MOST_LINES => {
                tracing::warn!("libraries write much to standard error; no more of it is kept");
            }
            Ok(1..) => {}
            Ok(0) | Err(_) => return,
        }
    }
}
