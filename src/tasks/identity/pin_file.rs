//! The file in which identities are pinned.

use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use crate::files::saving::{Links, OpenError, Original, SaveError, Saved};
use crate::fleet::identity::{Pins, UnreadablePins};
use crate::text::{Shown, sanitise};

/// Largest file that is read, in bytes: that of the most pins with long ids.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Why identities cannot be pinned. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PinFileError {
    /// It cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its folder cannot be made.
    #[error("{folder}: this folder cannot be made: {source}")]
    Folder {
        /// The folder.
        folder: Shown,
        /// The system's words.
        source: std::io::Error,
    },
    /// It holds something else.
    #[error(
        "{file}: {source}. The file is left as it is; mend it, put a backup in its place, or move it away to pin \
         every agent anew"
    )]
    Content {
        /// The file.
        file: Shown,
        /// What it holds instead.
        source: UnreadablePins,
    },
}

/// A file of pins that was read.
#[derive(Debug)]
pub struct PinFile {
    /// What it holds, and what is changed in it.
    pub pins: Pins,
    /// What it held when it was read.
    before: Pins,
    original: Original,
}

impl PinFile {
    /// Reads the file, or finds that there is none yet; its folder is made, as
    /// XDG wants it (0700).
    ///
    /// # Errors
    /// It cannot be read or holds something else.
    pub fn open(path: &Path) -> Result<Self, PinFileError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|source| PinFileError::Folder {
                folder: sanitise(&folder.to_string_lossy()),
                source,
            })?;
        }
        Self::read(path)
    }

    /// Reads the file, if there is one; nothing is made.
    ///
    /// # Errors
    /// It cannot be read or holds something else.
    pub fn open_existing(path: &Path) -> Result<Option<Self>, PinFileError> {
        match path.symlink_metadata() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            // Whatever else there is to say of it, the reading says.
            _ => Self::read(path).map(Some),
        }
    }

    fn read(path: &Path) -> Result<Self, PinFileError> {
        let original = Original::open(path, MAX_BYTES, Links::Refuse)?;
        let pins = Pins::parse(original.text().unwrap_or_default())
            .map_err(|source| PinFileError::Content { file: sanitise(&path.to_string_lossy()), source })?;
        Ok(Self { before: pins.clone(), pins, original })
    }

    /// The file: absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.original.path()
    }

    /// Saves what was changed; nothing where nothing was.
    ///
    /// # Errors
    /// It cannot be saved, or somebody else did so meanwhile.
    pub fn save(&mut self) -> Result<Saved, SaveError> {
        if self.pins == self.before {
            return Ok(Saved::default());
        }
        let saved = self.original.save(&self.pins.to_text());
        // Without its backup the new text is still in place.
        if matches!(saved, Ok(_) | Err(SaveError::Backup { .. })) {
            self.before = self.pins.clone();
        }
        saved
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use jiff::Timestamp;

    use super::*;
    use crate::fleet::identity::Seen;
    use crate::tpm::identity::KeyName;

    fn seen(id: &str) -> Seen {
        let name = KeyName::new(&[0, 11, 1, 2]);
        Seen { id: id.into(), group: "x".into(), endorsement_key: Some(name), attestation_key: None }
    }

    #[test]
    fn pins_are_kept_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/limescope/identities.jsonl");
        let mut file = PinFile::open(&path).unwrap();
        file.pins.learn(&[seen("a")], Timestamp::UNIX_EPOCH);
        file.save().unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let again = PinFile::open(&path).unwrap();
        assert_eq!(again.pins, file.pins);
    }

    #[test]
    fn looking_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/limescope/identities.jsonl");
        assert!(PinFile::open_existing(&path).unwrap().is_none());
        assert!(!folder.path().join("state").exists());
        std::fs::write(folder.path().join("x"), "").unwrap();
        assert!(PinFile::open_existing(&folder.path().join("x")).unwrap().unwrap().pins.is_empty());
        assert!(PinFile::open_existing(folder.path()).is_err());
    }

    #[test]
    fn a_file_that_is_damaged_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("identities.jsonl");
        std::fs::write(&path, "{\"limescope_identity_pins\":1}\n{\"id\":").unwrap();
        let error = PinFile::open(&path).unwrap_err().to_string();
        assert!(error.contains("line 2: this is no line of JSON. The file is left as it is"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"limescope_identity_pins\":1}\n{\"id\":");
    }

    #[test]
    fn who_comes_second_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("identities.jsonl");
        let (mut one, mut other) = (PinFile::open(&path).unwrap(), PinFile::open(&path).unwrap());
        one.pins.learn(&[seen("a")], Timestamp::UNIX_EPOCH);
        other.pins.learn(&[seen("b")], Timestamp::UNIX_EPOCH);
        one.save().unwrap();
        assert!(other.save().is_err());
        assert_eq!(PinFile::open(&path).unwrap().pins, one.pins);
    }
}
