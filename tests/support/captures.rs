//! Recorded exchanges with a real Keylime 7.14.3 (`tests/captures/*.http`).

use std::path::PathBuf;

use serde_json::Value;

/// One recorded exchange.
#[derive(Clone, Debug)]
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
    /// The body as JSON, `Null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// All captures, by name.
pub fn all() -> Vec<Capture> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
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

fn parse(name: &str, text: &str) -> Capture {
    let mut capture = Capture {
        name: name.to_owned(),
        server: String::new(),
        address: String::new(),
        certificate: false,
        method: String::new(),
        path: String::new(),
        request_headers: Vec::new(),
        status: 0,
        headers: Vec::new(),
        body: String::new(),
    };
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        (name.trim().to_lowercase(), value.trim().to_owned())
    };
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
