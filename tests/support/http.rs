//! A plain HTTP client for tests: what is on the wire, and nothing more.
//!
//! It has nothing in common with the console's client, so that a mistake in
//! one cannot hide the same mistake in the other. It talks to loopback only.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::deployment::Deployment;
use super::wait::LIMIT;

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case, in the order of the wire.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, `Null` where it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Who asks, and whom it trusts.
#[derive(Clone)]
pub struct Client {
    tls: Option<Arc<ClientConfig>>,
    method: hyper::Method,
    headers: Vec<(String, String)>,
}

impl Client {
    /// The operator of a deployment, with its certificate.
    pub fn operator(deployment: &Deployment) -> Self {
        Self::with_identity(deployment, Some((&deployment.cert, &deployment.key)), rustls::ALL_VERSIONS)
    }

    /// Someone without a certificate.
    pub fn anonymous(deployment: &Deployment) -> Self {
        Self::with_identity(deployment, None, rustls::ALL_VERSIONS)
    }

    /// Someone who trusts a deployment and shows the certificate of another.
    pub fn stranger(deployment: &Deployment, other: &Deployment) -> Self {
        Self::with_identity(deployment, Some((&other.cert, &other.key)), rustls::ALL_VERSIONS)
    }

    /// The operator, with one version of TLS only.
    pub fn operator_with(deployment: &Deployment, version: &'static SupportedProtocolVersion) -> Self {
        Self::with_identity(deployment, Some((&deployment.cert, &deployment.key)), &[version])
    }

    fn with_identity(
        deployment: &Deployment,
        identity: Option<(&Path, &Path)>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&deployment.ca).unwrap()).unwrap();
        let builder =
            ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_protocol_versions(versions)
                .unwrap()
                .with_root_certificates(roots);
        let config = match identity {
            Some((cert, key)) => {
                let chain = CertificateDer::pem_file_iter(cert).unwrap().collect::<Result<_, _>>().unwrap();
                builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap()).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        Self { tls: Some(Arc::new(config)), method: hyper::Method::GET, headers: Vec::new() }
    }

    /// The same client with one more header.
    pub fn header(&self, name: &str, value: &str) -> Self {
        let mut with = self.clone();
        with.headers.push((name.to_owned(), value.to_owned()));
        with
    }

    /// The same client with another method.
    pub fn method(&self, method: hyper::Method) -> Self {
        Self { method, ..self.clone() }
    }

    /// Asks on a new connection; an error says what happened.
    pub async fn try_ask(&self, base: &str, path: &str) -> Result<Reply, String> {
        let asked = async {
            let (authority, secure) = match base.strip_prefix("https://") {
                Some(authority) => (authority, true),
                None => (base.strip_prefix("http://").unwrap(), false),
            };
            let address: SocketAddr = authority.parse().map_err(|error| format!("{authority}: {error}"))?;
            assert!(address.ip().is_loopback(), "tests talk to loopback only, not to {address}");
            let stream = TcpStream::connect(address).await.map_err(|error| format!("connect: {error}"))?;
            if !secure {
                return self.exchange(stream, authority, path).await;
            }
            let connector = TlsConnector::from(Arc::clone(self.tls.as_ref().unwrap()));
            let name = ServerName::from(address.ip());
            let stream = connector.connect(name, stream).await.map_err(|error| format!("tls: {error:?}"))?;
            self.exchange(stream, authority, path).await
        };
        tokio::time::timeout(LIMIT, asked).await.map_err(|_elapsed| format!("no answer within {LIMIT:?}"))?
    }

    /// Asks on a new connection and must get an answer.
    pub async fn ask(&self, base: &str, path: &str) -> Reply {
        self.try_ask(base, path).await.unwrap_or_else(|error| panic!("{base}{path}: {error}"))
    }

    async fn exchange<S>(&self, stream: S, authority: &str, path: &str) -> Result<Reply, String>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let words = |error: hyper::Error| format!("http: {error:?}");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(words)?;
        let running = tokio::spawn(connection);
        let mut request = hyper::Request::builder().method(&self.method).uri(path).header("host", authority);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::<Bytes>::default()).map_err(|error| error.to_string())?;
        let response = match sender.send_request(request).await {
            Ok(response) => response,
            // The connection knows why better than the request that it failed.
            Err(error) => {
                let cause = running.await.map_err(|error| error.to_string())?;
                return Err(cause.err().map_or_else(|| words(error), words));
            }
        };
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(words)?.to_bytes();
        running.abort();
        let text =
            |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok(Reply { status: head.status.as_u16(), headers, body })
    }
}
