//! A whole file, up to a size.

use std::fs::{File, FileType, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::text::{Shown, sanitise};

/// Why a file could not be read. `Display` names the file.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing has this name.
    #[error("{}: there is no such file", shown(.path))]
    Missing {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The system refused.
    #[error("{}: this user may not read it", shown(.path))]
    Denied {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// It is no regular file: a folder, a pipe, a socket, a device.
    #[error("{}: this is {kind}, not a file", shown(.path))]
    NotAFile {
        /// What was asked for.
        path: PathBuf,
        /// What it is, with its article.
        kind: &'static str,
    },
    /// It is larger than the caller reads.
    #[error("{}: larger than {limit} bytes, which is the most that is read", shown(.path))]
    TooLarge {
        /// The file that was asked for.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// It is no UTF-8 text.
    #[error("{}:{line}:{column}: byte 0x{byte:02x} is no UTF-8; save the file as UTF-8", shown(.path))]
    NotUtf8 {
        /// The file that was asked for.
        path: PathBuf,
        /// Line of the first wrong byte, from 1.
        line: usize,
        /// Column of it in characters, from 1.
        column: usize,
        /// The wrong byte.
        byte: u8,
    },
    /// Anything else that the system says.
    #[error("{}: {source}", shown(.path))]
    Other {
        /// The file that was asked for.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// See [`ReadError`].
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    // Before the opening, because to open a pipe for reading waits for a writer.
    refuse_unless_file(path, &path.metadata().map_err(|error| refused(path, error))?)?;
    let file = File::open(path).map_err(|error| refused(path, error))?;
    // And after it, because another file may have taken the name in between.
    refuse_unless_file(path, &file.metadata().map_err(|error| refused(path, error))?)?;
    let size = file.metadata().map_or(0, |metadata| metadata.len()).min(limit);
    read_all(file, path, limit, size)
}

/// Reads bytes to the end of `input`, which is named `name` in errors.
///
/// # Errors
/// `TooLarge` and `Other` of [`ReadError`].
pub fn read_bytes_from(input: impl Read, name: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
    read_all(input, Path::new(name), limit, 0)
}

/// Reads a whole text file of at most `limit` bytes.
///
/// # Errors
/// See [`ReadError`].
pub fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    text(read_bytes(path, limit)?, path)
}

/// Reads text to the end of `input`, such as standard input, which is named
/// `name` in errors.
///
/// # Errors
/// `TooLarge`, `NotUtf8` and `Other` of [`ReadError`].
pub fn read_text_from(input: impl Read, name: &str, limit: u64) -> Result<String, ReadError> {
    let path = Path::new(name);
    text(read_all(input, path, limit, 0)?, path)
}

/// `size` is how many bytes are expected: a large file is not moved while it is
/// read.
fn read_all(input: impl Read, path: &Path, limit: u64, size: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default().saturating_add(1));
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| refused(path, error))?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

fn text(bytes: Vec<u8>, path: &Path) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default());
        let place = crate::text::caret::place(&before, before.len());
        ReadError::NotUtf8 {
            path: path.to_owned(),
            line: place.line,
            column: place.column,
            byte: error.as_bytes().get(valid).copied().unwrap_or_default(),
        }
    })
}

fn refuse_unless_file(path: &Path, metadata: &Metadata) -> Result<(), ReadError> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(ReadError::NotAFile { path: path.to_owned(), kind: kind(metadata.file_type()) })
}

#[cfg(unix)]
fn kind(file_type: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if file_type.is_dir() {
        "a folder"
    } else if file_type.is_fifo() {
        "a named pipe"
    } else if file_type.is_socket() {
        "a socket"
    } else if file_type.is_block_device() || file_type.is_char_device() {
        "a device"
    } else {
        "something else"
    }
}

#[cfg(not(unix))]
fn kind(file_type: FileType) -> &'static str {
    if file_type.is_dir() { "a folder" } else { "something else" }
}

fn refused(path: &Path, error: io::Error) -> ReadError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::Missing { path },
        io::ErrorKind::PermissionDenied => ReadError::Denied { path },
        _ => ReadError::Other { path, source: error },
    }
}

fn shown(path: &Path) -> Shown {
    sanitise(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn words(error: &ReadError) -> String {
        error.to_string().rsplit('/').next().unwrap().to_owned()
    }

    #[test]
    fn a_file_up_to_the_limit_is_read() {
        let folder = folder();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        let error = read_text(&path, 4).unwrap_err();
        assert_eq!(words(&error), "a.toml: larger than 4 bytes, which is the most that is read");
    }

    #[test]
    fn what_is_no_file_is_refused_in_its_own_words() {
        let folder = folder();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, expected) in [
            (folder.path().join("none"), "none: there is no such file"),
            (pipe, "pipe: this is a named pipe, not a file"),
            (socket, "socket: this is a socket, not a file"),
            (PathBuf::from("/dev/zero"), "zero: this is a device, not a file"),
            (PathBuf::from("/dev"), "dev: this is a folder, not a file"),
        ] {
            assert_eq!(words(&read_bytes(&path, 10).unwrap_err()), expected);
        }
    }

    #[test]
    fn a_link_to_a_pipe_is_refused_and_a_link_to_a_file_is_read() {
        let folder = folder();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for (target, link) in [(&file, "to-file"), (&pipe, "to-pipe")] {
            std::os::unix::fs::symlink(target, folder.path().join(link)).unwrap();
        }
        assert_eq!(read_bytes(&folder.path().join("to-file"), 10).unwrap(), b"x");
        let error = read_bytes(&folder.path().join("to-pipe"), 10).unwrap_err();
        assert!(matches!(error, ReadError::NotAFile { .. }), "{error}");
    }

    #[test]
    fn the_first_wrong_byte_is_placed() {
        let folder = folder();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, b"a = 1\n\xc3\xa9\xff").unwrap();
        let error = read_text(&path, 100).unwrap_err();
        assert_eq!(words(&error), "a.toml:2:2: byte 0xff is no UTF-8; save the file as UTF-8");
    }

    #[test]
    fn a_stream_is_bounded_too() {
        assert_eq!(read_text_from(&b"abc"[..], "-", 3).unwrap(), "abc");
        let error = read_text_from(io::repeat(b'a'), "-", 3).unwrap_err();
        assert_eq!(error.to_string(), "-: larger than 3 bytes, which is the most that is read");
    }
}
