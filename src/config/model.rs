//! What a configuration says, with every default applied.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::servers::Endpoint;

/// A whole configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many groups an agent should be verified by: from 1 to the number of
    /// groups.
    pub verification_duplication: u32,
    /// Planned time between two polls of a group.
    pub poll_interval: Duration,
    /// Age at which a success is stale where the server gives no period of its
    /// own (Keylime before 7.14).
    pub stale_after: Duration,
    /// Whether nothing may be changed on any server.
    pub read_only: bool,
    /// What the trust store demands of the TPM.
    pub anchor: Anchor,
    /// The folder with the certificates of TPM makers, to which endorsement
    /// certificates must lead, if one was named.
    pub vendor_roots: Option<PathBuf>,
    /// The theme's name, if one was chosen.
    pub theme: Option<String>,
    /// Keys of commands: command → keys, as written.
    pub keys: BTreeMap<String, Vec<String>>,
    /// The groups, in the order of the file.
    pub groups: Vec<GroupConfig>,
}

impl Config {
    /// The defaults, with these groups.
    pub fn with_groups(groups: Vec<GroupConfig>) -> Self {
        Self {
            verification_duplication: 1,
            poll_interval: Duration::from_secs(10),
            stale_after: Duration::from_secs(60),
            read_only: false,
            anchor: Anchor::Warn,
            vendor_roots: None,
            theme: None,
            keys: BTreeMap::new(),
            groups,
        }
    }
}

/// What happens when the trust store is not anchored in the TPM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// A warning.
    #[default]
    Warn,
    /// The trust store is not used.
    Required,
}

/// One `[[servers]]` block: servers that share one backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupConfig {
    /// Unique; safe to show.
    pub name: String,
    /// Position in the file, from 1.
    pub index: usize,
    /// The registrars. One operator's face may occur twice here, where two
    /// entries differ in the agents' face only: see [`GroupConfig::operators`].
    pub registrars: Vec<RegistrarFaces>,
    /// The verifiers, without repeats; may be empty.
    pub verifiers: Vec<Endpoint>,
    /// The one client identity and CA of the group.
    pub tls: TlsConfig,
}

impl GroupConfig {
    /// The operators' faces without repeats, in the order of the file: the list
    /// to choose a registrar from.
    pub fn operators(&self) -> Vec<&Endpoint> {
        distinct(self.registrars.iter().map(|faces| &faces.operator))
    }

    /// The agents' faces without repeats, in the order of the file. An `https`
    /// entry is both faces, so its URL is in both lists.
    pub fn agent_faces(&self) -> Vec<&Endpoint> {
        distinct(self.registrars.iter().filter_map(|faces| faces.agent.as_ref()))
    }
}

fn distinct<'e>(endpoints: impl Iterator<Item = &'e Endpoint>) -> Vec<&'e Endpoint> {
    let mut seen = BTreeSet::new();
    endpoints.filter(|endpoint| seen.insert(endpoint.canonical())).collect()
}

/// The two sides of a registrar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrarFaces {
    /// What agents register at, where it is known.
    pub agent: Option<Endpoint>,
    /// What we talk to.
    pub operator: Endpoint,
}

/// How a group's servers are recognised and how we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// PEM file of the CAs that may vouch for the servers.
    pub ca: Option<PathBuf>,
    /// PEM file of the client certificate and its chain.
    pub cert: Option<PathBuf>,
    /// The client key; there exactly if `cert` is.
    pub key: Option<KeySource>,
    /// Where the key's passphrase comes from, if it is not asked for.
    pub passphrase: Option<PassphraseSource>,
    /// What is compared with the certificate's names.
    pub hostname: HostnameCheck,
    /// The name to expect instead of the address's host: `server` for
    /// certificates made before Keylime 7.14.1.
    pub expect_name: Option<String>,
}

/// Where the client key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A PEM file.
    File(PathBuf),
    /// A TSS2 PEM file whose key only the TPM can use.
    Tpm(PathBuf),
}

/// Where a passphrase comes from. Never from the command line, which every
/// user of the machine can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PassphraseSource {
    /// The first line of a file.
    File(PathBuf),
    /// The value of an environment variable with this name.
    Environment(String),
}

/// What of a server's certificate is checked. The chain always is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostnameCheck {
    /// The chain and the name.
    #[default]
    Verify,
    /// The chain only.
    ChainOnly,
}
