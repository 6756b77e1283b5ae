//! One group of Keylime servers under test: the embedded fleet's or a real one.

use std::path::PathBuf;

/// Where one group's servers are and how to be let in.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Name for messages.
    pub name: String,
    /// `https://host:port` of each verifier with its mode.
    pub verifiers: Vec<(String, Mode)>,
    /// `https://host:port` of each registrar's operator face.
    pub registrars: Vec<String>,
    /// `http://host:port` of each registrar's agent face.
    pub registrar_agent_faces: Vec<String>,
    /// PEM file of the group's CA.
    pub ca: PathBuf,
    /// PEM file of the operator's certificate.
    pub cert: PathBuf,
    /// PEM file of the operator's key (PKCS#8).
    pub key: PathBuf,
}

/// How a verifier gets its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The verifier asks the agents; `/version` answers 200.
    Pull,
    /// The agents send; `/version` answers 410.
    Push,
}
