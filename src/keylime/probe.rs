//! A look at an address: name, TCP, TLS, `/version`, each with its own deadline.
//!
//! A full look makes its own connection, so that every step can be told apart and
//! the presented certificates can be shown even where they are refused. It is
//! small enough to be sent to every address of a group, chosen or not. Who looks
//! again and again asks `/version` over the connection of the last full look,
//! which costs both sides next to nothing, for as long as all is well there.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::exchange::Exchange;
use super::failure::{AddressState, Deadline, Failure};
use super::limits::Limits;
use super::reader::connection_failure;
use super::report::{AddressReport, CertificateReport, TlsReport};
use super::tls::{Recorder, TlsSetup, find_in_chain, tls_failure};
use super::version::Negotiated;
use crate::servers::{Endpoint, Host, Scheme};
use crate::text::sanitise_to;

/// How long a server may take to refuse our certificate. In TLS 1.3 it does so
/// after the handshake is over for us; a request sent meanwhile would be
/// answered by a reset, and the reason would be lost.
const SETTLE: Duration = Duration::from_millis(250);

/// A connection is looked through for this long at most, a tenth less by chance
/// so that the full looks spread: behind one address another server, or another
/// certificate, may have taken the place of the one that still holds it.
const FULL_LOOK_EVERY: Duration = Duration::from_secs(300);

/// Looks at one address, once.
pub async fn probe(endpoint: &Endpoint, tls: &TlsSetup, limits: &Limits) -> AddressReport {
    Looks::default().look(endpoint, tls, limits).await
}

/// Looks at one address, again and again.
#[derive(Debug, Default)]
pub struct Looks {
    kept: Option<Kept>,
}

/// What a full look leaves for the next ones.
#[derive(Debug)]
struct Kept {
    exchange: Exchange,
    /// What its handshake showed.
    tls: Option<Arc<TlsReport>>,
    until: Instant,
}

impl Looks {
    /// Whether a look now would use the connection of the last one.
    pub fn keeps_connection(&self) -> bool {
        self.kept.as_ref().is_some_and(Kept::is_good)
    }

    /// The next look begins with a new connection.
    pub fn forget(&mut self) {
        self.kept = None;
    }

    /// Looks. What goes wrong on a kept connection may be that connection's own
    /// fault (a firewall forgot it, the server was started anew), so it is no
    /// finding: a full look follows at once, and its words count.
    pub async fn look(&mut self, endpoint: &Endpoint, tls: &TlsSetup, limits: &Limits) -> AddressReport {
        if let Some(mut kept) = self.kept.take().filter(Kept::is_good) {
            // A server without an answer is left in time for the full look to find it so.
            let asked = timeout(limits.first_byte / 2, kept.exchange.version(endpoint, tls, limits)).await;
            if let Ok(Ok((negotiated, latency))) = asked {
                let tls = kept.tls.clone();
                self.kept = Some(kept);
                return AddressReport { failure: None, latency: Some(latency), negotiated, tls };
            }
        }
        let mut report =
            AddressReport { failure: None, latency: None, negotiated: Negotiated::Unknown, tls: None };
        match look(endpoint, tls, limits, &mut report).await {
            Ok(exchange) => {
                let early = FULL_LOOK_EVERY.mul_f64(rand::random::<f64>() / 10.0);
                let until = Instant::now() + FULL_LOOK_EVERY - early;
                self.kept = Some(Kept { exchange, tls: report.tls.clone(), until });
            }
            Err(failure) => report.failure = Some(failure),
        }
        report
    }
}

impl Kept {
    /// Whether a look over it can say the same as a full one.
    fn is_good(&self) -> bool {
        let now = Timestamp::now();
        let chain = self.tls.iter().flat_map(|tls| &tls.chain);
        Instant::now() < self.until
            && self.exchange.is_open()
            && chain.filter_map(|certificate| certificate.not_after).all(|end| now < end)
    }
}

async fn look(
    endpoint: &Endpoint,
    tls: &TlsSetup,
    limits: &Limits,
    report: &mut AddressReport,
) -> Result<Exchange, Failure> {
    let addresses = lookup(&endpoint.host, endpoint.port, limits).await?;
    let stream = connect(&addresses, limits).await?;
    let mut exchange = match endpoint.scheme {
        Scheme::Http => Exchange::over(stream, tls).await?,
        Scheme::Https => Exchange::over(handshake(endpoint, stream, tls, limits, report).await?, tls).await?,
    };
    let (negotiated, latency) = exchange.version(endpoint, tls, limits).await?;
    (report.negotiated, report.latency) = (negotiated, Some(latency));
    Ok(exchange)
}

/// The addresses of a host, in the order of the name service.
///
/// # Errors
/// The name does not resolve, or not in time (`limits.lookup`).
pub async fn resolve(host: &Host, limits: &Limits) -> Result<Vec<IpAddr>, Failure> {
    let addresses = lookup(host, 0, limits).await?;
    Ok(addresses.into_iter().map(|address| address.ip()).collect())
}

async fn lookup(host: &Host, port: u16, limits: &Limits) -> Result<Vec<SocketAddr>, Failure> {
    let name = match host {
        Host::V4(address) => return Ok(vec![(*address, port).into()]),
        Host::V6(address) => return Ok(vec![(*address, port).into()]),
        Host::Name(name) => name.clone(),
    };
    let failed = |words: String| Failure::reselect(AddressState::Dns, words);
    match timeout(limits.lookup, tokio::net::lookup_host((name.as_str(), port))).await {
        Err(_elapsed) => Err(Failure::deadline(Deadline::Lookup, limits.lookup)),
        Ok(Err(error)) => {
            Err(failed(format!("the name {name} does not resolve: {}", sanitise_to(&error.to_string(), 120))))
        }
        Ok(Ok(addresses)) => {
            let addresses: Vec<_> = addresses.collect();
            if addresses.is_empty() {
                Err(failed(format!("the name {name} has no address")))
            } else {
                Ok(addresses)
            }
        }
    }
}

async fn connect(addresses: &[SocketAddr], limits: &Limits) -> Result<TcpStream, Failure> {
    match timeout(limits.connection, TcpStream::connect(addresses)).await {
        Err(_elapsed) => Err(Failure::deadline(Deadline::Connection, limits.connection)),
        Ok(Err(error)) => Err(connection_failure(&error)),
        Ok(Ok(stream)) => Ok(stream),
    }
}

async fn handshake(
    endpoint: &Endpoint,
    stream: TcpStream,
    tls: &TlsSetup,
    limits: &Limits,
    report: &mut AddressReport,
) -> Result<TlsStream<TcpStream>, Failure> {
    let of_tls = |error: &rustls::Error| tls_failure(error, tls.has_identity(), tls.has_trust());
    let of_io = |error: &std::io::Error| match find_in_chain::<rustls::Error>(error) {
        Some(error) => of_tls(error),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Failure::reselect(AddressState::NotKeylime, "it closed the connection during the TLS handshake")
        }
        None => connection_failure(error),
    };
    let recorder = Recorder::default();
    let connector =
        TlsConnector::from(Arc::new(tls.client(recorder.clone()).map_err(|error| of_tls(&error))?));
    let result = timeout(limits.handshake, connector.connect(server_name(endpoint)?, stream)).await;
    let mut shown = TlsReport {
        version: None,
        chain: recorder.chain().iter().map(CertificateReport::of).collect(),
        verified: false,
    };
    let result = match result {
        Err(_elapsed) => Err(Failure::deadline(Deadline::Handshake, limits.handshake)),
        Ok(Err(error)) => Err(of_io(&error)),
        Ok(Ok(mut stream)) => {
            shown.version = stream.get_ref().1.protocol_version().and_then(words_of);
            shown.verified = true;
            settle(&mut stream, tls).await.map(|()| stream).map_err(|error| of_io(&error))
        }
    };
    if !shown.chain.is_empty() {
        report.tls = Some(Arc::new(shown));
    }
    result
}

/// Waits until the server has accepted our certificate (it then sends session
/// tickets), refused it (an alert), or stays silent.
async fn settle(stream: &mut TlsStream<TcpStream>, tls: &TlsSetup) -> Result<(), std::io::Error> {
    let is_new = stream.get_ref().1.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3);
    if !is_new || !tls.has_identity() {
        return Ok(());
    }
    let until = Instant::now() + SETTLE;
    while stream.get_ref().1.tls13_tickets_received() == 0 {
        let (socket, session) = stream.get_mut();
        if !matches!(tokio::time::timeout_at(until, socket.readable()).await, Ok(Ok(()))) {
            return Ok(());
        }
        match session.read_tls(&mut NonBlocking(socket)) {
            Ok(0) => return Ok(()),
            Ok(_) => {
                session.process_new_packets().map_err(std::io::Error::other)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads what is there without waiting.
struct NonBlocking<'a>(&'a TcpStream);

impl std::io::Read for NonBlocking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.try_read(buffer)
    }
}

fn server_name(endpoint: &Endpoint) -> Result<ServerName<'static>, Failure> {
    match &endpoint.host {
        Host::V4(address) => Ok(ServerName::IpAddress(IpAddr::V4(*address).into())),
        Host::V6(address) => Ok(ServerName::IpAddress(IpAddr::V6(*address).into())),
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|error| {
            Failure::reselect(AddressState::Dns, format!("{name} is no name for TLS: {error}"))
        }),
    }
}

fn words_of(version: rustls::ProtocolVersion) -> Option<&'static str> {
    match version {
        rustls::ProtocolVersion::TLSv1_2 => Some("TLS 1.2"),
        rustls::ProtocolVersion::TLSv1_3 => Some("TLS 1.3"),
        _ => None,
    }
}
