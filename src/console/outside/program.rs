//! Other programs: without a shell, and never without an end in sight.

use std::ffi::OsString;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How long a program may take to accept a text.
const DEADLINE: Duration = Duration::from_secs(2);

/// Why another program did not do what it should.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProgramError {
    /// The variable does not hold a command line.
    #[error("{variable} cannot be read as a command: a quote is not closed, or it is empty")]
    Unreadable {
        /// `PAGER`.
        variable: &'static str,
    },
    /// It does not start.
    #[error("{name} does not start: {source}")]
    Start {
        /// Its name.
        name: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// It said that it failed.
    #[error("{name} failed ({status})")]
    Failed {
        /// Its name.
        name: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// It takes too long.
    #[error("{name} did not end within {} s", DEADLINE.as_secs())]
    TooSlow {
        /// Its name.
        name: String,
    },
}

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandLine {
    name: String,
    arguments: Vec<String>,
}

impl CommandLine {
    /// The first of these variables that is set, split as a shell would split
    /// it; nothing in it is carried out. Else the fallback.
    pub(super) fn from_variables(
        names: &[&'static str],
        fallback: &str,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ProgramError> {
        let set = names.iter().find_map(|name| {
            let value = variable(name)?.into_string().ok()?;
            (!value.trim().is_empty()).then_some((*name, value))
        });
        let Some((name, value)) = set else {
            return Ok(Self { name: fallback.to_owned(), arguments: Vec::new() });
        };
        let unreadable = || ProgramError::Unreadable { variable: name };
        let mut words = shlex::split(&value).ok_or_else(unreadable)?.into_iter();
        let program = words.next().filter(|word| !word.is_empty()).ok_or_else(unreadable)?;
        Ok(Self { name: program, arguments: words.collect() })
    }

    /// Runs it on a file, with this process's terminal, until it ends.
    pub(super) async fn run_on(&self, file: &Path) -> Result<(), ProgramError> {
        let mut command = Command::new(&self.name);
        command.args(&self.arguments).arg(file).kill_on_drop(true);
        let start = |source| ProgramError::Start { name: self.shown_name(), source };
        let status = command.status().await.map_err(start)?;
        if status.success() { Ok(()) } else { Err(ProgramError::Failed { name: self.shown_name(), status }) }
    }

    fn shown_name(&self) -> String {
        crate::text::sanitise_to(&self.name, 40).into_string()
    }
}

/// Gives a program a text on its standard input and waits for its end. What it
/// prints goes nowhere.
pub(super) async fn feed(name: &str, arguments: &[&str], text: &str) -> Result<(), ProgramError> {
    let owned = || name.to_owned();
    let mut child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| ProgramError::Start { name: owned(), source })?;
    let stdin = child.stdin.take();
    let fed = async {
        if let Some(mut stdin) = stdin {
            // One that ends without reading says by its status how it went.
            let _ = stdin.write_all(text.as_bytes()).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(DEADLINE, fed).await {
        Err(_elapsed) => Err(ProgramError::TooSlow { name: owned() }),
        Ok(Err(source)) => Err(ProgramError::Start { name: owned(), source }),
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(ProgramError::Failed { name: owned(), status }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<CommandLine, ProgramError> {
        CommandLine::from_variables(&["VISUAL", "EDITOR"], "vi", |name| {
            (name == "EDITOR").then(|| value.into())
        })
    }

    #[test]
    fn variables_are_split_and_nothing_in_them_is_carried_out() {
        let line = |name: &str, arguments: &[&str]| CommandLine {
            name: name.to_owned(),
            arguments: arguments.iter().map(|one| (*one).to_owned()).collect(),
        };
        assert_eq!(of("code -w 'a b' $(rm x);y").unwrap(), line("code", &["-w", "a b", "$(rm", "x);y"]));
        assert_eq!(of(" ").unwrap(), line("vi", &[]));
        assert!(of("vi 'x").unwrap_err().to_string().starts_with("EDITOR cannot be read"));
    }

    #[tokio::test]
    async fn a_program_gets_the_text_and_its_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text");
        let target = format!("of={}", file.display());
        feed("dd", &[&target, "status=none"], "node-1").await.unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "node-1");
        assert!(matches!(feed("false", &[], "x").await, Err(ProgramError::Failed { .. })));
        assert!(matches!(feed("no-such-program", &[], "x").await, Err(ProgramError::Start { .. })));
        assert!(matches!(feed("sleep", &["60"], "x").await, Err(ProgramError::TooSlow { .. })));
    }
}
