//! One CA per group, with the server and client certificates that it signed.
//!
//! As with Keylime's own CA: leaf certificates carry no extended key usage, the
//! operator's certificate has the common name `client`, servers send their CA's
//! certificate after their own.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::DemoError;

const DAY: u64 = 86_400;

/// Days for which a server's certificate is valid.
pub(super) const USUAL_DAYS: u64 = 365;

/// Sets from when until when a certificate is valid, in Unix time.
pub(super) fn set_validity(certificate: &mut CertificateParams, from: u64, until: u64) {
    let epoch = date_time_ymd(1970, 1, 1);
    certificate.not_before = epoch + Duration::from_secs(from);
    certificate.not_after = epoch + Duration::from_secs(until);
}

/// A group's CA and what its operator gets.
pub(super) struct GroupCa {
    issuer: CertifiedIssuer<'static, KeyPair>,
    now: u64,
    /// The operator's certificate, PEM.
    pub(super) client_certificate: String,
    /// The operator's key, PKCS#8 PEM.
    pub(super) client_key: String,
}

impl GroupCa {
    /// A new CA, valid for ten years from `now` (Unix time).
    pub(super) fn new(group: &str, now: u64) -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::default();
        authority
            .distinguished_name
            .push(DnType::CommonName, format!("Keylime Certificate Authority {group}"));
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        set_validity(&mut authority, now - DAY, now + 3650 * DAY);
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let client = leaf("client", [], now, USUAL_DAYS)?;
        let client_key = KeyPair::generate()?;
        let client_certificate = client.signed_by(&client_key, &issuer)?.pem();
        Ok(Self { issuer, now, client_certificate, client_key: client_key.serialize_pem() })
    }

    /// The CA's certificate, PEM.
    pub(super) fn certificate(&self) -> String {
        self.issuer.pem()
    }

    /// TLS of one server, with a new certificate that ends in `days`. A client
    /// certificate is optional; one of another CA ends the handshake.
    pub(super) fn server(&self, days: u64) -> Result<ServerConfig, DemoError> {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        let key = KeyPair::generate()?;
        let certificate = leaf("server", names, self.now, days)?.signed_by(&key, &self.issuer)?;

        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone())?;
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .clear_root_hint_subjects()
            .build()?;
        let chain = vec![certificate.der().clone(), self.issuer.der().clone()];
        Ok(ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(clients)
            .with_single_cert(chain, PrivateKeyDer::Pkcs8(key.serialize_der().into()))?)
    }
}

fn leaf<const NAMES: usize>(
    common_name: &str,
    names: [String; NAMES],
    now: u64,
    days: u64,
) -> Result<CertificateParams, rcgen::Error> {
    let mut certificate = CertificateParams::new(names)?;
    certificate.distinguished_name = name(common_name);
    certificate.use_authority_key_identifier_extension = true;
    // A certificate that ends soon is as old as the others.
    set_validity(&mut certificate, now - DAY - (USUAL_DAYS.saturating_sub(days)) * DAY, now + days * DAY);
    Ok(certificate)
}

/// The name that Keylime's default CA options make.
fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for (kind, value) in [
        (DnType::CountryName, "US"),
        (DnType::CommonName, common_name),
        (DnType::StateOrProvinceName, "MA"),
        (DnType::LocalityName, "Lexington"),
        (DnType::OrganizationName, "Keylime"),
        (DnType::OrganizationalUnitName, "53"),
    ] {
        name.push(kind, value);
    }
    name
}
