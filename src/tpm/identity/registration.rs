//! What a registrar has of one agent.

use crate::text::RemoteText;

/// The members of a registrar's record that tell who an agent is (`keylime-api`
/// §2 upstream: `models/registrar/registrar_agent.py`). All of it is what the
/// agent sent; a registrar checks only that the attestation key lives in the
/// TPM with the endorsement key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registration {
    /// The endorsement key: base64 of a TPM2B_PUBLIC.
    pub ek_tpm: Option<RemoteText>,
    /// Its certificate: base64 of DER, or PEM.
    pub ekcert: Option<RemoteText>,
    /// The attestation key: base64 of a TPM2B_PUBLIC.
    pub aik_tpm: Option<RemoteText>,
    /// The certificate of the agent's own server: PEM, or the word `disabled`.
    pub mtls_cert: Option<RemoteText>,
    /// The initial attestation key, where the registrar gives it out.
    pub iak_tpm: Option<RemoteText>,
    /// The initial device identity, where the registrar gives it out.
    pub idevid_tpm: Option<RemoteText>,
    /// Where the agent's own server is said to be: an address or a name.
    pub ip: Option<RemoteText>,
    /// Its port.
    pub port: Option<u16>,
}
