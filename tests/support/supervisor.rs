//! The process that keeps real Keylime servers for one test run: `tests/keylime/groups.py`.
//!
//! It stops every server when its standard input ends, so a test run that is killed leaves nothing behind.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, sync_channel},
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long one operation may take; a start waits up to 120 s for each server and says itself what it missed.
const OPERATION_LIMIT: Duration = Duration::from_secs(400);

/// How long the supervisor may take to kill everything and leave.
const END_LIMIT: Duration = Duration::from_secs(30);

/// A running `groups.py`.
pub struct Supervisor {
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Supervisor {
    /// Starts the supervisor; `label` names its folder below `target/tmp`, where the servers' logs are.
    pub fn start(label: &str) -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = root.join(".keylime-venv/bin/python");
        if !root.join(".keylime-venv/stamp").exists() {
            return Err(format!(
                "no Keylime in {}: run `make keylime`",
                root.join(".keylime-venv").display()
            ));
        }
        let mut child = Command::new(&python)
            .arg(root.join("tests/keylime/groups.py"))
            .arg(Self::folder(label))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Its own process group: whoever kills ours by group must not kill the one that cleans up.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", python.display()))?;
        let requests = child.stdin.take();
        let output = child.stdout.take().ok_or("the supervisor has no standard output")?;
        let (sender, answers) = sync_channel(1);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, requests, answers })
    }

    /// Where a supervisor with this label writes (the first one, if several run at a time).
    pub fn folder(label: &str) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keylime-{label}"))
    }

    /// One operation of the line protocol, with `op` and its arguments; what its `ok` holds.
    pub fn ask(&mut self, request: &Value) -> Result<Value, String> {
        let requests = self.requests.as_mut().ok_or("the supervisor was told to end")?;
        writeln!(requests, "{request}").map_err(|error| format!("the supervisor is gone: {error}"))?;
        let line = self
            .answers
            .recv_timeout(OPERATION_LIMIT)
            .map_err(|error| format!("no answer from the supervisor to {request}: {error}"))?;
        let mut answer: Value =
            serde_json::from_str(&line).map_err(|error| format!("{line}: no JSON: {error}"))?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["ok"].take()),
        }
    }

    /// Ends the supervisor's standard input, as the death of the test run does.
    pub fn let_go(&mut self) {
        self.requests = None;
    }

    /// Sends SIGTERM to the supervisor.
    pub fn terminate(&mut self) {
        let pid = self.child.id().to_string();
        // The shell's own kill: a small Debian has no /bin/kill.
        let sent = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -TERM {pid} failed");
    }

    /// Whether the supervisor left in time, having been told to.
    pub fn has_left(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < END_LIMIT {
            match self.child.try_wait() {
                Ok(Some(_)) => return true,
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Err(_) => return false,
            }
        }
        false
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.let_go();
        if !self.has_left() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
