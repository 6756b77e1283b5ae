//! Writing to the two streams.

use std::io::{self, BufWriter, Write};

use color_eyre::Report;

/// Writes a message for people; if that fails, nobody is there to be told.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes to standard output, in large pieces.
pub(super) fn standard(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    write(&mut out)?;
    out.flush()
}

/// Whether an error only says that nobody reads our output any more.
pub(super) fn is_broken_pipe(error: &Report) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// An error with its causes, each once: many of our errors name their cause in their own words already.
pub(super) fn words(error: &Report) -> String {
    error.chain().fold(String::new(), |said, cause| {
        let cause = cause.to_string();
        match said.is_empty() {
            true => cause,
            false if said.contains(&cause) => said,
            false if cause.starts_with(&said) => cause,
            false => format!("{said}: {cause}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use color_eyre::eyre::eyre;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("not saved: {0}; it is as it was")]
    struct NotSaved(#[source] Box<dyn Error + Send + Sync>);

    #[test]
    fn a_cause_is_told_once() {
        let error = Report::new(NotSaved("the disk is full".into())).wrap_err("x.toml");
        assert_eq!(words(&error), "x.toml: not saved: the disk is full; it is as it was");
        assert_eq!(words(&eyre!("no").wrap_err("y")), "y: no");
        assert_eq!(words(&eyre!("x.toml: no").wrap_err("x.toml")), "x.toml: no");
    }
}
