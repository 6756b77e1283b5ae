//! Real request/answer pairs, recorded from Keylime 7.14.3 and 7.12.2.

use std::fs;
use std::path::{Path, PathBuf};

/// One recorded exchange.
#[derive(Clone, Debug)]
pub struct Capture {
    /// File name below `tests/captures`, without `.http`.
    pub name: String,
    /// `GET /v2.6/agents/`.
    pub request: String,
    /// HTTP status; none where TLS failed.
    pub status: Option<u16>,
    /// Headers of the answer, in order.
    pub headers: Vec<(String, String)>,
    /// The answer's body.
    pub body: String,
}

impl Capture {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The answer's `Date` in Unix seconds.
    pub fn date(&self) -> i64 {
        let text = self.header("Date").unwrap_or_else(|| panic!("{} has no Date", self.name));
        jiff::fmt::rfc2822::parse(text)
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
            .timestamp()
            .as_second()
    }
}

/// The folder of the recordings.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

/// Reads one recording by its name.
pub fn capture(name: &str) -> Capture {
    let path = folder().join(format!("{name}.http"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parse(name, &text)
}

/// All recordings, in order of their names.
pub fn all() -> Vec<Capture> {
    let mut names = Vec::new();
    for (folder, prefix) in [(folder(), ""), (folder().join("keylime-7.12.2"), "keylime-7.12.2/")] {
        for entry in fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix(".http") {
                names.push(format!("{prefix}{name}"));
            }
        }
    }
    names.sort();
    names.iter().map(|name| capture(name)).collect()
}

/// Two forms exist: answer lines marked with `< ` and a lone `<` before the
/// body, and plain HTTP with an empty line before the body.
fn parse(name: &str, text: &str) -> Capture {
    let mut capture = Capture {
        name: name.to_owned(),
        request: String::new(),
        status: None,
        headers: Vec::new(),
        body: String::new(),
    };
    let marked = text.lines().any(|line| line == "<");
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        let line = line.trim_end();
        if let Some(request) = line.strip_prefix("> ") {
            if capture.request.is_empty() {
                capture.request = request.trim_end_matches(" HTTP/1.1").to_owned();
            }
            continue;
        }
        let answer = if marked {
            match line.strip_prefix('<') {
                Some("") => break,
                Some(answer) => answer.trim_start(),
                None => continue,
            }
        } else if line.is_empty() {
            break;
        } else {
            line
        };
        if let Some(status) = answer.strip_prefix("HTTP/1.1 ") {
            capture.status = status.split(' ').next().and_then(|code| code.parse().ok());
        } else if let Some((key, value)) = answer.split_once(':') {
            capture.headers.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    capture.body = rest.to_owned();
    capture
}
