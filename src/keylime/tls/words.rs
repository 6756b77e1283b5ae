//! TLS errors in an operator's words.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, Error};

use super::device_key;
use crate::keylime::failure::{AddressState, Failure};
use crate::text::sanitise_to;

/// What a TLS error says about the address.
pub(in crate::keylime) fn tls_failure(error: &Error, has_identity: bool, has_trust: bool) -> Failure {
    if let Some(refusal) = device_key::refusal(error) {
        // The server has no part in it.
        return Failure::stay(AddressState::Error, format!("our key in the TPM: {refusal}"));
    }
    match error {
        Error::InvalidCertificate(fault) => certificate(fault, has_trust),
        Error::AlertReceived(alert) => alert_received(*alert, has_identity),
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => {
            Failure::reselect(AddressState::NotKeylime, "what answers there does not speak TLS")
        }
        Error::PeerIncompatible(_) => Failure::reselect(
            AddressState::Error,
            "the server offers no TLS version or cipher that is safe enough (1.2 or newer)",
        ),
        other => {
            let text = sanitise_to(&other.to_string(), 160);
            Failure::reselect(AddressState::Error, format!("TLS failed: {text}"))
        }
    }
}

fn certificate(fault: &CertificateError, has_trust: bool) -> Failure {
    let (state, words) = match fault {
        CertificateError::UnknownIssuer if !has_trust => (
            AddressState::UnknownCa,
            "no `ca` is configured for this group, so no certificate can be trusted".to_owned(),
        ),
        CertificateError::UnknownIssuer => {
            (AddressState::UnknownCa, "its certificate is not from the CA of this group".to_owned())
        }
        CertificateError::BadSignature => {
            (AddressState::UnknownCa, "its certificate is not signed by the CA that it names".to_owned())
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            (AddressState::NameMismatch, "its certificate is for another name".to_owned())
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            (AddressState::Expired, "its certificate has expired".to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            AddressState::Expired,
            "its certificate is not valid yet: look at the clocks of both sides".to_owned(),
        ),
        // Said of agents only, whose own certificate is pinned.
        CertificateError::ApplicationVerificationFailure => (
            AddressState::UnknownCa,
            "its certificate is not the one that the registrar has of this agent: another machine answers at its \
             address, or the agent made a new one and has to register anew"
                .to_owned(),
        ),
        other => {
            let text = sanitise_to(&other.to_string(), 160);
            (AddressState::UnknownCa, format!("its certificate cannot be trusted: {text}"))
        }
    };
    Failure::reselect(state, words)
}

fn alert_received(alert: AlertDescription, has_identity: bool) -> Failure {
    use AlertDescription as Alert;
    let refused = |words: &str| Failure::reselect(AddressState::ClientCertificateRefused, words);
    match alert {
        Alert::CertificateRequired | Alert::NoCertificate => {
            refused("it demands a client certificate, and none is configured")
        }
        Alert::UnknownCA => refused("our client certificate is from another CA than the one it trusts"),
        Alert::CertificateExpired => refused("our client certificate has expired"),
        Alert::CertificateRevoked => refused("our client certificate has been revoked"),
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateUnknown
        | Alert::AccessDenied
        | Alert::DecryptError => refused("it refused our client certificate"),
        Alert::HandshakeFailure if !has_identity => refused(
            "it ended the handshake; it probably demands a client certificate, and none is configured",
        ),
        other => Failure::reselect(AddressState::Error, format!("it ended TLS with the alert {other:?}")),
    }
}

/// Finds an error of one type behind others: the causes of an error, and the
/// errors inside `io::Error`, which do not stand among the causes.
pub(in crate::keylime) fn find_in_chain<'a, E: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a E> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find_in_chain::<E>(inner)
        {
            return Some(found);
        }
        current = error.source();
    }
    None
}
