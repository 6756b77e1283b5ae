//! Agents of the tests.

use super::Seen;
use crate::tpm::identity::KeyName;

/// An agent with keys that differ as their numbers do; 0 is none.
pub(super) fn seen(id: &str, group: &str, ek: u8, ak: u8) -> Seen {
    let name = |byte: u8| (byte > 0).then(|| KeyName::new(&[0, 11, byte, byte]));
    let (endorsement_key, attestation_key) = (name(ek), name(ak));
    Seen { id: id.into(), group: group.into(), endorsement_key, attestation_key }
}
