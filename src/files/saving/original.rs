//! A file as it was read.

use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::{OpenError, SaveError, shown};
use super::place::{self, Places};
use super::replace;
use crate::files::bounded::{self, ReadError};

/// What to do where the name is a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// Say so and do nothing.
    Refuse,
    /// Edit the file that it leads to; the link stays.
    Follow,
}

/// A file as it was read, to be saved later.
#[derive(Clone, PartialEq, Eq)]
pub struct Original {
    path: PathBuf,
    /// The link that it was opened by; none: it was named itself.
    link: Option<PathBuf>,
    /// None: there was no file.
    text: Option<String>,
    limit: u64,
    places: Places,
    warnings: Vec<String>,
    /// Every user may read it.
    is_public: bool,
}

/// What became of a save.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Where the text before is kept; none: there was none.
    pub backup: Option<PathBuf>,
}

impl Original {
    /// Reads a file of at most `limit` bytes, or finds that there is none yet.
    ///
    /// # Errors
    /// It is no file, no text, too large, may not be read, or is a link and
    /// links are refused.
    pub fn open(path: &Path, limit: u64, links: Links) -> Result<Self, OpenError> {
        let path = std::path::absolute(path).map_err(|source| other(path, source))?;
        let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
        let link = is_link.then(|| path.clone());
        let path = match (is_link, links) {
            (false, _) => path,
            (true, Links::Refuse) => {
                let target = std::fs::read_link(&path).unwrap_or_default();
                return Err(OpenError::Link { path, target });
            }
            (true, Links::Follow) => match path.canonicalize() {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    let target = std::fs::read_link(&path).unwrap_or_default();
                    return Err(OpenError::Dangling { path, target });
                }
                found => found.map_err(|source| other(&path, source))?,
            },
        };
        let Some(places) = place::of(&path) else { return Err(OpenError::NoFolder { path }) };
        if !places.folder.is_dir() {
            return Err(OpenError::NoFolder { path });
        }
        let is_public = path.metadata().is_ok_and(|facts| facts.mode() & 0o004 != 0);
        let (text, warnings) = match bounded::read_text(&path, limit) {
            Ok(text) => {
                (Some(text), path.metadata().map(|facts| warnings(&path, &facts)).unwrap_or_default())
            }
            Err(ReadError::Missing { .. }) => (None, Vec::new()),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { path, link, text, limit, places, warnings, is_public })
    }

    /// The file itself: absolute, and no link.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The link that it was opened by, absolute; none: it was named itself.
    pub fn link(&self) -> Option<&Path> {
        self.link.as_deref()
    }

    /// The name that it was opened by: the link, else the file's own.
    pub fn named(&self) -> &Path {
        self.link.as_deref().unwrap_or(&self.path)
    }

    /// What it held when it was read; none: there was no file.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Whether every file beside it is read as configuration too.
    pub fn is_drop_in(&self) -> bool {
        place::is_drop_in(&self.places.folder)
    }

    /// Whether every user of the machine may read it.
    pub fn is_public(&self) -> bool {
        self.is_public
    }

    /// What its operator should know of the file itself.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The same file as it is now, wherever the link leads meanwhile.
    ///
    /// # Errors
    /// As [`Original::open`].
    pub fn again(&self) -> Result<Self, OpenError> {
        let now = Self::open(&self.path, self.limit, Links::Refuse)?;
        Ok(Self { link: self.link.clone(), ..now })
    }

    /// What the file holds now, if that is not what was read.
    ///
    /// # Errors
    /// As [`Original::open`].
    pub fn changed(&self) -> Result<Option<Self>, OpenError> {
        let now = self.again()?;
        Ok((now.text != self.text).then_some(now))
    }

    /// Puts another text in its place. From then on that is the original.
    ///
    /// # Errors
    /// It cannot be done, or not without losing something: see [`SaveError`].
    pub fn save(&mut self, text: &str) -> Result<Saved, SaveError> {
        let saved = match &self.text {
            Some(old) => replace::exchange(&self.path, &self.places, old, text, self.limit),
            None => replace::create(&self.path, &self.places, text, self.limit),
        };
        // Without its backup the new text is still in place.
        if matches!(saved, Ok(_) | Err(SaveError::Backup { .. })) {
            self.text = Some(text.to_owned());
        }
        saved
    }
}

/// What the file holds now; none: nothing that can be shown as text.
pub(super) fn theirs(path: &Path, limit: u64) -> Option<String> {
    bounded::read_text(path, limit).ok()
}

/// Opens a regular file without following a link.
pub(super) fn open_itself(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    // A pipe that took the name must not make us wait.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(open(path, flags, Mode::empty())?))
}

/// Without the text: it may hold a password.
impl std::fmt::Debug for Original {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Original({})", shown(&self.path))
    }
}

fn warnings(path: &Path, facts: &Metadata) -> Vec<String> {
    let mut warnings = Vec::new();
    if facts.nlink() > 1 {
        warnings.push(format!(
            "{} has {} names (hard links); after saving, the others keep the old text",
            shown(path),
            facts.nlink()
        ));
    }
    if facts.mode() & 0o002 != 0 {
        warnings
            .push(format!("{} can be written by everybody; take that right away: chmod o-w", shown(path)));
    }
    warnings
}

fn other(path: &Path, source: std::io::Error) -> ReadError {
    let path = path.to_owned();
    match source.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing { path },
        std::io::ErrorKind::PermissionDenied => ReadError::Denied { path },
        _ => ReadError::Other { path, source },
    }
}
