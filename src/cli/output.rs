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
