//! The file that a command is about.

use std::io;
use std::path::{Path, PathBuf};

use crate::files::bounded::{self, ReadError};
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
