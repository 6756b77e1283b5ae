//! The operator's views, in their own file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::console::diagnose::{Faults, Source};
use crate::console::view_string::{self, NotKept, SavedViews, View};
use crate::files::bounded::{self, ReadError};
use crate::text::sanitise;

/// Bytes of the file that are read at most.
pub const MAX_BYTES: u64 = 256 * 1024;

/// Why a view was not kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeepError {
    /// The file cannot be read, so it is not written either.
    #[error("not kept: {0}")]
    Read(ReadError),
    /// The file is better left alone.
    #[error("{}: {reason}", sanitise(&file.to_string_lossy()))]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: NotKept,
    },
    /// The file cannot be written.
    #[error("not kept: {} cannot be written: {source}", sanitise(&file.to_string_lossy()))]
    Write {
        /// The file.
        file: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// Keeps a view under a name, or forgets it; the views that are kept then, and
/// what to say. The file is read anew: another console may have written it. It
/// is whole at any time, and what cannot be read is never written over.
pub(super) fn keep(file: &Path, name: &str, view: Option<&View>) -> Result<(SavedViews, String), KeepError> {
    // What a link points at is meant, not the link.
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let before = match bounded::read_text(&file, MAX_BYTES) {
        Ok(text) => text,
        Err(ReadError::Missing { .. }) => String::new(),
        Err(error) => return Err(KeepError::Read(error)),
    };
    let after = match view {
        Some(view) => view_string::with(&before, name, view),
        None => view_string::without(&before, name),
    };
    let after = after.map_err(|reason| KeepError::Refused { file: file.clone(), reason })?;
    let old = read(&file, &before);
    write(&file, &after).map_err(|source| KeepError::Write { file: file.clone(), source })?;
    let words = match (view, old.get(name)) {
        (None, _) => format!("forgot the view {name}"),
        (Some(view), None) => format!("kept as {name}: {view}"),
        (Some(view), Some(old)) => format!("kept as {name}: {view} (was {old})"),
    };
    Ok((read(&file, &after), words))
}

fn read(file: &Path, text: &str) -> SavedViews {
    SavedViews::read(Source { origin: file, text }, &mut Faults::default())
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    if let Ok(old) = file.metadata() {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn view(text: &str) -> View {
        text.parse().unwrap()
    }

    #[test]
    fn views_are_kept_replaced_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config/views.toml");
        let (views, words) = keep(&file, "worst", Some(&view("agents?verdict=failed"))).unwrap();
        assert_eq!(words, "kept as worst: agents?verdict=failed");
        assert_eq!(views.get("worst"), Some(&view("agents?verdict=failed")));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let (_, words) = keep(&file, "worst", Some(&view("log"))).unwrap();
        assert_eq!(words, "kept as worst: log (was agents?verdict=failed)");
        let (views, words) = keep(&file, "worst", None).unwrap();
        assert_eq!((words.as_str(), views), ("forgot the view worst", SavedViews::default()));
        assert!(matches!(keep(&file, "worst", None), Err(KeepError::Refused { .. })));
    }

    #[test]
    fn a_link_stays_one_and_its_target_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("dotfiles.toml"), folder.path().join("views.toml"));
        std::fs::write(&target, "# mine\n").unwrap();
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&target, &link).unwrap();
        keep(&link, "a", Some(&view("log"))).unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "# mine\na = \"log\"\n");
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn what_cannot_be_read_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("views.toml");
        for broken in [&b"a = [1]\n"[..], b"\xff\xfe", b"[x]\n"] {
            std::fs::write(&file, broken).unwrap();
            keep(&file, "a", Some(&view("log"))).unwrap_err();
            assert_eq!(std::fs::read(&file).unwrap(), broken);
        }
        std::fs::write(&file, "a = [1]\n").unwrap();
        let error = keep(&file, "a", Some(&view("log"))).unwrap_err().to_string();
        assert!(error.contains("views.toml: 1:5: ") && error.contains("left as it is"), "{error}");
    }
}
