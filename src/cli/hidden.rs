//! A secret that somebody types at the terminal.
//!
//! While it is typed the terminal does not echo. rpassword answers ctrl-c with
//! the signal that it stands for, before it has turned the echo on again, and
//! not every shell does that for it. So the signal waits until it is on.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use signal_hook::consts::SIGINT;
use signal_hook::{SigId, flag, low_level};

use crate::text::Secret;

/// Who holds the signal up, once somebody was asked, and whether it ends the
/// process at once: always, except while something is typed.
static HELD: Mutex<Option<(SigId, Arc<AtomicBool>)>> = Mutex::new(None);

/// Asks for it, and ends the process as ctrl-c does when that is typed instead.
///
/// # Errors
/// There is no terminal, or it cannot be read.
pub(super) fn ask(question: &str) -> io::Result<Secret> {
    let ends = hold()?;
    ends.store(false, Ordering::SeqCst);
    let typed = rpassword::prompt_password(question);
    ends.store(true, Ordering::SeqCst);
    if typed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
        // Ends the process, unless the signal is blocked: then the error says it.
        low_level::emulate_default_handler(SIGINT)?;
    }
    Ok(Secret::new(typed?.into_bytes()))
}

/// From now on the signal is somebody else's, who handles it in another way.
pub(super) fn let_go() {
    if let Some((held, _)) = HELD.lock().ok().and_then(|mut held| held.take()) {
        low_level::unregister(held);
    }
}

fn hold() -> io::Result<Arc<AtomicBool>> {
    let Ok(mut held) = HELD.lock() else {
        return Err(io::Error::other("two secrets were asked for at once"));
    };
    if let Some((_, ends)) = &*held {
        return Ok(Arc::clone(ends));
    }
    let ends = Arc::new(AtomicBool::new(true));
    // It stays: with nothing registered the signal would do nothing any more.
    let id = flag::register_conditional_default(SIGINT, Arc::clone(&ends))?;
    *held = Some((id, Arc::clone(&ends)));
    Ok(ends)
}
