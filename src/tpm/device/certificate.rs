//! What makes a key of the TPM known to servers: a certificate that it signs itself, or a request to a CA.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey, date_time_ymd,
};

use super::{DeviceError, DeviceKey, Kind, Way};

const DAY: u64 = 86_400;

/// Days for which a self-signed certificate is valid: two years.
pub const DAYS: u64 = 730;

/// The longest common name, in characters (RFC 5280, A.1: ub-common-name).
pub const LONGEST_NAME: usize = 64;

/// A certificate (PEM) that the key signs itself, for TLS clients; `now` is Unix time.
///
/// # Errors
/// [`DeviceError`]: the TPM does not sign.
pub fn self_signed(key: &Arc<DeviceKey>, name: &str, now: u64) -> Result<String, DeviceError> {
    let signing = Signing::new(key);
    let mut parameters = parameters(name);
    let epoch = date_time_ymd(1970, 1, 1);
    // Clocks differ.
    parameters.not_before = epoch + Duration::from_secs(now.saturating_sub(DAY));
    parameters.not_after = epoch + Duration::from_secs(now + DAYS * DAY);
    // Python verifies strictly from 3.13 on, and then wants it.
    parameters.use_authority_key_identifier_extension = true;
    // With the identifier of its own key: by the name alone OpenSSL takes another operator's certificate in the same
    // list for this one's issuer, and refuses it.
    parameters.is_ca = IsCa::ExplicitNoCa;
    let made = parameters.self_signed(&signing);
    made.map(|certificate| certificate.pem()).map_err(|error| signing.failed(&error))
}

/// A request (PKCS #10, PEM) for a CA to sign.
///
/// # Errors
/// [`DeviceError`]: the TPM does not sign.
pub fn request(key: &Arc<DeviceKey>, name: &str) -> Result<String, DeviceError> {
    let signing = Signing::new(key);
    let made = parameters(name).serialize_request(&signing);
    made.and_then(|request| request.pem()).map_err(|error| signing.failed(&error))
}

fn parameters(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    // Keylime takes a client without one for anonymous.
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    parameters
}

/// The key as rcgen takes it, with room for the TPM's own words.
struct Signing {
    key: Arc<DeviceKey>,
    bits: Vec<u8>,
    failure: Mutex<Option<DeviceError>>,
}

impl Signing {
    fn new(key: &Arc<DeviceKey>) -> Self {
        Self { key: Arc::clone(key), bits: key.file().public_bits(), failure: Mutex::default() }
    }

    fn failed(&self, error: &rcgen::Error) -> DeviceError {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.unwrap_or_else(|| DeviceError::Internal(error.to_string()))
    }
}

impl PublicKeyData for Signing {
    fn der_bytes(&self) -> &[u8] {
        &self.bits
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.key.file().kind() {
            Kind::P256 => &PKCS_ECDSA_P256_SHA256,
            Kind::Rsa(_) => &PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for Signing {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let way = match self.key.file().kind() {
            Kind::P256 => Way::Ecdsa,
            Kind::Rsa(_) => Way::RsaPkcs1,
        };
        self.key.sign(way, digest(&SHA256, message).as_ref()).map_err(|error| {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            rcgen::Error::RemoteKeyError
        })
    }
}
