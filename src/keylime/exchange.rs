//! `GET /version` over an open connection, once or again and again.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, CONTENT_LENGTH, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use reqwest::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

use super::answer;
use super::body::{BodyReader, Whole};
use super::failure::{AddressState, Deadline, Failure};
use super::limits::{Kind, Limits};
use super::reader::{connection_failure, refused};
use super::tls::{TlsSetup, find_in_chain, tls_failure};
use super::version::Negotiated;
use crate::servers::Endpoint;

/// An open connection. Bytes that nobody asked for end it.
#[derive(Debug)]
pub(super) struct Exchange {
    sender: SendRequest<Empty<Bytes>>,
    connection: AbortOnDrop<Result<(), hyper::Error>>,
}

impl Exchange {
    /// Takes over a connection on which nothing was said yet.
    pub(super) async fn over<S>(stream: S, tls: &TlsSetup) -> Result<Self, Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = http1::Builder::new();
        builder.max_headers(64).max_buf_size(64 * 1024);
        // Nothing is sent and nothing is waited for here.
        let opened = builder.handshake(TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(|error| of_http(&error, tls))?;
        Ok(Self { sender, connection: AbortOnDrop(tokio::spawn(connection)) })
    }

    /// Whether nothing says yet that it has ended.
    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed() && !self.connection.0.is_finished()
    }

    /// What `/version` tells, and how long the whole answer took. After an error
    /// the connection is of no more use.
    pub(super) async fn version(
        &mut self,
        endpoint: &Endpoint,
        tls: &TlsSetup,
        limits: &Limits,
    ) -> Result<(Negotiated, Duration), Failure> {
        let started = Instant::now();
        let request = Request::get("/version")
            .header(HOST, endpoint.authority())
            .header(USER_AGENT, concat!("limescope/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, "application/json")
            .body(Empty::<Bytes>::new())
            .map_err(|error| {
                Failure::stay(AddressState::Error, format!("the request cannot be written: {error}"))
            })?;
        let answered = async {
            let sent = match self.sender.ready().await {
                Ok(()) => self.sender.send_request(request).await,
                Err(error) => Err(error),
            };
            match sent {
                Ok(response) => Ok(response),
                // The connection knows better than its request why it failed.
                Err(error) => Err(match (&mut self.connection.0).await {
                    Ok(Err(cause)) => cause,
                    Ok(Ok(())) | Err(_) => error,
                }),
            }
        };
        let response = match timeout(limits.first_byte, answered).await {
            Err(_elapsed) => return Err(Failure::deadline(Deadline::FirstByte, limits.first_byte)),
            Ok(answered) => answered.map_err(|error| of_http(&error, tls))?,
        };
        let status = response.status();
        let claimed =
            response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let reader = BodyReader::new(Kind::Version, *limits, claimed, Whole::new(Kind::Version, claimed))?;
        let body = whole(response.into_body(), reader).await?.map_err(|error| of_http(&error, tls))?;
        let latency = started.elapsed();
        Ok((read(status, &body)?, latency))
    }
}

fn of_http(error: &hyper::Error, tls: &TlsSetup) -> Failure {
    match find_in_chain::<rustls::Error>(error) {
        Some(error) => tls_failure(error, tls.has_identity(), tls.has_trust()),
        None => connection_failure(error),
    }
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

/// Ends a connection's task with whoever holds it.
#[derive(Debug)]
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
