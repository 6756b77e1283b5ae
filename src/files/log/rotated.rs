//! The log's file: readable by its owner only, rotated, written by a thread.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// Bytes of one file; then it becomes `limescope.log.1` and a new one begins.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Rotated files that are kept.
pub const OLD_FILES: u32 = 3;

/// Records that may wait for the thread.
const WAITING: usize = 4_096;

/// The thread that writes; dropping it writes what waits and ends it.
#[derive(Debug)]
pub struct LogWriter {
    handle: Option<LogHandle>,
    thread: Option<JoinHandle<()>>,
}

/// Hands records to the thread without ever waiting.
#[derive(Clone, Debug)]
pub(super) struct LogHandle {
    records: SyncSender<Option<String>>,
    lost: Arc<AtomicU64>,
}

impl LogHandle {
    pub(super) fn write(&self, record: String) {
        if let Err(TrySendError::Full(_)) = self.records.try_send(Some(record)) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl LogWriter {
    /// Opens `limescope.log` in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// If either cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let file = Rotated::open(folder.join("limescope.log"))?;
        let (records, waiting) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&lost);
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(file, &waiting, &counted))?;
        Ok(Self { handle: Some(LogHandle { records, lost }), thread: Some(thread) })
    }

    pub(super) fn handle(&self) -> LogHandle {
        // There until this is dropped.
        self.handle.clone().unwrap_or_else(|| LogHandle { records: sync_channel(0).0, lost: Arc::default() })
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        // The subscriber keeps a handle for ever, so the end is told.
        if let Some(handle) = self.handle.take() {
            let _ = handle.records.send(None);
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(mut file: Rotated, waiting: &Receiver<Option<String>>, lost: &AtomicU64) {
    while let Ok(Some(record)) = waiting.recv() {
        let missed = lost.swap(0, Ordering::Relaxed);
        // A full disk must not end the program; the ring still has the records.
        let _ = file.line(&record);
        if missed > 0 {
            let _ = file.line(&format!("({missed} records were lost: the disk was too slow)"));
        }
    }
}

struct Rotated {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Rotated {
    fn open(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true).mode(0o600).custom_flags(NO_FOLLOW);
        let file = options.open(&path)?;
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let bytes = file.metadata()?.len();
        Ok(Self { path, file, bytes })
    }

    fn line(&mut self, record: &str) -> io::Result<()> {
        if self.bytes + record.len() as u64 >= MAX_FILE_BYTES {
            self.rotate()?;
        }
        self.file.write_all(format!("{record}\n").as_bytes())?;
        self.bytes += record.len() as u64 + 1;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        let numbered = |number: u32| self.path.with_extension(format!("log.{number}"));
        for number in (1..OLD_FILES).rev() {
            // The first rotations have no old files to move.
            let _ = fs::rename(numbered(number), numbered(number + 1));
        }
        fs::rename(&self.path, numbered(1))?;
        *self = Self::open(std::mem::take(&mut self.path))?;
        Ok(())
    }
}

/// `O_NOFOLLOW`: a link in the place of the log is refused.
const NO_FOLLOW: i32 = 0o400_000;

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_file_is_private_and_rotated() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state/limescope");
        let writer = LogWriter::open(&state).unwrap();
        let handle = writer.handle();
        let record = "x".repeat(1024 * 1024);
        for _ in 0..18 {
            handle.write(record.clone());
        }
        drop(writer);
        let mut names: Vec<_> = fs::read_dir(&state)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["limescope.log", "limescope.log.1", "limescope.log.2", "limescope.log.3"]);
        for name in names {
            let metadata = fs::metadata(state.join(&name)).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
            assert!(metadata.len() <= MAX_FILE_BYTES);
        }
        assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_link_in_its_place_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/null", folder.path().join("limescope.log")).unwrap();
        assert!(LogWriter::open(folder.path()).is_err());
    }
}
