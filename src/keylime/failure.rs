//! Why an address gives no usable answer, in words.

use std::fmt;
use std::time::Duration;

use crate::text::duration::words;

/// The state of one address (contract §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressState {
    /// It answers as Keylime and lets us in.
    Up,
    /// Nobody listens there, or the host refuses.
    Refused,
    /// A deadline passed.
    TimedOut,
    /// The name does not resolve.
    Dns,
    /// Its certificate is not from the group's CA.
    UnknownCa,
    /// Its certificate is for another name.
    NameMismatch,
    /// Its certificate is not valid now.
    Expired,
    /// It does not take our certificate, or wants one that we do not have.
    ClientCertificateRefused,
    /// Something answers there, but it is not Keylime.
    NotKeylime,
    /// Anything else; the words say what.
    Error,
}

impl AddressState {
    /// The word of the contract's JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Refused => "refused",
            Self::TimedOut => "timed-out",
            Self::Dns => "dns",
            Self::UnknownCa => "unknown-ca",
            Self::NameMismatch => "name-mismatch",
            Self::Expired => "expired",
            Self::ClientCertificateRefused => "client-cert-refused",
            Self::NotKeylime => "not-keylime",
            Self::Error => "error",
        }
    }

    /// What an operator does next.
    pub fn next_step(self) -> &'static str {
        match self {
            Self::Up => "nothing to do",
            Self::Refused => "start the service, or correct the port",
            Self::TimedOut => "look at the host's load and at firewalls in between",
            Self::Dns => "correct the name, or mend the name service",
            Self::UnknownCa => {
                "set `ca` of this group to the CA that signed the server; if it did not change, treat this as an attack"
            }
            Self::NameMismatch => {
                "certificates made before Keylime 7.14.1 only say `server`: set hostname = \"chain-only\" or expect_name = \"server\""
            }
            Self::Expired => "renew the server's certificate; Keylime does not do it by itself",
            Self::ClientCertificateRefused => {
                "set `cert` and `key` of this group to a client certificate of its CA, with a common name, or name ours in the server's `trusted_client_ca`"
            }
            Self::NotKeylime => "correct the address: another service answers there",
            Self::Error => "read the words beside it and the log",
        }
    }
}

/// Why a request or a probe came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Failure {
    /// The state that this puts the address into.
    pub state: AddressState,
    /// What happened, in words that are fit to be shown.
    pub words: String,
    /// What it means for the next request.
    pub meaning: Meaning,
}

/// What a failure means for the choice of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The address does not work: choose another one of the same list.
    Reselect,
    /// As `Reselect`, and somebody may be posing as the server.
    ReselectAndWarn,
    /// The server answered and refused: another address would say the same.
    Stay,
    /// The path or the version was wrong: negotiate again.
    Renegotiate,
}

/// Which part of a request ran out of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Looking up the name.
    Lookup,
    /// The TCP connection.
    Connection,
    /// The TLS handshake.
    Handshake,
    /// TCP and TLS together.
    ConnectionAndHandshake,
    /// The first byte of the answer.
    FirstByte,
    /// The whole answer.
    WholeAnswer,
}

impl fmt::Display for Deadline {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Lookup => "the name lookup",
            Self::Connection => "the connection",
            Self::Handshake => "the TLS handshake",
            Self::ConnectionAndHandshake => "connection and TLS handshake",
            Self::FirstByte => "the first byte of the answer",
            Self::WholeAnswer => "the whole answer",
        })
    }
}

impl Failure {
    /// A failure that makes another address worth trying.
    pub fn reselect(state: AddressState, words: impl Into<String>) -> Self {
        let meaning = match state {
            AddressState::UnknownCa | AddressState::NameMismatch | AddressState::Expired => {
                Meaning::ReselectAndWarn
            }
            _ => Meaning::Reselect,
        };
        Self { state, words: words.into(), meaning }
    }

    /// A refusal by a server that answered.
    pub fn stay(state: AddressState, words: impl Into<String>) -> Self {
        Self { state, words: words.into(), meaning: Meaning::Stay }
    }

    /// A deadline that passed.
    pub fn deadline(which: Deadline, limit: Duration) -> Self {
        let after =
            if limit.as_secs() > 0 { words(limit.as_secs()) } else { format!("{} ms", limit.as_millis()) };
        Self::reselect(AddressState::TimedOut, format!("{which} did not come within {after}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keylime::reader::refused;
    use reqwest::StatusCode;

    #[test]
    fn point_3a_24_what_counts_as_a_connection_failure() {
        for state in [AddressState::UnknownCa, AddressState::NameMismatch, AddressState::Expired] {
            assert_eq!(
                Failure::reselect(state, "").meaning,
                Meaning::ReselectAndWarn,
                "3A.24: perhaps an impostor"
            );
        }
        for status in [502, 503, 504] {
            let failure = refused(StatusCode::from_u16(status).unwrap(), b"");
            assert_eq!(failure.meaning, Meaning::Reselect, "3A.24 {status}");
        }
        for status in [401, 403, 405, 409, 422] {
            let failure = refused(StatusCode::from_u16(status).unwrap(), b"");
            assert_eq!(failure.meaning, Meaning::Stay, "3A.24 {status}: another address would say the same");
        }
        let late = Failure::deadline(Deadline::FirstByte, Duration::from_secs(1));
        assert_eq!(late.meaning, Meaning::Reselect, "3A.24");
    }
}
