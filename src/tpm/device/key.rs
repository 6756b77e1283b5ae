//! A key of the TPM at work.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tss_esapi::constants::tss::{TPM2_RH_NULL, TPM2_ST_HASHCHECK};
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::session_handles::AuthSession;
use tss_esapi::structures::{Digest, HashScheme, HashcheckTicket, Signature, SignatureScheme};
use tss_esapi::tss2_esys::TPMT_TK_HASHCHECK;

use super::error::{Cause, cause};
use super::key_file::{KeyFile, Kind, ecdsa_der};
use super::service::Connection;
use super::{DeviceError, Tpm, lockout, objects};
use crate::text::Secret;

/// How a digest of SHA-256 is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// ECDSA; the signature is DER.
    Ecdsa,
    /// RSASSA-PSS; the salt is as long as the TPM makes it: in the newer ones, as long as the hash.
    RsaPss,
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1,
}

impl Way {
    const fn fits(self, kind: Kind) -> bool {
        matches!((self, kind), (Self::Ecdsa, Kind::P256) | (Self::RsaPss | Self::RsaPkcs1, Kind::Rsa(_)))
    }

    const fn scheme(self) -> SignatureScheme {
        let hash_scheme = HashScheme::new(HashingAlgorithm::Sha256);
        match self {
            Self::Ecdsa => SignatureScheme::EcDsa { hash_scheme },
            Self::RsaPss => SignatureScheme::RsaPss { hash_scheme },
            Self::RsaPkcs1 => SignatureScheme::RsaSsa { hash_scheme },
        }
    }
}

/// A key that its TPM uses for us.
///
/// A PIN that was wrong once is not tried again: every wrong one brings the TPM closer to a lockout, also for other
/// programs, and a console connects again and again.
pub struct DeviceKey {
    tpm: Arc<Tpm>,
    file: KeyFile,
    pin: Option<Arc<Secret>>,
    refused: Arc<AtomicBool>,
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DeviceKey({})", self.file.kind().words())
    }
}

impl DeviceKey {
    /// The key of a file in its TPM, with its PIN if it has one. Nothing is asked of the TPM yet.
    #[must_use]
    pub fn new(tpm: Arc<Tpm>, file: KeyFile, pin: Option<Secret>) -> Self {
        Self { tpm, file, pin: pin.map(Arc::new), refused: Arc::default() }
    }

    /// The key as it is in its file.
    #[must_use]
    pub const fn file(&self) -> &KeyFile {
        &self.file
    }

    /// The TPM that holds it.
    #[must_use]
    pub const fn tpm(&self) -> &Arc<Tpm> {
        &self.tpm
    }

    /// Whether a PIN is at hand, or none is needed.
    #[must_use]
    pub const fn has_pin(&self) -> bool {
        !self.file.needs_pin() || self.pin.is_some()
    }

    /// Signs a digest of SHA-256 (32 bytes). The thread that calls waits for the TPM, at most for its time-out.
    ///
    /// # Errors
    /// [`DeviceError`].
    pub fn sign(&self, way: Way, digest: &[u8]) -> Result<Vec<u8>, DeviceError> {
        if !way.fits(self.file.kind()) || digest.len() != 32 {
            return Err(DeviceError::Internal("the key does not sign so".to_owned()));
        }
        if self.file.needs_pin() && self.pin.is_none() {
            return Err(DeviceError::PinMissing);
        }
        let digest = Digest::try_from(digest).map_err(|error| DeviceError::Internal(error.to_string()))?;
        let (file, refused) = (self.file.clone(), Arc::clone(&self.refused));
        let pin = self.pin.clone().filter(|_| file.needs_pin());
        self.tpm.call(move |connection| sign(connection, &file, pin.as_deref(), &refused, way, digest))
    }
}

fn sign(
    connection: &mut Connection,
    file: &KeyFile,
    pin: Option<&Secret>,
    refused: &AtomicBool,
    way: Way,
    digest: Digest,
) -> Result<Vec<u8>, DeviceError> {
    // Here and not before: of several that wait, the first one learns it for all.
    if refused.load(Ordering::Acquire) {
        return Err(DeviceError::PinRefused);
    }
    let session = match pin {
        Some(_) => connection.private_session()?,
        None => AuthSession::Password,
    };
    let key = connection.load(file)?;
    if let Some(pin) = pin {
        let auth = objects::auth(pin)?;
        connection.command(|context| context.tr_set_auth(key.into(), auth))?;
    }
    let signed = connection.try_command(|context| {
        let ticket = HashcheckTicket::try_from(TPMT_TK_HASHCHECK {
            tag: TPM2_ST_HASHCHECK,
            hierarchy: TPM2_RH_NULL,
            digest: tss_esapi::tss2_esys::TPM2B_DIGEST::default(),
        })?;
        context.execute_with_session(Some(session), |context| context.sign(key, digest, way.scheme(), ticket))
    })?;
    match signed {
        Ok(signature) => {
            encode(&signature).ok_or_else(|| DeviceError::Internal("an odd signature".to_owned()))
        }
        Err(error) => Err(match cause(&error) {
            Cause::AuthFailed | Cause::BadAuth => {
                refused.store(true, Ordering::Release);
                DeviceError::PinWrong(connection.lockout())
            }
            Cause::LockedOut => DeviceError::LockedOut(connection.lockout()),
            _ => connection.failed(&error),
        }),
    }
}

impl Connection {
    pub(super) fn lockout(&mut self) -> Option<lockout::Lockout> {
        self.try_command(|context| Ok(lockout::read(context))).ok()?.ok()?
    }
}

fn encode(signature: &Signature) -> Option<Vec<u8>> {
    match signature {
        Signature::EcDsa(signature) => {
            ecdsa_der(signature.signature_r().value(), signature.signature_s().value())
        }
        Signature::RsaPss(signature) | Signature::RsaSsa(signature) => {
            Some(signature.signature().value().to_vec())
        }
        _ => None,
    }
}
