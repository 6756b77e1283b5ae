//! What TPMs and their makers make: public areas and certificates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use limescope::text::RemoteText;
use limescope::tpm::identity::{Identity, Registration, VendorRoots, audit};
use limescope::tpm::wire::{Attributes, Curve, Hash, Key, Public, Scheme, Symmetric};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData, SignatureAlgorithm,
};

pub const POLICY_A: &str = "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";

/// When the audits of these tests take place.
pub fn today() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

pub fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// A modulus that could be one, told apart by a number.
fn modulus(number: u8) -> Vec<u8> {
    let mut modulus = vec![number; 256];
    modulus[0] = 0xc1;
    modulus[255] = 0x0b;
    modulus
}

/// An endorsement key by template L-1 (RSA 2048).
pub fn endorsement_key(number: u8) -> Public {
    Public {
        name_hash: Hash::Sha256,
        attributes: Attributes::new(0x0003_00b2),
        policy: hex(POLICY_A),
        symmetric: Some(Symmetric::AES_128_CFB),
        scheme: Scheme::Open,
        key: Key::Rsa { bits: 2048, exponent: 0, modulus: modulus(number) },
    }
}

/// An endorsement key by template L-2 (P-256), whose x has lost a leading zero.
pub fn curve_key() -> Public {
    let key = Key::Ecc { curve: Curve::P256, kdf: None, x: vec![7; 31], y: vec![9; 32] };
    Public { key, ..endorsement_key(0) }
}

/// What Keylime's agent makes: RSA 2048, RSASSA over SHA-256, restricted.
pub fn attestation_key(number: u8) -> Public {
    Public {
        attributes: Attributes::new(0x0005_0072),
        policy: Vec::new(),
        symmetric: None,
        scheme: Scheme::Rsassa(Hash::Sha256),
        ..endorsement_key(number ^ 0x55)
    }
}

/// TPM2B_PUBLIC in base64.
pub fn sent(key: &Public) -> RemoteText {
    let area = key.encode();
    let length = u16::try_from(area.len()).unwrap().to_be_bytes();
    STANDARD.encode([&length[..], &area].concat()).into()
}

pub fn registration(endorsement: &Public, attestation: &Public) -> Registration {
    Registration {
        ek_tpm: Some(sent(endorsement)),
        aik_tpm: Some(sent(attestation)),
        mtls_cert: Some("disabled".into()),
        ..Registration::default()
    }
}

pub fn with_certificate(der: &[u8]) -> Registration {
    Registration {
        ekcert: Some(STANDARD.encode(der).into()),
        ..registration(&endorsement_key(1), &attestation_key(1))
    }
}

pub fn roots(certificates: &[&[u8]]) -> VendorRoots {
    let (roots, unreadable) = VendorRoots::new(certificates.iter().map(|der| der.to_vec()), today());
    assert!(unreadable.is_empty(), "{unreadable:?}");
    roots
}

/// The codes of what an audit finds, without what is only worth knowing.
pub fn codes(identity: &Identity) -> Vec<&'static str> {
    identity.findings.iter().filter(|finding| finding.counts()).map(|finding| finding.code).collect()
}

/// The codes of what is only worth knowing.
pub fn notes(identity: &Identity) -> Vec<&'static str> {
    identity.findings.iter().filter(|finding| !finding.counts()).map(|finding| finding.code).collect()
}

pub fn judged(registration: &Registration) -> Identity {
    audit(registration, None, today())
}

/// A certificate's key that nobody has the secret part of.
pub struct Certified(pub Public);

impl PublicKeyData for Certified {
    fn der_bytes(&self) -> &[u8] {
        // The test's own few keys may live as long as it does.
        Box::leak(
            match &self.0.key {
                Key::Rsa { modulus, .. } => {
                    sequence(&[tag(2, &[&[0], &modulus[..]].concat()), tag(2, &[1, 0, 1])])
                }
                Key::Ecc { .. } => self.0.key.ecc_point().unwrap(),
            }
            .into_boxed_slice(),
        )
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match &self.0.key {
            Key::Rsa { .. } => &rcgen::PKCS_RSA_SHA256,
            Key::Ecc { .. } => &rcgen::PKCS_ECDSA_P256_SHA256,
        }
    }
}

/// DER of one value.
pub fn tag(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content.to_vec()].concat()
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tag(0x30, &parts.concat())
}

/// The subject alternative name of an endorsement certificate: manufacturer,
/// model and version in one directory name.
pub fn tpm_name(manufacturer: &str, model: &str, version: &str) -> CustomExtension {
    let part = |last: u8, text: &str| {
        let pair = sequence(&[tag(6, &[0x67, 0x81, 0x05, 0x02, last]), tag(0x0c, text.as_bytes())]);
        tag(0x31, &pair)
    };
    let name = sequence(&[part(1, manufacturer), part(2, model), part(3, version)]);
    let names = sequence(&[tag(0xa4, &name)]);
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 17], names);
    extension.set_criticality(true);
    extension
}

/// Somebody who issues certificates.
pub struct Maker {
    pub der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

fn named(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    parameters.distinguished_name = subject;
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2040, 1, 1);
    parameters
}

/// The parameters of an authority.
pub fn authority(name: &str) -> CertificateParams {
    let mut parameters = named(name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    parameters
}

impl Maker {
    pub fn root(name: &str) -> Self {
        Self::root_of(authority(name))
    }

    pub fn root_of(parameters: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let der = parameters.self_signed(&key).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(parameters, key) }
    }

    /// Another authority below this one.
    pub fn below(&self, parameters: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let der = parameters.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(parameters, key) }
    }

    pub fn certifies(&self, parameters: &CertificateParams, key: &Public) -> Vec<u8> {
        parameters.signed_by(&Certified(key.clone()), &self.issuer).unwrap().der().to_vec()
    }

    /// An endorsement certificate of the usual kind.
    pub fn endorses(&self, key: &Public) -> Vec<u8> {
        self.certifies(&endorsement(), key)
    }
}

/// The parameters of an endorsement certificate.
pub fn endorsement() -> CertificateParams {
    let mut parameters = named("");
    parameters.distinguished_name = DistinguishedName::new();
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![2, 23, 133, 8, 1])];
    parameters.custom_extensions = vec![tpm_name("id:49465800", "SLB9670", "id:0D0B")];
    parameters
}

/// The PEM text of a certificate.
pub fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
