//! The certificates of TPM makers that an audit judges by.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::vendor_folder::{VendorFolderError, read_vendor_folder};
use crate::text::count::some;
use crate::text::sanitise;
use crate::tpm::identity::VendorRoots;

/// A folder with the certificates of TPM makers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorChoice {
    /// The folder.
    pub folder: PathBuf,
    /// Whether there is no audit without them. Else it judges no chain, and says
    /// so: a folder that is broken must not hide everything else.
    pub is_demanded: bool,
}

/// What became of a folder with the certificates of TPM makers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendors {
    /// The folder.
    pub folder: PathBuf,
    /// What chains were judged by; or why none was, in words that are fit to be
    /// shown.
    pub used: Result<VendorCount, String>,
    /// What else is to be known of the folder, in words that are fit to be shown.
    pub remarks: Vec<String>,
}

/// How many certificates chains are judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorCount {
    /// All of them.
    pub certificates: usize,
    /// Those that signed themselves, to one of which a chain must lead.
    pub roots: usize,
}

impl Vendors {
    /// What chains were judged by, or why not, in words that are fit to be shown.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.used {
            Ok(count) => format!(
                "chains to TPM makers were judged by {} ({}) in {}",
                some(count.certificates, "certificate", "certificates"),
                some(count.roots, "root", "roots"),
                sanitise(&self.folder.to_string_lossy())
            ),
            Err(why) => format!("no chain to a TPM maker was judged, for vendor_roots cannot be used: {why}"),
        }
    }
}

/// Reads the folder; may wait for a disk.
///
/// # Errors
/// It cannot be used, and is demanded.
pub(super) fn read_vendors(
    choice: &VendorChoice,
    at: Timestamp,
) -> Result<(Option<Vendors>, Option<Arc<VendorRoots>>), VendorFolderError> {
    let folder = choice.folder.clone();
    let (used, remarks, roots) = match read_vendor_folder(&folder, at) {
        Ok(read) => {
            let count = VendorCount { certificates: read.roots.len(), roots: read.roots.roots() };
            (Ok(count), read.remarks(), Some(Arc::new(read.roots)))
        }
        Err(error) if choice.is_demanded => return Err(error),
        Err(error) => (Err(error.to_string()), Vec::new(), None),
    };
    Ok((Some(Vendors { folder, used, remarks }), roots))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_demanded_only_costs_the_chains() {
        let folder = tempfile::tempdir().unwrap();
        let choice = |is_demanded| VendorChoice { folder: folder.path().to_owned(), is_demanded };
        assert!(read_vendors(&choice(true), Timestamp::UNIX_EPOCH).is_err());
        let (vendors, roots) = read_vendors(&choice(false), Timestamp::UNIX_EPOCH).unwrap();
        assert!(roots.is_none());
        let words = vendors.unwrap().words();
        assert!(
            words.starts_with("no chain to a TPM maker was judged, for vendor_roots cannot be used: ")
                && words.contains("no root certificate is in it"),
            "{words}"
        );
    }
}
