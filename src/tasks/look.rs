//! A look at addresses that somebody writes, on request.
//!
//! Only what is asked about is contacted, and the name service is asked for the
//! names beside it. The answer comes within [`LONGEST`]; who does not want it
//! any more drops the [`Looking`], and the connections end with it.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::credentials;
use crate::config::{self, TlsConfig};
use crate::keylime::{
    AddressReport, AddressRole, AddressState, Failure, Limits, Negotiated, TlsSetup, probe, resolve,
};
use crate::servers::{Endpoint, Host, Role};
use crate::text::duration;

/// How long a look takes at most.
pub const LONGEST: Duration = Duration::from_secs(15);

/// Names that are looked up beside the addresses at most.
const MAX_NAMES: usize = 64;

/// What is asked about.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// The addresses to look at.
    pub targets: Vec<(AddressRole, Endpoint)>,
    /// Names that are looked up beside them: the first 64 count.
    pub names: Vec<String>,
    /// The text in which the addresses stand: it names the files for TLS.
    pub text: String,
    /// The file of the text: relative paths of `limescope.toml` begin there.
    pub path: PathBuf,
    /// The block of the addresses, from 0, where the text is a `limescope.toml`;
    /// none: it is an agent's, which has one setting for all.
    pub block: Option<usize>,
}

/// Without the text: an address in it may hold a password.
impl fmt::Debug for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Question({:?}, {} names)", self.targets, self.names.len())
    }
}

/// What a look brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// When it ended.
    pub at: Timestamp,
    /// What each address said, in the order of the question.
    pub reports: Vec<(AddressRole, Endpoint, AddressReport)>,
    /// The addresses of each name that resolves: those of the question's
    /// addresses, and the names beside them.
    pub resolved: BTreeMap<String, Vec<IpAddr>>,
    /// Which settings could not be used, fit to be shown.
    pub remarks: Vec<String>,
}

/// Looks at addresses. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Prober {
    runtime: Handle,
    limits: Limits,
}

impl Prober {
    /// Looks by these limits, on this runtime.
    pub fn new(runtime: Handle, limits: Limits) -> Self {
        Self { runtime, limits }
    }

    /// Begins to look.
    pub fn look(&self, question: Question) -> Looking {
        Looking(self.runtime.spawn(look(question, self.limits)))
    }
}

/// A look that goes on; it ends when this is dropped. What comes is none where
/// it was ended before.
#[derive(Debug)]
pub struct Looking(JoinHandle<Looked>);

impl Looking {
    /// What ends the look from elsewhere.
    pub fn ender(&self) -> tokio::task::AbortHandle {
        self.0.abort_handle()
    }
}

impl Future for Looking {
    type Output = Option<Looked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn look(question: Question, limits: Limits) -> Looked {
    let hosts = question.targets.iter().filter_map(|(_, endpoint)| match &endpoint.host {
        Host::Name(name) => Some(name.clone()),
        _ => None,
    });
    let mut names: Vec<_> = hosts.chain(question.names.iter().take(MAX_NAMES).cloned()).collect();
    names.sort();
    names.dedup();
    let lookups = join_all(names.into_iter().map(|name| async move {
        let found = resolve(&Host::Name(name.clone()), &limits).await.ok()?;
        Some((name, found))
    }));
    let targets = question.targets.clone();
    // Certificates and keys are read from files, which may take their time.
    let settings = tokio::task::spawn_blocking(move || settings(&question));
    let looks = async {
        let (setups, remarks) = settings.await.unwrap_or_default();
        let looks = targets.into_iter().zip(setups).map(|((role, endpoint), setup)| async move {
            let report = match setup {
                Ok(tls) => timeout(LONGEST, probe(&endpoint, &tls, &limits)).await.unwrap_or_else(|_late| {
                    let words = format!("no whole answer came within {}", duration::words(LONGEST.as_secs()));
                    failed(Failure::reselect(AddressState::TimedOut, words))
                }),
                Err(words) => failed(Failure::stay(AddressState::Error, words)),
            };
            (role, endpoint, report)
        });
        (join_all(looks).await, remarks)
    };
    let (resolved, (reports, remarks)) = tokio::join!(lookups, looks);
    Looked { at: Timestamp::now(), reports, resolved: resolved.into_iter().flatten().collect(), remarks }
}

fn failed(failure: Failure) -> AddressReport {
    AddressReport { failure: Some(failure), latency: None, negotiated: Negotiated::Unknown, tls: None }
}

/// For each address how TLS is set up, and what could not be used for it.
type Settings = (Vec<Result<TlsSetup, String>>, Vec<String>);

fn settings(question: &Question) -> Settings {
    let mut remarks = Vec::new();
    let setups = question
        .targets
        .iter()
        .map(|(role, _)| {
            let wanted = match question.block {
                Some(block) => {
                    let home = std::env::home_dir();
                    config::tls_of_block(&question.text, &question.path, home.as_deref(), block)
                }
                None => config::tls_of_agent(&question.text, kind(*role)),
            };
            usable(wanted, &mut remarks)
        })
        .collect();
    remarks.dedup();
    (setups, remarks)
}

fn kind(role: AddressRole) -> Role {
    match role {
        AddressRole::Verifier => Role::Verifier,
        AddressRole::Registrar | AddressRole::RegistrarAgentFace => Role::Registrar,
    }
}

/// Sets TLS up with as much of the settings as can be used: without the
/// client's certificate, else without any.
fn usable(wanted: TlsConfig, remarks: &mut Vec<String>) -> Result<TlsSetup, String> {
    let first = match credentials::read(&wanted, &mut |_| None) {
        Ok(tls) => return Ok(tls),
        Err(error) => error.to_string(),
    };
    let without_key = TlsConfig { cert: None, key: None, passphrase: None, ..wanted };
    if let Ok(tls) = credentials::read(&without_key, &mut |_| None) {
        remarks.push(format!("looked at without the client certificate: {first}"));
        return Ok(tls);
    }
    let tls = credentials::read(&TlsConfig::default(), &mut |_| None).map_err(|error| error.to_string())?;
    remarks.push(format!("looked at without CA and client certificate: {first}"));
    Ok(tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{DemoFleet, DemoOptions};

    fn question(targets: Vec<(AddressRole, Endpoint)>, text: &str, block: Option<usize>) -> Question {
        Question { targets, names: Vec::new(), text: text.to_owned(), path: "/x/y.toml".into(), block }
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_left_out_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let options = DemoOptions { groups: 1, agents: 1, still: true, ..DemoOptions::default() };
        let fleet = DemoFleet::start(&options).await.unwrap();
        let ca = fleet.config_toml().lines().find_map(|line| line.strip_prefix("ca = \"")).unwrap();
        std::fs::copy(ca.trim_end_matches('"'), folder.path().join("ca.crt")).unwrap();
        let text =
            "[[servers]]\nverifiers = [\"v\"]\n[servers.tls]\nca = \"ca.crt\"\ncert = \"c\"\nkey = \"k\"\n";
        let endpoint = Endpoint {
            scheme: crate::servers::Scheme::Https,
            host: Host::V4(std::net::Ipv4Addr::LOCALHOST),
            port: 1,
        };
        let mut asked = question(vec![(AddressRole::Verifier, endpoint)], text, Some(0));
        asked.path = folder.path().join("limescope.toml");
        let (setups, remarks) = settings(&asked);
        let tls = setups[0].as_ref().unwrap();
        assert!(tls.has_trust() && !tls.has_identity());
        assert!(
            remarks[0].starts_with("looked at without the client certificate: `cert` cannot be read"),
            "{remarks:?}"
        );
        asked.path = "/nowhere/limescope.toml".into();
        let (setups, remarks) = settings(&asked);
        assert!(!setups[0].as_ref().unwrap().has_trust());
        assert!(remarks[0].starts_with("looked at without CA and client certificate: `ca`"), "{remarks:?}");
    }

    #[tokio::test]
    async fn nobody_listening_is_an_answer_and_names_are_looked_up_beside_it() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let endpoint =
            Endpoint { scheme: crate::servers::Scheme::Http, host: Host::Name("localhost".to_owned()), port };
        let asked = question(vec![(AddressRole::RegistrarAgentFace, endpoint)], "", None);
        let looked = Prober::new(Handle::current(), Limits::default()).look(asked).await.unwrap();
        assert_eq!(looked.reports[0].2.state(), AddressState::Refused);
        assert!(looked.resolved["localhost"].iter().all(IpAddr::is_loopback), "{:?}", looked.resolved);
    }

    #[tokio::test]
    async fn who_drops_a_look_ends_its_connection() {
        use tokio::io::AsyncReadExt;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint {
            scheme: crate::servers::Scheme::Http,
            host: Host::V4(std::net::Ipv4Addr::LOCALHOST),
            port: listener.local_addr().unwrap().port(),
        };
        let asked = question(vec![(AddressRole::RegistrarAgentFace, endpoint)], "", None);
        let looking = Prober::new(Handle::current(), Limits::default()).look(asked);
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(looking);
        let mut said = Vec::new();
        let end = timeout(Duration::from_secs(30), stream.read_to_end(&mut said)).await;
        assert!(end.is_ok(), "the connection stays open");
    }
}
