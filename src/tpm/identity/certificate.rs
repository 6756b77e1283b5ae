//! An endorsement certificate: what its maker says about the TPM.
//!
//! Reading proves nothing: [`super::VendorRoots`] says who signed it. Source:
//! TCG EK Credential Profile for TPM 2.0 §3.2, RFC 5280 §4.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::Timestamp;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::{PublicKey, RSAPublicKey};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::manufacturer::TpmName;
use crate::text::{Checksum, RemoteText};

/// `tcg-kp-EKCertificate`.
const EK_CERTIFICATE: &str = "2.23.133.8.1";

/// Longest certificate that is read, in bytes: more than any NV index of a TPM holds.
const MAX_BYTES: usize = 32 * 1024;

/// The end of a validity that has none (RFC 5280 §4.1.2.5), in Unix seconds.
const NO_END: i64 = 253_402_300_799;

/// An endorsement certificate that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndorsementCertificate {
    /// Who issued it, in its own words.
    pub issuer: RemoteText,
    /// The serial number, in hexadecimal digits.
    pub serial: String,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last one; none: it has no end.
    pub not_after: Option<Timestamp>,
    /// What it says about the TPM.
    pub tpm: TpmName,
    /// SHA-256 of the certificate.
    pub fingerprint: Checksum,
    pub(super) key: CertifiedKey,
    pub(super) purpose: Purpose,
    pub(super) is_authority: bool,
    /// Critical extensions that nobody here understands.
    pub(super) unknown_critical: Vec<String>,
}

/// The key that a certificate is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CertifiedKey {
    /// Without leading zeros.
    Rsa { modulus: Box<[u8]>, exponent: Box<[u8]> },
    /// The curve's object identifier and the point, uncompressed.
    Ecc { curve: String, point: Box<[u8]> },
    /// Of no kind that endorsement keys have.
    Other,
}

/// What a certificate may be used for (extended key usage).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// As an endorsement certificate.
    Endorsement,
    /// It does not say, as many do not.
    Unsaid,
    /// For something else only.
    Other,
}

/// Why bytes are no certificate that can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableCertificate {
    /// More than any TPM stores.
    #[error("it is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// No DER of an X.509 certificate.
    #[error("it is no X.509 certificate")]
    Malformed,
    /// Two answers to the same question.
    #[error("it has the same extension twice")]
    Twice,
}

impl EndorsementCertificate {
    /// Reads the DER of a certificate. TPMs store it in a field of fixed length,
    /// and some agents send what stands behind it: that is left out.
    ///
    /// # Errors
    /// It is no certificate.
    pub fn read(der: &[u8]) -> Result<Self, UnreadableCertificate> {
        let (certificate, der) = parse(der)?;
        let validity = certificate.validity();
        let mut read = Self {
            issuer: RemoteText::from(certificate.issuer().to_string()),
            serial: certificate.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect(),
            not_before: time(validity.not_before.timestamp()),
            not_after: end(validity.not_after.timestamp()),
            tpm: TpmName::default(),
            fingerprint: Checksum::from_slice(digest(&SHA256, der).as_ref())
                .unwrap_or(Checksum::new([0; 32])),
            key: certified_key(certificate.public_key()),
            purpose: Purpose::Unsaid,
            is_authority: false,
            unknown_critical: unknown_critical(&certificate),
        };
        for extension in certificate.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::SubjectAlternativeName(names) => {
                    names.general_names.iter().for_each(|name| take_name(&mut read.tpm, name));
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    let named = usage.other.iter().any(|oid| oid.to_id_string() == EK_CERTIFICATE);
                    read.purpose = if named || usage.any { Purpose::Endorsement } else { Purpose::Other };
                }
                ParsedExtension::BasicConstraints(constraints) => read.is_authority = constraints.ca,
                _ => {}
            }
        }
        Ok(read)
    }
}

/// A certificate, and its own bytes without what stands behind it.
pub(super) fn parse(der: &[u8]) -> Result<(X509Certificate<'_>, &[u8]), UnreadableCertificate> {
    if der.len() > MAX_BYTES {
        return Err(UnreadableCertificate::TooLong);
    }
    let (rest, certificate) =
        X509Certificate::from_der(der).map_err(|_no_der| UnreadableCertificate::Malformed)?;
    let own = der.get(..der.len() - rest.len()).unwrap_or(der);
    let extensions = certificate.extensions();
    let twice = extensions
        .iter()
        .enumerate()
        .any(|(place, extension)| extensions.iter().take(place).any(|earlier| earlier.oid == extension.oid));
    if twice {
        return Err(UnreadableCertificate::Twice);
    }
    Ok((certificate, own))
}

/// Critical extensions that are not understood, or not readable. What
/// constrains names and policies is not judged here, and is refused so.
pub(super) fn unknown_critical(certificate: &X509Certificate<'_>) -> Vec<String> {
    let is_known = |extension: &ParsedExtension<'_>| {
        matches!(
            extension,
            ParsedExtension::BasicConstraints(_)
                | ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::SubjectAlternativeName(_)
                | ParsedExtension::CertificatePolicies(_)
                | ParsedExtension::AuthorityKeyIdentifier(_)
                | ParsedExtension::SubjectKeyIdentifier(_)
                | ParsedExtension::AuthorityInfoAccess(_)
                | ParsedExtension::CRLDistributionPoints(_)
        )
    };
    let critical = certificate.extensions().iter().filter(|extension| extension.critical);
    critical
        .filter(|extension| !is_known(extension.parsed_extension()))
        .map(|extension| extension.oid.to_id_string())
        .take(8)
        .collect()
}

/// Seconds that the clock does not have are as good as the last one that it has.
pub(super) fn time(seconds: i64) -> Timestamp {
    let nearest = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(nearest)
}

/// The end of a validity; none where it has none.
pub(super) fn end(seconds: i64) -> Option<Timestamp> {
    (seconds < NO_END).then(|| time(seconds))
}

/// The parts of a name in a directory name, in one set or in several.
fn take_name(tpm: &mut TpmName, name: &GeneralName<'_>) {
    let GeneralName::DirectoryName(name) = name else { return };
    for attribute in name.iter_attributes() {
        let place = match attribute.attr_type().to_id_string().as_str() {
            "2.23.133.2.1" => &mut tpm.manufacturer,
            "2.23.133.2.2" => &mut tpm.model,
            "2.23.133.2.3" => &mut tpm.version,
            _ => continue,
        };
        if let (None, Ok(text)) = (&place, attribute.as_str()) {
            *place = Some(RemoteText::from(text));
        }
    }
}

fn certified_key(key: &SubjectPublicKeyInfo<'_>) -> CertifiedKey {
    let rsa = |key: &RSAPublicKey<'_>| CertifiedKey::Rsa {
        modulus: without_zeros(key.modulus).into(),
        exponent: without_zeros(key.exponent).into(),
    };
    // Some makers say that the key is for OAEP (RFC 4055 §4.1), which the library does not know.
    if key.algorithm.algorithm.to_id_string() == "1.2.840.113549.1.1.7" {
        return match RSAPublicKey::from_der(&key.subject_public_key.data) {
            Ok(([], key)) => rsa(&key),
            _ => CertifiedKey::Other,
        };
    }
    match key.parsed() {
        Ok(PublicKey::RSA(key)) => rsa(&key),
        Ok(PublicKey::EC(point)) => {
            let curve = key.algorithm.parameters.as_ref().and_then(|it| it.as_oid().ok());
            let curve = curve.map(|it| it.to_id_string()).unwrap_or_default();
            CertifiedKey::Ecc { curve, point: point.data().into() }
        }
        _ => CertifiedKey::Other,
    }
}

/// A number without the zeros before it.
pub(super) fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

impl CertifiedKey {
    /// The kind of the key, for people.
    pub(super) fn words(&self) -> Cow<'static, str> {
        match self {
            Self::Rsa { modulus, .. } => Cow::Owned(format!("RSA {}", modulus.len() * 8)),
            Self::Ecc { curve, .. } => match curve.as_str() {
                "1.2.840.10045.3.1.7" => Cow::Borrowed("ECC P-256"),
                "1.3.132.0.34" => Cow::Borrowed("ECC P-384"),
                "1.3.132.0.35" => Cow::Borrowed("ECC P-521"),
                _ => Cow::Borrowed("ECC on another curve"),
            },
            Self::Other => Cow::Borrowed("a key of another kind"),
        }
    }
}
