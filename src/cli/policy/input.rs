//! From a FILE argument to bytes.

use std::path::Path;

use color_eyre::eyre::Report;

use crate::files::bounded;
use crate::policy::json::Limits;
use crate::policy::trust::Subject;

/// Bytes of a key, a signature or a trust store at most.
pub(super) const MAX_SMALL: u64 = 8 << 20;

/// A text to be judged, and which policy it is, as far as its name says.
pub(super) struct Loaded {
    pub bytes: Vec<u8>,
    /// The name for messages and JSON, as it was given.
    pub name: String,
    pub group: Option<String>,
    pub policy: Option<String>,
}

impl Loaded {
    pub(super) fn subject(&self) -> Subject<'_> {
        Subject { group: self.group.as_deref(), policy: self.policy.as_deref() }
    }
}

/// Loads what a FILE argument names: a file, or standard input for `-`.
///
/// # Errors
/// It cannot be read, or is larger than any policy may be.
pub(super) fn load(file: &Path) -> Result<Loaded, Report> {
    let limit = Limits::default().bytes as u64;
    let bytes = if file == Path::new("-") {
        bounded::read_bytes_from(std::io::stdin().lock(), "standard input", limit)?
    } else {
        bounded::read_bytes(file, limit)?
    };
    Ok(Loaded { bytes, name: file.to_string_lossy().into_owned(), group: None, policy: None })
}

/// Reads a key, a signature or another small file.
///
/// # Errors
/// It cannot be read, or is too large.
pub(super) fn small(file: &Path) -> Result<Vec<u8>, Report> {
    Ok(bounded::read_bytes(file, MAX_SMALL)?)
}
