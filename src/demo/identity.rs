//! What agents registered: TPM keys and certificates that look like real ones.
//!
//! All of it follows from the agent's number. The endorsement certificate
//! really is about the endorsement key, and the agent's own certificate really
//! carries its id, so that an audit of identities finds a consistent fleet. In it
//! are two machines that were copied with their TPM, and one whose attestation
//! key signs anything.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData, SerialNumber,
    SignatureAlgorithm,
};
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::attestation_key::AttestationKey;
use super::chance::Chance;
use super::pki::set_validity;

/// `TPM2B_PUBLIC` of an endorsement key up to its modulus (TCG EK Credential
/// Profile, template L-1: RSA 2048, SHA-256, restricted, the well-known policy).
const ENDORSEMENT_HEAD: [u8; 60] = [
    0x01, 0x3a, 0x00, 0x01, 0x00, 0x0b, 0x00, 0x03, 0x00, 0xb2, 0x00, 0x20, 0x83, 0x71, 0x97, 0x67, 0x44,
    0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24, 0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52,
    0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa, 0x00, 0x06, 0x00, 0x80, 0x00, 0x43, 0x00,
    0x10, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00,
];

/// An Ed25519 key in PKCS#8 up to its 32 bytes (RFC 8410 section 7).
const ED25519_HEAD: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The machine that was copied, and its copy: one TPM under two ids.
const COPIED: usize = 30;
const COPY: usize = 31;

/// The agent whose attestation key is not restricted.
const UNRESTRICTED: usize = 27;

/// What an endorsement certificate says about its TPM (TCG EK Credential Profile
/// §3.2.9): manufacturer, model and version, by the last number of their identifiers.
const TPM: [(u8, &str); 3] = [(1, "id:4C494D45"), (2, "demo"), (3, "id:00010000")];

const DAY: u64 = 86_400;

/// Makes what agents registered.
pub(super) struct Factory {
    seed: u64,
    origin: u64,
    manufacturer: Issuer<'static, KeyPair>,
    manufacturer_certificate: String,
}

/// What one agent registered.
pub(super) struct Identity {
    /// `TPM2B_PUBLIC`.
    pub(super) endorsement_key: Vec<u8>,
    /// X.509, DER.
    pub(super) endorsement_certificate: Vec<u8>,
    /// `TPM2B_PUBLIC`.
    pub(super) attestation_key: Vec<u8>,
}

struct RsaKey(Vec<u8>);

impl PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl Factory {
    /// A factory with a TPM manufacturer of its own.
    pub(super) fn new(seed: u64, origin: u64) -> Result<Self, rcgen::Error> {
        let key = ed25519(&mut Chance::new(seed, 0x3a11, 0))?;
        let mut manufacturer = CertificateParams::default();
        manufacturer.distinguished_name = name("limescope demo TPM manufacturer");
        manufacturer.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        manufacturer.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        manufacturer.serial_number = Some(SerialNumber::from_slice(&[1]));
        set_validity(&mut manufacturer, origin - 3650 * DAY, origin + 3650 * DAY);
        let manufacturer_certificate = manufacturer.self_signed(&key)?.pem();
        Ok(Self { seed, origin, manufacturer: Issuer::new(manufacturer, key), manufacturer_certificate })
    }

    /// The manufacturer's root certificate, PEM.
    pub(super) fn manufacturer_certificate(&self) -> &str {
        &self.manufacturer_certificate
    }

    /// The TPM of an agent.
    pub(super) fn identity(&self, agent: usize) -> Result<Identity, rcgen::Error> {
        let (modulus, mut chance) = self.endorsement(agent);
        let mut certificate = self.parameters("unknown", &mut chance);
        set_validity(&mut certificate, self.origin - 30 * DAY, self.origin + 3650 * DAY);
        certificate.is_ca = IsCa::ExplicitNoCa;
        certificate.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
        // tcg-kp-EKCertificate.
        certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![2, 23, 133, 8, 1])];
        certificate.custom_extensions.push(tpm_name());
        let certificate = certificate.signed_by(&RsaKey(rsa_public_key(&modulus)), &self.manufacturer)?;
        Ok(Identity {
            endorsement_key: self.endorsement_key(agent),
            endorsement_certificate: certificate.der().to_vec(),
            attestation_key: self.attestation_key(agent)?.public(),
        })
    }

    /// The endorsement key of an agent, `TPM2B_PUBLIC`.
    pub(super) fn endorsement_key(&self, agent: usize) -> Vec<u8> {
        [&ENDORSEMENT_HEAD[..], &self.endorsement(agent).0].concat()
    }

    /// Its modulus, and the stream that everything else of the machine follows from.
    fn endorsement(&self, agent: usize) -> ([u8; 256], Chance) {
        let machine = if agent == COPY { COPIED } else { agent };
        let mut chance = Chance::new(self.seed, 0x7e3, machine as u64);
        (modulus(&mut chance), chance)
    }

    /// The attestation key of an agent.
    pub(super) fn attestation_key(&self, agent: usize) -> Result<AttestationKey, rcgen::Error> {
        let mut chance = Chance::new(self.seed, 0xa1c, agent as u64);
        AttestationKey::new(&mut chance, agent != UNRESTRICTED)
            .map_err(|_no_key| rcgen::Error::RingUnspecified)
    }

    /// The certificate of a pull agent's own server, PEM.
    pub(super) fn agent_certificate(&self, agent: usize, id: &str) -> Result<String, rcgen::Error> {
        let mut chance = Chance::new(self.seed, 0xce47, agent as u64);
        let key = ed25519(&mut chance)?;
        let parameters = self.parameters(id, &mut chance);
        Ok(parameters.self_signed(&key)?.pem().replace("\r\n", "\n"))
    }

    fn parameters(&self, common_name: &str, chance: &mut Chance) -> CertificateParams {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name = name(common_name);
        set_validity(&mut parameters, self.origin - 30 * DAY, self.origin + 335 * DAY);
        // A leading one keeps the serial number positive.
        let [_, rest @ ..] = chance.bytes::<8>();
        let [a, b, c, d, e, f, g] = rest;
        parameters.serial_number = Some(SerialNumber::from_slice(&[1, a, b, c, d, e, f, g]));
        parameters
    }
}

/// The subject alternative name of an endorsement certificate: a directory name.
fn tpm_name() -> CustomExtension {
    let parts = TPM.map(|(last, text)| {
        let identifier = tagged(0x06, &[0x67, 0x81, 0x05, 0x02, last]);
        tagged(0x31, &tagged(0x30, &[identifier, tagged(0x0c, text.as_bytes())].concat()))
    });
    let directory = tagged(0xa4, &tagged(0x30, &parts.concat()));
    let mut names = CustomExtension::from_oid_content(&[2, 5, 29, 17], tagged(0x30, &directory));
    names.set_criticality(true);
    names
}

/// DER of a value of fewer than 128 bytes.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8], content].concat()
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn ed25519(chance: &mut Chance) -> Result<KeyPair, rcgen::Error> {
    let key = [&ED25519_HEAD[..], &chance.bytes::<32>()].concat();
    KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key), &PKCS_ED25519)
}

/// 2,048 bits that could be a modulus: full length and odd.
fn modulus(chance: &mut Chance) -> [u8; 256] {
    let mut modulus = chance.bytes::<256>();
    let [first, .., last] = &mut modulus;
    *first |= 0x80;
    *last |= 1;
    modulus
}

/// `RSAPublicKey` (RFC 8017 appendix A.1.1) with the exponent 65537.
fn rsa_public_key(modulus: &[u8; 256]) -> Vec<u8> {
    let head = [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
    [&head[..], modulus, &[0x02, 0x03, 0x01, 0x00, 0x01]].concat()
}

#[cfg(test)]
mod tests {
    use x509_parser::prelude::FromDer;
    use x509_parser::prelude::X509Certificate;

    use super::*;

    #[test]
    fn certificates_are_about_their_keys_and_ids() {
        let factory = Factory::new(1, 1_800_000_000).unwrap();
        let identity = factory.identity(5).unwrap();
        assert_eq!(identity.endorsement_key.len(), 316);
        assert_eq!(identity.attestation_key.len(), 90);
        let (_, certificate) = X509Certificate::from_der(&identity.endorsement_certificate).unwrap();
        let modulus = &identity.endorsement_key[60..];
        assert!(certificate.public_key().raw.windows(256).any(|window| window == modulus));

        let pem = factory.agent_certificate(5, "node-5").unwrap();
        let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
        let certificate = pem.parse_x509().unwrap();
        assert_eq!(certificate.subject().iter_common_name().next().unwrap().as_str().unwrap(), "node-5");
    }

    #[test]
    fn one_machine_is_a_copy_and_one_key_signs_anything() {
        let factory = Factory::new(1, 1_800_000_000).unwrap();
        let endorsement = |agent| factory.identity(agent).unwrap().endorsement_key;
        assert_eq!(endorsement(COPIED), endorsement(COPY));
        assert_ne!(endorsement(COPIED), endorsement(COPY + 1));
        let attestation = |agent| factory.attestation_key(agent).unwrap().public();
        assert_ne!(attestation(COPIED), attestation(COPY));
        let attributes = |agent| attestation(agent)[6..10].to_vec();
        assert_eq!(attributes(1), [0, 5, 0, 0x72]);
        assert_eq!(attributes(UNRESTRICTED), [0, 4, 0, 0x72]);
    }

    #[test]
    fn the_same_agent_gets_the_same_bytes() {
        let make = |agent| {
            let factory = Factory::new(1, 1_800_000_000).unwrap();
            (
                factory.identity(agent).unwrap().endorsement_certificate,
                factory.agent_certificate(agent, "x").unwrap(),
            )
        };
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }
}
