//! The signer's certificate, read for people and for comparing identities.
//!
//! The chain, the SCT and the times are the library's to verify. The names are
//! read here, because the library knows mail addresses and URIs only, while
//! Fulcio also issues user names (`otherName`).
//! Source: <https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>.

use jiff::Timestamp;
use x509_parser::der_parser::asn1_rs::{Any, FromDer, Utf8String};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509Certificate;
use x509_parser::x509::X509Name;

use super::digest::{hex, sha256};

/// The arc below which all extensions of Fulcio are.
const FULCIO: &str = "1.3.6.1.4.1.57264.1.";

/// A certificate that was read. Nothing in it has been verified.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    /// Names of the subject that can be demanded: URIs, mail addresses, and
    /// Fulcio's user names.
    pub names: Vec<String>,
    /// Who vouched for the subject's identity (OpenID Connect), if it says.
    pub issuer: Option<String>,
    /// Extensions of Fulcio, by number, as text.
    pub extensions: Vec<(String, String)>,
    /// Who issued the certificate (RFC 4514).
    pub authority: String,
    pub serial: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    /// The subject's public key, as DER (SPKI).
    pub key: Vec<u8>,
    /// SHA-256 of the certificate.
    pub sha256: String,
}

impl Certificate {
    /// Reads a certificate, as DER.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(der: &[u8]) -> Result<Self, &'static str> {
        let (rest, certificate) =
            X509Certificate::from_der(der).ok().ok_or("the certificate is no X.509 certificate")?;
        if !rest.is_empty() {
            return Err("bytes stand behind the certificate");
        }
        let time = |seconds: i64| {
            Timestamp::from_second(seconds).ok().ok_or("a time in the certificate is out of range")
        };
        let validity = certificate.validity();
        let mut read = Self {
            names: Vec::new(),
            issuer: None,
            extensions: Vec::new(),
            authority: distinguished(certificate.issuer()),
            serial: hex(certificate.raw_serial()),
            not_before: time(validity.not_before.timestamp())?,
            not_after: time(validity.not_after.timestamp())?,
            key: certificate.public_key().raw.to_vec(),
            sha256: hex(&sha256(der)),
        };
        for extension in certificate.extensions() {
            if let ParsedExtension::SubjectAlternativeName(names) = extension.parsed_extension() {
                read.names.extend(names.general_names.iter().filter_map(name));
            }
            let number = extension.oid.to_id_string();
            if let Some(last) = number.strip_prefix(FULCIO) {
                read.extensions.push((number.clone(), fulcio_text(last, extension.value)));
            }
        }
        read.issuer = issuer(&read.extensions)?;
        Ok(read)
    }
}

/// Extension 8 (DER), and the older 1 (plain text) where 8 is missing. A
/// certificate that names two issuers names none.
fn issuer(extensions: &[(String, String)]) -> Result<Option<String>, &'static str> {
    let all = |last: &str| -> Vec<&String> {
        let number = format!("{FULCIO}{last}");
        extensions.iter().filter(|(name, _)| *name == number).map(|(_, value)| value).collect()
    };
    let (old, new) = (all("1"), all("8"));
    let first = new.first().or(old.first()).copied();
    if new.iter().chain(&old).any(|value| Some(*value) != first) {
        return Err("the certificate names two issuers of the identity");
    }
    Ok(first.cloned())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::URI(text) | GeneralName::RFC822Name(text) => Some((*text).to_owned()),
        // Fulcio's user names: `[0] EXPLICIT UTF8String`.
        GeneralName::OtherName(kind, value) if kind.to_id_string() == format!("{FULCIO}7") => {
            let (rest, outer) = Any::from_der(value).ok()?;
            let (inner_rest, text) = Utf8String::from_der(outer.data).ok()?;
            (rest.is_empty() && inner_rest.is_empty()).then(|| text.string())
        }
        _ => None,
    }
}

/// Extensions 1 to 6 are plain text, all later ones a DER `UTF8String`.
fn fulcio_text(last: &str, value: &[u8]) -> String {
    let plain = matches!(last, "1" | "2" | "3" | "4" | "5" | "6");
    let text = if plain {
        std::str::from_utf8(value).ok().map(str::to_owned)
    } else {
        Utf8String::from_der(value).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, text)| text.string())
    };
    text.unwrap_or_else(|| format!("(not text: {})", hex(value)))
}

/// A name as RFC 4514 writes it: the most specific part first.
fn distinguished(name: &X509Name<'_>) -> String {
    let parts: Vec<_> = name.iter_rdn().collect();
    let part = |part: &&x509_parser::x509::RelativeDistinguishedName<'_>| {
        X509Name::new(vec![(*part).clone()], &[]).to_string()
    };
    parts.iter().rev().map(part).collect::<Vec<_>>().join(",")
}
