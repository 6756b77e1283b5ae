//! Entering and leaving the terminal's mode.

use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableFocusChange, EnableFocusChange};
use crossterm::style::{Print, ResetColor};
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};

use super::stray;

/// The thread that has the terminal; none: nobody has.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);

/// Whether the mouse is wanted wherever the terminal is ours.
static WANTS_MOUSE: AtomicBool = AtomicBool::new(false);

/// Presses and the wheel, with places beyond column 223. Motion is not asked
/// for: it would keep a slow line busy.
const TAKE_MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
const LEAVE_MOUSE: &str = "\x1b[?1006l\x1b[?1000l";

/// Lets all lines scroll, which puts the cursor to the top, and puts it to the
/// bottom: a tmux whose window was resized keeps our lines above the shell's if
/// the cursor is not there.
const ALL_LINES: &str = "\x1b[r\x1b[999H";

/// Takes the mouse, or leaves it to the terminal; also after another program
/// had the terminal.
pub(in crate::console) fn take_mouse(is_wanted: bool) -> io::Result<()> {
    WANTS_MOUSE.store(is_wanted, Ordering::Release);
    // Whoever has the terminal now is not disturbed.
    if owner().is_none() {
        return Ok(());
    }
    let mut out = io::stdout();
    out.write_all(if is_wanted { TAKE_MOUSE } else { LEAVE_MOUSE }.as_bytes())?;
    out.flush()
}

/// Takes the terminal.
pub(super) fn enter() -> io::Result<()> {
    if let Ok(mut owner) = OWNER.lock() {
        *owner = Some(thread::current().id());
    }
    stray::catch()?;
    enable_raw_mode()?;
    let mouse = if WANTS_MOUSE.load(Ordering::Acquire) { TAKE_MOUSE } else { "" };
    execute!(io::stdout(), EnterAlternateScreen, Hide, EnableFocusChange, Print(mouse))
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
    // A frame that was cut short may have left its bracket open, and lines that
    // do not scroll.
    let _ = queue!(out, EndSynchronizedUpdate, DisableFocusChange, Print(LEAVE_MOUSE), Print(ALL_LINES));
    let _ = queue!(out, ResetColor, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
    stray::give_back();
    true
}

/// Whose the terminal is.
pub(super) fn owner() -> Option<ThreadId> {
    // A poisoned lock cannot be: nothing panics while it is held. A panic hook
    // must not wait for one either.
    OWNER.try_lock().ok().and_then(|owner| *owner)
}
