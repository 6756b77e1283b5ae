//! Entering and leaving the terminal's mode.

use std::io::{self, Write};
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableFocusChange, EnableFocusChange};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

/// The thread that has the terminal; none: nobody has.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Takes the terminal.
pub(super) fn enter() -> io::Result<()> {
    if let Ok(mut owner) = OWNER.lock() {
        *owner = Some(thread::current().id());
    }
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableFocusChange)
}

/// Gives the terminal back, and says whether we had it: the second time nothing
/// happens. Errors are left alone: the terminal may be gone, and there is nobody
/// to tell.
pub(super) fn leave() -> bool {
    let was_taken = OWNER.lock().ok().and_then(|mut owner| owner.take()).is_some();
    if !was_taken {
        return false;
    }
    let mut out = io::stdout();
    // A frame that was cut short may have left its bracket open.
    let _ = queue!(out, EndSynchronizedUpdate, DisableFocusChange, ResetColor, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
    true
}

/// Whose the terminal is.
pub(super) fn owner() -> Option<ThreadId> {
    // A poisoned lock cannot be: nothing panics while it is held. A panic hook
    // must not wait for one either.
    OWNER.try_lock().ok().and_then(|owner| *owner)
}
