//! A policy that is written: to standard output, or into a file that is never replaced unasked.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::Path;

use color_eyre::eyre::{Report, eyre};

use crate::cli::output;
use crate::files::bounded;
use crate::files::saving::{Links, Original};
use crate::policy::json::Limits;
use crate::policy::signature::Fingerprint;
use crate::text::sanitise;

/// Writes a policy to `-` (standard output) or a file.
///
/// # Errors
/// It cannot be written, or the file is there already and `force` is not given.
pub(super) fn write(file: &Path, text: &str, force: bool) -> Result<(), Report> {
    if file == Path::new("-") {
        output::standard(|out| match io::stdout().is_terminal() {
            true => out.write_all(escaped(text).as_bytes()),
            false => out.write_all(text.as_bytes()),
        })?;
        return Ok(());
    }
    let mut original = Original::open(file, Limits::default().bytes as u64, Links::Refuse)?;
    if original.text().is_some() && !force {
        let name = sanitise(&file.to_string_lossy()).into_string();
        return Err(eyre!("{name} is there already; --force replaces it"));
    }
    original.save(text)?;
    Ok(())
}

/// Makes sure that a file, which is to be replaced by what was made of it, is still what was read.
///
/// # Errors
/// It is not.
pub(super) fn unchanged(file: &Path, read: Fingerprint) -> Result<(), Report> {
    let now = bounded::read_bytes(file, Limits::default().bytes as u64)?;
    match Fingerprint::of(&now) == read {
        true => Ok(()),
        false => Err(eyre!(
            "{} was changed meanwhile; nothing was written, run it again",
            sanitise(&file.to_string_lossy())
        )),
    }
}

/// The same policy for a terminal: what it would obey or not show is escaped as
/// JSON does. Other than in texts no JSON has such characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 64);
    for char in text.chars() {
        if matches!(char, '\n' | '\r' | '\t' | ' '..='~') || char.is_alphanumeric() {
            escaped.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_the_same_policy_without_what_it_obeys() {
        let text = "{\n\t\"/é\u{9b}\u{7f}\u{202e}\u{1f600}\\n\": []}";
        let safe = escaped(text);
        assert!(safe.chars().all(|char| char == 'é' || matches!(char, '\n' | '\t' | ' '..='~')), "{safe}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&safe), read(text));
    }
}
