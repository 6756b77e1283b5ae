//! The real terminal: entered, written and left in one place.
//!
//! [`open`] enters it; dropping the [`Session`] leaves it, however that comes
//! about. A panic on the console's own thread leaves it before its message is
//! printed; panics of other threads, and what libraries write to standard error,
//! go to the log as long as a session is open.

mod backend;
pub(in crate::console) mod hangup;
mod lending;
mod mode;
mod panic_hook;
mod pen;
mod picture;
mod scroll;
mod stray;

use std::io::{self, IsTerminal};
use std::marker::PhantomData;
use std::rc::Rc;

use ratatui::Terminal;

pub use backend::FrameBackend;
pub(super) use lending::{has_signals_of_its_own, lend, take_back};
pub(super) use mode::take_mouse;

use super::ConsoleError;

/// The terminal while the console has it. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Session {
    /// The panic hook knows the console's thread: a session stays on it.
    stays: PhantomData<Rc<()>>,
}

/// The terminal that a session draws on.
pub type Screen = Terminal<FrameBackend<io::Stdout>>;

/// Enters the terminal: raw mode, alternate screen, no cursor.
///
/// # Errors
/// Standard output or input is no terminal, `TERM` names one that cannot place
/// text, or the terminal does not take the mode. It is left as it was.
pub fn open() -> Result<(Session, Screen), ConsoleError> {
    check_kind(std::env::var_os("TERM").as_deref())?;
    for (stream, is_terminal) in
        [("standard output", io::stdout().is_terminal()), ("standard input", io::stdin().is_terminal())]
    {
        if !is_terminal {
            return Err(ConsoleError::NotATerminal { stream });
        }
    }
    panic_hook::install();
    // From here on every way out leaves the terminal.
    let session = Session { stays: PhantomData };
    mode::enter().map_err(ConsoleError::Open)?;
    let backend = FrameBackend::new(io::stdout(), crossterm::terminal::size);
    let terminal = Terminal::new(backend).map_err(ConsoleError::Open)?;
    Ok((session, terminal))
}

/// The number of the signal that suspends (`ctrl-z` in a shell).
pub(super) const SUSPEND: i32 = signal_hook::consts::SIGTSTP;

/// Asks for what `ctrl-z` asks for at a shell: everything that was started with
/// us stops. In raw mode the key itself is but a key.
///
/// # Errors
/// The system does not take the signal.
pub(super) fn ask_to_suspend() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?)
}

impl Session {
    /// Hands the terminal to the shell and stops this process; on SIGCONT it
    /// takes the terminal again. All of it has to be drawn anew then.
    ///
    /// # Errors
    /// The process cannot stop, or the terminal does not take the mode again.
    pub fn suspend(&mut self) -> io::Result<()> {
        // Whoever has the terminal now keeps it: an editor is suspended with us.
        let was_ours = mode::leave();
        let stopped = signal_hook::low_level::emulate_default_handler(SUSPEND);
        if was_ours {
            mode::enter()?;
        }
        stopped
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = mode::leave();
    }
}

fn check_kind(term: Option<&std::ffi::OsStr>) -> Result<(), ConsoleError> {
    match term {
        None => Err(ConsoleError::DumbTerminal { term: "not set" }),
        Some(term) if term.is_empty() => Err(ConsoleError::DumbTerminal { term: "not set" }),
        Some(term) if term == "dumb" => Err(ConsoleError::DumbTerminal { term: "dumb" }),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dumb_terminal_is_refused_with_words() {
        let words = |term: Option<&str>| {
            check_kind(term.map(std::ffi::OsStr::new)).map_err(|error| error.to_string())
        };
        assert_eq!(words(Some("xterm")), Ok(()));
        assert!(words(Some("dumb")).is_err_and(|words| words.starts_with("TERM is dumb")));
        assert!(words(None).is_err_and(|words| words.starts_with("TERM is not set")));
    }
}
