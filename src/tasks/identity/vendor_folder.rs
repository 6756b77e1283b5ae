//! A folder with the certificates of TPM makers.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::files::bounded::{ReadError, read_bytes};
use crate::text::{Shown, sanitise};
use crate::tpm::identity::{MAX_AUTHORITIES, VendorRoots, certificates_of_file};

/// Files at most.
const MAX_FILES: usize = 10_000;

/// Largest file, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// Folders in folders at most: makers are often sorted into folders of their own.
const MAX_DEPTH: usize = 4;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VendorFolderError {
    /// It cannot be listed.
    #[error("{folder}: {source}; give a folder with the certificates of TPM makers (PEM or DER)")]
    Folder {
        /// The folder.
        folder: Shown,
        /// The system's words.
        source: std::io::Error,
    },
    /// There are too many files.
    #[error("{folder}: more than {MAX_FILES} files; give a smaller folder")]
    TooMany {
        /// The folder.
        folder: Shown,
    },
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] ReadError),
    /// No root is among them.
    #[error(
        "{folder}: no root certificate is in it ({files} files, {certificates} certificates); give a folder with the \
         certificates of TPM makers (PEM or DER), their roots among them"
    )]
    NoRoot {
        /// The folder.
        folder: Shown,
        /// Files that were read.
        files: usize,
        /// Certificates in them.
        certificates: usize,
    },
}

/// What a folder holds.
#[derive(Debug)]
pub struct VendorFolder {
    /// The certificates, judged.
    pub roots: VendorRoots,
    /// Files without a certificate that can be read.
    pub skipped: Vec<PathBuf>,
}

/// Reads a folder and those in it. What is no certificate is skipped: such
/// folders hold lists of revocations and texts as well.
///
/// # Errors
/// Something cannot be read, or there is no root.
pub fn read_vendor_folder(folder: &Path, at: Timestamp) -> Result<VendorFolder, VendorFolderError> {
    let shown = || sanitise(&folder.to_string_lossy());
    let mut files = Vec::new();
    list(folder, MAX_DEPTH, &mut files)?;
    files.sort();
    let mut certificates = Vec::new();
    let mut skipped = Vec::new();
    for file in &files {
        let found = certificates_of_file(&read_bytes(file, MAX_FILE)?);
        if found.is_empty() {
            skipped.push(file.clone());
        }
        certificates.extend(found);
        if certificates.len() > MAX_AUTHORITIES {
            return Err(VendorFolderError::TooMany { folder: shown() });
        }
    }
    let count = certificates.len();
    let (roots, _unreadable) = VendorRoots::new(certificates, at);
    if roots.roots() == 0 {
        return Err(VendorFolderError::NoRoot { folder: shown(), files: files.len(), certificates: count });
    }
    Ok(VendorFolder { roots, skipped })
}

fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), VendorFolderError> {
    let failed = |source| VendorFolderError::Folder { folder: sanitise(&folder.to_string_lossy()), source };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            files.push(path);
        } else if path.is_dir() && depth > 0 {
            list(&path, depth - 1, files)?;
        }
        if files.len() > MAX_FILES {
            return Err(VendorFolderError::TooMany { folder: sanitise(&folder.to_string_lossy()) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_roots_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("maker")).unwrap();
        std::fs::write(folder.path().join("maker/README"), "none").unwrap();
        let error = read_vendor_folder(folder.path(), Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert!(error.contains("no root certificate is in it (1 files, 0 certificates)"), "{error}");
        let error = read_vendor_folder(&folder.path().join("nowhere"), Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(matches!(error, VendorFolderError::Folder { .. }), "{error}");
    }
}
