//! This very program, started again as a child that does one thing.

use std::path::Path;
use std::process::{Command, Stdio};

/// The variable that says on which file.
const FILE: &str = "LIMESCOPE_SAVING_FILE";

/// A child that runs one ignored test on a file; `before` stands before it on
/// the command line, such as `unshare --mount`.
pub fn child(before: &[&str], test: &str, file: &Path) -> Command {
    child_from(&std::env::current_exe().unwrap(), before, test, file)
}

/// The same from a copy of this program: another user may not reach this one.
pub fn child_from(program: &Path, before: &[&str], test: &str, file: &Path) -> Command {
    let mut words = before.iter().map(std::ffi::OsStr::new).chain([program.as_os_str()]);
    let mut command = Command::new(words.next().unwrap());
    command
        .args(words)
        .args(["--exact", "--ignored", "--nocapture", test])
        .env(FILE, file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    command
}

/// The file, in the child.
pub fn file() -> std::path::PathBuf {
    std::env::var_os(FILE).expect("started by a test, never by hand").into()
}
