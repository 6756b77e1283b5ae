//! Why a file was not opened or saved.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::files::bounded::ReadError;
use crate::text::{Shown, sanitise};

/// Why a file is not edited.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is a symbolic link, and links are not to be followed.
    #[error("{}: this is a link to {}; name that file, or follow links knowingly", shown(.path), shown(.target))]
    Link {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// It is a symbolic link to nothing.
    #[error(
        "{}: this is a link to {}, which is not there; mend the link, or name the file itself",
        shown(.path),
        shown(.target)
    )]
    Dangling {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// Its folder is not there.
    #[error("{}: its folder is not there; make it first", shown(.path))]
    NoFolder {
        /// The file.
        path: PathBuf,
    },
}

/// Why a file was not saved. It is as it was, unless the words say otherwise.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Somebody else changed it.
    #[error("{}: somebody else changed it since it was read; compare before you save", shown(.path))]
    Changed {
        /// The file.
        path: PathBuf,
        /// What it holds now; none: it is no readable text of that size, or gone.
        theirs: Option<String>,
    },
    /// Another process saves a file of the same folder.
    #[error("{}: another process saves here now; try again", shown(.path))]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// There is no room.
    #[error("{}: the disk is full ({what}); it is as it was", shown(.path))]
    Full {
        /// The file.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
    },
    /// The file system takes no writing.
    #[error("{}: the file system is read-only; mount it for writing, or save elsewhere", shown(.path))]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The system does not let this user.
    #[error(
        "{}: this user may not save it ({what}); run as its owner or as root, or see lsattr for an immutable file",
        shown(.path)
    )]
    Denied {
        /// The file.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
    },
    /// Owner, mode or an extended attribute would be lost.
    #[error("{}: its {what} cannot be kept ({source}); run as its owner or as root", shown(.path))]
    Attribute {
        /// The file.
        path: PathBuf,
        /// What would be lost.
        what: String,
        /// The system's words.
        source: io::Error,
    },
    /// No folder is left for the new text.
    #[error(
        "{}: the folder above the drop-in folder is on another file system, and inside it every file counts; \
         save elsewhere and move the file",
        shown(.path)
    )]
    NoPlace {
        /// The file.
        path: PathBuf,
    },
    /// The new text is in place, but what it replaced could not become the backup.
    #[error("{}: saved, but the backup was not made ({source}); the old text is in {}", shown(.path), shown(.old))]
    Backup {
        /// The file.
        path: PathBuf,
        /// Where the old text is.
        old: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Anything else that the system says.
    #[error("{}: {what}: {source}", shown(.path))]
    Other {
        /// The file.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// The system's words.
        source: io::Error,
    },
}

impl SaveError {
    /// What a failure of the system means for the file.
    pub(super) fn of(path: &Path, what: &'static str, source: impl Into<io::Error>) -> Self {
        let (path, source) = (path.to_owned(), source.into());
        match source.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::NOSPC | Errno::DQUOT) => Self::Full { path, what },
            Some(Errno::ROFS) => Self::ReadOnly { path },
            Some(Errno::ACCESS | Errno::PERM) => Self::Denied { path, what },
            _ => Self::Other { path, what, source },
        }
    }
}

pub(super) fn shown(path: &Path) -> Shown {
    sanitise(&path.to_string_lossy())
}
