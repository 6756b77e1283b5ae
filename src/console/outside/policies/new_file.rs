//! A text that becomes a file of its own.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::text::sanitise;

/// Writes a text into a file of its own: nothing that is there is ever written
/// over.
///
/// # Errors
/// Why it was not written; then there is no such file, or the one before.
pub(super) fn write_new(file: &Path, text: &str) -> Result<(), String> {
    let name = || sanitise(&file.to_string_lossy());
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{} is there already; name a file that is not", name())
        }
        _ => format!("{}: {error}", name()),
    };
    let mut target = OpenOptions::new().write(true).create_new(true).open(file).map_err(failed)?;
    let written = target.write_all(text.as_bytes()).and_then(|()| target.sync_all());
    written.map_err(|error| {
        // Half of a text is none.
        let _ = std::fs::remove_file(file);
        failed(error)
    })
}
