//! Why the console could not start or go on.

use std::error::Error;
use std::io;

/// Why the console could not start or go on. The terminal is restored by then.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// A stream that has to be a terminal is a pipe or a file.
    #[error(
        "{stream} is not a terminal, and the console needs one; for pipes and scripts there is `limescope status`"
    )]
    NotATerminal {
        /// `standard output` or `standard input`.
        stream: &'static str,
    },
    /// `TERM` is `dumb` or not set.
    #[error(
        "TERM is {term}: such a terminal cannot place text; set TERM to what it really is (e.g. xterm-256color), or use `limescope status`"
    )]
    DumbTerminal {
        /// `dumb` or `not set`.
        term: &'static str,
    },
    /// The terminal did not take the mode that the console needs.
    #[error("the terminal cannot be set up: {0}")]
    Open(#[source] io::Error),
    /// The signals that end the console cannot be waited for.
    #[error("signals cannot be waited for: {0}")]
    Signals(#[source] io::Error),
    /// A frame could not be written.
    #[error("the screen cannot be written: {0}")]
    Draw(#[source] Box<dyn Error + Send + Sync>),
    /// Keys could not be read.
    #[error("the keyboard cannot be read: {0}")]
    Input(#[source] io::Error),
    /// A keymap or theme does not hold what it must.
    #[error("{name}: {detail}")]
    Asset {
        /// The file's name in this repository.
        name: &'static str,
        /// What is wrong, and where.
        detail: String,
    },
}
