//! One look at an address: name, TCP, TLS, `/version`, each with its own deadline.
//!
//! The probe makes its own connection, so that every step can be told apart and
//! the presented certificates can be shown even where they are refused. It is
//! small enough to be sent to every address of a group, chosen or not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, CONTENT_LENGTH, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use reqwest::StatusCode;
use rustls::pki_types::{IpAddr, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::answer;
use super::body::{BodyReader, Whole};
use super::failure::{AddressState, Deadline, Failure};
use super::limits::{Kind, Limits};
use super::reader::{connection_failure, refused};
use super::report::{AddressReport, CertificateReport, TlsReport};
use super::tls::{Recorder, TlsSetup, find_in_chain, tls_failure};
use super::version::Negotiated;
use crate::servers::{Endpoint, Host, Scheme};
use crate::text::sanitise_to;

/// How long a server may take to refuse our certificate. In TLS 1.3 it does so
/// after the handshake is over for us; a request sent meanwhile would be
/// answered by a reset, and the reason would be lost.
const SETTLE: Duration = Duration::from_millis(250);

/// Looks at one address.
pub async fn probe(endpoint: &Endpoint, tls: &TlsSetup, limits: &Limits) -> AddressReport {
    let mut report =
        AddressReport { failure: None, latency: None, negotiated: Negotiated::Unknown, tls: None };
    if let Err(failure) = look(endpoint, tls, limits, &mut report).await {
        report.failure = Some(failure);
    }
    report
}

async fn look(
    endpoint: &Endpoint,
    tls: &TlsSetup,
    limits: &Limits,
    report: &mut AddressReport,
) -> Result<(), Failure> {
    let addresses = lookup(endpoint, limits).await?;
    let stream = connect(&addresses, limits).await?;
    match endpoint.scheme {
        Scheme::Http => version(endpoint, stream, tls, limits, report).await,
        Scheme::Https => {
            let stream = handshake(endpoint, stream, tls, limits, report).await?;
            version(endpoint, stream, tls, limits, report).await
        }
    }
}

async fn lookup(endpoint: &Endpoint, limits: &Limits) -> Result<Vec<SocketAddr>, Failure> {
    let name = match &endpoint.host {
        Host::V4(address) => return Ok(vec![(*address, endpoint.port).into()]),
        Host::V6(address) => return Ok(vec![(*address, endpoint.port).into()]),
        Host::Name(name) => name.clone(),
    };
    let failed = |words: String| Failure::reselect(AddressState::Dns, words);
    match timeout(limits.lookup, tokio::net::lookup_host((name.as_str(), endpoint.port))).await {
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
        Host::V4(address) => Ok(ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V4(*address)))),
        Host::V6(address) => Ok(ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V6(*address)))),
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

/// `GET /version` over an open stream.
async fn version<S>(
    endpoint: &Endpoint,
    stream: S,
    tls: &TlsSetup,
    limits: &Limits,
    report: &mut AddressReport,
) -> Result<(), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let of_http = |error: hyper::Error| match find_in_chain::<rustls::Error>(&error) {
        Some(error) => tls_failure(error, tls.has_identity(), tls.has_trust()),
        None => connection_failure(&error),
    };
    let started = Instant::now();
    let request = Request::get("/version")
        .header(HOST, endpoint.authority())
        .header(USER_AGENT, concat!("limescope/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/json")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| {
            Failure::stay(AddressState::Error, format!("the request cannot be written: {error}"))
        })?;
    let answered = async {
        let mut builder = http1::Builder::new();
        builder.max_headers(64).max_buf_size(64 * 1024);
        let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await?;
        let mut connection = AbortOnDrop(tokio::spawn(connection));
        match sender.send_request(request).await {
            Ok(response) => Ok((response, connection)),
            // The connection knows better than its request why it failed.
            Err(error) => Err(match (&mut connection.0).await {
                Ok(Err(cause)) => cause,
                Ok(Ok(())) | Err(_) => error,
            }),
        }
    };
    let (response, _connection) = match timeout(limits.first_byte, answered).await {
        Err(_elapsed) => return Err(Failure::deadline(Deadline::FirstByte, limits.first_byte)),
        Ok(answered) => answered.map_err(of_http)?,
    };
    let status = response.status();
    let claimed =
        response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let reader = BodyReader::new(Kind::Version, *limits, claimed, Whole::new(Kind::Version, claimed))?;
    let body = whole(response.into_body(), reader).await?.map_err(of_http)?;
    report.latency = Some(started.elapsed());
    report.negotiated = read(status, &body)?;
    Ok(())
}

async fn whole(
    mut body: Incoming,
    mut reader: BodyReader<Whole>,
) -> Result<Result<Vec<u8>, hyper::Error>, Failure> {
    while let Some(frame) = reader.wait(body.frame()).await? {
        match frame {
            Err(error) => return Ok(Err(error)),
            Ok(frame) => {
                if let Some(chunk) = frame.data_ref() {
                    reader.take(chunk)?;
                }
            }
        }
    }
    Ok(Ok(reader.finish().into_bytes()))
}

/// What an answer to `/version` says (`keylime-api` §3 upstream).
fn read(status: StatusCode, body: &[u8]) -> Result<Negotiated, Failure> {
    let stranger = |words: String| Err(Failure::reselect(AddressState::NotKeylime, words));
    match status {
        StatusCode::OK => match answer::versions(body) {
            Ok(versions) => Ok(Negotiated::from_versions(&versions)),
            Err(error) => stranger(error.to_string()),
        },
        StatusCode::GONE => Ok(Negotiated::Push),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if answer::is_keylime(body) => {
            Err(refused(status, body))
        }
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Err(refused(status, body))
        }
        // Old releases and faults of new ones: an empty body or an envelope.
        StatusCode::NOT_FOUND | StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_REQUEST
            if body.is_empty() || answer::is_keylime(body) =>
        {
            Ok(Negotiated::Fallback)
        }
        status if status.is_redirection() => Err(refused(status, body)),
        status => stranger(format!("it answered {} to /version, and not in Keylime's form", status.as_u16())),
    }
}

/// Ends a connection's task with the probe that started it.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
