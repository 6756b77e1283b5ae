//! Where the new text and the backup lie.
//!
//! Programs with drop-in folders (`agent.conf.d`) read every file in them,
//! hidden ones and backups too (rust-keylime `file_config.rs`: the pattern is
//! `*`). So for a file in such a folder, ours lie in the folder above.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The names that belong to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// The folder of the file.
    pub(super) folder: PathBuf,
    /// The folder of the other two.
    pub(super) working: PathBuf,
    /// The new text, until it is whole.
    pub(super) temporary: PathBuf,
    /// What the file held before the last save.
    pub(super) backup: PathBuf,
}

/// The places for a file; its path is absolute.
pub(super) fn of(path: &Path) -> Option<Places> {
    let folder = path.parent()?;
    let name = path.file_name()?;
    let above = is_drop_in(folder).then(|| folder.parent()).flatten();
    let (working, stem) = match above {
        // Two drop-in folders may hold the same name.
        Some(above) => (above, join(&[folder.file_name()?, OsStr::new("-"), name])),
        None => (folder, name.to_owned()),
    };
    Some(Places {
        folder: folder.to_owned(),
        working: working.to_owned(),
        temporary: working.join(join(&[OsStr::new("."), &stem, OsStr::new(".limescope-new")])),
        backup: working.join(join(&[&stem, OsStr::new(".limescope-backup")])),
    })
}

/// Whether every file of a folder is read as configuration.
pub(super) fn is_drop_in(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_bytes().ends_with(b".d"))
}

fn join(parts: &[&OsStr]) -> OsString {
    parts.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_ours_lies_in_a_drop_in_folder() {
        let places = of(Path::new("/etc/keylime/agent.conf.d/50-servers.conf")).unwrap();
        assert_eq!(
            (places.temporary.as_path(), places.backup.as_path()),
            (
                Path::new("/etc/keylime/.agent.conf.d-50-servers.conf.limescope-new"),
                Path::new("/etc/keylime/agent.conf.d-50-servers.conf.limescope-backup")
            )
        );
        let places = of(Path::new("/etc/keylime/agent.conf")).unwrap();
        assert_eq!(places.backup, Path::new("/etc/keylime/agent.conf.limescope-backup"));
        assert_eq!(places.working, places.folder);
        assert_eq!(of(Path::new("/")), None);
    }
}
