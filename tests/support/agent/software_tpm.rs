//! A TPM of our own: swtpm on loopback, with its state in a temporary folder.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    str::FromStr as _,
    time::{Duration, Instant},
};

use tss_esapi::tcti_ldr::{NetworkTPMConfig, TctiNameConf};

/// How long swtpm may take until it listens; on a quiet machine it needs 10 ms.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How often another pair of ports is tried.
const TRIES: usize = 20;

/// Runs its arguments as this very process, beside a watcher that kills it as standard input ends: with us, however
/// we end.
const WATCHED: &str = r#"exec 3<&0 </dev/null; { read -r _ <&3; kill -KILL $$; } & exec 3<&-; exec "$@""#;

/// A running swtpm. It ends when this is dropped, and also when the whole test run is killed.
pub struct SoftwareTpm {
    child: Child,
    port: u16,
    /// So that neither another of us nor the Keylime harness takes the ports of a TPM that is being started.
    _claims: [TcpListener; 2],
    state: tempfile::TempDir,
}

impl SoftwareTpm {
    /// Starts a new TPM, which has been made a moment ago: its PCRs are zero, its hierarchies have no password.
    pub fn start() -> Self {
        let mut reason = String::new();
        for _ in 0..TRIES {
            match Self::start_somewhere() {
                Ok(tpm) => return tpm,
                Err(error) => reason = error,
            }
        }
        panic!("swtpm does not start: {reason}");
    }

    fn start_somewhere() -> Result<Self, String> {
        // Below 32768, where Linux starts handing out ports for outgoing connections; the TPM's own port and, one
        // above as libtss2 demands it, the port of its control channel.
        let port = rand::random_range(10_000..16_000) * 2;
        let claims = [claim(port)?, claim(port + 1)?];
        let state = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let child = run(port, state.path())?;
        Ok(Self { child, port, _claims: claims, state })
    }

    /// It ends at once, in the middle of whatever it does.
    pub fn die(&mut self) {
        end(&mut self.child);
    }

    /// It ends and is started again: what is in its NV memory stays, all else is lost.
    pub fn restart(&mut self) {
        end(&mut self.child);
        self.child = run(self.port, self.state.path()).unwrap();
    }

    /// It hangs: it takes connections and answers nothing.
    pub fn hang(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// It goes on where it hung.
    pub fn go_on(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).unwrap();
    }

    /// What limescope and OpenSSL are told in TPM2TOOLS_TCTI.
    pub fn text(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    /// What libtss2 has to be told to find it.
    pub fn address(&self) -> TctiNameConf {
        let place = format!("host=127.0.0.1,port={}", self.port);
        TctiNameConf::Swtpm(NetworkTPMConfig::from_str(&place).unwrap())
    }
}

impl SoftwareTpm {
    /// The folder of its state.
    pub fn folder(&self) -> &Path {
        self.state.path()
    }
}

impl Drop for SoftwareTpm {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Starts swtpm on the state in this folder and waits until it listens.
fn run(port: u16, state: &Path) -> Result<Child, String> {
    let mut child = Command::new("sh")
        .args(["-c", WATCHED, "sh", "swtpm", "socket", "--tpm2"])
        .args(["--flags", "not-need-init,startup-clear"])
        .args(["--tpmstate", &format!("dir={}", state.display())])
        .args(["--server", &format!("type=tcp,port={port},bindaddr=127.0.0.1")])
        .args(["--ctrl", &format!("type=tcp,port={},bindaddr=127.0.0.1", port + 1)])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("sh: {error}"))?;
    let start = Instant::now();
    // A connection to the TPM's own port would be its one client; and the control channel may open before it.
    while !(is_listening(port) && is_listening(port + 1)) {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("it ended with {status} (`make keylime` installs swtpm)"));
        }
        if start.elapsed() > START_LIMIT {
            end(&mut child);
            return Err(format!("nobody listens on the ports {port} and {}", port + 1));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(child)
}

/// Whether somebody listens on this port of 127.0.0.1, as the system tells; nobody is connected to.
fn is_listening(port: u16) -> bool {
    let listening = format!(" 0100007F:{port:04X} 00000000:0000 0A ");
    std::fs::read_to_string("/proc/net/tcp").is_ok_and(|sockets| sockets.contains(&listening))
}

/// Has the watcher kill it, so that no watcher is left that would kill a later process of the same number.
fn end(child: &mut Child) {
    drop(child.stdin.take());
    drop(child.wait());
}

/// A claim on a port, as `tests/keylime/groups.py` makes it: by a listener on a loopback address that nobody serves
/// from.
fn claim(port: u16) -> Result<TcpListener, String> {
    let free = |host: [u8; 4]| {
        TcpListener::bind(SocketAddr::from((host, port))).map_err(|error| format!("port {port}: {error}"))
    };
    free([127, 0, 0, 1])?;
    free([127, 77, 0, 1])
}
