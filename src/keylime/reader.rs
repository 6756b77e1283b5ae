//! The client of a read-only console. It has no method that writes: what is to
//! change something at a server gets a type of its own.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, DATE, ETAG, HeaderValue, IF_NONE_MATCH};
use reqwest::{Client, Response, StatusCode, redirect};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use tokio::time::{Instant, timeout};

use super::answer::{self, UnreadableAnswer};
use super::body::{BodyReader, Sink, Whole, is_refusal, unreadable, unusable};
use super::bulk::BulkReader;
use super::failure::{AddressState, Deadline, Failure, Meaning};
use super::limits::{Kind, Limits};
use super::record::AgentRecord;
use super::registration::registration;
use super::tls::{TlsSetup, find_in_chain, tls_failure};
use super::version::Negotiated;
use crate::servers::Endpoint;
use crate::text::{RemoteText, sanitise_to};
use crate::tpm::identity::Registration;

/// Longest entity tag that is remembered, in bytes.
const MAX_ETAG: usize = 256;

/// Reads from the servers of one group.
#[derive(Clone, Debug)]
pub struct Reader {
    http: Client,
    pub(super) limits: Limits,
    has_identity: bool,
    has_trust: bool,
}

/// A good answer.
#[derive(Debug)]
pub struct Fetched<T> {
    /// What it holds; none where the server says that nothing changed (304).
    pub content: Option<T>,
    /// To ask with next time.
    pub etag: Option<EntityTag>,
    /// The answer's own `Date` in Unix seconds.
    pub server_time: Option<i64>,
    /// From the request to the whole answer.
    pub took: Duration,
}

/// An entity tag, as the server sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityTag(HeaderValue);

/// Whether the registrar has proof of an agent's TPM identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The record can be fetched.
    Activated,
    /// Listed, and the challenge is not answered yet.
    NotActivated,
    /// The registrar does not know it.
    NotFound,
}

/// What a registrar says when it is asked for the record of one agent.
#[derive(Clone, Debug)]
pub enum Registered {
    /// The record.
    Record(Box<Registration>),
    /// Its answer cannot be read, in words.
    Unreadable(String),
    /// Listed, and the challenge is not answered yet.
    NotActivated,
    /// The registrar does not know it.
    NotFound,
}

impl Reader {
    /// A client with one group's trust and identity.
    ///
    /// # Errors
    /// If TLS cannot be set up at all.
    pub fn new(tls: &TlsSetup, limits: Limits) -> Result<Self, Failure> {
        Self::over(tls.client_for_records(), tls, limits)
    }

    /// A client for one server that must show exactly this certificate, with a
    /// group's identity.
    pub(super) fn pinned(
        tls: &TlsSetup,
        certificate: CertificateDer<'static>,
        limits: Limits,
    ) -> Result<Self, Failure> {
        Self::over(tls.pinned_client(certificate), tls, limits)
    }

    fn over(
        client: Result<ClientConfig, rustls::Error>,
        tls: &TlsSetup,
        limits: Limits,
    ) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| {
            Failure::stay(
                AddressState::Error,
                format!("TLS cannot be set up: {}", sanitise_to(&error.to_string(), 160)),
            )
        };
        let client = client.map_err(|error| failed(&error))?;
        let http = Client::builder()
            .tls_backend_preconfigured(client)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .user_agent(concat!("limescope/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connection + limits.handshake)
            .pool_max_idle_per_host(1)
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Self { http, limits, has_identity: tls.has_identity(), has_trust: tls.has_trust() })
    }

    /// All agent records of a verifier, in one expensive question.
    ///
    /// # Errors
    /// Why there is no usable answer.
    pub async fn agents(
        &self,
        verifier: &Endpoint,
        version: Negotiated,
        etag: Option<&EntityTag>,
    ) -> Result<Fetched<Vec<(RemoteText, Arc<AgentRecord>)>>, Failure> {
        let url = format!("{verifier}/{}/agents/?bulk=true", version.prefix());
        let asked = self.ask(&url, Kind::Bulk, etag).await?;
        if asked.response.status() != StatusCode::OK {
            return self.not_ok(asked, etag).await;
        }
        let Asked { response, etag, server_time, started } = asked;
        // Read while it arrives: a verifier that takes its time is not waited for first.
        let bulk = self.body(response, Kind::Bulk, |_| BulkReader::default()).await?;
        let took = started.elapsed();
        let records = beside(move || bulk.finish()).await?;
        Ok(Fetched { content: Some(records), etag, server_time, took })
    }

    /// The ids that a registrar has, activated or not.
    ///
    /// # Errors
    /// Why there is no usable answer.
    pub async fn registered(
        &self,
        registrar: &Endpoint,
        version: Negotiated,
        etag: Option<&EntityTag>,
    ) -> Result<Fetched<Vec<RemoteText>>, Failure> {
        let url = format!("{registrar}/{}/agents/", version.prefix());
        let asked = self.ask(&url, Kind::Ids, etag).await?;
        if asked.response.status() != StatusCode::OK {
            return self.not_ok(asked, etag).await;
        }
        let Asked { response, etag, server_time, started } = asked;
        let body = self.whole(response, Kind::Ids).await?;
        let took = started.elapsed();
        let ids = beside(move || answer::agent_ids(&body)).await?;
        Ok(Fetched { content: Some(ids), etag, server_time, took })
    }

    /// Whether a registrar has activated an agent. Ids that Keylime itself does
    /// not allow in a path cannot be asked for.
    ///
    /// # Errors
    /// Why there is no usable answer.
    pub async fn activation(
        &self,
        registrar: &Endpoint,
        version: Negotiated,
        id: &RemoteText,
    ) -> Result<Activation, Failure> {
        let url = format!("{registrar}/{}/agents/{}", version.prefix(), id.raw());
        let (response, _) = self.send(&url, Kind::Record, None).await?;
        let status = response.status();
        let body = self.whole(response, Kind::Record).await?;
        match status {
            StatusCode::OK => Ok(Activation::Activated),
            StatusCode::NOT_FOUND if body.is_empty() => Err(refused(status, &body)),
            StatusCode::NOT_FOUND => Ok(missing(&body)),
            _ => Err(refused(status, &body)),
        }
    }

    /// What a verifier says of one agent; none where it does not know it. Ids
    /// that Keylime itself does not allow in a path cannot be asked for.
    ///
    /// # Errors
    /// Why there is no usable answer.
    pub async fn agent(
        &self,
        verifier: &Endpoint,
        version: Negotiated,
        id: &RemoteText,
    ) -> Result<Option<AgentRecord>, Failure> {
        let url = format!("{verifier}/{}/agents/{}", version.prefix(), id.raw());
        let (response, _) = self.send(&url, Kind::Record, None).await?;
        let status = response.status();
        let body = self.whole(response, Kind::Record).await?;
        match status {
            StatusCode::OK => answer::record(&body).map(Some).map_err(|error| unreadable(&error)),
            StatusCode::NOT_FOUND if !body.is_empty() => Ok(None),
            _ => Err(refused(status, &body)),
        }
    }

    /// What a registrar has of an agent. Ids that Keylime itself does not allow
    /// in a path cannot be asked for.
    ///
    /// # Errors
    /// Why there is no usable answer.
    pub async fn registration(
        &self,
        registrar: &Endpoint,
        version: Negotiated,
        id: &RemoteText,
    ) -> Result<Registered, Failure> {
        let url = format!("{registrar}/{}/agents/{}", version.prefix(), id.raw());
        let (response, _) = self.send(&url, Kind::Record, None).await?;
        let status = response.status();
        let body = match self.whole(response, Kind::Record).await {
            // What an agent sent must not keep anybody from asking for the next one.
            Err(failure) if status == StatusCode::OK && is_refusal(&failure) => {
                return Ok(Registered::Unreadable(failure.words));
            }
            body => body?,
        };
        match status {
            StatusCode::OK => Ok(match registration(&body) {
                Ok(record) => Registered::Record(Box::new(record)),
                Err(error) => Registered::Unreadable(error.to_string()),
            }),
            StatusCode::NOT_FOUND if !body.is_empty() => Ok(match missing(&body) {
                Activation::NotActivated => Registered::NotActivated,
                _ => Registered::NotFound,
            }),
            _ => Err(refused(status, &body)),
        }
    }

    pub(super) async fn ask(
        &self,
        url: &str,
        kind: Kind,
        etag: Option<&EntityTag>,
    ) -> Result<Asked, Failure> {
        let started = Instant::now();
        let (response, etag) = self.send(url, kind, etag).await?;
        let server_time = date(&response);
        Ok(Asked { response, etag, server_time, started })
    }

    /// What an answer says that is no content: nothing changed, or a refusal.
    pub(super) async fn not_ok<T>(
        &self,
        asked: Asked,
        known: Option<&EntityTag>,
    ) -> Result<Fetched<T>, Failure> {
        let Asked { response, etag, server_time, started } = asked;
        let status = response.status();
        // A refusal is a few words; the bounds of a list are not for it.
        let body = self.whole(response, Kind::Record).await?;
        match (status, known) {
            (StatusCode::NOT_MODIFIED, Some(known)) => {
                let etag = etag.or_else(|| Some(known.clone()));
                Ok(Fetched { content: None, etag, server_time, took: started.elapsed() })
            }
            _ => Err(refused(status, &body)),
        }
    }

    async fn send(
        &self,
        url: &str,
        kind: Kind,
        etag: Option<&EntityTag>,
    ) -> Result<(Response, Option<EntityTag>), Failure> {
        let mut request = self.http.get(url);
        if let Some(EntityTag(tag)) = etag {
            request = request.header(IF_NONE_MATCH, tag.clone());
        }
        let (first_byte, _) = kind.deadlines(&self.limits);
        let connection = self.limits.connection + self.limits.handshake;
        let response = match timeout(connection + first_byte, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.failure(&error)),
            Err(_elapsed) => return Err(Failure::deadline(Deadline::FirstByte, first_byte)),
        };
        let tag = response.headers().get(ETAG).filter(|tag| tag.len() <= MAX_ETAG).cloned().map(EntityTag);
        Ok((response, tag))
    }

    pub(super) async fn whole(&self, response: Response, kind: Kind) -> Result<Vec<u8>, Failure> {
        let body = self.body(response, kind, |claimed| Whole::new(kind, claimed)).await?;
        Ok(body.into_bytes())
    }

    pub(super) async fn body<S: Sink>(
        &self,
        mut response: Response,
        kind: Kind,
        sink: impl FnOnce(Option<u64>) -> S,
    ) -> Result<S, Failure> {
        let claimed =
            response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let claimed = claimed.filter(|_| response.status() != StatusCode::NOT_MODIFIED);
        let mut reader = BodyReader::new(kind, self.limits, claimed, sink(claimed))?;
        while let Some(chunk) = reader.wait(response.chunk()).await?.map_err(|error| self.failure(&error))? {
            reader.take(&chunk)?;
        }
        Ok(reader.finish())
    }

    fn failure(&self, error: &reqwest::Error) -> Failure {
        if let Some(error) = find_in_chain::<rustls::Error>(error) {
            return tls_failure(error, self.has_identity, self.has_trust);
        }
        if error.is_timeout() {
            let limit = self.limits.connection + self.limits.handshake;
            return Failure::deadline(Deadline::ConnectionAndHandshake, limit);
        }
        connection_failure(error)
    }
}

/// An answer whose body is yet to be read.
pub(super) struct Asked {
    pub response: Response,
    pub etag: Option<EntityTag>,
    pub server_time: Option<i64>,
    pub started: Instant,
}

/// Work for a large fleet's answer: not on a thread that serves other groups.
pub(super) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, UnreadableAnswer> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| unreadable(&error)),
        Err(error) => Err(unusable(format!("reading it failed: {error}"))),
    }
}

/// Why a registrar has no record to give: it says so in words only.
fn missing(body: &[u8]) -> Activation {
    let words = answer::refusal(body);
    let waiting = words.is_some_and(|words| words.as_str().contains("not been activated"));
    if waiting { Activation::NotActivated } else { Activation::NotFound }
}

/// What a broken connection or unreadable HTTP says about an address.
pub(super) fn connection_failure(error: &(dyn StdError + 'static)) -> Failure {
    let kind = find_in_chain::<io::Error>(error).map(io::Error::kind);
    let http = find_in_chain::<hyper::Error>(error);
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => {
            Failure::reselect(AddressState::Refused, "the connection was refused: nobody listens there")
        }
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            Failure::reselect(AddressState::Refused, "the host or its network cannot be reached")
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof) => {
            broken_off()
        }
        _ if http.is_some_and(hyper::Error::is_parse) => {
            Failure::reselect(AddressState::NotKeylime, "what answers there does not speak HTTP as it should")
        }
        _ if http.is_some_and(|error| {
            error.is_incomplete_message() || error.is_canceled() || error.is_closed()
        }) =>
        {
            broken_off()
        }
        _ => {
            let mut cause: &dyn StdError = error;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            Failure::reselect(
                AddressState::Error,
                format!("the request failed: {}", sanitise_to(&cause.to_string(), 160)),
            )
        }
    }
}

fn broken_off() -> Failure {
    Failure::reselect(AddressState::Error, "the connection was closed before the answer was complete")
}

/// What an answer other than the wanted one says about an address.
pub(super) fn refused(status: StatusCode, body: &[u8]) -> Failure {
    let said = answer::refusal(body).map(|words| format!(": {words}")).unwrap_or_default();
    let answered = format!("it answered {}{said}", status.as_u16());
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::stay(
            AddressState::ClientCertificateRefused,
            format!("{answered}; it does not let us in"),
        ),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Failure::reselect(AddressState::Error, answered)
        }
        // An unknown version: empty from 7.14 on, an envelope before.
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::BAD_REQUEST => {
            Failure { state: AddressState::Error, words: answered, meaning: Meaning::Renegotiate }
        }
        StatusCode::NOT_MODIFIED => Failure::reselect(
            AddressState::NotKeylime,
            format!("{answered} (not modified), though nothing was asked that could be unchanged"),
        ),
        status if status.is_redirection() => Failure::reselect(
            AddressState::NotKeylime,
            format!("{answered}: a redirect, which is not followed"),
        ),
        status if status.is_server_error() => Failure::reselect(AddressState::Error, answered),
        _ => Failure::stay(AddressState::Error, answered),
    }
}

/// The answer's own `Date`, in Unix seconds.
fn date(response: &Response) -> Option<i64> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()).map(Timestamp::as_second)
}
