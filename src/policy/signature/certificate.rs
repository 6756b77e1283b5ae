//! A certificate, judged at a given time.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::algorithm::Scheme;
use super::key::{KeyError, PublicKey};
use super::{Fingerprint, Message, verifies};
use crate::text::RemoteText;

/// Why bytes are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// They are no DER of one certificate.
    #[error("this is no X.509 certificate")]
    Malformed,
    /// Its key cannot be read.
    #[error("the key of this certificate cannot be used: {0}")]
    Key(#[from] KeyError),
}

/// Whether a certificate was valid at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// The time is inside its validity.
    Valid,
    /// It begins later.
    NotYet,
    /// It has ended.
    Expired,
}

/// A certificate: its key, its names and its validity.
#[derive(Clone)]
pub struct Certificate {
    der: Arc<[u8]>,
    key: PublicKey,
    subject: RemoteText,
    issuer: RemoteText,
    not_before: Timestamp,
    not_after: Timestamp,
    authority: bool,
}

impl Certificate {
    /// Reads the DER of one certificate (RFC 5280 §4.1).
    ///
    /// # Errors
    /// [`CertificateError`]: it is none, or its key is wrong.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, parsed) =
            X509Certificate::from_der(der).map_err(|_not_der| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        let validity = parsed.validity();
        // Years that the clock does not have are as good as the last one that it has.
        let time = |seconds: i64, else_: Timestamp| Timestamp::from_second(seconds).unwrap_or(else_);
        Ok(Self {
            der: der.into(),
            key: PublicKey::from_der(parsed.tbs_certificate.subject_pki.raw)?,
            subject: RemoteText::from(parsed.subject().to_string()),
            issuer: RemoteText::from(parsed.issuer().to_string()),
            not_before: time(validity.not_before.timestamp(), Timestamp::MIN),
            not_after: time(validity.not_after.timestamp(), Timestamp::MAX),
            authority: parsed.is_ca()
                && parsed
                    .key_usage()
                    .is_ok_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign())),
        })
    }

    /// Its DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its PEM with a final newline.
    #[must_use]
    pub fn pem(&self) -> String {
        super::material::pem("CERTIFICATE", &self.der)
    }

    /// SHA-256 of its DER, as OpenSSL and browsers print it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.der)
    }

    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Whom it names.
    #[must_use]
    pub const fn subject(&self) -> &RemoteText {
        &self.subject
    }

    /// Who made it, in its own words.
    #[must_use]
    pub const fn issuer(&self) -> &RemoteText {
        &self.issuer
    }

    /// The second from which it is valid.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The second until which it is valid.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whether it may issue certificates: CA, and a key usage that allows it.
    #[must_use]
    pub const fn is_authority(&self) -> bool {
        self.authority
    }

    /// Whether it was valid at that time; both ends count (RFC 5280 §4.1.2.5).
    #[must_use]
    pub fn validity(&self, at: Timestamp) -> Validity {
        if at < self.not_before {
            Validity::NotYet
        } else if at.as_second() > self.not_after.as_second() {
            Validity::Expired
        } else {
            Validity::Valid
        }
    }

    /// Whether this authority issued that certificate itself: its name is the
    /// issuer and the signature verifies. Chains with certificates in between
    /// are none of an envelope, which carries a single one.
    #[must_use]
    pub fn issued(&self, other: &Self) -> bool {
        if !self.authority || self.key.concern().is_some() {
            return false;
        }
        let (Ok((_, own)), Ok((_, theirs))) =
            (X509Certificate::from_der(&self.der), X509Certificate::from_der(&other.der))
        else {
            return false;
        };
        let scheme = match theirs.signature_algorithm.algorithm.to_id_string().as_str() {
            "1.2.840.10045.4.3.2" => Scheme::EcdsaSha256,
            "1.2.840.10045.4.3.3" => Scheme::EcdsaSha384,
            "1.2.840.10045.4.3.4" => Scheme::EcdsaSha512,
            "1.3.101.112" => Scheme::Ed25519,
            "1.2.840.113549.1.1.11" => Scheme::RsaPkcs1Sha256,
            "1.2.840.113549.1.1.12" => Scheme::RsaPkcs1Sha384,
            "1.2.840.113549.1.1.13" => Scheme::RsaPkcs1Sha512,
            _ => return false,
        };
        own.tbs_certificate.subject.as_raw() == theirs.tbs_certificate.issuer.as_raw()
            && theirs.signature_algorithm == theirs.tbs_certificate.signature
            && verifies(
                &self.key,
                scheme,
                &Message::of(&[theirs.tbs_certificate.as_ref()]),
                &theirs.signature_value.data,
            )
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Certificate({} {})", self.subject.shown(), self.fingerprint())
    }
}
