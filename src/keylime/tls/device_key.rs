//! The operator's key in a TPM, as rustls takes keys.
//!
//! A signature takes the TPM a while (a chip: some 50 to 500 ms) and blocks the
//! thread that asks for it; on the runtime of several threads its other tasks are
//! handed to another thread meanwhile.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, OtherError, SignatureAlgorithm, SignatureScheme};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::tpm::device::{DeviceError, DeviceKey, Kind, Way};

/// How each kind of key signs, the best first. PKCS #1 v1.5 is for TLS 1.2 only.
const P256: &[(SignatureScheme, Way)] = &[(SignatureScheme::ECDSA_NISTP256_SHA256, Way::Ecdsa)];
const RSA: &[(SignatureScheme, Way)] =
    &[(SignatureScheme::RSA_PSS_SHA256, Way::RsaPss), (SignatureScheme::RSA_PKCS1_SHA256, Way::RsaPkcs1)];

/// A key of a TPM that signs handshakes.
#[derive(Debug)]
pub(super) struct OfDevice(pub(super) Arc<DeviceKey>);

impl SigningKey for OfDevice {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let ways = match self.0.file().kind() {
            Kind::P256 => P256,
            Kind::Rsa(_) => RSA,
        };
        let (scheme, way) = *ways.iter().find(|(scheme, _)| offered.contains(scheme))?;
        Some(Box::new(OneSignature { key: Arc::clone(&self.0), scheme, way }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer::from(self.0.file().public_key()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.0.file().kind() {
            Kind::P256 => SignatureAlgorithm::ECDSA,
            Kind::Rsa(_) => SignatureAlgorithm::RSA,
        }
    }
}

#[derive(Debug)]
struct OneSignature {
    key: Arc<DeviceKey>,
    scheme: SignatureScheme,
    way: Way,
}

impl Signer for OneSignature {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let digest = digest(&SHA256, message);
        let sign = || self.key.sign(self.way, digest.as_ref());
        let signed = match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            // On the other flavour it panics.
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(sign),
            _ => sign(),
        };
        signed.map_err(|error| Error::Other(OtherError(Arc::new(error))))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// The words of a TPM that did not sign, where that ended a handshake.
pub(super) fn refusal(error: &Error) -> Option<&DeviceError> {
    match error {
        Error::Other(other) => other.0.downcast_ref(),
        _ => None,
    }
}
