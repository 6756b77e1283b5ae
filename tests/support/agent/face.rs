//! Where a pull agent is asked: HTTPS with its own self-signed certificate, for clients with one of its group's CA.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    thread::JoinHandle,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use serde_json::Value;
use tokio::{net::TcpStream, sync::oneshot};
use tokio_rustls::TlsAcceptor;

/// What an agent is asked: the method, the path with its query, and the body where it is JSON.
pub struct Question {
    pub method: String,
    pub path: String,
    pub query: String,
    pub body: Value,
}

impl Question {
    /// A parameter of the query; Keylime's need no decoding.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

/// Answers a question with a status and what the envelope's `results` hold.
pub type Answer = Arc<dyn Fn(&Question) -> (u16, Value) + Send + Sync>;

/// An agent's certificate and key, and who may ask it.
#[derive(Clone)]
pub struct Identity {
    certificate: String,
    tls: Arc<ServerConfig>,
}

impl Identity {
    /// A new self-signed certificate; clients need one of the CA in this PEM file.
    pub fn make(name: &str, authority: &Path) -> Self {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut parameters =
            rcgen::CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = parameters.self_signed(&key).expect("a certificate");
        let provider = Arc::new(default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).expect("the group's CA")).unwrap();
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .build()
            .unwrap();
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        Self { certificate: certificate.pem(), tls: Arc::new(tls) }
    }

    /// The certificate in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

/// A listening agent; it stops when this is dropped, in the middle of whatever it was doing.
pub struct Face {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Face {
    /// Listens on 127.0.0.1.
    pub fn open(port: u16, identity: &Identity, answer: Answer) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        listener.set_nonblocking(true).unwrap();
        let acceptor = TlsAcceptor::from(Arc::clone(&identity.tls));
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = stopped => {}
                    () = accept(&listener, &acceptor, &answer) => {}
                }
            });
            // With the runtime its connections go.
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Face {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

async fn accept(listener: &tokio::net::TcpListener, acceptor: &TlsAcceptor, answer: &Answer) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(answer)));
        }
    }
}

/// One connection, to its end; what goes wrong with it is the other side's business.
async fn serve(stream: TcpStream, acceptor: TlsAcceptor, answer: Answer) {
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = Arc::clone(&answer);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let question = Question {
                method: head.method.to_string(),
                path: head.uri.path().to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
                body: serde_json::from_slice(&body).unwrap_or_default(),
            };
            let (status, results) = answer(&question);
            let words = if status == 200 { "Success" } else { "Not found" };
            let envelope = serde_json::json!({"code": status, "status": words, "results": results});
            let response = Response::builder()
                .status(status)
                .header("content-type", "application/json")
                .body(Full::new(Bytes::from(envelope.to_string())));
            Ok::<_, hyper::Error>(response.unwrap())
        }
    });
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}
