//! The hostile groups' CA, and the certificates that it signs or does not sign.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tempfile::TempDir;

use crate::server::{Onlooker, Seen};

static OLD_TLS: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];

/// A CA in a folder of its own, with an operator's certificate.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// A server's certificate chain with its key.
pub struct Identity {
    versions: &'static [&'static SupportedProtocolVersion],
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        Self::called("Hostile Certificate Authority")
    }

    /// A CA with this common name.
    pub fn called(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut client = CertificateParams::default();
        client.distinguished_name = named("client");
        let key = KeyPair::generate().unwrap();
        let cert = client.signed_by(&key, &issuer).unwrap();
        fs::write(folder.path().join("ca.crt"), issuer.pem()).unwrap();
        fs::write(folder.path().join("client.crt"), cert.pem()).unwrap();
        fs::write(folder.path().join("client.pem"), key.serialize_pem()).unwrap();
        Self { issuer, folder }
    }

    /// PEM file of the CA.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    /// PEM files of the operator's certificate and key.
    pub fn operator(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("client.crt"), self.folder.path().join("client.pem"))
    }

    /// The text of the operator's key between its PEM lines: it must be seen nowhere.
    pub fn key_text(&self) -> String {
        let pem = fs::read_to_string(self.operator().1).unwrap();
        pem.lines().find(|line| !line.starts_with('-')).unwrap().to_owned()
    }

    /// A certificate for 127.0.0.1 as it should be.
    pub fn good(&self) -> Identity {
        self.signed(|_| {})
    }

    /// A certificate for 127.0.0.1 with a change.
    pub fn signed(&self, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = server();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        Identity::of(vec![cert.der().clone(), self.issuer.der().clone()], &key)
    }
}

impl Identity {
    /// A certificate for 127.0.0.1 that only vouches for itself.
    pub fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = server();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        Self::of(vec![cert.der().clone()], &key)
    }

    fn of(chain: Vec<CertificateDer<'static>>, key: &KeyPair) -> Self {
        Self {
            versions: rustls::ALL_VERSIONS,
            chain,
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }

    /// The server's own certificate.
    pub fn pem(&self) -> String {
        pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, &self.chain[0]).unwrap()
    }

    /// The same with TLS 1.2 only, where certificates go in another order.
    pub fn with_old_tls(self) -> Self {
        Self { versions: OLD_TLS, ..self }
    }

    /// TLS as this server, asking for a client certificate and noting whether one came.
    pub fn config(&self, seen: &Arc<Seen>) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(self.versions)
            .unwrap()
            .with_client_cert_verifier(Arc::new(Onlooker::new(Arc::clone(seen), &provider)))
            .with_single_cert(self.chain.clone(), self.key.clone_key())
            .unwrap()
    }
}

/// A distinguished name with a common name only.
pub fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn server() -> CertificateParams {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.distinguished_name = named("server");
    params
}
