//! The log: what limescope did and met, for later.
//!
//! Records of limescope itself only: what libraries would write may hold
//! headers and bodies. Every record goes through the sanitiser and is then
//! text that may be shown. A thread of its own writes the file, so that a slow
//! disk never holds up the screen; what it cannot keep up with is counted.

mod layer;
mod ring;
mod rotated;

use std::io;
use std::path::Path;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use ring::{LogPicture, LogRing, MAX_RECORDS};
pub use rotated::{LogWriter, MAX_FILE_BYTES, OLD_FILES};

/// A running log; dropping it writes what is still waiting.
#[derive(Debug)]
pub struct Log {
    /// The last records.
    pub ring: LogRing,
    _writer: Option<LogWriter>,
}

/// Starts the log for this process: a file `limescope.log` in `folder` if one
/// is given, and the ring. The level comes from `directives` (the form of
/// `RUST_LOG`), else everything from "info" on is kept.
///
/// # Errors
/// If the folder or the file cannot be made.
pub fn start(folder: Option<&Path>, directives: Option<&str>) -> io::Result<Log> {
    let ring = LogRing::default();
    let writer = folder.map(LogWriter::open).transpose()?;
    let layer = layer::RecordLayer::new(ring.clone(), writer.as_ref().map(LogWriter::handle));
    let filter =
        directives.and_then(|text| EnvFilter::try_new(text).ok()).unwrap_or_else(|| EnvFilter::new("info"));
    // A second start in one process (tests) keeps the first subscriber.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
    Ok(Log { ring, _writer: writer })
}
