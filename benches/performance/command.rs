//! Runs of `limescope status`, as an operator's script makes them.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::machine::field;
use crate::servers::Servers;

/// A finished run.
pub struct Run {
    /// From the start of the process to its end, all output read.
    pub took: Duration,
    /// What it printed.
    pub output: Vec<u8>,
    /// Its largest resident set in KiB, if that was to be watched.
    pub peak: Option<u64>,
}

/// Runs `status --format json` on a fleet.
pub fn status(servers: &Servers, watched: bool) -> Outcome<Run> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_limescope"));
    command.args(["status", "--format", "json", "--config"]).arg(servers.config_path());
    // The log goes where the fleet's own files go, and not to the user's.
    command.env("XDG_STATE_HOME", servers.folder());
    run(command, watched)
}

/// Runs a command to its end; it must succeed.
pub fn run(mut command: Command, watched: bool) -> Outcome<Run> {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let id = child.id();
    let mut pipe = child.stdout.take().ok_or("no standard output")?;
    let mut output = Vec::new();
    let mut peak = None;
    if watched {
        // The system keeps the highest mark, and output is the last that is
        // made: whatever the mark says beside the last piece is the peak.
        let mut piece = vec![0; 64 * 1024];
        loop {
            let length = pipe.read(&mut piece)?;
            let Some(read) = piece.get(..length).filter(|read| !read.is_empty()) else { break };
            output.extend_from_slice(read);
            peak = kilobytes(&format!("/proc/{id}/status"), "VmHWM").or(peak);
        }
    } else {
        pipe.read_to_end(&mut output)?;
    }
    let status = child.wait()?;
    let took = started.elapsed();
    if !status.success() {
        return Err(format!("{:?} ended with {status}", command.get_program()).into());
    }
    Ok(Run { took, output, peak })
}

/// A size in KiB from a file of `name: value kB` lines.
pub fn kilobytes(path: &str, name: &str) -> Option<u64> {
    field(path, name)?.split(' ').next()?.parse().ok()
}

/// How many agents a report of `status` holds; it is parsed, so that a benchmark
/// of nothing does not look good.
pub fn agents(report: &[u8]) -> Outcome<usize> {
    let report: serde_json::Value = serde_json::from_slice(report)?;
    Ok(report.get("agents").and_then(serde_json::Value::as_array).map_or(0, Vec::len))
}
