//! The question to the agent itself.

use std::fmt;

use rand::RngExt as _;
use rand::distr::Alphanumeric;
use reqwest::StatusCode;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::super::failure::{AddressState, Failure};
use super::super::limits::{Kind, Limits};
use super::super::reader::{Asked, Reader, beside, refused};
use super::super::tls::TlsSetup;
use super::AgentQuote;
use crate::servers::{Endpoint, Scheme, parse_host};
use crate::text::RemoteText;

/// PCRs that are asked for: 0 to 15. With PCR 0 agents send the firmware's
/// log; one quote over many costs what one over a single PCR does.
const MASK: u32 = 0xffff;

/// Characters of our nonces; agents take letters and digits only, 64 at most.
const NONCE: usize = 32;

/// A nonce of our own: some 190 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentNonce(String);

impl AgentNonce {
    /// A fresh one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(rand::rng().sample_iter(Alphanumeric).take(NONCE).map(char::from).collect())
    }

    /// What the TPM is to sign.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for AgentNonce {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Asks an agent in pull mode for one quote over our nonce, with its logs.
///
/// `certificate` is the registrar's `mtls_cert` (PEM): the agent's server must
/// show exactly that one, whatever name, issuer and dates it has. Our own
/// certificate must come from a CA that the agent trusts
/// (`trusted_client_ca`).
///
/// # Errors
/// Why there is no usable answer.
pub async fn ask_agent(
    tls: &TlsSetup,
    limits: Limits,
    host: &RemoteText,
    port: u16,
    certificate: &RemoteText,
    nonce: &AgentNonce,
) -> Result<AgentQuote, Failure> {
    let stay = |words: &str| Failure::stay(AddressState::Error, words);
    let pinned = CertificateDer::from_pem_slice(certificate.raw().as_bytes())
        .map_err(|_not_pem| stay("the registrar's `mtls_cert` of this agent is no certificate"))?;
    let (host, _) = parse_host(host.raw())
        .map_err(|_no_host| stay("the registrar has no usable address of this agent"))?;
    let agent = Endpoint { scheme: Scheme::Https, host, port };
    let reader = Reader::pinned(tls, pinned.into_owned(), limits)?;
    let version = {
        let Asked { response, .. } = reader.ask(&format!("{agent}/version"), Kind::Version, None).await?;
        let status = response.status();
        let body = reader.whole(response, Kind::Version).await?;
        if status != StatusCode::OK {
            return Err(refused(status, &body));
        }
        beside(move || super::answer::version(&body)).await?
    };
    let version =
        version.ok_or_else(|| stay("the agent speaks no version of the interface that is known"))?;
    // With `partial=1` the key of the payload, which nobody here needs, stays away.
    let url = format!("{agent}/v{version}/quotes/integrity?nonce={}&mask={MASK:#x}&partial=1", nonce.0);
    let Asked { response, .. } = reader.ask(&url, Kind::Attestation, None).await?;
    let status = response.status();
    if status != StatusCode::OK {
        let body = reader.whole(response, Kind::Record).await?;
        return Err(refused(status, &body));
    }
    let body = reader.whole(response, Kind::Attestation).await?;
    beside(move || super::answer::quote(&body)).await
}
