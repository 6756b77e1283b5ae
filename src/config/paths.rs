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

    /// Reads the path of a folder; it is not looked at.
    pub(super) fn folder(
        self,
        findings: &mut Findings<'_>,
        what: &str,
        value: &Value<'_>,
    ) -> Option<PathBuf> {
        let text = findings.string(what, value)?;
        self.named(findings, what, value, (text, "folder"))
    }

    /// Reads a path that is `text`, a part of `value`.
    pub(super) fn resolve(
        self,
        findings: &mut Findings<'_>,
        what: &str,
        value: &Value<'_>,
        text: &str,
    ) -> Option<PathBuf> {
        self.named(findings, what, value, (text, "file"))
    }

    /// The text, and what it is the path of.
    fn named(
        self,
        findings: &mut Findings<'_>,
        what: &str,
        value: &Value<'_>,
        (text, noun): (&str, &str),
    ) -> Option<PathBuf> {
        if text.contains("-----BEGIN") {
            findings.keep_secret(value.span());
            let message = format!("{what} is the name of a {noun}, not what is in it");
            let hint = match noun {
                "folder" => "save the PEM text in a file of that folder and write the folder's name",
                _ => "save the PEM text in a file of its own and write its name",
            };
            let hint = Some(hint.to_owned());
            findings.error("pem-in-place", value.span(), message, hint);
            return None;
        }
        if text.trim().is_empty() {
            let hint = Some(format!("write the name of a {noun}, or remove the key"));
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
