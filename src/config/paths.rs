//! Paths in the file: relative to its folder, or under the home folder.

use std::path::{Path, PathBuf};

use super::findings::Findings;
use super::values::{Value, quoted};

/// What paths are relative to.
#[derive(Clone, Copy)]
pub(super) struct Base<'p> {
    /// The configuration file's folder.
    pub(super) folder: &'p Path,
    /// What `~/` means, if it is known.
    pub(super) home: Option<&'p Path>,
}

impl Base<'_> {
    /// Reads a path; the file is not looked at.
    pub(super) fn path(self, findings: &mut Findings<'_>, what: &str, value: &Value<'_>) -> Option<PathBuf> {
        let text = findings.string(what, value)?;
        self.resolve(findings, what, value, text)
    }

    /// Reads a path that is `text`, a part of `value`.
    pub(super) fn resolve(
        self,
        findings: &mut Findings<'_>,
        what: &str,
        value: &Value<'_>,
        text: &str,
    ) -> Option<PathBuf> {
        if text.contains("-----BEGIN") {
            findings.keep_secret(value.span());
            let message = format!("{what} is the name of a file, not what is in it");
            let hint = Some("save the PEM text in a file of its own and write its name".to_owned());
            findings.error("pem-in-place", value.span(), message, hint);
            return None;
        }
        if text.trim().is_empty() {
            let hint = Some("write the name of a file, or remove the key".to_owned());
            findings.error("empty-path", value.span(), format!("{what} is empty"), hint);
            return None;
        }
        if text.contains('\0') {
            findings.error("odd-path", value.span(), format!("{what} holds a NUL character"), None);
            return None;
        }
        if let Some(rest) = text.strip_prefix('~') {
            return match (rest.strip_prefix('/'), self.home) {
                (Some(rest), Some(home)) => Some(home.join(rest)),
                (Some(_), None) => {
                    let message = format!("{what} is {}, but the home folder is not known", quoted(text));
                    let hint = Some("write the whole path".to_owned());
                    findings.error("no-home", value.span(), message, hint);
                    None
                }
                (None, _) => {
                    let message = format!("{what} is {}, but only ~/ is understood", quoted(text));
                    let hint = Some("write the whole path; ./~… if the name begins like this".to_owned());
                    findings.error("other-home", value.span(), message, hint);
                    None
                }
            };
        }
        Some(self.folder.join(text))
    }
}
