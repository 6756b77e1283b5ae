//! Keys that a policy may demand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// Why a text is no key that may be demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not standard, padded base64.
    #[error("is not base64")]
    Base64,
    /// Not one `SubjectPublicKeyInfo` and nothing else.
    #[error("is not the DER of a public key (SubjectPublicKeyInfo)")]
    Der,
    /// A kind of key or a curve that is not for this.
    #[error("is of a kind that cannot be demanded: P-256, P-384, Ed25519 or RSA is due")]
    Kind,
    /// RSA below 2048 bits.
    #[error("is an RSA key of less than 2048 bits")]
    Weak,
}

const ED25519: &str = "1.3.101.112";
const RSA: &str = "1.2.840.113549.1.1.1";
const ELLIPTIC: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";

/// Reads base64 of a DER `SubjectPublicKeyInfo` and gives the DER.
///
/// # Errors
///
/// A [`KeyFault`]: only P-256, P-384, Ed25519 and RSA from 2048 bits on pass.
pub fn public_key(text: &str) -> Result<Vec<u8>, KeyFault> {
    let Ok(der) = STANDARD.decode(text) else { return Err(KeyFault::Base64) };
    // Nothing may follow the key.
    let Ok(([], key)) = SubjectPublicKeyInfo::from_der(&der) else { return Err(KeyFault::Der) };
    let algorithm = key.algorithm.algorithm.to_id_string();
    let bits = key.subject_public_key.data.len();
    match algorithm.as_str() {
        ED25519 if bits == 32 => Ok(der),
        ELLIPTIC => {
            let parameters = key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            let curve = parameters.map(|oid| oid.to_id_string()).unwrap_or_default();
            let point = match curve.as_str() {
                P256 => 65,
                P384 => 97,
                _ => return Err(KeyFault::Kind),
            };
            let uncompressed = bits == point && key.subject_public_key.data.first() == Some(&4);
            if uncompressed { Ok(der) } else { Err(KeyFault::Der) }
        }
        RSA => match key.parsed() {
            Ok(PublicKey::RSA(rsa)) if rsa.key_size() >= 2048 => Ok(der),
            Ok(PublicKey::RSA(_)) => Err(KeyFault::Weak),
            _ => Err(KeyFault::Der),
        },
        _ => Err(KeyFault::Kind),
    }
}
