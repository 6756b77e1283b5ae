//! The operator's key in the TPM towards servers with Python's ssl, which is what Keylime's have.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use limescope::keylime::{
    AddressState, Credentials, CredentialsError, Limits, Negotiated, Reader, TlsSetup, probe,
};
use limescope::servers::{Endpoint, Host, Scheme};
use limescope::text::Secret;
use limescope::tpm::device::{Choice, DeviceKey, Kind, Tpm, create, self_signed, status};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use crate::support::agent::software_tpm::SoftwareTpm;

/// A time in Unix seconds, now.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

pub struct Server {
    child: Child,
    lines: BufReader<ChildStdout>,
    pub endpoint: Endpoint,
    ca: Vec<u8>,
    folder: tempfile::TempDir,
}

impl Server {
    /// Trusts these clients, and speaks this version of TLS only.
    pub fn start(clients: &str, version: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let files = [write("cert", &own), write("key", &key.serialize_pem()), write("clients", clients)];
        let mut child = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tpm/server.py"))
            .args(files)
            .arg(version)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let port = read(&mut lines).as_u64().unwrap().try_into().unwrap();
        let endpoint =
            Endpoint { scheme: Scheme::Https, host: Host::V4(std::net::Ipv4Addr::LOCALHOST), port };
        Self { child, lines, endpoint, ca: own.into_bytes(), folder }
    }

    /// The file of its own certificate, which is its CA as well.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("cert")
    }

    /// What it says of the next connection.
    fn next(&mut self) -> Value {
        read(&mut self.lines)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(lines: &mut impl std::io::BufRead) -> Value {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
}

fn setup(server: &Server, certificate: &str, key: &Arc<DeviceKey>) -> Result<TlsSetup, CredentialsError> {
    TlsSetup::new(&Credentials {
        ca: Some(server.ca.clone()),
        cert: Some(certificate.as_bytes().to_vec()),
        device_key: Some(Arc::clone(key)),
        ..Credentials::default()
    })
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn new_key(software: &SoftwareTpm, kind: Kind, pin: Option<&str>) -> (Arc<DeviceKey>, String) {
    let choice = Choice::named("TCTI", &software.text()).unwrap();
    let tpm = Arc::new(Tpm::with_time_out(choice, Duration::from_secs(2)));
    let file = create(&tpm, kind, pin.map(secret)).unwrap();
    let key = Arc::new(DeviceKey::new(tpm, file, pin.map(secret)));
    let certificate = self_signed(&key, "operator of the test", now()).unwrap();
    (key, certificate)
}

async fn ask(reader: &Reader, server: &Server) -> Result<usize, String> {
    let fetched = reader.registered(&server.endpoint, Negotiated::Fallback, None).await;
    fetched.map(|fetched| fetched.content.unwrap().len()).map_err(|failure| failure.words)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn python_takes_the_key_in_both_versions_and_reconnects_cost_no_signature() {
    let software = SoftwareTpm::start();
    for (kind, pin) in [(Kind::P256, Some("1234")), (Kind::Rsa(2048), None)] {
        let (key, certificate) = new_key(&software, kind, pin);
        for version in ["1.2", "1.3"] {
            let mut server = Server::start(&certificate, version);
            let tls = setup(&server, &certificate, &key).unwrap();
            // A probe shows the certificate, so it never resumes.
            for _ in 0..2 {
                let report = probe(&server.endpoint, &tls, &Limits::default()).await;
                assert_eq!(
                    report.tls.unwrap().version,
                    Some(format!("TLS {version}").as_str()),
                    "{:?}",
                    report.failure
                );
                let seen = server.next();
                let full = json!({"version": format!("TLSv{version}"), "resumed": false, "name": "operator of the test"});
                assert_eq!(seen, full, "{kind:?} {version}");
            }
            let reader = Reader::new(&tls, Limits::default()).unwrap();
            let mut full = 0;
            for _ in 0..10 {
                assert_eq!(ask(&reader, &server).await, Ok(0));
                full += usize::from(server.next()["resumed"] == false);
            }
            assert_eq!(full, 1, "{kind:?} {version}: 10 connections cost one signature");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_goes_wrong_in_a_handshake_has_the_words_of_the_tpm() {
    let mut software = SoftwareTpm::start();
    let (key, certificate) = new_key(&software, Kind::P256, None);
    let other = new_key(&software, Kind::P256, None);
    let mut server = Server::start(&certificate, "1.3");
    let tls = setup(&server, &certificate, &key).unwrap();
    let look = async || probe(&server.endpoint, &tls, &Limits::default()).await;
    assert_eq!(look().await.failure, None);

    software.hang();
    let began = std::time::Instant::now();
    let failure = look().await.failure.unwrap();
    assert_eq!(failure.state, AddressState::Error);
    assert!(failure.words.starts_with("our key in the TPM: the TPM did not answer within 2 s"), "{failure}");
    for _ in 0..20 {
        let words = look().await.failure.unwrap().words;
        assert!(words.contains("still busy with an earlier command"), "{words}");
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    software.go_on();
    crate::support::wait::until("the TPM to come back", async || {
        look().await.failure.is_none().then_some(())
    })
    .await;

    software.die();
    let words = look().await.failure.unwrap().words;
    assert!(words.starts_with("our key in the TPM: the TPM (swtpm:"), "{words}");
    let reader = Reader::new(&tls, Limits::default()).unwrap();
    let words = ask(&reader, &server).await.unwrap_err();
    assert!(words.starts_with("our key in the TPM: the TPM (swtpm:"), "{words}");
    software.restart();
    assert_eq!(look().await.failure, None);

    let stranger = setup(&server, &other.1, &other.0).unwrap();
    let failure = probe(&server.endpoint, &stranger, &Limits::default()).await.failure.unwrap();
    assert_eq!(failure.state, AddressState::ClientCertificateRefused, "{}", failure.words);
    assert!(matches!(setup(&server, &certificate, &other.0), Err(CredentialsError::Pair)));
    assert!(!server.next()["version"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_wrong_pin_is_tried_once_however_often_the_console_connects() {
    let software = SoftwareTpm::start();
    let (right, certificate) = new_key(&software, Kind::P256, Some("1234"));
    let wrong = DeviceKey::new(Arc::clone(right.tpm()), right.file().clone(), Some(secret("4321")));
    let server = Server::start(&certificate, "1.3");
    let tls = setup(&server, &certificate, &Arc::new(wrong)).unwrap();
    let mut words = Vec::new();
    for _ in 0..5 {
        words.push(probe(&server.endpoint, &tls, &Limits::default()).await.failure.unwrap().words);
    }
    assert!(words[0].starts_with("our key in the TPM: the PIN is wrong; 2 more"), "{words:?}");
    assert!(words[1..].iter().all(|words| words.contains("was wrong and is not tried again")), "{words:?}");
    assert_eq!(status(right.tpm()).unwrap().lockout.unwrap().counted, 1);
}
