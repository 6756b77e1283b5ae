//! Saving files: killed at any moment, on full and read-only disks, without rights, against somebody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod again;
mod crash;
mod refusals;
mod whole;

use std::path::{Path, PathBuf};

use limescope::files::saving::{Links, Original};

/// Bytes that are read at most.
const LIMIT: u64 = 1024 * 1024;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn open(path: &Path) -> Original {
    Original::open(path, LIMIT, Links::Refuse).unwrap()
}

/// A drop-in folder with one file.
fn drop_in(folder: &Path, text: &str) -> PathBuf {
    std::fs::create_dir_all(folder.join("agent.conf.d")).unwrap();
    let path = folder.join("agent.conf.d/50-servers.conf");
    std::fs::write(&path, text).unwrap();
    path
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
