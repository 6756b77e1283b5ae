//! Why the embedded fleet did not start.

use std::io;
use std::path::PathBuf;

/// Why the embedded fleet did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A number in the options is out of range.
    #[error("the embedded fleet cannot have {given} {what}: give a number from 1 to {most}")]
    Options {
        /// `groups` or `agents`.
        what: &'static str,
        /// What was asked for.
        given: usize,
        /// The largest number possible.
        most: usize,
    },
    /// A certificate or a key could not be made.
    #[error("the embedded fleet could not make its certificates: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The key for the signed policies could not be made or used.
    #[error("the embedded fleet could not sign its policies: the system gave no random numbers")]
    Signing,
    /// The TLS library refused what was made.
    #[error("the embedded fleet could not set up TLS: {0}")]
    Tls(#[from] tokio_rustls::rustls::Error),
    /// The check for client certificates could not be made.
    #[error("the embedded fleet could not set up the check of client certificates: {0}")]
    ClientCheck(#[from] tokio_rustls::rustls::server::VerifierBuilderError),
    /// No port on loopback.
    #[error("the embedded fleet could not take a port on 127.0.0.1: {0}; free some ports and try again")]
    Port(#[source] io::Error),
    /// A file could not be written.
    #[error("the embedded fleet could not write {path}: {cause}; is the temporary folder full?")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The system's clock stands before 1970.
    #[error("the system's clock stands before 1970: set it and try again")]
    Clock,
}
