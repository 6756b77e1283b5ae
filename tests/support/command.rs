//! Running the `limescope` that was built for these tests.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long a headless run may take: one poll of every group, also where servers are silent.
const RUN_LIMIT: Duration = Duration::from_secs(60);

/// What a finished run left.
pub struct Finished {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The most memory that the run held at one time (`VmHWM`), in KiB, as seen shortly before its end.
    pub peak_memory_kib: u64,
}

/// A place to run in: home and XDG folders of its own, so that nothing of the machine's user is read or written.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A new, empty place; it goes when this is dropped.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// Where configurations may be written.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs `limescope` with these arguments to its end.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        self.run_with(arguments, b"", &[])
    }

    /// Runs it with this standard input and these variables in the environment.
    pub fn run_with(&self, arguments: &[&str], input: &[u8], environment: &[(&str, &str)]) -> Finished {
        let mut child = Command::new(env!("CARGO_BIN_EXE_limescope"))
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.path().join("home"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("XDG_CACHE_HOME", self.path().join("cache"))
            .env("XDG_DATA_HOME", self.path().join("data"))
            // Everything is logged, so that a search for a secret looks at everything.
            .env("RUST_LOG", "trace")
            // Nobody is at this proxy: a client that asks the environment reaches nothing.
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("ALL_PROXY", "http://127.0.0.1:9")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("limescope starts");
        let mut stdin = child.stdin.take().expect("piped");
        let input = input.to_owned();
        // Beside the waiting: who does not read it must not be waited for.
        std::thread::spawn(move || stdin.write_all(&input));
        let stdout = collect(child.stdout.take().expect("piped"));
        let stderr = collect(child.stderr.take().expect("piped"));
        let start = Instant::now();
        let mut peak_memory_kib = 0;
        let status = loop {
            // The kernel forgets it when the process ends, so it is read all along.
            peak_memory_kib = peak_memory(child.id()).unwrap_or(peak_memory_kib);
            match child.try_wait().expect("a child to wait for") {
                Some(status) => break status,
                None if start.elapsed() > RUN_LIMIT => {
                    child.kill().expect("a child to kill");
                    child.wait().expect("a child to wait for");
                    panic!("limescope {arguments:?} ran for more than {} s", RUN_LIMIT.as_secs());
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        Finished {
            code: status.code(),
            stdout: stdout.join().expect("a reader"),
            stderr: stderr.join().expect("a reader"),
            peak_memory_kib,
        }
    }

    /// `status --format json` on a configuration; contract §3 demands exit 0 and pure JSON, whatever is down.
    pub fn status(&self, configuration: &Path) -> Value {
        let configuration = configuration.to_str().expect("a path in UTF-8");
        let run = self.run(&["status", "--config", configuration, "--format", "json"]);
        assert_eq!(run.code, Some(0), "status: exit code; stdout: {} stderr: {}", run.stdout, run.stderr);
        let status: Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("status: {error}; stdout: {} stderr: {}", run.stdout, run.stderr));
        assert_eq!(status["schema"], 1, "{status}");
        status
    }

    /// All that runs in this place have written into files (logs among them), as text.
    pub fn written(&self) -> String {
        let mut text = String::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in
                fs::read_dir(&folder).expect("a folder to read").map(|entry| entry.expect("an entry"))
            {
                if entry.file_type().expect("a type").is_dir() {
                    folders.push(entry.path());
                } else {
                    text.push_str(&String::from_utf8_lossy(&fs::read(entry.path()).expect("a file to read")));
                }
            }
        }
        text
    }
}

/// `VmHWM` of a process; none once it has ended.
fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

/// Reads a pipe to its end beside the waiting, so that a full pipe stops nobody.
fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe to read");
        String::from_utf8(bytes).expect("output in UTF-8")
    })
}
