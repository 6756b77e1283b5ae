//! A public key.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519, ParsedPublicKey,
    RsaParameters,
};
use x509_parser::der_parser::oid::Oid;
use x509_parser::prelude::FromDer;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::algorithm::{Algorithm, Concern, Curve};
use super::encoding::hex;
use super::{Fingerprint, Scheme};

/// Why bytes are no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// They are no DER of a `SubjectPublicKeyInfo`.
    #[error("this is no public key (DER of a SubjectPublicKeyInfo)")]
    Malformed,
    /// The key's value is wrong for its kind, such as a point off its curve.
    #[error("the value of this {0} key is wrong")]
    Value(String),
}

/// A public key: what it is, and all the names that it goes by.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    /// DER of the `SubjectPublicKeyInfo`.
    der: Arc<[u8]>,
    /// The point, the `RSAPublicKey` or the 32 bytes of Ed25519.
    value: Arc<[u8]>,
    algorithm: Algorithm,
}

impl PublicKey {
    /// Reads the DER of a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    ///
    /// Keys that are too weak or unknown are read too, so that they can be
    /// named; [`PublicKey::concern`] says so.
    ///
    /// # Errors
    /// [`KeyError`]: it is no key, or its value is wrong.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let (rest, info) = SubjectPublicKeyInfo::from_der(der).map_err(|_not_der| KeyError::Malformed)?;
        if !rest.is_empty() || info.subject_public_key.unused_bits != 0 {
            return Err(KeyError::Malformed);
        }
        let value: Arc<[u8]> = info.subject_public_key.data.as_ref().into();
        let parameters = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
        let algorithm = match info.algorithm.algorithm.to_id_string().as_str() {
            "1.2.840.10045.2.1" => curve(parameters.as_ref()),
            "1.2.840.113549.1.1.1" => {
                let bits = RsaParameters::public_modulus_len(&value);
                Algorithm::Rsa(bits.map_err(|_unspecified| KeyError::Value("RSA".to_owned()))?)
            }
            "1.3.101.112" => Algorithm::Ed25519,
            other => Algorithm::Other(kind(other)),
        };
        let wrong = |_unspecified| KeyError::Value(algorithm.to_string());
        let checked = match &algorithm {
            Algorithm::Ecdsa(Curve::P256) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &value),
            Algorithm::Ecdsa(Curve::P384) => ParsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, &value),
            Algorithm::Ecdsa(Curve::P521) => ParsedPublicKey::new(&ECDSA_P521_SHA512_ASN1, &value),
            Algorithm::Ed25519 => ParsedPublicKey::new(&ED25519, &value),
            _ => return Ok(Self { der: der.into(), value, algorithm }),
        };
        checked.map_err(wrong)?;
        Ok(Self { der: der.into(), value, algorithm })
    }

    /// DER of the `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What verification works with.
    pub(super) fn value(&self) -> &[u8] {
        &self.value
    }

    /// What it is.
    #[must_use]
    pub const fn algorithm(&self) -> &Algorithm {
        &self.algorithm
    }

    /// Why no signature of it counts, or nothing.
    #[must_use]
    pub fn concern(&self) -> Option<Concern> {
        self.algorithm.concern()
    }

    /// SHA-256 of the DER: the name that trust is kept under.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.der)
    }

    /// The PEM text with a final newline, as OpenSSL and Python write it.
    #[must_use]
    pub fn pem(&self) -> String {
        super::material::pem("PUBLIC KEY", &self.der)
    }

    /// The key id that Keylime writes into DSSE envelopes: SHA-256 of the PEM
    /// text (`keylime/dsse/ecdsa.py`).
    #[must_use]
    pub fn keylime_id(&self) -> String {
        Fingerprint::of(self.pem().as_bytes()).to_string()
    }

    /// The key id of securesystemslib: SHA-256 of the canonical JSON of the
    /// key's type, value and scheme. `None` for keys that it does not know.
    #[must_use]
    pub fn securesystemslib_id(&self) -> Option<String> {
        let scheme = match (&self.algorithm, Scheme::of_securesystemslib(&self.algorithm)?) {
            (Algorithm::Ecdsa(Curve::P256), _) => "ecdsa-sha2-nistp256",
            (Algorithm::Ecdsa(Curve::P384), _) => "ecdsa-sha2-nistp384",
            (Algorithm::Ecdsa(Curve::P521), _) => "ecdsa-sha2-nistp521",
            (_, scheme) => scheme.word(),
        };
        let key_type = self.algorithm.key_type()?;
        let public = match self.algorithm {
            Algorithm::Ed25519 => hex(&self.value),
            _ => self.pem(),
        };
        // Neither a PEM text nor hex has a character that canonical JSON escapes.
        let canonical =
            format!(r#"{{"keytype":"{key_type}","keyval":{{"public":"{public}"}},"scheme":"{scheme}"}}"#);
        Some(Fingerprint::of(canonical.as_bytes()).to_string())
    }

    /// Whether a key id names this key: Keylime's, securesystemslib's or the
    /// fingerprint of the DER. A hint, never a proof.
    #[must_use]
    pub fn is_named(&self, key_id: &str) -> bool {
        // The PEM text that securesystemslib keeps may lack its last newline.
        let bare = || Fingerprint::of(self.pem().trim_end().as_bytes()).to_string();
        key_id == self.keylime_id()
            || key_id == self.fingerprint().to_string()
            || self.securesystemslib_id().is_some_and(|id| id == key_id)
            || key_id == bare()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({} {})", self.algorithm, self.fingerprint())
    }
}

/// The curve of an EC key by its object identifier; without one (explicit
/// parameters) it is unknown.
fn curve(parameters: Option<&Oid<'_>>) -> Algorithm {
    let Some(parameters) = parameters.map(Oid::to_id_string) else {
        return Algorithm::OtherCurve("with explicit parameters".to_owned(), None);
    };
    let (name, bits) = match parameters.as_str() {
        "1.2.840.10045.3.1.7" => return Algorithm::Ecdsa(Curve::P256),
        "1.3.132.0.34" => return Algorithm::Ecdsa(Curve::P384),
        "1.3.132.0.35" => return Algorithm::Ecdsa(Curve::P521),
        "1.2.840.10045.3.1.1" => ("p192", 192),
        "1.3.132.0.33" => ("p224", 224),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.132.0.8" => ("secp160r1", 160),
        "1.3.132.0.9" => ("secp160k1", 160),
        "1.3.132.0.31" => ("secp192k1", 192),
        "1.3.132.0.32" => ("secp224k1", 224),
        "1.3.36.3.3.2.8.1.1.1" => ("brainpoolP160r1", 160),
        "1.3.36.3.3.2.8.1.1.3" => ("brainpoolP192r1", 192),
        "1.3.36.3.3.2.8.1.1.5" => ("brainpoolP224r1", 224),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.9" => ("brainpoolP320r1", 320),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => ("brainpoolP512r1", 512),
        other => return Algorithm::OtherCurve(other.to_owned(), None),
    };
    Algorithm::OtherCurve(name.to_owned(), Some(bits))
}

/// A name for the kinds of keys that people do bring, else the identifier.
fn kind(identifier: &str) -> String {
    match identifier {
        "1.3.101.113" => "Ed448",
        "1.3.101.110" => "X25519",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        other => other,
    }
    .to_owned()
}
