//! The terminal in the hands of another program of the operator's.

use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::mode;

/// How long a signal of a key that was meant for the other program may take to
/// reach us after that program has ended of it.
const LATE: Duration = Duration::from_millis(500);

/// When the terminal was taken back last.
static TAKEN_BACK: Mutex<Option<Instant>> = Mutex::new(None);

/// Gives the terminal to another program.
pub(in crate::console) fn lend() {
    let _ = mode::leave();
}

/// Takes the terminal after another program had it. All of it has to be drawn
/// anew then.
///
/// # Errors
/// The terminal does not take the mode again.
pub(in crate::console) fn take_back() -> io::Result<()> {
    if let Ok(mut at) = TAKEN_BACK.lock() {
        *at = Some(Instant::now());
    }
    mode::enter()
}

/// Whether an interrupt is meant for us. While another program has the
/// terminal, its keys reach all of us as signals.
pub(in crate::console) fn has_signals_of_its_own() -> bool {
    let at = TAKEN_BACK.lock().ok().and_then(|at| *at);
    mode::owner().is_some() && at.is_none_or(|at| at.elapsed() > LATE)
}
