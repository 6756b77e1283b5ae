//! What an address is: as written, and resolved.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kind of server that a list names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Keeps the agents' TPM keys.
    Registrar,
    /// Judges the agents' evidence.
    Verifier,
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Registrar => "registrar",
            Self::Verifier => "verifier",
        })
    }
}

/// How a server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// In clear text.
    Http,
    /// Over TLS.
    Https,
}

impl fmt::Display for Scheme {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// A host, in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A DNS name: lower case, A-labels (`xn--…`), no trailing dot.
    Name(String),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address, without a zone.
    V6(Ipv6Addr),
}

impl Host {
    /// The IP address, where the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some(IpAddr::V4(*address)),
            Self::V6(address) => Some(IpAddr::V6(*address)),
        }
    }

    /// Whether this means the machine itself: `localhost`, 127.0.0.0/8, `::1`.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
            Self::V4(address) => address.is_loopback(),
            Self::V6(address) => address.to_canonical().is_loopback(),
        }
    }

    /// The same host with an IPv4-mapped IPv6 address (`::ffff:10.0.0.1`)
    /// turned into the IPv4 address: the form to compare by.
    pub fn canonical(&self) -> Self {
        match self.ip().map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => Self::V4(address),
            _ => self.clone(),
        }
    }
}

/// Without brackets.
impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => out.write_str(name),
            Self::V4(address) => write!(out, "{address}"),
            Self::V6(address) => write!(out, "{address}"),
        }
    }
}

/// An address as it was written: what was left out is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The scheme, if one was written.
    pub scheme: Option<Scheme>,
    /// The host.
    pub host: Host,
    /// The port, if one was written: never 0.
    pub port: Option<u16>,
}

/// Where a connection goes. `Display` is the URL without a path:
/// `https://[::1]:8881`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The scheme.
    pub scheme: Scheme,
    /// The host.
    pub host: Host,
    /// The port.
    pub port: u16,
}

impl Endpoint {
    /// `host:port` as in a URL or a `Host` header: an IPv6 address stands in
    /// brackets, and the port is always there.
    pub fn authority(&self) -> String {
        match &self.host {
            Host::V6(address) => format!("[{address}]:{}", self.port),
            host => format!("{host}:{}", self.port),
        }
    }

    /// The host without brackets, as DNS and the names in certificates have it.
    pub fn host_text(&self) -> String {
        self.host.to_string()
    }

    /// The form to compare by: see [`Host::canonical`].
    pub fn canonical(&self) -> Self {
        Self { scheme: self.scheme, host: self.host.canonical(), port: self.port }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&format!("{}://{}", self.scheme, self.authority()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_reads_as_a_url() {
        let endpoint = Endpoint { scheme: Scheme::Https, host: Host::V6(Ipv6Addr::LOCALHOST), port: 8881 };
        assert_eq!(endpoint.to_string(), "https://[::1]:8881");
        assert_eq!(endpoint.authority(), "[::1]:8881");
        assert_eq!(endpoint.host_text(), "::1");
    }

    #[test]
    fn mapped_addresses_compare_as_the_ipv4_address() {
        let mapped = Host::V6("::ffff:10.0.0.1".parse().unwrap());
        assert_eq!(mapped.canonical(), Host::V4(Ipv4Addr::new(10, 0, 0, 1)));
        assert!(Host::V6("::ffff:127.0.0.1".parse().unwrap()).is_loopback());
    }
}
