//! Names of objects (TPM2B_NAME): a hash algorithm and a digest.

use std::fmt;

use super::Hash;

/// The name of an object: two bytes of algorithm, then the digest of its
/// public area (Part 1, 16 "Names"). Shown as hexadecimal digits, as Keylime's
/// `local_identifier` is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// The name of a public area in the bytes as they were received; none
    /// where the hash is not computed here.
    pub(super) fn of(hash: Hash, public_area: &[u8]) -> Option<Self> {
        let digest = hash.digest(&[public_area])?;
        Some(Self([hash.id().to_be_bytes().as_slice(), &digest].concat()))
    }

    /// Takes over a name as a TPM wrote it.
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The qualified name of an object under a parent of that qualified name
    /// (Part 1, 16.5): the hash of both.
    #[must_use]
    pub fn qualified(&self, parent: &[u8]) -> Option<Self> {
        let [high, low, ..] = self.0.as_slice() else { return None };
        let hash = Hash::of_id(u16::from_be_bytes([*high, *low]))?;
        let digest = hash.digest(&[parent, &self.0])?;
        Some(Self([hash.id().to_be_bytes().as_slice(), &digest].concat()))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "name:{self}")
    }
}
