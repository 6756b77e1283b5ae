//! A folder with the certificates of TPM makers.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::files::bounded::{ReadError, read_bytes};
use crate::text::count::some;
use crate::text::{Shown, sanitise};
use crate::tpm::identity::{MAX_AUTHORITIES, VendorRoots, certificates_of_file};

/// Files at most.
const MAX_FILES: usize = 10_000;

/// Largest file, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// Folders in folders at most: makers are often sorted into folders of their own.
const MAX_DEPTH: usize = 4;

/// Certificates, and files without one, that words name; the rest is counted.
const NAMED: usize = 3;

/// How a certificate begins in PEM.
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

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
    /// Files without a certificate.
    pub skipped: Vec<PathBuf>,
    /// Certificates that vouch for nothing: damaged, expired, without a root.
    pub unusable: Vec<UnusableCertificate>,
}

/// A certificate that vouches for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableCertificate {
    /// The file that it stands in.
    pub file: PathBuf,
    /// Why, in words that are fit to be shown.
    pub why: String,
}

impl VendorFolder {
    /// What is to be known of the folder beside its certificates, in words that
    /// are fit to be shown.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.unusable.is_empty() {
            let count = some(
                self.unusable.len(),
                "certificate of TPM makers vouches",
                "certificates of TPM makers vouch",
            );
            let named = self
                .unusable
                .iter()
                .map(|one| format!("{}: {}", sanitise(&one.file.to_string_lossy()), one.why));
            remarks.push(format!("{count} for nothing ({})", first(named, self.unusable.len(), "; ")));
        }
        if !self.skipped.is_empty() {
            let count = some(self.skipped.len(), "file", "files");
            let named = self.skipped.iter().map(|path| sanitise(&path.to_string_lossy()).into_string());
            let named = first(named, self.skipped.len(), ", ");
            remarks.push(format!("{count} in the folder of vendor roots held no certificate ({named})"));
        }
        remarks
    }
}

fn first(words: impl Iterator<Item = String>, count: usize, between: &str) -> String {
    let named = words.take(NAMED).collect::<Vec<_>>().join(between);
    if count > NAMED { format!("{named}{between}…") } else { named }
}

/// Reads a folder and those in it. What is no certificate is skipped: such
/// folders hold lists of revocations and texts as well. A certificate that
/// vouches for nothing is told; the others are used.
///
/// # Errors
/// Something cannot be read, or there is no root.
pub fn read_vendor_folder(folder: &Path, at: Timestamp) -> Result<VendorFolder, VendorFolderError> {
    let shown = || sanitise(&folder.to_string_lossy());
    let mut files = Vec::new();
    list(folder, MAX_DEPTH, &mut files)?;
    files.sort();
    let mut certificates = Vec::new();
    let (mut skipped, mut unusable) = (Vec::new(), Vec::new());
    for file in &files {
        let bytes = read_bytes(file, MAX_FILE)?;
        let found = certificates_of_file(&bytes);
        let begun = bytes.windows(BEGIN.len()).filter(|window| *window == BEGIN).count();
        if begun > found.len() {
            let lost = begun - found.len();
            let why = match (lost, begun) {
                (1, 1) => "its PEM text is damaged".to_owned(),
                _ => format!("the PEM text of {lost} of its {begun} certificates is damaged"),
            };
            unusable.push(UnusableCertificate { file: file.clone(), why });
        } else if found.is_empty() {
            skipped.push(file.clone());
        }
        certificates.extend(found.into_iter().map(|der| (file, der)));
        if certificates.len() > MAX_AUTHORITIES {
            return Err(VendorFolderError::TooMany { folder: shown() });
        }
    }
    let ders = certificates.iter().map(|(_, der)| der.clone());
    let (roots, _told_below) = VendorRoots::new(ders, at);
    if roots.roots() == 0 {
        return Err(VendorFolderError::NoRoot {
            folder: shown(),
            files: files.len(),
            certificates: certificates.len(),
        });
    }
    for (file, der) in &certificates {
        if let Err(why) = roots.standing_of(der) {
            unusable.push(UnusableCertificate { file: (*file).clone(), why });
        }
    }
    Ok(VendorFolder { roots, skipped, unusable })
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
