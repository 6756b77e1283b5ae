//! From what was written to where Keylime listens.
//!
//! Upstream's default ports: registrar 8890 (HTTP, agents) and 8891 (TLS,
//! operators), verifier 8881 (TLS only).

use super::address::{Address, Endpoint, Scheme};

/// The registrar's HTTP port, which agents register at.
pub const DEFAULT_REGISTRAR_PORT: u16 = 8890;
/// The registrar's TLS port, which operators use.
pub const DEFAULT_REGISTRAR_TLS_PORT: u16 = 8891;
/// The verifier's port; it never listens without TLS.
pub const DEFAULT_VERIFIER_PORT: u16 = 8881;

/// The one face of a verifier: `https`, port 8881 unless written.
pub fn verifier_endpoint(address: &Address) -> Endpoint {
    with_tls(address, DEFAULT_VERIFIER_PORT)
}

/// What agents use of a registrar: what is written, else `http` and 8890;
/// 8891 where the scheme is `https`.
pub fn registrar_agent_face(address: &Address) -> Endpoint {
    match address.scheme {
        Some(Scheme::Https) => with_tls(address, DEFAULT_REGISTRAR_TLS_PORT),
        Some(Scheme::Http) | None => Endpoint {
            scheme: Scheme::Http,
            host: address.host.clone(),
            port: address.port.unwrap_or(DEFAULT_REGISTRAR_PORT),
        },
    }
}

/// What operators use of a registrar that is listed for agents: an `https`
/// entry is both faces, port included; otherwise `https` on 8891, whatever
/// port the agents use.
pub fn registrar_operator_face(address: &Address) -> Endpoint {
    match address.scheme {
        Some(Scheme::Https) => with_tls(address, DEFAULT_REGISTRAR_TLS_PORT),
        Some(Scheme::Http) | None => {
            Endpoint { scheme: Scheme::Https, host: address.host.clone(), port: DEFAULT_REGISTRAR_TLS_PORT }
        }
    }
}

/// What an entry of `registrar_admin` means: `https`, port 8891 unless written.
pub fn registrar_admin_face(address: &Address) -> Endpoint {
    with_tls(address, DEFAULT_REGISTRAR_TLS_PORT)
}

fn with_tls(address: &Address, default: u16) -> Endpoint {
    Endpoint { scheme: Scheme::Https, host: address.host.clone(), port: address.port.unwrap_or(default) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::{Role, parse_address, parse_admin_address};

    #[test]
    fn registrars_have_two_faces() {
        for (entry, agents, operators) in [
            ("reg1", "http://reg1:8890", "https://reg1:8891"),
            ("reg1:9000", "http://reg1:9000", "https://reg1:8891"),
            ("http://reg1", "http://reg1:8890", "https://reg1:8891"),
            ("http://reg1:80", "http://reg1:80", "https://reg1:8891"),
            ("https://reg1", "https://reg1:8891", "https://reg1:8891"),
            ("https://reg1:443", "https://reg1:443", "https://reg1:443"),
            ("::1", "http://[::1]:8890", "https://[::1]:8891"),
        ] {
            let (address, _) = parse_address(entry, Role::Registrar).unwrap();
            assert_eq!(registrar_agent_face(&address).to_string(), agents, "{entry}");
            assert_eq!(registrar_operator_face(&address).to_string(), operators, "{entry}");
        }
    }

    #[test]
    fn verifiers_and_overrides_speak_tls() {
        for (entry, endpoint) in [
            ("ver1", "https://ver1:8881"),
            ("ver1:9", "https://ver1:9"),
            ("https://ver1:443", "https://ver1:443"),
            ("https://[2001:db8::5]", "https://[2001:db8::5]:8881"),
        ] {
            let (address, _) = parse_address(entry, Role::Verifier).unwrap();
            assert_eq!(verifier_endpoint(&address).to_string(), endpoint, "{entry}");
        }
        let (address, _) = parse_admin_address("reg1").unwrap();
        assert_eq!(registrar_admin_face(&address).to_string(), "https://reg1:8891");
        let (address, _) = parse_admin_address("reg1:9443").unwrap();
        assert_eq!(registrar_admin_face(&address).to_string(), "https://reg1:9443");
    }
}
