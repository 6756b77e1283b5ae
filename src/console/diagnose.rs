//! Faults in an operator's own files, as [`crate::config`] tells its own.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::config::Diagnostic;
use crate::servers::Severity;
use crate::text::nearest::nearest;
use crate::text::{caret, sanitise, sanitise_to};

/// A file of the operator's, already read.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// Its name, for messages.
    pub origin: &'s Path,
    /// What it says.
    pub text: &'s str,
}

/// Every fault that was found; at least one. `Display` is fit for standard
/// error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    found: Vec<(PathBuf, Diagnostic)>,
}

impl Faults {
    /// Whether nothing is at fault.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The faults with the file of each, in the order of being found.
    pub fn found(&self) -> &[(PathBuf, Diagnostic)] {
        &self.found
    }

    /// The first fault in one short line: the file's name without its folder,
    /// place and words; none where nothing is at fault.
    pub(super) fn first_line(&self) -> Option<String> {
        let (origin, diagnostic) = self.found.first()?;
        let origin = sanitise(&origin.file_name()?.to_string_lossy());
        Some(format!("{origin}:{}:{}: {}", diagnostic.line, diagnostic.column, diagnostic.message))
    }

    /// Adds a fault at a place of a file.
    pub(super) fn add(
        &mut self,
        source: Source<'_>,
        span: Range<usize>,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) {
        let place = caret::place(source.text, span.start);
        let excerpt = caret::excerpt(source.text, span);
        let (line, column) = (place.line, place.column);
        let diagnostic = Diagnostic { severity: Severity::Error, code, message, line, column, excerpt, hint };
        self.found.push((source.origin.to_owned(), diagnostic));
    }

    /// Adds what the TOML reader found.
    pub(super) fn add_toml(&mut self, source: Source<'_>, error: &toml::de::Error) {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        // `unknown field `x`, expected one of `a`, `b``: the first is the wrong one.
        let mut quoted = message.split('`').skip(1).step_by(2);
        let wrong = quoted.next().filter(|_| message.starts_with("unknown"));
        let near = wrong.and_then(|wrong| nearest(wrong, quoted)).map(|near| format!("did you mean {near}?"));
        self.add(source, span, "syntax", sanitise_to(message, 300).into_string(), near);
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found: Vec<_> = self.found.iter().collect();
        found.sort_by_key(|(origin, diagnostic)| (origin, diagnostic.line, diagnostic.column));
        for (origin, diagnostic) in found {
            writeln!(out, "{}", diagnostic.render(origin))?;
        }
        let count = self.found.len();
        let errors = if count == 1 { "1 error".to_owned() } else { format!("{count} errors") };
        write!(out, "{errors} in your own settings of the console; nothing was started")
    }
}

impl std::error::Error for Faults {}

/// The hint with the nearest right name, or with all of them.
pub(super) fn did_you_mean<'n>(wrong: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    match nearest(wrong, names.clone()) {
        Some(near) => format!("did you mean {}?", sanitise(near)),
        None => {
            let names: Vec<_> = names.map(|name| sanitise(name).into_string()).collect();
            format!("there are {}", names.join(", "))
        }
    }
}
