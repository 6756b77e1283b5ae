//! One address: its port, its listener, its connections.
//!
//! A server that is away in the story closes its listener and every
//! connection but keeps its port, so that connecting is refused and nobody
//! else can take the port before it returns.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConnection;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::answer::{Answer, AnswerBody, Question};
use super::options::Pace;
use super::story::Event;
use super::tally::{RequestKind, Tally};
use super::world::World;
use super::{registrar, verifier};

/// Connections to one address at a time; more wait to be accepted.
const MOST_CONNECTIONS: usize = 256;

const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// A connection on which no request comes is closed after this time.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// What a verifier with one worker needs for one agent of a bulk answer.
const BULK_TIME_PER_AGENT: Duration = Duration::from_micros(550);

/// A bulk answer of more agents is made beside the runtime's own threads.
const MANY_AGENTS: usize = 2000;

/// Who answers at an address.
#[derive(Clone, Copy, Debug)]
pub(super) enum Desk {
    Verifier { group: usize, member: usize },
    RegistrarOperator { group: usize },
    RegistrarAgents,
}

/// One address.
pub(super) struct Server {
    pub(super) desk: Desk,
    pub(super) address: SocketAddr,
    pub(super) tls: Option<TlsAcceptor>,
    /// The event of the story that takes it away.
    pub(super) away: Option<Event>,
    pub(super) pace: Pace,
    pub(super) world: Arc<World>,
    pub(super) tally: Arc<Tally>,
    /// The one worker of a verifier, where its pace matters.
    pub(super) worker: Mutex<()>,
}

/// Takes a port on loopback without listening: connecting to it is refused.
pub(super) fn take_port(address: Option<SocketAddr>) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections closed a moment ago must not keep the port from its owner.
    socket.set_reuseaddr(true)?;
    socket.bind(address.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
    Ok(socket)
}

/// Starts to listen on a port that was taken.
pub(super) fn listen(socket: TcpSocket) -> io::Result<TcpListener> {
    socket.listen(1024)
}

impl Server {
    /// Serves until dropped, away at the times of the story.
    pub(super) async fn run(self: Arc<Self>, mut listener: TcpListener) {
        loop {
            self.serve_until_away(&listener).await;
            drop(listener);
            let socket = self.take_own_port().await;
            while self.is_away() {
                self.next_change().await;
            }
            let mut taken = Some(socket);
            listener = loop {
                let socket = match taken.take() {
                    Some(socket) => socket,
                    None => self.take_own_port().await,
                };
                match listen(socket) {
                    Ok(listener) => break listener,
                    Err(_port_disturbed) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            };
        }
    }

    fn is_away(&self) -> bool {
        let elapsed = self.world.clock.now().elapsed;
        self.away.is_some_and(|event| self.world.story.happens(event, elapsed))
    }

    async fn next_change(&self) {
        let elapsed = self.world.clock.now().elapsed;
        match self.away.and_then(|_| self.world.story.next_change(elapsed)) {
            Some(next) => self.world.clock.reach(next).await,
            None => std::future::pending().await,
        }
    }

    async fn take_own_port(&self) -> TcpSocket {
        loop {
            match take_port(Some(self.address)) {
                Ok(socket) => return socket,
                Err(_taken_meanwhile) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Returns, with every connection closed, when the story takes the server away.
    async fn serve_until_away(self: &Arc<Self>, listener: &TcpListener) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut connections = JoinSet::new();
        while !self.is_away() {
            let accept = async {
                // The semaphore is never closed; without a place nobody is let in.
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (place, listener.accept().await)
            };
            tokio::select! {
                (place, accepted) = accept => match accepted {
                    Ok((stream, _)) => {
                        let server = Arc::clone(self);
                        connections.spawn(async move {
                            server.connection(stream).await;
                            drop(place);
                        });
                    }
                    // Out of file descriptors, most likely: some will be closed.
                    Err(_transient) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                () = self.next_change() => {}
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(&self, stream: TcpStream) {
        self.tally.connection();
        let _latency_only = stream.set_nodelay(true);
        let Some(acceptor) = &self.tls else { return self.http(stream, false).await };
        self.wait_for_worker().await;
        match tokio::time::timeout(HANDSHAKE_LIMIT, acceptor.accept(stream).into_fallible()).await {
            Ok(Ok(stream)) => {
                let admin = is_operator(stream.get_ref().1);
                self.http(stream, admin).await;
            }
            Ok(Err((_refused, stream))) => {
                self.tally.failed_handshake();
                let _within_limit = tokio::time::timeout(HANDSHAKE_LIMIT, let_go(stream)).await;
            }
            Err(_too_slow) => self.tally.failed_handshake(),
        }
    }

    async fn http<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, admin: bool) {
        let service = service_fn(|request| self.respond(request, admin));
        let _closed_by_client = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE_LIMIT)
            .max_buf_size(64 * 1024)
            .title_case_headers(true)
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn respond(
        &self,
        request: Request<Incoming>,
        admin: bool,
    ) -> Result<Response<AnswerBody>, Infallible> {
        let question = Question::new(&request, admin);
        let kind = RequestKind::of(&question);
        let underway = self.tally.request(kind);
        let (answer, moment) = match self.desk {
            Desk::Verifier { group, member } => {
                let bulk = underway.is_some() && question.admin && !question.token;
                let agents = if bulk { self.world.enrolled(group) } else { 0 };
                let turn = match self.pace {
                    Pace::Instant => None,
                    Pace::Keylime => Some(self.worker.lock().await),
                };
                if turn.is_some() && bulk {
                    let agents = u32::try_from(agents).unwrap_or(u32::MAX);
                    tokio::time::sleep(BULK_TIME_PER_AGENT.saturating_mul(agents)).await;
                }
                let moment = self.world.clock.now();
                if agents > MANY_AGENTS {
                    (self.beside(group, member, question.clone(), moment).await, moment)
                } else {
                    (verifier::answer(&self.world, group, member, &question, moment), moment)
                }
            }
            Desk::RegistrarOperator { group } => {
                let moment = self.world.clock.now();
                (registrar::answer_operator(&self.world, group, &question, moment), moment)
            }
            Desk::RegistrarAgents => (registrar::answer_agents(&question), self.world.clock.now()),
        };
        let response = answer.into_response(&question, moment);
        self.tally.answered(response.status().as_u16());
        Ok(response)
    }

    async fn beside(
        &self,
        group: usize,
        member: usize,
        question: Question,
        moment: super::clock::Moment,
    ) -> Answer {
        let world = Arc::clone(&self.world);
        let made =
            tokio::task::spawn_blocking(move || verifier::answer(&world, group, member, &question, moment));
        made.await.unwrap_or_else(|_stopping| Answer::empty(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// A busy worker does not even shake hands.
    async fn wait_for_worker(&self) {
        if self.pace == Pace::Keylime {
            drop(self.worker.lock().await);
        }
    }
}

/// A certificate makes an operator if it has a common name; that the group's
/// CA signed it is checked during the handshake.
fn is_operator(connection: &ServerConnection) -> bool {
    connection
        .peer_certificates()
        .and_then(|chain| chain.first())
        .and_then(|certificate| X509Certificate::from_der(certificate).ok())
        .is_some_and(|(_, certificate)| certificate.subject().iter_common_name().next().is_some())
}

/// Closes a connection whose handshake failed so that the alert arrives: if
/// unread bytes were left, the system would reset the connection instead.
async fn let_go(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut unread = [0; 4096];
    for _ in 0..64 {
        if stream.read(&mut unread).await? == 0 {
            break;
        }
    }
    Ok(())
}
