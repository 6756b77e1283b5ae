//! One group's trust and identity, ready for connections.

use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};

use super::key;
use super::verifier::{NameCheck, Recorder, Verifier};
use crate::config::HostnameCheck;
use crate::text::Secret;

/// The texts that a group's `[servers.tls]` names, already read.
#[derive(Debug, Default)]
pub struct Credentials {
    /// PEM certificates of the CA.
    pub ca: Option<Vec<u8>>,
    /// PEM certificate of the operator, with its chain if it has one.
    pub cert: Option<Vec<u8>>,
    /// PEM key of the operator.
    pub key: Option<Secret>,
    /// Passphrase of the key.
    pub passphrase: Option<Secret>,
    /// How names are checked.
    pub hostname: HostnameCheck,
    /// The name to expect instead of the address's host.
    pub expect_name: Option<String>,
}

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// `ca` is not PEM, or holds no certificate.
    #[error("`ca` holds no usable certificate: {0}")]
    Ca(String),
    /// `cert` is not PEM, or holds no certificate.
    #[error("`cert` holds no usable certificate: {0}")]
    Certificate(String),
    /// `key` cannot be read or decrypted.
    #[error("`key`: {0}")]
    Key(#[from] key::KeyError),
    /// `cert` and `key` do not belong together, or TLS refuses them.
    #[error("`cert` and `key` cannot be used together: {0}")]
    Pair(#[source] rustls::Error),
    /// `expect_name` is not a name.
    #[error("`expect_name` is not a DNS name")]
    Name(#[source] InvalidDnsNameError),
}

/// One group's trust and identity.
#[derive(Clone, Debug)]
pub struct TlsSetup {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    names: NameCheck,
    identity: Option<Arc<rustls::sign::CertifiedKey>>,
}

impl TlsSetup {
    /// Reads the credentials.
    ///
    /// # Errors
    /// Whatever in them cannot be used, by the name of the configuration's key.
    pub fn new(credentials: &Credentials) -> Result<Self, CredentialsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let names = match (&credentials.expect_name, credentials.hostname) {
            (_, HostnameCheck::ChainOnly) => NameCheck::None,
            (None, HostnameCheck::Verify) => NameCheck::Host,
            (Some(name), HostnameCheck::Verify) => {
                NameCheck::Given(ServerName::try_from(name.clone()).map_err(CredentialsError::Name)?)
            }
        };
        let mut roots = RootCertStore::empty();
        if let Some(ca) = &credentials.ca {
            for certificate in certificates(ca).map_err(CredentialsError::Ca)? {
                roots.add(certificate).map_err(|error| CredentialsError::Ca(error.to_string()))?;
            }
        }
        let identity = match (&credentials.cert, &credentials.key) {
            (Some(cert), Some(key)) => {
                let chain = certificates(cert).map_err(CredentialsError::Certificate)?;
                let key: PrivateKeyDer<'static> = key::read(key, credentials.passphrase.as_ref())?;
                let pair = rustls::sign::CertifiedKey::from_der(chain, key, &provider)
                    .map_err(CredentialsError::Pair)?;
                Some(Arc::new(pair))
            }
            _ => None,
        };
        Ok(Self { provider, roots: Arc::new(roots), names, identity })
    }

    /// Whether a client certificate is configured.
    pub fn has_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// Whether any certificate could be trusted at all.
    pub fn has_trust(&self) -> bool {
        !self.roots.is_empty()
    }

    /// A configuration for connections; what the server shows goes to `recorder`.
    pub(in crate::keylime) fn client(&self, recorder: Recorder) -> Result<ClientConfig, rustls::Error> {
        let verifier: Arc<dyn ServerCertVerifier> =
            Arc::new(Verifier::new(Arc::clone(&self.roots), self.names.clone(), &self.provider, recorder));
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut client = match &self.identity {
            Some(identity) => builder.with_client_cert_resolver(Arc::new(
                rustls::sign::SingleCertAndKey::from(Arc::clone(identity)),
            )),
            None => builder.with_no_client_auth(),
        };
        // A resumed session would skip the certificate that a probe is to show.
        client.resumption = rustls::client::Resumption::disabled();
        Ok(client)
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err("no PEM block `CERTIFICATE` in it".to_owned()),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(error.to_string()),
    }
}
