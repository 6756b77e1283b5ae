//! The file that a command is about.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use crate::config;
use crate::files::bounded::{self, ReadError};
use crate::servers::Severity;
use crate::servers::conceal::holds_secret;
use crate::servers::document::MAX_BYTES;

/// What was read.
pub(super) enum Input {
    /// A text, and what it is to be called.
    Text { text: String, name: PathBuf },
    /// The bytes are no text that can be read; where and why.
    Unfit { code: &'static str, message: String, line: usize, column: usize },
}

/// Reads a file, or standard input where its name is `-`.
///
/// # Errors
/// What cannot be opened or is no file. A file that is too large or no UTF-8 is
/// a finding about its content.
pub(super) fn read(path: &Path) -> Result<Input, ReadError> {
    let limit = MAX_BYTES as u64;
    let (text, name) = if path == Path::new("-") {
        (
            bounded::read_text_from(io::stdin().lock(), "standard input", limit),
            PathBuf::from("standard input"),
        )
    } else {
        (bounded::read_text(path, limit), path.to_owned())
    };
    match text {
        Ok(text) => Ok(Input::Text { text, name }),
        Err(error) => {
            let message = error.to_string();
            match error {
                ReadError::TooLarge { .. } => {
                    Ok(Input::Unfit { code: "too-large", message, line: 1, column: 1 })
                }
                ReadError::NotUtf8 { line, column, .. } => {
                    Ok(Input::Unfit { code: "not-utf8", message, line, column })
                }
                error => Err(error),
            }
        }
    }
}

/// What the rights of a file give away: whoever can write it decides whom an
/// agent trusts, and secrets in it are for its owner.
pub(super) fn rights(path: &Path, text: &str) -> Vec<config::Diagnostic> {
    let mode = match path.metadata() {
        Ok(metadata) if path != Path::new("-") => mode(&metadata),
        _ => return Vec::new(),
    };
    let finding = |code, message: &str, hint: &str| config::Diagnostic {
        severity: Severity::Warning,
        code,
        message: message.to_owned(),
        line: 1,
        column: 1,
        excerpt: String::new(),
        hint: Some(hint.to_owned()),
    };
    let mut found = Vec::new();
    if mode & 0o002 != 0 {
        found.push(finding(
            "world-writable",
            "every user of this machine may change this file, and so the servers that are trusted",
            "take the right away: chmod o-w",
        ));
    }
    if mode & 0o004 != 0 && holds_secret(text) {
        found.push(finding(
            "world-readable-secret",
            "the file holds a password, and every user of this machine may read it",
            "take the right away: chmod o-r, and change the password",
        ));
    }
    found
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0
}
