//! A handshake with the operator's key in a file, in a TPM, and resumed.
//!
//! The server is Python's ssl, as Keylime's are, in another process; the TPM is
//! swtpm, which computes as fast as this machine does: a chip takes some 50 to 500
//! ms for the signature. What is measured is the connection with its TLS, one
//! request and its answer.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use limescope::keylime::{Credentials, Limits, Negotiated, Reader, TlsSetup};
use limescope::servers::{Endpoint, Host, Scheme};
use limescope::text::Secret;
use limescope::tpm::device::{Choice, DeviceKey, Kind, Tpm, create, self_signed};
use rcgen::{CertificateParams, DnType, KeyPair};

use crate::Outcome;
use crate::results::Results;
use crate::samples::Samples;

#[allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "it is made for tests")]
#[path = "../../tests/support/agent/software_tpm.rs"]
mod software_tpm;

/// Connections of each kind.
const RUNS: usize = 60;

/// A server that trusts some clients; it ends with this.
struct Server {
    child: Child,
    endpoint: Endpoint,
    ca: Vec<u8>,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(clients: &str, version: &str) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let key = KeyPair::generate()?;
        let own = CertificateParams::new(["127.0.0.1".to_owned()])?.self_signed(&key)?.pem();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).map(|()| path)
        };
        let files = [write("cert", &own)?, write("key", &key.serialize_pem())?, write("clients", clients)?];
        let mut child = Command::new("/usr/bin/python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tpm/server.py"))
            .args(files)
            .arg(version)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let endpoint = Endpoint {
            scheme: Scheme::Https,
            host: Host::V4(std::net::Ipv4Addr::LOCALHOST),
            port: line.trim().parse()?,
        };
        // What it says of each connection is read, so that it never waits for us.
        std::thread::spawn(move || lines.lines().for_each(drop));
        Ok(Self { child, endpoint, ca: own.into_bytes(), _folder: folder })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub fn measure(results: &mut Results) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let software = software_tpm::SoftwareTpm::start();
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut rows = Vec::new();
    for version in ["1.2", "1.3"] {
        let key = KeyPair::generate()?;
        let mut certificate = CertificateParams::default();
        certificate.distinguished_name.push(DnType::CommonName, "operator");
        let certificate = certificate.self_signed(&key)?.pem();
        let credentials = Credentials {
            cert: Some(certificate.clone().into_bytes()),
            key: Some(Secret::new(key.serialize_pem().into_bytes())),
            ..Credentials::default()
        };
        let took = connections(&runtime, credentials, &certificate, version, false)?;
        rows.push([format!("TLS {version}"), "P-256, in a file".to_owned(), took.words()]);
        for (kind, pin) in [(Kind::P256, None), (Kind::P256, Some("1234")), (Kind::Rsa(2048), None)] {
            let tpm = Arc::new(Tpm::new(Choice::named("TCTI", &software.text())?));
            let secret = |pin: &str| Secret::new(pin.as_bytes().to_vec());
            let file = create(&tpm, kind, pin.map(secret))?;
            let key = Arc::new(DeviceKey::new(tpm, file, pin.map(secret)));
            let certificate = self_signed(&key, "operator", now)?;
            let credentials = || Credentials {
                cert: Some(certificate.clone().into_bytes()),
                device_key: Some(Arc::clone(&key)),
                ..Credentials::default()
            };
            let pin = if pin.is_some() { ", with a PIN" } else { "" };
            let name = format!("{}, in the TPM{pin}", kind.words());
            let full = connections(&runtime, credentials(), &certificate, version, false)?;
            let resumed = connections(&runtime, credentials(), &certificate, version, true)?;
            rows.push([format!("TLS {version}"), name.clone(), full.words()]);
            rows.push([format!("TLS {version}"), format!("{name}, resumed"), resumed.words()]);
        }
    }
    results.words(
        "**A connection with the operator's key** (connection, TLS, one request, answer; Python's ssl, swtpm). With a key \
         in the TPM reconnects resume the session.",
    );
    results.table(["version", "key", "time"], &rows);
    Ok(())
}

fn connections(
    runtime: &tokio::runtime::Runtime,
    mut credentials: Credentials,
    clients: &str,
    version: &str,
    resumed: bool,
) -> Outcome<Samples> {
    let server = Server::start(clients, version)?;
    credentials.ca = Some(server.ca.clone());
    let tls = TlsSetup::new(&credentials)?;
    let mut times: Vec<Duration> = Vec::new();
    let kept = Reader::new(&tls, Limits::default())?;
    for run in 0..=RUNS {
        // A new reader knows no session.
        let fresh = Reader::new(&tls, Limits::default())?;
        let reader = if resumed { &kept } else { &fresh };
        let ask = reader.registered(&server.endpoint, Negotiated::Fallback, None);
        let began = Instant::now();
        runtime.block_on(ask)?;
        let took = began.elapsed();
        // The first one warms up.
        if run > 0 {
            times.push(took);
        }
    }
    Ok(Samples::new(times))
}
