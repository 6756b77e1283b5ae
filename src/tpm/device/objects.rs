//! Objects inside the TPM: the parent of our keys, the keys, and sessions that hide a PIN.

use tss_esapi::attributes::{ObjectAttributes, ObjectAttributesBuilder, SessionAttributesBuilder};
use tss_esapi::constants::SessionType;
use tss_esapi::handles::{KeyHandle, ObjectHandle, PersistentTpmHandle, SessionHandle, TpmHandle};
use tss_esapi::interface_types::algorithm::{HashingAlgorithm, PublicAlgorithm};
use tss_esapi::interface_types::ecc::EccCurve;
use tss_esapi::interface_types::key_bits::RsaKeyBits;
use tss_esapi::interface_types::resource_handles::Hierarchy;
use tss_esapi::interface_types::session_handles::AuthSession;
use tss_esapi::structures::{
    Auth, EccPoint, EccScheme, HashScheme, Private, Public, PublicBuilder, PublicEccParametersBuilder,
    RsaExponent, RsaScheme, SymmetricDefinition, SymmetricDefinitionObject,
};
use tss_esapi::traits::UnMarshall;
use tss_esapi::tss2_esys::TPMA_OBJECT;
use tss_esapi::utils;

use super::DeviceError;
use super::key_file::{KeyFile, Kind, OWNER};
use super::service::Connection;
use crate::text::Secret;

/// The name under which the saved primary key is kept; keys have longer ones.
const PRIMARY: &[u8] = b"primary";

/// The lockout does not hold for the object (Part 2, 8.3: noDA).
const NO_DA: TPMA_OBJECT = 1 << 10;

/// The longest PIN in bytes: that of the hash of an object's name (Part 1, 19.6.4.3).
pub const LONGEST_PIN: usize = 32;

/// The template of the owner's primary key that key files of this kind mean: restricted, P-256, AES-128-CFB.
fn primary_template() -> tss_esapi::Result<Public> {
    let attributes = ObjectAttributesBuilder::new()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_sensitive_data_origin(true)
        .with_user_with_auth(true)
        .with_no_da(true)
        .with_decrypt(true)
        .with_restricted(true)
        .build()?;
    let parameters = PublicEccParametersBuilder::new_restricted_decryption_key(
        SymmetricDefinitionObject::AES_128_CFB,
        EccCurve::NistP256,
    );
    PublicBuilder::new()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_ecc_parameters(parameters.build()?)
        .with_ecc_unique_identifier(EccPoint::default())
        .build()
}

/// The template of a key that signs, for what its user gives it.
pub(super) fn signing_template(kind: Kind, without_pin: bool) -> tss_esapi::Result<Public> {
    let mut template = match kind {
        Kind::P256 => utils::create_unrestricted_signing_ecc_public(
            EccScheme::EcDsa(HashScheme::new(HashingAlgorithm::Sha256)),
            EccCurve::NistP256,
        ),
        // Without a scheme: TLS 1.2 asks for PKCS #1 v1.5 as well, TLS 1.3 for PSS only.
        Kind::Rsa(bits) => utils::create_unrestricted_signing_rsa_public(
            RsaScheme::Null,
            RsaKeyBits::try_from(bits)?,
            RsaExponent::default(),
        ),
    }?;
    // Without a PIN there is nothing to guess: the lockout that other keys' wrong PINs bring on must not hold it up.
    if without_pin
        && let Public::Ecc { object_attributes, .. } | Public::Rsa { object_attributes, .. } = &mut template
    {
        *object_attributes = ObjectAttributes::from(TPMA_OBJECT::from(*object_attributes) | NO_DA);
    }
    Ok(template)
}

/// The PIN as the TPM takes it.
pub(super) fn auth(pin: &Secret) -> Result<Auth, DeviceError> {
    Auth::try_from(pin.expose()).map_err(|_too_long| DeviceError::PinWrong(None))
}

impl Connection {
    /// An object that an earlier job saved, if the TPM still takes it: a restart of the machine ends that.
    fn reload(&mut self, name: &[u8]) -> Result<Option<KeyHandle>, DeviceError> {
        let Some(saved) = self.saved.get(name).cloned() else { return Ok(None) };
        match self.try_command(|context| context.context_load(saved))? {
            Ok(handle) => {
                self.flush_after(handle);
                Ok(Some(handle.into()))
            }
            Err(error) => {
                self.saved.remove(name);
                let error = self.failed(&error);
                if error.is_of_the_way() { Err(error) } else { Ok(None) }
            }
        }
    }

    fn keep(&mut self, name: &[u8], handle: KeyHandle) -> Result<(), DeviceError> {
        // A TPM that does not save loads it anew the next time.
        if let Ok(saved) = self.try_command(|context| context.context_save(handle.into()))? {
            self.saved.insert(name.to_vec(), saved);
        }
        Ok(())
    }

    /// The owner's primary key.
    pub(super) fn primary(&mut self) -> Result<KeyHandle, DeviceError> {
        if let Some(handle) = self.reload(PRIMARY)? {
            return Ok(handle);
        }
        let created = self.command(|context| {
            let template = primary_template()?;
            context.execute_with_session(Some(AuthSession::Password), |context| {
                context.create_primary(Hierarchy::Owner, template, None, None, None, None)
            })
        })?;
        self.flush_after(created.key_handle.into());
        self.keep(PRIMARY, created.key_handle)?;
        Ok(created.key_handle)
    }

    /// The key of a file, loaded.
    pub(super) fn load(&mut self, file: &KeyFile) -> Result<KeyHandle, DeviceError> {
        let name = file.name();
        if let Some(handle) = self.reload(&name)? {
            return Ok(handle);
        }
        let parent = if file.parent == OWNER { self.primary()? } else { self.persistent(file.parent)? };
        let (private, public) = (file.private.clone(), file.public.encode());
        let key = self.command(|context| {
            let (private, public) = (Private::try_from(private)?, Public::unmarshall(&public)?);
            context.execute_with_session(Some(AuthSession::Password), |context| {
                context.load(parent, private, public)
            })
        })?;
        self.flush_after(key.into());
        self.keep(&name, key)?;
        Ok(key)
    }

    fn persistent(&mut self, handle: u32) -> Result<KeyHandle, DeviceError> {
        let found = self.try_command(|context| {
            let handle = TpmHandle::Persistent(PersistentTpmHandle::new(handle)?);
            context.execute_without_session(|context| context.tr_from_tpm_public(handle))
        })?;
        match found {
            Ok(handle) => Ok(handle.into()),
            Err(error) => match self.failed(&error) {
                // It does not hold the parent.
                DeviceError::Code(_) => Err(DeviceError::OtherTpm),
                other => Err(other),
            },
        }
    }

    /// A session in which neither a PIN nor what is encrypted with it can be read on the way to the chip: it is salted
    /// with a key that only the TPM has (Part 1, 19.6.8).
    pub(super) fn private_session(&mut self) -> Result<AuthSession, DeviceError> {
        let primary = self.primary()?;
        let session = self.command(|context| {
            let session = context.start_auth_session(
                Some(primary),
                None,
                None,
                SessionType::Hmac,
                SymmetricDefinition::AES_128_CFB,
                HashingAlgorithm::Sha256,
            )?;
            if let Some(session) = session {
                let (attributes, mask) =
                    SessionAttributesBuilder::new().with_decrypt(true).with_continue_session(true).build();
                context.tr_sess_set_attributes(session, attributes, mask)?;
            }
            Ok(session)
        })?;
        let session = session.ok_or_else(|| DeviceError::Internal("no session".to_owned()))?;
        self.flush_after(ObjectHandle::from(SessionHandle::from(session)));
        Ok(session)
    }
}
