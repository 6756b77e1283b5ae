//! The embedded fleet: real HTTPS servers on loopback, inside the process,
//! that answer as Keylime 7.14.3 does.
//!
//! It serves two purposes: a first look at the console without any
//! installation, and tests. Its answers are JSON of its own (`record`,
//! `registrar`, `policies`, `attestation`), never made from the client's types:
//! the contract tests compare them with captures of a real Keylime.
//!
//! Who exists ([`DemoOptions`], `roster`) and what happens (`story`) are pure
//! functions of the options and of the seconds since the start; what a server
//! answers (`verifier`, `registrar`) is a pure function of both and of the
//! question. Only `server` and `clock` know that time passes.
//!
//! The fleet is read only: a write is answered 405.

mod answer;
mod attestation;
mod attestation_key;
mod chance;
mod clock;
mod condition;
mod config;
mod error;
mod identity;
mod json;
mod names;
mod options;
mod pages;
mod pki;
mod policies;
mod record;
mod registrar;
mod roster;
mod route;
mod server;
mod state;
mod story;
mod tally;
mod verifier;
mod world;

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use clock::Clock;
use condition::Way;
use identity::Factory;
use pki::{GroupCa, USUAL_DAYS};
use policies::Library;
use roster::{Group, Roster};
use server::{Desk, Server, listen, take_port};
use story::{Event, Story};
use tally::Tally;
use world::World;

pub use error::DemoError;
pub use options::{DemoOptions, MAX_AGENTS, MAX_GROUPS, Pace};
pub use tally::{Asked, RequestKind};

/// Days until the certificate of the first group's registrar ends.
const ENDING_DAYS: u64 = 5;

/// A running embedded fleet. When it is dropped, its servers stop and its
/// folder with certificates and keys is removed.
pub struct DemoFleet {
    // Declared first, so that the servers stop before their folder goes.
    _servers: JoinSet<()>,
    _refusing: Vec<TcpSocket>,
    world: Arc<World>,
    tallies: Vec<(String, Arc<Tally>)>,
    groups: Vec<DemoGroup>,
    config: String,
    config_path: PathBuf,
    policy_key_path: PathBuf,
    vendor_folder: PathBuf,
    _folder: TempDir,
}

/// One group of an embedded fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoGroup {
    /// Its name in the configuration.
    pub name: String,
    /// Its verifiers.
    pub verifiers: Vec<DemoVerifier>,
    /// `https://127.0.0.1:PORT` of each registrar's operator face.
    pub registrars: Vec<String>,
    /// `http://127.0.0.1:PORT` of each registrar's agent face.
    pub registrar_agent_faces: Vec<String>,
    /// PEM file of the group's CA.
    pub ca: PathBuf,
    /// PEM file of the operator's certificate.
    pub cert: PathBuf,
    /// PEM file of the operator's key (PKCS#8, not encrypted).
    pub key: PathBuf,
}

/// One verifier of an embedded fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoVerifier {
    /// `https://127.0.0.1:PORT`.
    pub url: String,
    /// Agents send to it; `/version` answers 410.
    pub push: bool,
    /// It refuses every connection, always.
    pub dark: bool,
}

impl DemoFleet {
    /// Starts an embedded fleet on the current tokio runtime; returns when all
    /// its addresses listen.
    ///
    /// # Errors
    /// Options out of range, no free port on loopback, no place for its files.
    pub async fn start(options: &DemoOptions) -> Result<Self, DemoError> {
        check("groups", options.groups, MAX_GROUPS)?;
        check("agents", options.agents, MAX_AGENTS)?;
        let clock = Clock::start(options.still)?;
        let story = Story::new(options.seed, options.still);
        let roster = Roster::new(options);
        let factory = Factory::new(options.seed, clock.origin())?;
        let folder = folder()?;

        let library = Library::new(&roster)?;
        let policy_key_path = folder.path().join("policy-signer.pub.pem");
        write_file(&policy_key_path, library.public_key())?;
        let vendor_folder = folder.path().join("tpm-vendors");
        fs::create_dir(&vendor_folder)
            .map_err(|cause| DemoError::File { path: vendor_folder.clone(), cause })?;
        write_file(&vendor_folder.join("manufacturer.pem"), factory.manufacturer_certificate())?;

        let mut plans = Vec::new();
        let mut refusing = Vec::new();
        let mut addresses = Vec::new();
        let mut groups = Vec::new();
        for (index, group) in roster.groups.iter().enumerate() {
            let opened = open_group(folder.path(), index, group, clock.origin())?;
            plans.extend(opened.plans);
            refusing.extend(opened.refusing);
            addresses.push(opened.verifiers);
            groups.push(opened.group);
        }
        let config = config::config_toml(&groups);
        let config_path = folder.path().join("limescope.toml");
        write_file(&config_path, &config)?;

        let world = Arc::new(World::new(clock, story, roster, factory, library, addresses));
        let mut servers = JoinSet::new();
        let mut tallies = Vec::new();
        for plan in plans {
            let tally = Arc::new(Tally::default());
            tallies.push((plan.url, Arc::clone(&tally)));
            let server = Server {
                desk: plan.desk,
                address: plan.address,
                tls: plan.tls,
                away: plan.away,
                pace: options.pace,
                world: Arc::clone(&world),
                tally,
                worker: Mutex::new(()),
            };
            servers.spawn(Arc::new(server).run(plan.listener));
        }
        Ok(Self {
            _servers: servers,
            _refusing: refusing,
            world,
            tallies,
            groups,
            config,
            config_path,
            policy_key_path,
            vendor_folder,
            _folder: folder,
        })
    }

    /// A complete `limescope.toml` for the fleet, with absolute paths.
    pub fn config_toml(&self) -> &str {
        &self.config
    }

    /// The same text as a file, readable by its owner only.
    pub fn config_path(&self) -> &Path {
        &self.config_path
    }

    /// PEM file of the public key that the fleet's signed policies are signed
    /// with. It is made anew at every start.
    pub fn policy_key_path(&self) -> &Path {
        &self.policy_key_path
    }

    /// The folder with the root certificate of the maker of the fleet's TPMs. It
    /// follows from the seed and the time of the start.
    pub fn vendor_folder(&self) -> &Path {
        &self.vendor_folder
    }

    /// The groups, in the order of the configuration.
    pub fn groups(&self) -> &[DemoGroup] {
        &self.groups
    }

    /// What was asked of the address `scheme://127.0.0.1:PORT` so far; nothing
    /// for an address that is not the fleet's or that always refuses.
    pub fn asked(&self, url: &str) -> Asked {
        let tally = self.tallies.iter().find(|(one, _)| one == url);
        tally.map(|(_, tally)| tally.snapshot()).unwrap_or_default()
    }

    /// Puts the servers' clock forward, and the story with it, so that a test
    /// need not wait for what happens. A still fleet stays as it is.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
    }
}

impl std::fmt::Debug for DemoFleet {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("DemoFleet").field("groups", &self.groups).finish_non_exhaustive()
    }
}

/// A server that listens but does not answer yet.
struct Plan {
    desk: Desk,
    url: String,
    address: SocketAddr,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    away: Option<Event>,
}

struct OpenedGroup {
    group: DemoGroup,
    plans: Vec<Plan>,
    refusing: Vec<TcpSocket>,
    verifiers: Vec<SocketAddr>,
}

fn check(what: &'static str, given: usize, most: usize) -> Result<(), DemoError> {
    if (1..=most).contains(&given) { Ok(()) } else { Err(DemoError::Options { what, given, most }) }
}

/// Makes a group's certificates and opens its ports.
fn open_group(folder: &Path, index: usize, group: &Group, now: u64) -> Result<OpenedGroup, DemoError> {
    let authority = GroupCa::new(&group.name, now)?;
    let place = |name: &str| folder.join(format!("{}-{name}", group.name));
    let (ca, cert, key) = (place("cacert.crt"), place("client-cert.crt"), place("client-private.pem"));
    write_file(&ca, &authority.certificate())?;
    write_file(&cert, &authority.client_certificate)?;
    write_file(&key, &authority.client_key)?;

    let mut opened = OpenedGroup {
        group: DemoGroup {
            name: group.name.clone(),
            verifiers: Vec::new(),
            registrars: Vec::new(),
            registrar_agent_faces: Vec::new(),
            ca,
            cert,
            key,
        },
        plans: Vec::new(),
        refusing: Vec::new(),
        verifiers: Vec::new(),
    };
    for (position, member) in group.members.iter().enumerate() {
        let url = if group.dark {
            let socket = take_port(None).map_err(DemoError::Port)?;
            let address = socket.local_addr().map_err(DemoError::Port)?;
            opened.refusing.push(socket);
            opened.verifiers.push(address);
            format!("https://{address}")
        } else {
            let tls = Some(authority.server(USUAL_DAYS)?);
            let desk = Desk::Verifier { group: index, member: position };
            let plan = Plan { away: member.away, ..open(desk, tls)? };
            let url = plan.url.clone();
            opened.verifiers.push(plan.address);
            opened.plans.push(plan);
            url
        };
        let push = member.way == Way::Push;
        opened.group.verifiers.push(DemoVerifier { url, push, dark: group.dark });
    }
    let days = if index == 0 { ENDING_DAYS } else { USUAL_DAYS };
    let operator = open(Desk::RegistrarOperator { group: index }, Some(authority.server(days)?))?;
    let agents = open(Desk::RegistrarAgents, None)?;
    opened.group.registrars.push(operator.url.clone());
    opened.group.registrar_agent_faces.push(agents.url.clone());
    opened.plans.extend([operator, agents]);
    Ok(opened)
}

fn open(desk: Desk, tls: Option<tokio_rustls::rustls::ServerConfig>) -> Result<Plan, DemoError> {
    let listener = take_port(None).and_then(listen).map_err(DemoError::Port)?;
    let address = listener.local_addr().map_err(DemoError::Port)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    Ok(Plan {
        desk,
        url: format!("{scheme}://{address}"),
        address,
        listener,
        tls: tls.map(|config| TlsAcceptor::from(Arc::new(config))),
        away: None,
    })
}

/// A temporary folder for its owner only.
fn folder() -> Result<TempDir, DemoError> {
    let base = std::env::temp_dir();
    // The configuration needs absolute paths, and TMPDIR may be a relative one.
    fs::canonicalize(&base)
        .and_then(|base| {
            tempfile::Builder::new()
                .prefix("limescope-demo-")
                .permissions(Permissions::from_mode(0o700))
                .tempdir_in(base)
        })
        .map_err(|cause| DemoError::File { path: base, cause })
}

/// Writes a new file that only its owner can read.
fn write_file(path: &Path, text: &str) -> Result<(), DemoError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|cause| DemoError::File { path: path.to_owned(), cause })
}
