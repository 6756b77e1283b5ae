//! The check of a server's certificate, and the record of what was shown.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Certificates of one chain that are kept to be shown.
const MAX_SHOWN_CHAIN: usize = 8;

/// Which name a server's certificate must carry.
#[derive(Clone, Debug)]
pub(in crate::keylime) enum NameCheck {
    /// That of the address.
    Host,
    /// A given one, e.g. `server`.
    Given(ServerName<'static>),
    /// Any: `hostname = "chain-only"`.
    None,
}

/// What a server showed, also where it was refused.
#[derive(Clone, Default)]
pub(in crate::keylime) struct Recorder(Arc<Mutex<Vec<CertificateDer<'static>>>>);

impl Recorder {
    /// The presented chain, the server's own certificate first.
    pub(in crate::keylime) fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn record(&self, own: &CertificateDer<'_>, others: &[CertificateDer<'_>]) {
        let chain =
            [own].into_iter().chain(others).take(MAX_SHOWN_CHAIN).map(|shown| shown.clone().into_owned());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = chain.collect();
    }
}

/// Chain against the group's CA, then the name.
pub(super) struct Verifier {
    roots: Arc<RootCertStore>,
    names: NameCheck,
    algorithms: WebPkiSupportedAlgorithms,
    recorder: Recorder,
}

impl Verifier {
    pub(super) fn new(
        roots: Arc<RootCertStore>,
        names: NameCheck,
        provider: &CryptoProvider,
        recorder: Recorder,
    ) -> Self {
        Self { roots, names, algorithms: provider.signature_verification_algorithms, recorder }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Verifier")
            .field("roots", &self.roots.len())
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.recorder.record(end_entity, intermediates);
        if self.roots.is_empty() {
            return Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        }
        let certificate = ParsedCertificate::try_from(end_entity)?;
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        )?;
        match &self.names {
            NameCheck::Host => verify_server_name(&certificate, server_name)?,
            NameCheck::Given(name) => verify_server_name(&certificate, name)?,
            NameCheck::None => {}
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
