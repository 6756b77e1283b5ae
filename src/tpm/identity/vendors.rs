//! The certificates of TPM makers, and whether one of them stands behind an
//! endorsement certificate.
//!
//! Roots are those that signed themselves; all others only lead to a root. Each
//! authority is judged once, at one time, so that the certificates of a large
//! fleet cost one signature each. Source: RFC 5280 §6.1, without revocation
//! (the folder is the operator's choice) and without the processing of policies.

use std::collections::HashMap;

use jiff::Timestamp;
use x509_parser::extensions::ParsedExtension;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::certificate::{UnreadableCertificate, end, parse, time, unknown_critical};
use crate::text::RemoteText;

/// Certificates between an endorsement certificate and its root, both left out.
const MAX_BETWEEN: usize = 8;

/// Steps in the search for a root, for one authority.
const MAX_STEPS: usize = 2_000;

/// Authorities at most.
pub const MAX_AUTHORITIES: usize = 20_000;

/// Characters of a name that are shown.
const SHOWN: usize = 80;

/// Signatures over SHA-1, which anybody can make two certificates for.
const SHA1: [&str; 3] = ["1.2.840.113549.1.1.5", "1.3.14.3.2.29", "1.2.840.10045.4.1"];

/// The makers' certificates, judged at one time.
#[derive(Debug, Clone, Default)]
pub struct VendorRoots {
    authorities: Vec<Authority>,
    by_subject: HashMap<Box<[u8]>, Vec<usize>>,
    /// For each authority: its root, or why it leads to none.
    standing: Vec<Result<usize, String>>,
}

#[derive(Debug, Clone)]
struct Authority {
    der: Box<[u8]>,
    key: Box<[u8]>,
    subject: Box<[u8]>,
    issuer: Box<[u8]>,
    name: RemoteText,
    signed_itself: bool,
    path_length: Option<u32>,
    /// Why it may not issue anything.
    fault: Option<String>,
}

/// The certificates in a file: PEM, one or many, or the DER of one.
#[must_use]
pub fn certificates_of_file(bytes: &[u8]) -> Vec<Vec<u8>> {
    if !bytes.windows(10).any(|window| window == b"-----BEGIN") {
        return parse(bytes).map(|(_, own)| vec![own.to_vec()]).unwrap_or_default();
    }
    let blocks = Pem::iter_from_buffer(bytes).filter_map(Result::ok);
    blocks.filter(|block| block.label == "CERTIFICATE").map(|block| block.contents).collect()
}

impl VendorRoots {
    /// Judges these certificates (DER) at a time. One that stands there twice
    /// counts once; what is no certificate is left out and told.
    pub fn new(
        certificates: impl IntoIterator<Item = Vec<u8>>,
        at: Timestamp,
    ) -> (Self, Vec<UnreadableCertificate>) {
        let mut roots = Self::default();
        let mut unreadable = Vec::new();
        for der in certificates.into_iter().take(MAX_AUTHORITIES) {
            match Authority::read(&der, at) {
                Ok(authority) => roots.take(authority),
                Err(error) => unreadable.push(error),
            }
        }
        let mut signed = HashMap::new();
        roots.standing = (0..roots.authorities.len())
            .map(|index| {
                let mut search = Search { signed: &mut signed, path: Vec::new(), steps: 0 };
                roots.root_of(index, 0, &mut search)
            })
            .collect();
        (roots, unreadable)
    }

    fn take(&mut self, authority: Authority) {
        let same = self.by_subject.entry(authority.subject.clone()).or_default();
        let known = same.iter().filter_map(|place| self.authorities.get(*place));
        if !known.into_iter().any(|known| known.der == authority.der) {
            same.push(self.authorities.len());
            self.authorities.push(authority);
        }
    }

    /// How many certificates there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.authorities.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.authorities.is_empty()
    }

    /// How many of them are roots.
    #[must_use]
    pub fn roots(&self) -> usize {
        self.authorities.iter().filter(|authority| authority.signed_itself).count()
    }

    /// Whether one of these certificates (DER) can vouch for anything.
    ///
    /// # Errors
    /// It cannot, and why, in words that are fit to be shown.
    pub fn standing_of(&self, der: &[u8]) -> Result<(), String> {
        let (certificate, own) = parse(der).map_err(|error| error.to_string())?;
        let same = self.by_subject.get(certificate.subject().as_raw()).into_iter().flatten();
        let found = same
            .filter(|place| self.authorities.get(**place).is_some_and(|known| *known.der == *own))
            .find_map(|place| self.standing.get(*place));
        match found {
            Some(Ok(_root)) => Ok(()),
            Some(Err(fault)) => Err(fault.clone()),
            None => Err("it is not among the vendor certificates".to_owned()),
        }
    }

    /// The root that stands behind an endorsement certificate (DER).
    ///
    /// # Errors
    /// None does, and why, in words.
    pub fn root_behind(&self, der: &[u8]) -> Result<&RemoteText, String> {
        let (certificate, _) = parse(der).map_err(|error| error.to_string())?;
        self.root_of_certificate(&certificate)
    }

    /// The same for one that was read already.
    pub(super) fn root_of_certificate(
        &self,
        certificate: &X509Certificate<'_>,
    ) -> Result<&RemoteText, String> {
        let unknown = unknown_critical(certificate);
        if !unknown.is_empty() {
            return Err(format!("it has a critical extension that is not known ({})", unknown.join(", ")));
        }
        let issuers = self.by_subject.get(certificate.issuer().as_raw()).map(Vec::as_slice);
        let mut why = None;
        for index in issuers.unwrap_or_default() {
            let (Some(authority), Some(standing)) = (self.authorities.get(*index), self.standing.get(*index))
            else {
                continue;
            };
            match (is_signed_by(certificate, &authority.key), standing) {
                (Ok(()), Ok(root)) => {
                    return self.authorities.get(*root).map(|root| &root.name).ok_or_else(String::new);
                }
                (Ok(()), Err(fault)) => why = Some(fault.clone()),
                (Err(fault), _) => why = why.or(Some(fault)),
            }
        }
        Err(why.unwrap_or_else(|| {
            let issuer = RemoteText::from(certificate.issuer().to_string());
            format!("its issuer ({}) is not among the vendor certificates", issuer.shown_to(SHOWN))
        }))
    }

    /// The root that this authority leads to, with so many certificates below it
    /// that its path length counts.
    fn root_of(&self, index: usize, below: u32, search: &mut Search<'_>) -> Result<usize, String> {
        let Some(authority) = self.authorities.get(index) else { return Err(String::new()) };
        let said = |why: &str| format!("the vendor certificate {} {why}", authority.name.shown_to(SHOWN));
        search.steps += 1;
        if let Some(fault) = &authority.fault {
            return Err(said(fault));
        }
        if authority.path_length.is_some_and(|most| most < below) {
            return Err(said("does not allow that many certificates below it"));
        }
        if authority.signed_itself {
            return Ok(index);
        }
        if search.path.len() > MAX_BETWEEN || search.steps > MAX_STEPS {
            return Err(said("is too far from a root"));
        }
        let above = self.by_subject.get(&authority.issuer).map(Vec::as_slice).unwrap_or_default();
        let mut why = None;
        search.path.push(index);
        for parent in above.iter().filter(|parent| !search.path.contains(parent)).copied().collect::<Vec<_>>()
        {
            if !search.is_signed(self, index, parent) {
                why = why.or_else(|| Some(said("is not signed by the issuer that it names")));
                continue;
            }
            // A certificate that an authority made for itself does not count (RFC 5280 §4.2.1.9).
            let counted = u32::from(authority.subject != authority.issuer);
            match self.root_of(parent, below.saturating_add(counted), search) {
                Ok(root) => {
                    search.path.pop();
                    return Ok(root);
                }
                Err(fault) => why = Some(fault),
            }
        }
        search.path.pop();
        Err(why.unwrap_or_else(|| said("leads to no root: its issuer is not among the vendor certificates")))
    }
}

/// A search for one root.
struct Search<'a> {
    /// Whether the first is signed by the second.
    signed: &'a mut HashMap<(usize, usize), bool>,
    path: Vec<usize>,
    steps: usize,
}

impl Search<'_> {
    fn is_signed(&mut self, roots: &VendorRoots, one: usize, by: usize) -> bool {
        *self.signed.entry((one, by)).or_insert_with(|| {
            let (Some(one), Some(by)) = (roots.authorities.get(one), roots.authorities.get(by)) else {
                return false;
            };
            parse(&one.der).is_ok_and(|(certificate, _)| is_signed_by(&certificate, &by.key).is_ok())
        })
    }
}

impl Authority {
    fn read(der: &[u8], at: Timestamp) -> Result<Self, UnreadableCertificate> {
        let (certificate, own) = parse(der)?;
        let subject = certificate.subject();
        let key = certificate.public_key().raw;
        let is_self_issued = subject.as_raw() == certificate.issuer().as_raw();
        // Who trusts a root trusts its key; by what its own signature was made does not matter.
        let signed_itself =
            is_self_issued && certificate.verify_signature(Some(certificate.public_key())).is_ok();
        let mut path_length = None;
        for extension in certificate.extensions() {
            if let ParsedExtension::BasicConstraints(constraints) = extension.parsed_extension() {
                path_length = constraints.path_len_constraint;
            }
        }
        Ok(Self {
            der: own.into(),
            key: key.into(),
            subject: subject.as_raw().into(),
            issuer: certificate.issuer().as_raw().into(),
            name: RemoteText::from(subject.to_string()),
            signed_itself,
            path_length,
            fault: fault(&certificate, at),
        })
    }
}

/// Why an authority may issue no endorsement certificate at this time.
fn fault(certificate: &X509Certificate<'_>, at: Timestamp) -> Option<String> {
    let validity = certificate.validity();
    if at < time(validity.not_before.timestamp()) {
        return Some("is not valid yet".to_owned());
    }
    if end(validity.not_after.timestamp()).is_some_and(|end| at.as_second() > end.as_second()) {
        return Some("has expired".to_owned());
    }
    let unknown = unknown_critical(certificate);
    if !unknown.is_empty() {
        return Some(format!("has a critical extension that is not known ({})", unknown.join(", ")));
    }
    let mut is_authority = false;
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => is_authority = constraints.ca,
            ParsedExtension::KeyUsage(usage) if !usage.key_cert_sign() => {
                return Some("may not sign certificates (key usage)".to_owned());
            }
            ParsedExtension::ParseError { .. } => {
                return Some("has an extension that cannot be read".to_owned());
            }
            _ => {}
        }
    }
    (!is_authority).then(|| "is no authority (basic constraints)".to_owned())
}

/// Whether a certificate is signed with this key (SPKI).
fn is_signed_by(certificate: &X509Certificate<'_>, key: &[u8]) -> Result<(), String> {
    let algorithm = &certificate.signature_algorithm;
    // The outer name of the algorithm is not signed.
    if *algorithm != certificate.tbs_certificate.signature {
        return Err("it names two algorithms for its signature".to_owned());
    }
    let number = algorithm.algorithm.to_id_string();
    if SHA1.contains(&number.as_str()) {
        return Err("it is signed over SHA-1, which proves nothing any more".to_owned());
    }
    let (_, key) = SubjectPublicKeyInfo::from_der(key)
        .map_err(|_no_key| "its issuer's key cannot be read".to_owned())?;
    certificate.verify_signature(Some(&key)).map_err(|error| match error {
        x509_parser::error::X509Error::SignatureUnsupportedAlgorithm => {
            format!("it is signed with an algorithm that is not supported here ({number})")
        }
        _ => "its signature is not that of the issuer that it names".to_owned(),
    })
}
