//! Two NV indexes that hold what a file should be: they stay while the machine is off, and need a PIN to be written.
//!
//! One holds a version and a SHA-256, the other is a counter that was raised once
//! when the two were made. An owner of the TPM can remove both and make them anew,
//! but a new counter begins above all that ever were (Part 1, 37.2.4): whoever kept
//! its number notices. Reading needs no PIN.

use tss_esapi::attributes::NvIndexAttributesBuilder;
use tss_esapi::constants::NvIndexType;
use tss_esapi::handles::{NvIndexHandle, NvIndexTpmHandle, TpmHandle};
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::resource_handles::{NvAuth, Provision};
use tss_esapi::interface_types::session_handles::AuthSession;
use tss_esapi::structures::{MaxNvBuffer, NvPublic, NvPublicBuilder};

use super::error::{Cause, cause};
use super::service::Connection;
use super::{DeviceError, Tpm, objects};
use crate::text::Secret;

/// Where the version and the sum are.
pub const INDEX: u32 = 0x0180_4b4c;

/// Where the counter is.
pub const COUNTER: u32 = 0x0180_4b4d;

/// A version (u64, big-endian) and a SHA-256.
const LENGTH: u16 = 40;

/// What the TPM holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorRecord {
    /// Rises with every write.
    pub version: u64,
    /// The SHA-256 of the file.
    pub digest: [u8; 32],
    /// The counter, as it was when the indexes were made.
    pub counter: u64,
}

/// What is found in a TPM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnchorFound {
    /// Neither of the two indexes.
    Nothing,
    /// Something else than we make: one of the two is missing, was never written, or has other attributes.
    Odd(&'static str),
    /// A whole anchor.
    Record(AnchorRecord),
}

/// Reads the anchor.
///
/// # Errors
/// [`DeviceError`]: the TPM is not at hand.
pub fn read_anchor(tpm: &Tpm) -> Result<AnchorFound, DeviceError> {
    tpm.call(|connection| {
        let (index, counter) = (connection.index(INDEX)?, connection.index(COUNTER)?);
        let (index, counter) = match (index, counter) {
            (None, None) => return Ok(AnchorFound::Nothing),
            (Some(index), Some(counter)) => (index, counter),
            (Some(_), None) => return Ok(AnchorFound::Odd("the counter is missing")),
            (None, Some(_)) => return Ok(AnchorFound::Odd("the index is missing")),
        };
        for (handle, wanted) in [(index, anchor_template()), (counter, counter_template())] {
            let wanted = wanted.map_err(|error| connection.failed(&error))?;
            let (found, _name) = connection.command(|context| {
                context.execute_without_session(|context| context.nv_read_public(handle))
            })?;
            if !is_alike(&found, &wanted) {
                return Ok(AnchorFound::Odd("an index has other attributes than limescope gives it"));
            }
        }
        let (Some(bytes), Some(count)) =
            (connection.contents(index, LENGTH)?, connection.contents(counter, 8)?)
        else {
            return Ok(AnchorFound::Odd("it was made and never written"));
        };
        let record = (|| {
            let (version, digest) = bytes.split_first_chunk::<8>()?;
            Some(AnchorRecord {
                version: u64::from_be_bytes(*version),
                digest: digest.try_into().ok()?,
                counter: u64::from_be_bytes(count.try_into().ok()?),
            })
        })();
        Ok(record.map_or(AnchorFound::Odd("its contents are too short"), AnchorFound::Record))
    })
}

/// Makes both indexes, with a PIN for writes. The index is empty then; the counter's number is returned.
///
/// # Errors
/// [`DeviceError`]; whatever was there before has to be removed first.
pub fn create_anchor(tpm: &Tpm, pin: &Secret) -> Result<u64, DeviceError> {
    let auth = objects::auth(pin)?;
    tpm.call(move |connection| {
        let session = connection.private_session()?;
        for template in [anchor_template(), counter_template()] {
            let template = template.map_err(|error| connection.failed(&error))?;
            connection.command(|context| {
                context.execute_with_session(Some(session), |context| {
                    context.nv_define_space(Provision::Owner, Some(auth.clone()), template)
                })
            })?;
        }
        let counter = connection.index(COUNTER)?.ok_or_else(gone)?;
        connection.command(|context| context.tr_set_auth(counter.into(), auth))?;
        connection.command(|context| {
            context.execute_with_session(Some(session), |context| {
                context.nv_increment(NvAuth::NvIndex(counter), counter)
            })
        })?;
        let count = connection.contents(counter, 8)?.and_then(|bytes| bytes.try_into().ok());
        count.map(u64::from_be_bytes).ok_or_else(gone)
    })
}

/// Writes a version and a sum.
///
/// # Errors
/// [`DeviceError`]; a wrong PIN counts towards the lockout.
pub fn write_anchor(tpm: &Tpm, version: u64, digest: [u8; 32], pin: &Secret) -> Result<(), DeviceError> {
    let auth = objects::auth(pin)?;
    tpm.call(move |connection| {
        let session = connection.private_session()?;
        let index = connection.index(INDEX)?.ok_or_else(gone)?;
        connection.command(|context| context.tr_set_auth(index.into(), auth))?;
        let bytes = [version.to_be_bytes().as_slice(), &digest].concat();
        let written = connection.try_command(|context| {
            let bytes = MaxNvBuffer::try_from(bytes)?;
            context.execute_with_session(Some(session), |context| {
                context.nv_write(NvAuth::NvIndex(index), index, bytes, 0)
            })
        })?;
        written.map_err(|error| match cause(&error) {
            Cause::AuthFailed | Cause::BadAuth => DeviceError::PinWrong(connection.lockout()),
            Cause::LockedOut => DeviceError::LockedOut(connection.lockout()),
            _ => connection.failed(&error),
        })
    })
}

/// Removes both indexes, as the owner may.
///
/// # Errors
/// [`DeviceError`].
pub fn remove_anchor(tpm: &Tpm) -> Result<(), DeviceError> {
    tpm.call(|connection| {
        for number in [INDEX, COUNTER] {
            let Some(handle) = connection.index(number)? else { continue };
            connection.command(|context| {
                context.execute_with_session(Some(AuthSession::Password), |context| {
                    context.nv_undefine_space(Provision::Owner, handle)
                })
            })?;
        }
        Ok(())
    })
}

fn gone() -> DeviceError {
    DeviceError::Internal("an index went away meanwhile".to_owned())
}

fn template(number: u32, kind: NvIndexType, length: usize) -> tss_esapi::Result<NvPublic> {
    let attributes = NvIndexAttributesBuilder::new()
        .with_nv_index_type(kind)
        .with_auth_write(true)
        .with_auth_read(true)
        .with_owner_read(true)
        .build()?;
    NvPublicBuilder::new()
        .with_nv_index(NvIndexTpmHandle::new(number)?)
        .with_index_name_algorithm(HashingAlgorithm::Sha256)
        .with_index_attributes(attributes)
        .with_data_area_size(length)
        .build()
}

fn anchor_template() -> tss_esapi::Result<NvPublic> {
    template(INDEX, NvIndexType::Ordinary, usize::from(LENGTH))
}

fn counter_template() -> tss_esapi::Result<NvPublic> {
    template(COUNTER, NvIndexType::Counter, 8)
}

/// The same but for what the TPM notes itself: that it was written.
fn is_alike(found: &NvPublic, wanted: &NvPublic) -> bool {
    const WRITTEN: u32 = 1 << 29;
    found.data_size() == wanted.data_size()
        && found.authorization_policy().value().is_empty()
        && found.attributes().0 & !WRITTEN == wanted.attributes().0
}

impl Connection {
    fn index(&mut self, number: u32) -> Result<Option<NvIndexHandle>, DeviceError> {
        let found = self.try_command(|context| {
            let handle = TpmHandle::NvIndex(NvIndexTpmHandle::new(number)?);
            context.execute_without_session(|context| context.tr_from_tpm_public(handle))
        })?;
        match found {
            Ok(handle) => Ok(Some(handle.into())),
            Err(error) if cause(&error) == Cause::Handle => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// What an index holds; none where it was never written.
    fn contents(&mut self, handle: NvIndexHandle, length: u16) -> Result<Option<Vec<u8>>, DeviceError> {
        let read = self.try_command(|context| {
            context.execute_with_session(Some(AuthSession::Password), |context| {
                context.nv_read(NvAuth::Owner, handle, length, 0)
            })
        })?;
        match read {
            Ok(bytes) => Ok(Some(bytes.value().to_vec())),
            Err(error) if cause(&error) == Cause::NvUnwritten => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }
}
