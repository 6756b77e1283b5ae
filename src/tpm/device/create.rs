//! New keys, made inside the TPM: their private part is never outside it in the clear.

use tss_esapi::structures::Auth;
use tss_esapi::traits::Marshall;

use super::key_file::{KeyFile, Kind, OWNER};
use super::objects::{self, LONGEST_PIN};
use super::service::TIME_OUT_OF_CREATION;
use super::{DeviceError, Tpm};
use crate::text::Secret;
use crate::tpm::wire::Public;

/// Has the TPM make a key. With a PIN each of its uses needs that PIN.
///
/// # Errors
/// [`DeviceError`]; a PIN of no or more than [`LONGEST_PIN`] bytes is an internal fault, to be asked about before.
pub fn create(tpm: &Tpm, kind: Kind, pin: Option<Secret>) -> Result<KeyFile, DeviceError> {
    if pin.as_ref().is_some_and(|pin| pin.expose().is_empty() || pin.expose().len() > LONGEST_PIN) {
        return Err(DeviceError::Internal("a PIN of no or too many bytes".to_owned()));
    }
    let without_pin = pin.is_none();
    let (public, private) = tpm.call_within(TIME_OUT_OF_CREATION, move |connection| {
        let auth: Option<Auth> = pin.as_ref().map(objects::auth).transpose()?;
        // The session takes the PIN into the chip unread.
        let session = connection.private_session()?;
        let parent = connection.primary()?;
        let created = connection.try_command(|context| {
            let template = objects::signing_template(kind, without_pin)?;
            context.execute_with_session(Some(session), |context| {
                context.create(parent, template, auth, None, None, None)
            })
        })?;
        let created = created.map_err(|error| match connection.failed(&error) {
            DeviceError::Code(_) if kind != Kind::P256 => DeviceError::NotSupported("RSA keys of that size"),
            other => other,
        })?;
        let public =
            created.out_public.marshall().map_err(|error| DeviceError::Internal(error.to_string()))?;
        Ok((public, created.out_private.value().to_vec()))
    })?;
    let public = Public::read(&public).map_err(|error| DeviceError::Internal(error.to_string()))?;
    KeyFile::new(OWNER, without_pin, public, private)
        .map_err(|error| DeviceError::Internal(error.to_string()))
}
