//! Putting a new text in the place of a file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::attributes;
use super::error::SaveError;
use super::original::{Saved, open_itself, theirs};
use super::place::Places;

/// How long another process of ours may hold the folder.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between two looks whether it still does.
const PAUSE: Duration = Duration::from_millis(20);

/// Mode of a file that is new: it may come to hold paths of keys.
const NEW_FILE: u32 = 0o600;

/// Replaces a file that held `old`.
pub(super) fn exchange(
    path: &Path,
    places: &Places,
    old: &str,
    new: &str,
    limit: u64,
) -> Result<Saved, SaveError> {
    let changed = || SaveError::Changed { path: path.to_owned(), theirs: theirs(path, limit) };
    let working = hold(path, places)?;
    let file =
        open_itself(path).map_err(|error| match error.raw_os_error().map(Errno::from_raw_os_error) {
            // Gone, or a link now.
            Some(Errno::NOENT | Errno::LOOP) => changed(),
            _ => SaveError::of(path, "opening it", error),
        })?;
    if !holds(&file, old) {
        return Err(changed());
    }
    let temporary = Temporary::write(path, places, new, Some(&file))?;
    match swap(path, &places.temporary) {
        Ok(()) => {}
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            return step_by_step(path, places, temporary, &working);
        }
        Err(Errno::NOENT) => return Err(changed()),
        Err(error) => return Err(SaveError::of(path, "putting the new text in its place", error)),
    }
    // What came out must be what was read: somebody may have saved in the very
    // last moment, under the same name.
    let came_out = open_itself(&places.temporary);
    if !came_out.is_ok_and(|file| holds(&file, old)) {
        swap(path, &places.temporary)
            .map_err(|error| SaveError::of(path, "giving it back what somebody else saved", error))?;
        return Err(changed());
    }
    // From here on the temporary name is the old text: it must not be removed.
    temporary.keep();
    reach_disk(path, places, &working)?;
    backup(path, places, &working)
}

/// Writes a file where there was none.
pub(super) fn create(path: &Path, places: &Places, new: &str, limit: u64) -> Result<Saved, SaveError> {
    let working = hold(path, places)?;
    let temporary = Temporary::write(path, places, new, None)?;
    let placed = renameat_with(CWD, &places.temporary, CWD, path, RenameFlags::NOREPLACE);
    let placed = match placed {
        // A link is refused where the name is taken, on every file system.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => std::fs::hard_link(&places.temporary, path)
            .map_err(|error| error.raw_os_error().map_or(Errno::IO, Errno::from_raw_os_error)),
        other => other.inspect(|()| temporary.keep()),
    };
    match placed {
        Ok(()) => reach_disk(path, places, &working).map(|()| Saved::default()),
        Err(Errno::EXIST) => Err(SaveError::Changed { path: path.to_owned(), theirs: theirs(path, limit) }),
        Err(error) => Err(SaveError::of(path, "giving the new file its name", error)),
    }
}

/// For file systems that cannot exchange two files: the backup first, then the
/// new text. Between the last look and the last step is a moment in which
/// somebody else's save is not noticed; it is in the backup of nobody.
fn step_by_step(
    path: &Path,
    places: &Places,
    temporary: Temporary<'_>,
    working: &File,
) -> Result<Saved, SaveError> {
    // The backup's name may be taken; a link does not replace, a renaming does.
    let _ = std::fs::remove_file(&places.backup);
    std::fs::copy(path, &places.backup).map_err(|error| SaveError::of(path, "making the backup", error))?;
    std::fs::rename(&places.temporary, path)
        .map_err(|error| SaveError::of(path, "putting the new text in its place", error))?;
    temporary.keep();
    reach_disk(path, places, working)?;
    Ok(Saved { backup: Some(places.backup.clone()) })
}

fn swap(one: &Path, other: &Path) -> Result<(), Errno> {
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)
}

/// The old text, under the temporary name, becomes the backup; the one before is
/// gone.
fn backup(path: &Path, places: &Places, working: &File) -> Result<Saved, SaveError> {
    let renamed = std::fs::rename(&places.temporary, &places.backup).and_then(|()| working.sync_all());
    match renamed {
        Ok(()) => Ok(Saved { backup: Some(places.backup.clone()) }),
        Err(source) => {
            Err(SaveError::Backup { path: path.to_owned(), old: places.temporary.clone(), source })
        }
    }
}

/// Names are on the disk only when their folders are.
fn reach_disk(path: &Path, places: &Places, working: &File) -> Result<(), SaveError> {
    let failed = |error| SaveError::of(path, "writing its folder to the disk", error);
    working.sync_all().map_err(failed)?;
    if places.working != places.folder {
        File::open(&places.folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

/// The working folder, held against other processes of ours until it is dropped.
fn hold(path: &Path, places: &Places) -> Result<File, SaveError> {
    let folder =
        File::open(&places.working).map_err(|error| SaveError::of(path, "opening its folder", error))?;
    let device = |folder: &File| folder.metadata().map(|metadata| metadata.dev());
    let other = File::open(&places.folder).and_then(|folder| device(&folder));
    if !matches!((device(&folder), other), (Ok(one), Ok(other)) if one == other) {
        return Err(SaveError::NoPlace { path: path.to_owned() });
    }
    let start = Instant::now();
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(folder),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(SaveError::Busy { path: path.to_owned() }),
            // A file system without locks: the exchange still notices a change.
            Err(TryLockError::Error(error)) => {
                tracing::debug!(%error, "the folder cannot be locked");
                return Ok(folder);
            }
        }
    }
}

/// Whether a file holds exactly this text.
fn holds(file: &File, text: &str) -> bool {
    let mut bytes = Vec::new();
    let limit = u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).is_ok() && bytes == text.as_bytes()
}

/// The new text under its temporary name; removed unless it is kept.
struct Temporary<'a> {
    path: Option<&'a Path>,
}

impl<'a> Temporary<'a> {
    fn write(path: &Path, places: &'a Places, text: &str, old: Option<&File>) -> Result<Self, SaveError> {
        // Left behind by a process that was killed: nobody else is here, the folder is held.
        match std::fs::remove_file(&places.temporary) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(SaveError::of(path, "removing what a killed process left", error)),
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(NEW_FILE)
            .open(&places.temporary)
            .map_err(|error| SaveError::of(path, "making a new file", error))?;
        let temporary = Self { path: Some(&places.temporary) };
        file.write_all(text.as_bytes())
            .map_err(|error| SaveError::of(path, "writing the new text", error))?;
        if let Some(old) = old {
            attributes::copy(old, &file, path)?;
        }
        file.sync_all().map_err(|error| SaveError::of(path, "writing the new text to the disk", error))?;
        Ok(temporary)
    }

    fn keep(mut self) {
        self.path = None;
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}
