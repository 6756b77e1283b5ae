//! What `[servers.tls]` may hold of the operator.

use limescope::keylime::{Credentials, CredentialsError, TlsSetup};
use limescope::text::Secret;
use rcgen::{CertificateParams, KeyPair};

fn with(cert: &[u8], key: &str) -> Result<TlsSetup, CredentialsError> {
    let label = |der: &[u8]| pem_rfc7468::encode_string("CERTIFICATE", Default::default(), der).unwrap();
    TlsSetup::new(&Credentials {
        cert: Some(label(cert).into_bytes()),
        key: Some(Secret::new(key.as_bytes().to_vec())),
        ..Credentials::default()
    })
}

/// The same certificate without its version field, as X.509 v1 has none.
fn version_one(der: &[u8]) -> Vec<u8> {
    const VERSION: [u8; 5] = [0xa0, 3, 2, 1, 2];
    let at = der.windows(VERSION.len()).position(|window| window == VERSION).unwrap();
    let mut shorter = [&der[..at], &der[at + VERSION.len()..]].concat();
    // The whole has two bytes of length, the part to sign has one.
    assert_eq!((shorter[1], shorter[at - 2]), (0x82, 0x81));
    let whole = u16::from_be_bytes([shorter[2], shorter[3]]) - 5;
    shorter[2..4].copy_from_slice(&whole.to_be_bytes());
    shorter[at - 1] -= 5;
    shorter
}

#[test]
fn a_client_certificate_may_be_of_the_first_version() {
    let key = KeyPair::generate().unwrap();
    let cert = CertificateParams::default().self_signed(&key).unwrap();
    assert!(with(cert.der(), &key.serialize_pem()).unwrap().has_identity());
    let old = version_one(cert.der());
    let (_, parsed) = x509_parser::parse_x509_certificate(&old).unwrap();
    assert_eq!(parsed.version(), x509_parser::x509::X509Version::V1);
    assert!(with(&old, &key.serialize_pem()).unwrap().has_identity());
    let other = KeyPair::generate().unwrap().serialize_pem();
    for certificate in [cert.der().to_vec(), old] {
        let told = with(&certificate, &other).unwrap_err().to_string();
        assert!(told.contains("key of another certificate"), "{told}");
    }
}

#[test]
fn a_key_in_the_old_encryption_is_named_as_such() {
    let key = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
    let cert = CertificateParams::default().self_signed(&KeyPair::generate().unwrap()).unwrap();
    let told = with(cert.der(), key).unwrap_err().to_string();
    assert!(told.contains("openssl pkcs8 -topk8"), "{told}");
}
