//! The servers' own answer time: a client that asks what `status` asks and
//! looks at nothing but the status line and the number of bytes.
//!
//! It asks less than a console has to: one connection per address, on which
//! `/version` and then the one question go, while limescope probes on a
//! connection of its own and so can tell every step apart.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use limescope::config::{Config, GroupConfig, KeySource};
use limescope::keylime::AddressRole;
use limescope::servers::{Endpoint, Scheme};
use limescope::tasks::targets;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::Outcome;
use crate::samples::timed;

const BULK: &str = "/v2.6/agents/?bulk=true";
const LIST: &str = "/v2.6/agents/";

/// The bare client, ready for one fleet.
pub struct Bare {
    runtime: Runtime,
    connections: Vec<Connection>,
}

/// What is asked at one address, beside `/version`.
#[derive(Clone)]
struct Connection {
    group: usize,
    role: AddressRole,
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    path: Option<&'static str>,
}

impl Bare {
    /// A client for these groups: in each, one verifier that listens is asked
    /// for its agents and one registrar for its ids.
    pub fn new(config: &Config) -> Outcome<Self> {
        let mut connections = Vec::new();
        for (number, (group, targets)) in config.groups.iter().zip(targets(config)).enumerate() {
            let tls = Arc::new(tls(group)?);
            let (mut verifier, mut registrar) = (Some(BULK), Some(LIST));
            for (role, endpoint) in targets.addresses {
                let address = socket_address(&endpoint)?;
                let path = match role {
                    AddressRole::Verifier if std::net::TcpStream::connect(address).is_ok() => verifier.take(),
                    AddressRole::Registrar => registrar.take(),
                    _ => None,
                };
                let tls = (endpoint.scheme == Scheme::Https).then(|| Arc::clone(&tls));
                connections.push(Connection { group: number, role, address, tls, path });
            }
        }
        // As many threads as limescope has for the network.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        Ok(Self { runtime, connections })
    }

    /// Asks everything at once; how long it took, and how many bytes came.
    pub fn ask(&self) -> Outcome<(Duration, usize)> {
        let (took, bytes) = timed(|| {
            self.runtime.block_on(async {
                let mut asked = JoinSet::new();
                for connection in self.connections.clone() {
                    asked.spawn(connection.ask());
                }
                asked.join_all().await.into_iter().sum::<Outcome<usize>>()
            })
        });
        Ok((took, bytes?))
    }

    /// One body, to be read from memory: the bulk answer or the registrar's
    /// list of the first group.
    pub fn body(&self, role: AddressRole) -> Outcome<Bytes> {
        let connection = self
            .connections
            .iter()
            .find(|connection| connection.group == 0 && connection.role == role && connection.path.is_some())
            .ok_or("nobody to ask")?;
        let path = connection.path.unwrap_or_default();
        self.runtime.block_on(async {
            let mut sender = connection.clone().open().await?;
            let answer = sender.send_request(connection.request(path)?).await?;
            Ok(answer.into_body().collect().await?.to_bytes())
        })
    }
}

/// Where each group has a verifier that listens, and its registrar; groups
/// whose verifiers are all dark are left out.
pub fn pairs(config: &Config) -> Outcome<Vec<(GroupConfig, SocketAddr, SocketAddr)>> {
    let mut pairs = Vec::new();
    for group in &config.groups {
        let verifiers: Vec<_> = group.verifiers.iter().map(socket_address).collect::<Outcome<_>>()?;
        let listening = verifiers.into_iter().find(|address| std::net::TcpStream::connect(address).is_ok());
        let registrar = group.operators().first().map(|endpoint| socket_address(endpoint)).transpose()?;
        if let (Some(verifier), Some(registrar)) = (listening, registrar) {
            pairs.push((group.clone(), verifier, registrar));
        }
    }
    Ok(pairs)
}

impl Connection {
    async fn ask(self) -> Outcome<usize> {
        let mut sender = match self.open().await {
            Ok(sender) => sender,
            // A dark verifier refuses; that is its whole answer.
            Err(_refused) if self.path.is_none() => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut bytes = 0;
        for path in ["/version"].into_iter().chain(self.path) {
            let mut answer = sender.send_request(self.request(path)?).await?;
            if path != "/version" && !answer.status().is_success() {
                return Err(format!("{}{path} answered {}", self.address, answer.status()).into());
            }
            while let Some(frame) = answer.frame().await {
                bytes += frame?.data_ref().map_or(0, Bytes::len);
            }
        }
        Ok(bytes)
    }

    fn request(&self, path: &str) -> Outcome<Request<Empty<Bytes>>> {
        Ok(Request::get(path).header("host", self.address.to_string()).body(Empty::new())?)
    }

    async fn open(&self) -> Outcome<SendRequest<Empty<Bytes>>> {
        let stream = TcpStream::connect(self.address).await?;
        match &self.tls {
            None => speak(stream).await,
            Some(tls) => {
                let name = ServerName::from(self.address.ip());
                speak(TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?).await
            }
        }
    }
}

async fn speak<S>(stream: S) -> Outcome<SendRequest<Empty<Bytes>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

fn socket_address(endpoint: &Endpoint) -> Outcome<SocketAddr> {
    Ok(endpoint.authority().parse()?)
}

fn tls(group: &GroupConfig) -> Outcome<ClientConfig> {
    let (Some(ca), Some(cert), Some(KeySource::File(key))) = (&group.tls.ca, &group.tls.cert, &group.tls.key)
    else {
        return Err("the fleet's configuration names no certificates".into());
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca)? {
        roots.add(certificate?)?;
    }
    let chain = CertificateDer::pem_file_iter(cert)?.collect::<Result<Vec<_>, _>>()?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    // A command that runs once has no session to resume.
    tls.resumption = rustls::client::Resumption::disabled();
    Ok(tls)
}
