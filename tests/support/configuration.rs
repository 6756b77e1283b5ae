//! Writing a `limescope.toml` for groups under test (contract §1).

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::deployment::Deployment;

/// One `[[servers]]` block in the making.
#[derive(Clone)]
pub struct Block {
    name: String,
    registrars: Vec<String>,
    registrar_admin: Vec<String>,
    verifiers: Vec<String>,
    ca: PathBuf,
    identity: Option<(PathBuf, PathBuf)>,
}

impl Block {
    /// The block that fits: every address, the group's own CA and client certificate. A registrar is written as
    /// agents write it (its http face); its operator's face stands in `registrar_admin`.
    pub fn of(deployment: &Deployment) -> Self {
        Self {
            name: deployment.name.clone(),
            registrars: deployment.registrar_agent_faces.clone(),
            registrar_admin: deployment.registrars.clone(),
            verifiers: deployment.verifiers.iter().map(|(address, _)| address.clone()).collect(),
            ca: deployment.ca.clone(),
            identity: Some((deployment.cert.clone(), deployment.key.clone())),
        }
    }

    /// Trusts the CA of another group instead.
    pub fn trusting(mut self, other: &Deployment) -> Self {
        self.ca = other.ca.clone();
        self
    }

    /// Presents the client certificate of another group instead.
    pub fn presenting(mut self, other: &Deployment) -> Self {
        self.identity = Some((other.cert.clone(), other.key.clone()));
        self
    }

    /// Presents no client certificate.
    pub fn without_certificate(mut self) -> Self {
        self.identity = None;
        self
    }

    /// Names no verifier (legal, contract §1).
    pub fn without_verifiers(mut self) -> Self {
        self.verifiers.clear();
        self
    }

    /// Has another name.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Asks at these verifiers instead.
    pub fn with_verifiers(mut self, verifiers: &[String]) -> Self {
        self.verifiers = verifiers.to_vec();
        self
    }

    fn table(&self) -> Table {
        let path = |path: &Path| Value::from(path.to_str().expect("a path in UTF-8"));
        let mut tls = Table::from_iter([("ca".to_owned(), path(&self.ca))]);
        if let Some((cert, key)) = &self.identity {
            tls.insert("cert".to_owned(), path(cert));
            tls.insert("key".to_owned(), path(key));
        }
        let mut table = Table::from_iter([
            ("name".to_owned(), Value::from(self.name.clone())),
            ("registrars".to_owned(), Value::from(self.registrars.clone())),
            ("registrar_admin".to_owned(), Value::from(self.registrar_admin.clone())),
        ]);
        if !self.verifiers.is_empty() {
            table.insert("verifiers".to_owned(), Value::from(self.verifiers.clone()));
        }
        table.insert("tls".to_owned(), Value::from(tls));
        table
    }
}

/// Writes `limescope.toml` into `folder`; its path.
pub fn write_configuration(folder: &Path, verification_duplication: u32, blocks: &[Block]) -> PathBuf {
    let servers: Vec<_> = blocks.iter().map(|block| Value::from(block.table())).collect();
    let root = Table::from_iter([
        ("verification_duplication".to_owned(), Value::from(verification_duplication)),
        ("servers".to_owned(), Value::from(servers)),
    ]);
    let path = folder.join("limescope.toml");
    fs::write(&path, toml::to_string(&root).expect("a table that TOML can write"))
        .expect("a folder to write in");
    path
}
