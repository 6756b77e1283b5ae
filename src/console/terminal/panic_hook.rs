//! What a panic does to the terminal.

use std::panic;
use std::sync::Once;
use std::thread;

use super::mode;

static INSTALLED: Once = Once::new();

/// Puts a hook before the one that is there, once for the whole process.
pub(super) fn install() {
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| match mode::owner() {
            // The console itself: its message belongs on a terminal that can
            // show it.
            Some(owner) if owner == thread::current().id() => {
                let _ = mode::leave();
                before(panic);
            }
            // Somebody else, and the console goes on: nothing may be printed
            // over it.
            Some(_) => tracing::error!(%panic, "a task panicked"),
            None => before(panic),
        }));
    });
}
