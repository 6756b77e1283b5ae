//! What an operator has without limescope: `keylime_tenant -c bulkinfo`, which
//! knows one verifier, run for one group after the other.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use limescope::config::{GroupConfig, KeySource};

use crate::servers::Servers;
use crate::{Outcome, bare, command};

/// The tenant, configured for every group that can be asked.
pub struct Tenant {
    program: PathBuf,
    homes: Vec<PathBuf>,
}

impl Tenant {
    /// Writes the configurations.
    pub fn new(servers: &Servers) -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program = root.join(".keylime-venv/bin/keylime_tenant");
        if !program.exists() {
            return Err(format!("there is no {}: run `make keylime`", program.display()).into());
        }
        let mut homes = Vec::new();
        for (group, verifier, registrar) in bare::pairs(servers.config())? {
            let home = servers.folder().join(format!("tenant-{}", group.name));
            fs::create_dir_all(&home)?;
            fs::write(home.join("tenant.conf"), configuration(&home, &group, verifier, registrar)?)?;
            fs::copy(root.join("tests/keylime/templates/logging.conf"), home.join("logging.conf"))?;
            homes.push(home);
        }
        Ok(Self { program, homes })
    }

    /// Asks every group, one after the other; how long all took together, and
    /// how many agents were told.
    pub fn ask(&self) -> Outcome<(Duration, usize)> {
        let mut took = Duration::ZERO;
        let mut agents = 0;
        for home in &self.homes {
            let mut tenant = Command::new(&self.program);
            tenant.args(["-c", "bulkinfo"]).current_dir(home).env_clear();
            tenant.env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").env("KEYLIME_DIR", home);
            tenant.env("KEYLIME_TENANT_CONFIG", home.join("tenant.conf"));
            tenant.env("KEYLIME_LOGGING_CONFIG", home.join("logging.conf"));
            let run = command::run(tenant, false)?;
            took += run.took;
            agents += memchr::memmem::find_iter(&run.output, b"\"operational_state\": ").count();
        }
        Ok((took, agents))
    }
}

fn configuration(
    home: &Path,
    group: &GroupConfig,
    verifier: SocketAddr,
    registrar: SocketAddr,
) -> Outcome<String> {
    let (Some(ca), Some(cert), Some(KeySource::File(key))) = (&group.tls.ca, &group.tls.cert, &group.tls.key)
    else {
        return Err("the fleet's configuration names no certificates".into());
    };
    Ok(format!(
        "[tenant]
version = 2.6
verifier_ip = {}
verifier_port = {}
registrar_ip = {}
registrar_port = {}
tls_dir = {}
enable_agent_mtls = True
client_key = {}
client_key_password =
client_cert = {}
trusted_server_ca = ['{}']
tpm_cert_store = {4}
max_payload_size = 1048576
accept_tpm_hash_algs = ['sha512', 'sha384', 'sha256']
accept_tpm_encryption_algs = ['ecc', 'rsa']
accept_tpm_signing_algs = ['ecschnorr', 'rsassa']
exponential_backoff = True
retry_interval = 2
max_retries = 5
request_timeout = 120
require_ek_cert = False
ek_check_script =
mb_refstate =
",
        verifier.ip(),
        verifier.port(),
        registrar.ip(),
        registrar.port(),
        home.display(),
        key.display(),
        cert.display(),
        ca.display(),
    ))
}
