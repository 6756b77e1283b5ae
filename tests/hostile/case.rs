//! One kind of misbehaviour: a group of its own, and what is to be said of it.

use std::path::Path;

use serde_json::Value;
use toml::{Table, Value as Toml};

use crate::answers::{always, when_asked};
use crate::authority::Authority;
use crate::script::{Play, Script};
use crate::server::{Server, Transport};
use crate::support::status;

/// Looks at the whole status for what else must hold; an error says what does not.
pub type Look = Box<dyn Fn(&Value) -> Result<(), String> + Send>;

/// A case that is not running yet.
pub struct Case {
    pub name: String,
    verifier: Option<Transport>,
    registrar: Option<Transport>,
    expected: [Expected; 2],
    /// Whether it takes until a deadline.
    pub slow: bool,
    look: Option<Look>,
}

/// What is to be said of one address.
#[derive(Clone)]
struct Expected {
    state: &'static str,
    words: String,
}

impl Case {
    /// A case whose verifier and registrar have these ways.
    pub fn of(name: &str, verifier: Transport, registrar: Transport) -> Self {
        let up = Expected { state: "up", words: String::new() };
        Self {
            name: name.to_owned(),
            verifier: Some(verifier),
            registrar: Some(registrar),
            expected: [up.clone(), up],
            slow: false,
            look: None,
        }
    }

    /// Both play the same over good TLS.
    pub fn playing(name: &str, authority: &Authority, play: Play) -> Self {
        let transport = || Transport::Tls(authority.good(), play.clone());
        Self::of(name, transport(), transport())
    }

    /// The script starts with the connection.
    pub fn at_connection(name: &str, script: Script) -> Self {
        Self::of(name, Transport::Bare(script.clone()), Transport::Bare(script))
    }

    /// The script follows every request.
    pub fn at_once(name: &str, authority: &Authority, script: Script) -> Self {
        Self::playing(name, authority, always(script))
    }

    /// The script follows the question for agents; `/version` is answered well.
    pub fn at_list(name: &str, authority: &Authority, script: Script) -> Self {
        Self::playing(name, authority, when_asked(script))
    }

    /// Both addresses are in this state, with words that hold these.
    pub fn says(self, state: &'static str, words: &str) -> Self {
        let expected = Expected { state, words: words.to_owned() };
        Self { expected: [expected.clone(), expected], ..self }
    }

    /// The registrar's differ.
    pub fn registrar_says(mut self, state: &'static str, words: &str) -> Self {
        self.expected[1] = Expected { state, words: words.to_owned() };
        self
    }

    /// It takes until a deadline.
    pub fn slow(self) -> Self {
        Self { slow: true, ..self }
    }

    /// This must hold too.
    pub fn and(self, look: impl Fn(&Value) -> Result<(), String> + Send + 'static) -> Self {
        Self { look: Some(Box::new(look)), ..self }
    }

    pub async fn start(mut self, authority: &Authority) -> Running {
        let verifier = Server::start(self.verifier.take().unwrap()).await;
        let registrar = Server::start(self.registrar.take().unwrap()).await;
        let block = block(&self.name, authority, &[&verifier.url], &[&registrar.url]);
        Running { case: self, verifier, registrar, block }
    }
}

/// A case with its two servers.
pub struct Running {
    pub case: Case,
    pub verifier: Server,
    pub registrar: Server,
    pub block: Table,
}

impl Running {
    /// What of the expected is not so.
    pub fn faults(&self, status: &Value) -> Vec<String> {
        let name = &self.case.name;
        let mut faults = Vec::new();
        for (role, server, expected) in [
            ("verifier", &self.verifier, &self.case.expected[0]),
            ("registrar", &self.registrar, &self.case.expected[1]),
        ] {
            let found = status::address(status, name, role, &server.url);
            let words = found["error"].as_str().unwrap_or_default();
            if found["state"] != expected.state || !words.contains(&expected.words) {
                faults.push(format!(
                    "{name}: {role}: expected {} with {:?}, found {} with {words:?}",
                    expected.state, expected.words, found["state"]
                ));
            }
            if (expected.state == "up") != words.is_empty() {
                faults.push(format!("{name}: {role}: {} with the words {words:?}", expected.state));
            }
            if words.chars().count() > 400 {
                faults.push(format!("{name}: {role}: too many words: {words}"));
            }
        }
        let reachability = &status::group(status, name)["reachability"];
        let wanted = match self.case.expected.each_ref().map(|expected| expected.state == "up") {
            [true, true] => "up",
            [true, false] => "degraded",
            [false, _] => "down",
        };
        if reachability != wanted {
            faults.push(format!("{name}: expected to be {wanted}, is {reachability}"));
        }
        if let Some(Err(fault)) = self.case.look.as_ref().map(|look| look(status)) {
            faults.push(format!("{name}: {fault}"));
        }
        faults
    }
}

/// A block of the configuration with the authority's CA and identity.
pub fn block(name: &str, authority: &Authority, verifiers: &[&str], registrars: &[&str]) -> Table {
    let list = |urls: &[&str]| Toml::from(urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>());
    let path = |path: &Path| Toml::from(path.to_str().unwrap());
    let (cert, key) = authority.operator();
    let tls = [("ca", path(&authority.ca())), ("cert", path(&cert)), ("key", path(&key))];
    let tls = Table::from_iter(tls.map(|(key, value)| (key.to_owned(), value)));
    let mut table = Table::new();
    table.insert("name".to_owned(), Toml::from(name));
    table.insert("verifiers".to_owned(), list(verifiers));
    table.insert("registrars".to_owned(), list(registrars));
    table.insert("tls".to_owned(), Toml::from(tls));
    table
}

/// A whole configuration of these blocks.
pub fn configuration(blocks: impl IntoIterator<Item = Table>) -> String {
    let blocks: Vec<_> = blocks.into_iter().map(Toml::from).collect();
    let mut root = Table::new();
    root.insert("poll_interval_s".to_owned(), Toml::from(1));
    root.insert("servers".to_owned(), Toml::from(blocks));
    toml::to_string(&root).unwrap()
}

/// The ids of the agents that a group has, as they are shown, in the status.
pub fn agents_of<'a>(status: &'a Value, name: &str) -> Vec<(&'a str, &'a Value)> {
    let rows = status["agents"].as_array().unwrap();
    let in_group = |row: &'a Value| {
        let groups = row["groups"].as_array().unwrap();
        groups.iter().find(|group| group["group"] == name).map(|group| (row["id"].as_str().unwrap(), group))
    };
    rows.iter().filter_map(in_group).collect()
}
