//! A server on loopback that plays a script, and notes what it sees.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::authority::Identity;
use crate::script::{Play, Script, play};

/// Longest head of a request that is read.
const MAX_HEAD: usize = 64 * 1024;

/// What stands between a server and its script.
pub enum Transport {
    /// Nothing: the script starts with the connection.
    Bare(Script),
    /// HTTP in clear text.
    Plain(Play),
    /// HTTP over TLS.
    Tls(Identity, Play),
}

/// What a server has seen.
#[derive(Default)]
pub struct Seen {
    /// Connections taken.
    pub connections: AtomicUsize,
    /// Client certificates that came.
    pub client_certificates: AtomicUsize,
    /// Heads of the requests, in order.
    pub requests: Mutex<Vec<String>>,
    /// Connections taken while a question for all agents was unanswered.
    pub intrusions: AtomicUsize,
    /// Questions for all agents that are unanswered.
    pending: AtomicUsize,
    /// Questions for all agents that were answered.
    pub answered: AtomicUsize,
}

/// A server; it ends when this is dropped.
pub struct Server {
    pub url: String,
    pub seen: Arc<Seen>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub async fn start(transport: Transport) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let scheme = if matches!(transport, Transport::Plain(_)) { "http" } else { "https" };
        let way = Arc::new(match transport {
            Transport::Bare(script) => Way::Bare(script),
            Transport::Plain(play) => Way::Plain(play),
            Transport::Tls(identity, play) => {
                Way::Tls(TlsAcceptor::from(Arc::new(identity.config(&seen))), play)
            }
        });
        let mut tasks = JoinSet::new();
        let noted = Arc::clone(&seen);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                noted.connections.fetch_add(1, Ordering::SeqCst);
                if noted.pending.load(Ordering::SeqCst) > 0 {
                    noted.intrusions.fetch_add(1, Ordering::SeqCst);
                }
                connections.spawn(serve(stream, Arc::clone(&way), Arc::clone(&noted)));
                while connections.try_join_next().is_some() {}
            }
        });
        Self { url: format!("{scheme}://{address}"), seen, _tasks: tasks }
    }
}

impl Seen {
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn client_certificates(&self) -> usize {
        self.client_certificates.load(Ordering::SeqCst)
    }

    /// First lines of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|head| head.lines().next().unwrap_or_default().to_owned()).collect()
    }
}

enum Way {
    Bare(Script),
    Plain(Play),
    Tls(TlsAcceptor, Play),
}

async fn serve(mut stream: TcpStream, way: Arc<Way>, seen: Arc<Seen>) {
    // Whoever goes away in the middle has seen enough: that is the point of most cases.
    let _ = match &*way {
        Way::Bare(script) => play(script.clone(), &mut stream).await,
        Way::Plain(play) => converse(stream, play, &seen).await,
        Way::Tls(acceptor, play) => match acceptor.accept(stream).await {
            Ok(stream) => converse(stream, play, &seen).await,
            Err(error) => Err(error),
        },
    };
}

/// One request, and what the server does then.
async fn converse<S>(mut stream: S, answer: &Play, seen: &Seen) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_HEAD {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    seen.requests.lock().unwrap().push(head.clone());
    let is_bulk = head.contains("bulk=");
    if is_bulk {
        seen.pending.fetch_add(1, Ordering::SeqCst);
    }
    let played = play(answer(&head), &mut stream).await;
    if is_bulk {
        seen.pending.fetch_sub(1, Ordering::SeqCst);
        seen.answered.fetch_add(1, Ordering::SeqCst);
    }
    played
}

/// Takes any client certificate, and notes that it came.
pub struct Onlooker {
    seen: Arc<Seen>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Onlooker {
    pub fn new(seen: Arc<Seen>, provider: &CryptoProvider) -> Self {
        Self { seen, algorithms: provider.signature_verification_algorithms }
    }
}

impl fmt::Debug for Onlooker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Onlooker")
    }
}

impl ClientCertVerifier for Onlooker {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.seen.client_certificates.fetch_add(1, Ordering::SeqCst);
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
