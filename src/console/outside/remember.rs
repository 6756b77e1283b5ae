//! The filters of earlier runs, in a file that only its owner can read.

use std::io::{self, Write};
use std::path::Path;

use crate::console::state::MAX_REMEMBERED;
use crate::files::bounded;

/// Bytes of the file that are read at most.
const MAX_BYTES: u64 = 256 * 1024;

/// The filters of earlier runs, the newest last; none where the file cannot be
/// read, which is no reason not to start.
pub fn remembered(file: &Path) -> Vec<String> {
    let text = bounded::read_text(file, MAX_BYTES).unwrap_or_default();
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let surplus = lines.len().saturating_sub(MAX_REMEMBERED);
    lines.into_iter().skip(surplus).map(str::to_owned).collect()
}

/// Writes the filters, one a line. The file is whole at any time.
pub(super) fn remember(file: &Path, filters: &[String]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    for filter in filters {
        // A quoted line break would become two filters.
        if !filter.contains('\n') {
            writeln!(new, "{filter}")?;
        }
    }
    new.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_nobody_else_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/filters");
        assert!(remembered(&file).is_empty());
        remember(&file, &["a b".to_owned(), "x\ny".to_owned(), "verdict=failed".to_owned()]).unwrap();
        assert_eq!(remembered(&file), ["a b", "verdict=failed"]);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
