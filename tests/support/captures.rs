//! Recorded exchanges with real servers: Keylime 7.14.3 (`tests/captures/*.http`) and, in a
//! folder of its own and a plainer form, 7.12.2.

use std::path::PathBuf;

use serde_json::Value;

/// One recorded exchange.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// File name without its ending.
    pub name: String,
    /// `VERIFIER`, `REGISTRAR` or `REGISTRAR_HTTP`.
    pub server: String,
    /// The address it was recorded at.
    pub address: String,
    /// Whether the client showed a certificate.
    pub certificate: bool,
    pub method: String,
    pub path: String,
    pub request_headers: Vec<(String, String)>,
    /// 0 where there was no answer.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Capture {
    /// The answer's `Date` in Unix seconds.
    pub fn date(&self) -> i64 {
        let date = self.headers.iter().find(|(name, _)| name == "date");
        let (_, date) = date.unwrap_or_else(|| panic!("{} has no Date", self.name));
        let date = jiff::fmt::rfc2822::parse(date).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        date.timestamp().as_second()
    }

    /// The body as JSON, `Null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// All captures of 7.14.3, by name.
pub fn all() -> Vec<Capture> {
    of_folder("", parse)
}

/// All captures of 7.12.2, by name.
pub fn of_7_12() -> Vec<Capture> {
    of_folder("keylime-7.12.2", parse_plain)
}

fn of_folder(folder: &str, parse: fn(&str, &str) -> Capture) -> Vec<Capture> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(folder);
    let mut names: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "http"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no captures in {}", folder.display());
    names
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            parse(&name, &std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// One capture.
pub fn named(name: &str) -> Capture {
    all().into_iter().find(|one| one.name == name).unwrap_or_else(|| panic!("no capture {name}"))
}

fn header(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    (name.trim().to_lowercase(), value.trim().to_owned())
}

/// The plainer form: the request after `> `, then the answer as it came.
fn parse_plain(name: &str, text: &str) -> Capture {
    let (head, body) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).unwrap_or((text, ""));
    let mut capture = Capture { name: name.to_owned(), body: body.to_owned(), ..Capture::default() };
    for line in head.lines() {
        if let Some((method, path)) = line.strip_prefix("> ").and_then(|sent| sent.split_once(' ')) {
            capture.method = method.to_owned();
            capture.path = path.to_owned();
        } else if let Some(status) = line.strip_prefix("HTTP/1.1 ") {
            capture.status = status.split_whitespace().next().unwrap().parse().unwrap();
        } else {
            capture.headers.push(header(line));
        }
    }
    capture
}

fn parse(name: &str, text: &str) -> Capture {
    let mut capture = Capture { name: name.to_owned(), ..Capture::default() };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(about) = line.strip_prefix("# ").filter(|about| about.contains("client certificate: ")) {
            let mut words = about.split_whitespace();
            capture.server = words.next().unwrap_or_default().to_owned();
            capture.address = words.next().unwrap_or_default().to_owned();
            capture.certificate = about.ends_with("yes");
        } else if let Some(sent) = line.strip_prefix("> ") {
            match sent.strip_suffix(" HTTP/1.1").and_then(|line| line.split_once(' ')) {
                Some((method, path)) => {
                    capture.method = method.to_owned();
                    capture.path = path.to_owned();
                }
                None if !sent.is_empty() => capture.request_headers.push(header(sent)),
                None => {}
            }
        } else if let Some(status) = line.strip_prefix("< HTTP/1.1 ") {
            capture.status = status.split_whitespace().next().unwrap().parse().unwrap();
        } else if line == "<" {
            capture.body = lines.collect::<Vec<_>>().join("\n");
            break;
        } else if let Some(got) = line.strip_prefix("< ") {
            capture.headers.push(header(got));
        }
    }
    assert!(!capture.path.is_empty(), "{name} holds no request");
    capture
}
