//! One group's trust and identity, ready for connections.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName};
use rustls::sign::{CertifiedKey, SigningKey};
use rustls::{ClientConfig, RootCertStore};

use super::device_key::OfDevice;
use super::pinned::Pinned;
use super::verifier::{NameCheck, Recorder, Verifier};
use super::{certificate, key};
use crate::config::HostnameCheck;
use crate::text::Secret;
use crate::tpm::device::DeviceKey;

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
    /// The operator's key where a TPM has it; counts before `key`.
    pub device_key: Option<Arc<DeviceKey>>,
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
    /// A kind of key that TLS cannot use.
    #[error("`key` cannot be used for TLS: {0}")]
    KeyKind(#[source] rustls::Error),
    /// The key is that of another certificate.
    #[error("`key` does not belong to `cert`: it is the key of another certificate")]
    Pair,
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
    identity: Option<Arc<CertifiedKey>>,
    /// Each signature costs the TPM's time.
    is_of_device: bool,
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
        let key: Option<Arc<dyn SigningKey>> = match (&credentials.device_key, &credentials.key) {
            (Some(key), _) => Some(Arc::new(OfDevice(Arc::clone(key)))),
            (None, Some(key)) => {
                let key = key::read(key, credentials.passphrase.as_ref())?;
                Some(provider.key_provider.load_private_key(key).map_err(CredentialsError::KeyKind)?)
            }
            (None, None) => None,
        };
        let identity = match (&credentials.cert, key) {
            (Some(cert), Some(key)) => {
                let chain = certificates(cert).map_err(CredentialsError::Certificate)?;
                Some(Arc::new(pair(chain, key)?))
            }
            _ => None,
        };
        let is_of_device = credentials.device_key.is_some();
        Ok(Self { provider, roots: Arc::new(roots), names, identity, is_of_device })
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
    ///
    /// A resumed session would skip the certificate that a probe is to show, so there is none.
    pub(in crate::keylime) fn client(&self, recorder: Recorder) -> Result<ClientConfig, rustls::Error> {
        let mut client = self.client_that_resumes(recorder)?;
        client.resumption = Resumption::disabled();
        Ok(client)
    }

    /// A configuration for connections to a server that must show exactly this
    /// certificate. None is resumed: the certificate is looked at every time.
    pub(in crate::keylime) fn pinned_client(
        &self,
        certificate: CertificateDer<'static>,
    ) -> Result<ClientConfig, rustls::Error> {
        let mut client = self.client_with(Arc::new(Pinned::new(certificate, &self.provider)))?;
        client.resumption = Resumption::disabled();
        Ok(client)
    }

    /// A configuration for the connections that bring records: with a key in a TPM a reconnect resumes the session, and
    /// so costs no signature. (With one in a file there is nothing to save.)
    pub(in crate::keylime) fn client_for_records(&self) -> Result<ClientConfig, rustls::Error> {
        if self.is_of_device {
            self.client_that_resumes(Recorder::default())
        } else {
            self.client(Recorder::default())
        }
    }

    fn client_that_resumes(&self, recorder: Recorder) -> Result<ClientConfig, rustls::Error> {
        let (roots, names) = (Arc::clone(&self.roots), self.names.clone());
        self.client_with(Arc::new(Verifier::new(roots, names, &self.provider, recorder)))
    }

    fn client_with(&self, verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        Ok(match &self.identity {
            Some(identity) => builder.with_client_cert_resolver(Arc::new(
                rustls::sign::SingleCertAndKey::from(Arc::clone(identity)),
            )),
            None => builder.with_no_client_auth(),
        })
    }
}

/// A certificate with its key. rustls's own check of the two refuses X.509 v1
/// certificates, which a bare `openssl x509 -req` makes and Keylime accepts
/// from an operator.
fn pair(
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
) -> Result<CertifiedKey, CredentialsError> {
    let of_certificate = chain
        .first()
        .and_then(certificate::public_key)
        .ok_or_else(|| CredentialsError::Certificate("it is damaged".to_owned()))?;
    match key.public_key() {
        Some(of_key) if of_key.as_ref() != of_certificate => Err(CredentialsError::Pair),
        _ => Ok(CertifiedKey::new(chain, key)),
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
