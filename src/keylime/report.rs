//! What one look at an address brought.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::failure::{AddressState, Failure};
use super::version::Negotiated;
use crate::text::RemoteText;

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressRole {
    /// A verifier.
    Verifier,
    /// The operator's face of a registrar (TLS, client certificate).
    Registrar,
    /// The agents' face of a registrar, where it is another URL.
    RegistrarAgentFace,
}

impl AddressRole {
    /// The word of the contract's JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verifier => "verifier",
            Self::Registrar => "registrar",
            Self::RegistrarAgentFace => "registrar-agent",
        }
    }

    /// Whether the address counts for the group's reachability.
    pub fn counts(self) -> bool {
        self != Self::RegistrarAgentFace
    }
}

/// What a probe found at one address.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressReport {
    /// Up, or why not.
    pub failure: Option<Failure>,
    /// From the request for `/version` to its whole answer.
    pub latency: Option<Duration>,
    /// What `/version` told.
    pub negotiated: Negotiated,
    /// What TLS showed, also where it was refused.
    pub tls: Option<Arc<TlsReport>>,
}

impl AddressReport {
    /// The state of the contract.
    pub fn state(&self) -> AddressState {
        self.failure.as_ref().map_or(AddressState::Up, |failure| failure.state)
    }
}

/// What the TLS handshake showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsReport {
    /// `TLS 1.3`; none where the handshake ended before that was settled.
    pub version: Option<&'static str>,
    /// The presented certificates, the server's own first.
    pub chain: Vec<CertificateReport>,
    /// Whether chain and name were checked and are right.
    pub verified: bool,
}

/// What a presented certificate says. Nothing of it is trusted by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateReport {
    /// The subject, as a distinguished name.
    pub subject: RemoteText,
    /// The issuer, as a distinguished name.
    pub issuer: RemoteText,
    /// DNS names and addresses of the subject alternative name.
    pub names: Vec<RemoteText>,
    /// Not valid before.
    pub not_before: Option<Timestamp>,
    /// Not valid after.
    pub not_after: Option<Timestamp>,
}
