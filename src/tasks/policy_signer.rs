//! A key of the TPM that signs policies, as the policies' room takes signers.

use std::sync::Arc;

use crate::policy::sign::{SignError, Signer};
use crate::policy::signature::{Message, PublicKey, Scheme};
use crate::tpm::device::{DeviceKey, Kind, Way};

/// A key in the TPM. To be another one than that of TLS: what one signs must not be mistaken for the other's.
pub struct DeviceSigner {
    key: Arc<DeviceKey>,
    public: PublicKey,
}

impl DeviceSigner {
    /// Takes the key; nothing is asked of the TPM.
    ///
    /// # Errors
    /// [`SignError`]: its public part is of no kind that signs policies.
    pub fn new(key: Arc<DeviceKey>) -> Result<Self, SignError> {
        let public = PublicKey::from_der(&key.file().public_key())
            .map_err(|fault| SignError::Failed(format!("the key's public part: {fault:?}")))?;
        Ok(Self { key, public })
    }
}

impl Signer for DeviceSigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, scheme: Scheme, message: &Message<'_>) -> Result<Vec<u8>, SignError> {
        let way = match (self.key.file().kind(), scheme) {
            (Kind::P256, Scheme::EcdsaSha256) => Way::Ecdsa,
            (Kind::Rsa(_), Scheme::RsaPssSha256) => Way::RsaPss,
            (_, scheme) => return Err(SignError::Scheme(scheme.word())),
        };
        let sum = message.sha256().ok_or_else(|| SignError::Failed("no hash".to_owned()))?;
        self.key.sign(way, sum.as_ref()).map_err(|error| SignError::Failed(error.to_string()))
    }
}
