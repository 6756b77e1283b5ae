//! What a file has beside its text.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::fs::{Gid, Uid, XattrFlags, fchown, fgetxattr, flistxattr, fsetxattr};
use rustix::io::Errno;

use super::error::SaveError;

/// Bytes of the names, or of one value, of extended attributes (Linux takes no
/// more: `XATTR_LIST_MAX`, `XATTR_SIZE_MAX`).
const MAX_BYTES: usize = 64 * 1024;

/// Gives a new file the owner, the mode and the extended attributes of an old
/// one. In this order: a change of the owner takes bits off the mode, and a
/// change of the mode alters an access list.
pub(super) fn copy(from: &File, to: &File, path: &Path) -> Result<(), SaveError> {
    let lost = |what: &str, source: io::Error| SaveError::Attribute {
        path: path.to_owned(),
        what: what.to_owned(),
        source,
    };
    let old = from.metadata().map_err(|error| SaveError::of(path, "looking at it", error))?;
    let new = to.metadata().map_err(|error| SaveError::of(path, "looking at the new text", error))?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        fchown(to, Some(Uid::from_raw(old.uid())), Some(Gid::from_raw(old.gid())))
            .map_err(|error| lost("owner", error.into()))?;
    }
    let mode = std::fs::Permissions::from_mode(old.mode() & 0o7777);
    to.set_permissions(mode).map_err(|error| lost("mode", error))?;
    extended(from, to).map_err(|(name, error)| lost(&format!("extended attribute {name}"), error.into()))
}

fn extended(from: &File, to: &File) -> Result<(), (String, Errno)> {
    let mut names = vec![0_u8; MAX_BYTES];
    let length = match flistxattr(from, names.as_mut_slice()) {
        // A file system without any.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => return Ok(()),
        other => other.map_err(|error| ("list".to_owned(), error))?,
    };
    let mut value = vec![0_u8; MAX_BYTES];
    for name in names.get(..length).unwrap_or_default().split_inclusive(|byte| *byte == 0) {
        let Ok(name) = CStr::from_bytes_with_nul(name) else { continue };
        let named = |error| (crate::text::sanitise(&name.to_string_lossy()).into_string(), error);
        let length = fgetxattr(from, name, value.as_mut_slice()).map_err(named)?;
        let wanted = value.get(..length).unwrap_or_default();
        // The new one may have it already: a security label that the folder gives.
        let mut has = vec![0_u8; MAX_BYTES];
        let same = fgetxattr(to, name, has.as_mut_slice())
            .is_ok_and(|length| has.get(..length).is_some_and(|has| has == wanted));
        if !same {
            fsetxattr(to, name, wanted, XattrFlags::empty()).map_err(named)?;
        }
    }
    Ok(())
}
