//! An attesting agent of our own, for real Keylime servers: upstream's agents come from no package registry.
//!
//! It has a TPM (swtpm) with an EK and an AK, registers at the real registrar, which has it prove by credential
//! activation that one TPM holds both, and answers a pull verifier's questions with quotes. It attests as a healthy
//! agent until it is told to fail, to run a file that no policy knows, or to vanish.

pub mod attester;
pub mod face;
pub mod keys;
pub mod measurements;
mod push;
pub mod quote;
pub mod registers;
mod registration;
pub mod software_tpm;

use std::{
    net::TcpListener,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use self::{
    attester::Attester,
    face::{Answer, Face, Identity},
    keys::{Algorithm, Keys},
};
use super::{
    deployment::Mode,
    keylime::{Group, Stack},
};

/// The PCR that an agent's policy demands to be zero; software may set it back.
pub const CHECKED_PCR: u8 = 23;

/// A value that no policy allows.
const UNWANTED: [u8; 32] = [0xa5; 32];

/// A running agent. It goes when this is dropped; what servers know about it stays.
pub struct Agent {
    stack: &'static Stack,
    group: Group,
    id: String,
    port: u16,
    identity: Identity,
    attester: Arc<Mutex<Attester>>,
    /// When its machine started, in the form of RFC 3339.
    boot_time: String,
    presence: Presence,
}

/// Whether an agent can be reached.
enum Presence {
    /// It answers.
    Here(#[expect(dead_code, reason = "it is kept so that it goes on")] Face),
    /// Whoever connects waits for ever.
    Silent(#[expect(dead_code, reason = "it is kept so that connections are held")] TcpListener),
    /// Nobody listens.
    Gone,
}

impl Agent {
    /// Starts an agent that is registered and activated at the group's first registrar, and listens. In a group of
    /// push members it does not, and says so to the registrar: its evidence comes with [`Agent::push`].
    pub fn start(stack: &'static Stack, group: Group, id: &str) -> Self {
        // Keylime opens sessions for push agents with RSASSA keys alone (`create_in_memory` in its
        // `models/verifier/auth_session.py`).
        let algorithm = if is_pull(stack, group) { Algorithm::EllipticCurve } else { Algorithm::Rsa };
        Self::start_with(stack, group, id, algorithm)
    }

    /// As [`Agent::start`], with keys of this kind.
    pub fn start_with(stack: &'static Stack, group: Group, id: &str, algorithm: Algorithm) -> Self {
        let mut keys = Keys::make(algorithm);
        let identity = Identity::make(id, &stack.deployment(group).ca);
        let port = stack.port();
        let is_asked = is_pull(stack, group);
        let certificate = if is_asked { identity.certificate() } else { "disabled" };
        registration::register(stack, group, id, &mut keys, certificate, port);
        let boot_time = jiff::Timestamp::now().round(jiff::Unit::Second).unwrap().to_string();
        let attester = Arc::new(Mutex::new(Attester::new(keys)));
        let presence = Presence::Gone;
        let mut agent =
            Self { stack, group, id: id.to_owned(), port, identity, attester, boot_time, presence };
        if is_asked {
            agent.come_back();
        }
        agent
    }

    /// Enrols it at a member of its group (they count from 1): [`CHECKED_PCR`] must be zero.
    pub fn enrol(&self, member: usize) {
        self.enrol_with(member, &json!({}));
    }

    /// As [`Agent::enrol`], with keys of the request (upstream's names) added or replaced.
    pub fn enrol_with(&self, member: usize, keys: &Value) {
        let public = self.attester().keys.attestation_public();
        let mut body = Stack::enrolment(&public, self.identity.certificate(), self.port);
        body["tpm_policy"] = json!(policy(0));
        for (key, value) in keys.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.stack.add(self.group, member, &self.id, &body);
    }

    /// Enrols it with a runtime policy in addition: IMA's list is replayed and judged.
    pub fn enrol_measured(&self, member: usize, runtime_policy: &Value) {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let text = STANDARD.encode(runtime_policy.to_string());
        let policy = policy(1 << measurements::PCR);
        self.enrol_with(member, &json!({"tpm_policy": policy, "runtime_policy": text}));
    }

    /// Registers its TPM under another id too, as a copied machine does.
    pub fn register_copy(&self, id: &str) {
        let mut attester = self.attester();
        let (keys, certificate) = (&mut attester.keys, self.identity.certificate());
        registration::register(self.stack, self.group, id, keys, certificate, self.port);
    }

    /// Its PCR holds from now on what its policy does not allow.
    pub fn fail(&self) {
        self.attester().keys.extend(CHECKED_PCR, &UNWANTED);
    }

    /// Its PCR is as its policy demands again.
    pub fn recover(&self) {
        self.attester().keys.reset(CHECKED_PCR);
    }

    /// It runs a file with this content.
    pub fn run(&self, path: &str, content: &[u8]) {
        let mut attester = self.attester();
        let Attester { keys, measurements, .. } = &mut *attester;
        measurements.measure(keys, path, content);
    }

    /// It answers no more: nobody listens at its address.
    pub fn vanish(&mut self) {
        self.presence = Presence::Gone;
    }

    /// It answers no more, and lets everybody wait for it: a verifier does for 20 s, each time that it tries.
    pub fn fall_silent(&mut self) {
        self.presence = Presence::Gone;
        self.presence = Presence::Silent(TcpListener::bind(("127.0.0.1", self.port)).expect("its own port"));
    }

    /// It listens at its address again.
    pub fn come_back(&mut self) {
        self.presence = Presence::Gone;
        let attester = Arc::clone(&self.attester);
        let answer: Answer = Arc::new(move |question| {
            attester.lock().unwrap_or_else(PoisonError::into_inner).answer(question)
        });
        self.presence = Presence::Here(Face::open(self.port, &self.identity, answer));
    }

    /// How many quotes of its integrity it has given.
    pub fn quotes(&self) -> usize {
        self.attester().quotes
    }

    /// How many shares of a payload's key it was given.
    pub fn shares(&self) -> usize {
        self.attester().shares
    }

    /// Where it listens, and its certificate in PEM, which the registrar has too.
    pub fn address(&self) -> (String, &str) {
        (format!("https://127.0.0.1:{}", self.port), self.identity.certificate())
    }

    /// The folder of its TPM's state.
    pub fn tpm_folder(&self) -> PathBuf {
        self.attester().keys.tpm().folder().to_owned()
    }

    fn attester(&self) -> MutexGuard<'_, Attester> {
        self.attester.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a group's members ask their agents.
fn is_pull(stack: &Stack, group: Group) -> bool {
    stack.deployment(group).verifiers.iter().all(|(_, mode)| *mode == Mode::Pull)
}

/// A policy of PCRs as the tenant sends it: JSON, with the mask of what is to be quoted.
fn policy(more: u32) -> String {
    let mask = format!("{:#x}", 1 << CHECKED_PCR | more);
    json!({CHECKED_PCR.to_string(): ["0".repeat(64)], "mask": mask}).to_string()
}
