//! The Python environment with the real tools, made by `make test`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a script with the environment's Python and gives what it printed.
/// What is missing fails.
pub fn run(script: &str, input: &[u8]) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        root.join(".keylime-venv/stamp").exists(),
        "the Python environment is missing: run `make keylime`"
    );
    let mut child = Command::new(root.join(".keylime-venv/bin/python"))
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    writer.join().unwrap().unwrap();
    output.stdout
}
