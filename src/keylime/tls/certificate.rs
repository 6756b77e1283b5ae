//! What a presented certificate says, for the eye only.

use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

use crate::keylime::report::CertificateReport;
use crate::text::RemoteText;

/// Names of one certificate that are kept to be shown.
const MAX_NAMES: usize = 32;

impl CertificateReport {
    /// Reads a certificate; what cannot be read is empty.
    pub(in crate::keylime) fn of(certificate: &CertificateDer<'_>) -> Self {
        let Ok((_, certificate)) = X509Certificate::from_der(certificate) else {
            let unreadable = RemoteText::from("(unreadable certificate)");
            return Self {
                subject: unreadable.clone(),
                issuer: unreadable,
                names: Vec::new(),
                not_before: None,
                not_after: None,
            };
        };
        let names = match certificate.subject_alternative_name() {
            Ok(Some(extension)) => {
                extension.value.general_names.iter().filter_map(name).take(MAX_NAMES).collect()
            }
            _ => Vec::new(),
        };
        let validity = certificate.validity();
        Self {
            subject: distinguished(certificate.subject()),
            issuer: distinguished(certificate.issuer()),
            names,
            not_before: Timestamp::from_second(validity.not_before.timestamp()).ok(),
            not_after: Timestamp::from_second(validity.not_after.timestamp()).ok(),
        }
    }
}

/// The public key of a certificate (DER of its `SubjectPublicKeyInfo`).
pub(super) fn public_key<'a>(certificate: &'a CertificateDer<'_>) -> Option<&'a [u8]> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.subject_pki.raw)
}

fn distinguished(name: &X509Name<'_>) -> RemoteText {
    RemoteText::from(name.to_string())
}

fn name(name: &GeneralName<'_>) -> Option<RemoteText> {
    match name {
        GeneralName::DNSName(name) => Some(RemoteText::from(*name)),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(|bytes| Ipv4Addr::from(bytes).to_string());
            let v6 = || <[u8; 16]>::try_from(*bytes).map(|bytes| Ipv6Addr::from(bytes).to_string());
            v4.or_else(|_not_v4| v6()).ok().map(RemoteText::from)
        }
        _ => None,
    }
}
